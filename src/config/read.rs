//! feeds.toml as written: tables with the place of every key and value, read without stopping at the first mistake.

use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{self, KEYS, TABLES, nearest};
use super::report::{Mistakes, shown};
use super::value::{self, Wrong};

/// A file that has been read: its root table and what was wrong so far.
pub(super) struct Document<'t> {
    root: Spanned<DeTable<'t>>,
    /// What is wrong with it.
    pub(super) mistakes: Mistakes,
    /// Whether it is not TOML in some place: then a missing key may only be hidden, and is not reported.
    pub(super) broken: bool,
}

/// One table of the file.
#[derive(Clone)]
pub(super) struct Section<'d, 't> {
    table: &'d DeTable<'t>,
    path: &'static str,
    /// Its header, or for a table written in braces the whole of it.
    pub(super) header: Range<usize>,
}

impl<'t> Document<'t> {
    /// Reads a text. Every place that is not TOML is a mistake, one a line; the rest is read all the same.
    pub(super) fn read(text: &'t str) -> Self {
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut mistakes = Mistakes::default();
        let broken = !errors.is_empty();
        let ends: Vec<usize> = if broken { text.match_indices('\n').map(|(index, _)| index + 1).collect() } else { Vec::new() };
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            let line = ends.partition_point(|&end| end <= span.start);
            let first = line.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
            if mistakes.is_unreadable(first) {
                continue;
            }
            // At the very end of the text the line is empty, and still one.
            let end = ends.get(line).copied().unwrap_or(text.len() + 1);
            let help = syntax_help(text.get(first..end.min(text.len())).unwrap_or_default());
            let title = format!("not valid TOML: {}", shown(error.message()));
            mistakes.add_unreadable(title, span, help.map(str::to_owned), first..end);
        }
        Self { root, mistakes, broken }
    }

    /// Reports what does not belong at the top of the file, and tables written as what they are not.
    pub(super) fn check_root(&mut self) {
        let Self { root, mistakes, broken } = self;
        for (key, value) in root.get_ref() {
            let name: &str = key.get_ref();
            let Some((_, many)) = TABLES.iter().find(|(table, _)| *table == name) else {
                // A header that could not be read leaves its keys to the top of the file.
                if *broken && !value.get_ref().is_table() {
                    continue;
                }
                let title = format!("unknown {} `{}`", if value.get_ref().is_table() { "table" } else { "key" }, shown(name));
                mistakes.add(title, key.span(), root_help(name, value.get_ref()));
                continue;
            };
            match (value.get_ref(), many) {
                (DeValue::Table(_), false) => {}
                (DeValue::Array(items), true) if items.iter().all(|item| item.get_ref().is_table()) => {}
                (DeValue::Array(_), false) => {
                    mistakes.add(
                        format!("`{name}` is there once"),
                        value.span(),
                        format!("write `[{name}]` with single brackets, once"),
                    );
                }
                (DeValue::Table(_), true) => {
                    let help = format!("write `[[{name}]]` with double brackets: there can be many");
                    mistakes.add(format!("`{name}` is a list"), value.span(), help);
                }
                (other, _) => mistakes.add(
                    format!("`{name}` is {} and not a table", type_name(other)),
                    value.span(),
                    format!("write `{}` on a line of its own and its keys below", keys::header(name)),
                ),
            }
        }
    }

    /// Whether nothing of that name is at the top of the file, not even something wrong that is reported as such.
    pub(super) fn lacks(&self, name: &str) -> bool {
        let value = self.root.get_ref().get(name);
        value.is_none_or(|value| value.get_ref().as_array().is_some_and(|items| items.is_empty()))
    }

    /// A table that is there at most once.
    pub(super) fn table(&self, name: &'static str) -> Option<Section<'_, 't>> {
        let value = self.root.get_ref().get(name)?;
        Some(Section { table: value.get_ref().as_table()?, path: name, header: value.span() })
    }

    /// The tables of a list, in the order of the file.
    pub(super) fn tables(&self, name: &'static str) -> Vec<Section<'_, 't>> {
        let items = self.root.get_ref().get(name).and_then(|value| value.get_ref().as_array());
        let sections = items
            .into_iter()
            .flat_map(|items| items.iter())
            .filter_map(|item| Some(Section { table: item.get_ref().as_table()?, path: name, header: item.span() }));
        sections.collect()
    }
}

/// What most likely went wrong in a line that is not TOML.
fn syntax_help(line: &str) -> Option<&'static str> {
    // What stands in straight quotation marks is text, whatever it holds.
    let outside: String = line.split('"').step_by(2).collect();
    let value = line.split_once('=').map(|(_, value)| value.trim());
    if outside.contains(['“', '”', '„', '‟', '‘', '’', '「', '」', '\u{ff02}', '«', '»']) {
        Some("texts stand in straight quotation marks, \"so\", not in typographic or full-width ones")
    } else if outside.contains('\u{ff1d}') {
        Some("write the equals sign with the English keyboard: `=`")
    } else if outside.contains(['\u{ff0c}', '、']) {
        Some("separate values with the comma of the English keyboard: `,`")
    } else if outside.contains(['\u{ff3b}', '\u{ff3d}', '【', '】']) {
        Some("write the brackets with the English keyboard: `[` and `]`")
    } else if line.matches('"').count() % 2 == 1 {
        Some("close the text with a second quotation mark `\"`; inside a text write it `\\\"`")
    } else if value
        .is_some_and(|value| value.starts_with(|first: char| first.is_alphabetic()) && !matches!(value, "true" | "false"))
    {
        Some("texts stand in quotation marks, for example name = \"Harbour Ledger\"")
    } else if line.trim_start().starts_with('[') && !line.contains(']') {
        Some("close the header: `[[outlet]]`")
    } else if value.is_none() && line.contains(':') {
        Some("a key and its value are joined by `=`, for example name = \"Harbour Ledger\"")
    } else {
        None
    }
}

fn root_help(name: &str, value: &DeValue<'_>) -> String {
    let tables = TABLES.iter().map(|(table, _)| *table);
    if let Some(table) = nearest(name, tables) {
        return format!("did you mean `{}`?", keys::header(table));
    }
    if !value.is_table()
        && let Some(key) = KEYS.iter().find(|key| key.name == name)
    {
        return format!("`{name}` is a key of `{}`: write it below that header", keys::header(key.table));
    }
    "the tables of this file are `[site]`, `[limits]`, `[[outlet]]`, `[[translator]]`, `[[feed]]` and `[[partner]]`".to_owned()
}

/// A type as people call it.
fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn mistyped<T>(value: &DeValue<'_>, expected: &str, example: &str) -> Result<T, Wrong> {
    value::wrong(format!("is {} and not {expected}", type_name(value)), format!("for example {example}"))
}

impl<'d, 't> Section<'d, 't> {
    /// The name of the table in messages.
    pub(super) fn path(&self) -> &'static str {
        self.path
    }

    /// Whether a key is written there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Where a key is written.
    pub(super) fn key_span(&self, key: &str) -> Range<usize> {
        self.table.get_key_value(key).map_or_else(|| self.header.clone(), |(key, _)| key.span())
    }

    /// Hides the values of keys that are not in [`KEYS`], and the texts of those in `tables`, which should be tables, from the report: a
    /// secret may have been written where only the name of its file belongs.
    pub(super) fn hide_strangers(&self, mistakes: &mut Mistakes, tables: &[&str]) {
        for (key, value) in self.table {
            let name: &str = key.get_ref();
            let known = keys::of(self.path).any(|known| known.name == name);
            if !known || (tables.contains(&name) && !value.get_ref().is_table()) {
                mistakes.hide(value.span());
            }
        }
    }

    /// Reports every key that is not in [`KEYS`].
    pub(super) fn check_keys(&self, mistakes: &mut Mistakes) {
        for (key, _) in self.table {
            let name: &str = key.get_ref();
            if keys::of(self.path).any(|known| known.name == name) {
                continue;
            }
            let help = if mistakes.next_is_shown() { self.unknown_help(name) } else { String::new() };
            mistakes.add(format!("unknown key `{}.{}`", self.path, shown(name)), key.span(), help);
        }
    }

    fn unknown_help(&self, name: &str) -> String {
        if let Some(key) = nearest(name, keys::of(self.path).map(|key| key.name)) {
            return format!("did you mean `{key}`?");
        }
        if self.path.starts_with("outlet.") && keys::of("outlet").any(|key| key.name == name) {
            return format!("`{name}` is a key of `[[outlet]]`: move it above `{}`", keys::header(self.path));
        }
        let elsewhere =
            KEYS.iter().find(|key| key.name == name).map(|key| format!("`{name}` is a key of `{}`; ", keys::header(key.table)));
        let known: Vec<&str> = keys::of(self.path).map(|key| key.name).collect();
        format!("{}keys of `{}` are {}", elsewhere.unwrap_or_default(), keys::header(self.path), known.join(", "))
    }

    /// Reports a key that must be there and is not.
    pub(super) fn require(&self, mistakes: &mut Mistakes, key: &str, example: &str) {
        if !self.has(key) {
            let about = keys::of(self.path).find(|known| known.name == key).map_or("", |known| known.about);
            mistakes.add(
                format!("missing key `{}.{key}`", self.path),
                self.header.clone(),
                format!("add `{key} = {example}`: {about}"),
            );
        }
    }

    /// A value, if it is there and right; a wrong one is reported.
    fn value<T>(
        &self,
        mistakes: &mut Mistakes,
        key: &str,
        read: impl FnOnce(&DeValue<'t>) -> Result<T, Wrong>,
    ) -> Option<Spanned<T>> {
        let value = self.table.get(key)?;
        match read(value.get_ref()) {
            Ok(read) => Some(Spanned::new(value.span(), read)),
            Err(wrong) => {
                self.report(mistakes, key, value.span(), wrong);
                None
            }
        }
    }

    fn report(&self, mistakes: &mut Mistakes, key: &str, span: Range<usize>, wrong: Wrong) {
        mistakes.add(format!("`{}.{key}` {}", self.path, wrong.what), span, wrong.help);
    }

    /// A text that `read` makes something of.
    pub(super) fn string<T>(
        &self,
        mistakes: &mut Mistakes,
        key: &str,
        read: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Option<Spanned<T>> {
        self.value(mistakes, key, |value| match value.as_str() {
            Some(text) => read(text),
            None => mistyped(value, "a text in quotation marks", &format!("{key} = \"…\"")),
        })
    }

    /// A list of texts. A wrong element is reported and left out.
    pub(super) fn strings<T>(
        &self,
        mistakes: &mut Mistakes,
        key: &str,
        read: impl Fn(&str) -> Result<T, Wrong>,
    ) -> Option<Vec<Spanned<T>>> {
        self.list(mistakes, key, "[\"…\", \"…\"]", |value| match value.as_str() {
            Some(text) => read(text),
            None => mistyped(value, "a text in quotation marks", "[\"…\", \"…\"]"),
        })
    }

    /// A list of numbers within a range. A wrong element is reported and left out.
    pub(super) fn integers(
        &self,
        mistakes: &mut Mistakes,
        key: &str,
        range: RangeInclusive<u64>,
        example: &str,
    ) -> Option<Vec<Spanned<u64>>> {
        self.list(mistakes, key, example, |value| in_range(value, &range))
    }

    fn list<T>(
        &self,
        mistakes: &mut Mistakes,
        key: &str,
        example: &str,
        read: impl Fn(&DeValue<'t>) -> Result<T, Wrong>,
    ) -> Option<Vec<Spanned<T>>> {
        let value = self.table.get(key)?;
        let Some(items) = value.get_ref().as_array() else {
            let wrong = Wrong {
                what: format!("is {} and not a list", type_name(value.get_ref())),
                help: Some(format!("write it in brackets: {key} = {example}")),
            };
            self.report(mistakes, key, value.span(), wrong);
            return None;
        };
        let mut list = Vec::new();
        for item in items.iter() {
            match read(item.get_ref()) {
                Ok(read) => list.push(Spanned::new(item.span(), read)),
                Err(wrong) => self.report(mistakes, key, item.span(), wrong),
            }
        }
        Some(list)
    }

    /// Whether a list is written there without anything in it.
    pub(super) fn is_empty_list(&self, key: &str) -> bool {
        self.table.get(key).and_then(|value| value.get_ref().as_array()).is_some_and(|items| items.is_empty())
    }

    /// Whether the number 0 is written there.
    pub(super) fn is_zero(&self, key: &str) -> bool {
        let number = self.table.get(key).and_then(|value| value.get_ref().as_integer());
        number.is_some_and(|number| u64::from_str_radix(number.as_str(), number.radix()) == Ok(0))
    }

    /// Where the value of a key is written.
    pub(super) fn value_span(&self, key: &str) -> Range<usize> {
        self.table.get(key).map_or_else(|| self.header.clone(), Spanned::span)
    }

    /// A whole number within a range.
    pub(super) fn integer(&self, mistakes: &mut Mistakes, key: &str, range: RangeInclusive<u64>) -> Option<u64> {
        self.value(mistakes, key, |value| in_range(value, &range)).map(Spanned::into_inner)
    }

    /// A size in bytes, as a number or as text with a unit, within a range.
    pub(super) fn bytes(&self, mistakes: &mut Mistakes, key: &str, range: RangeInclusive<u64>) -> Option<u64> {
        let read = |value: &DeValue<'t>| match value.as_str() {
            Some(text) => match value::bytes(text)? {
                size if range.contains(&size) => Ok(size),
                _ => out_of_range(text, &shown_size(*range.start()), &shown_size(*range.end())),
            },
            None if value.is_integer() => in_range(value, &range),
            None => mistyped(value, "a size", &format!("{key} = \"8 MiB\"")),
        };
        self.value(mistakes, key, read).map(Spanned::into_inner)
    }

    /// A duration within a range.
    pub(super) fn duration(&self, mistakes: &mut Mistakes, key: &str, range: RangeInclusive<Duration>) -> Option<Duration> {
        let read = |value: &DeValue<'t>| match value {
            DeValue::String(text) => match value::duration(text)? {
                duration if range.contains(&duration) => Ok(duration),
                _ => out_of_range(text, &value::shown_duration(*range.start()), &value::shown_duration(*range.end())),
            },
            DeValue::Integer(number) => value::wrong(
                format!("is {}, a number without a unit", shown(&number.to_string())),
                format!("for seconds write {key} = \"{}s\"", shown(&number.to_string()).trim_start_matches(['-', '+'])),
            ),
            _ => mistyped(value, "a time", &format!("{key} = \"30s\"")),
        };
        self.value(mistakes, key, read).map(Spanned::into_inner)
    }

    /// True or false.
    pub(super) fn boolean(&self, mistakes: &mut Mistakes, key: &str) -> Option<bool> {
        let read = |value: &DeValue<'t>| match value {
            DeValue::Boolean(value) => Ok(*value),
            DeValue::String(text) if matches!(&**text, "true" | "false") => {
                value::wrong("is a text and not true or false", format!("leave out the quotation marks: {key} = {text}"))
            }
            _ => mistyped(value, "true or false", &format!("{key} = true")),
        };
        self.value(mistakes, key, read).map(Spanned::into_inner)
    }

    /// A list of tables inside this one.
    pub(super) fn tables(&self, mistakes: &mut Mistakes, key: &'static str, path: &'static str) -> Vec<Section<'d, 't>> {
        let Some(value) = self.table.get(key) else { return Vec::new() };
        let wrong = |value: &DeValue<'t>| Wrong {
            what: format!("is {} and not a list of tables", type_name(value)),
            help: Some(format!("write `[[{path}]]` on a line of its own below the outlet, and its keys below that")),
        };
        let Some(items) = value.get_ref().as_array() else {
            self.report(mistakes, key, value.span(), wrong(value.get_ref()));
            return Vec::new();
        };
        let mut sections = Vec::new();
        for item in items.iter() {
            match item.get_ref().as_table() {
                Some(table) => sections.push(Section { table, path, header: item.span() }),
                None => self.report(mistakes, key, item.span(), wrong(item.get_ref())),
            }
        }
        sections
    }

    /// A table inside this one.
    pub(super) fn table(&self, mistakes: &mut Mistakes, key: &'static str, path: &'static str) -> Option<Section<'d, 't>> {
        let value = self.table.get(key)?;
        let Some(table) = value.get_ref().as_table() else {
            let wrong = Wrong {
                what: format!("is {} and not a table", type_name(value.get_ref())),
                help: Some(match path {
                    "feed.translate" => "for example translate = { to = \"zh-Hant-TW\" }".to_owned(),
                    _ => format!("write `[{path}]` on a line of its own below the outlet, and its keys below that"),
                }),
            };
            self.report(mistakes, key, value.span(), wrong);
            return None;
        };
        Some(Section { table, path, header: value.span() })
    }
}

fn out_of_range<T>(written: &str, least: &str, most: &str) -> Result<T, Wrong> {
    value::wrong(format!("is {}, out of range", shown(written)), format!("choose a value from {least} to {most}"))
}

fn in_range(value: &DeValue<'_>, range: &RangeInclusive<u64>) -> Result<u64, Wrong> {
    let Some(written) = value.as_integer() else {
        return mistyped(value, "a whole number", &format!("{}", range.start().max(&10).min(range.end())));
    };
    match u64::from_str_radix(written.as_str(), written.radix()) {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => out_of_range(&written.to_string(), &range.start().to_string(), &range.end().to_string()),
    }
}

fn shown_size(size: u64) -> String {
    for (unit, length) in [("GiB", 1_u64 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] {
        if size >= length && size.is_multiple_of(length) {
            return format!("{} {unit}", size / length);
        }
    }
    format!("{size} bytes")
}
