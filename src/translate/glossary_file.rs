//! Glossary files as written.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Term;
use super::glossary::{Line, Mistake, Mode};

/// Characters of a term.
const LONGEST: usize = 200;
const COLUMNS: [&str; 6] = ["from_lang", "to_lang", "from", "to", "mode", "case"];

/// A term as written: the fields in the order of [`COLUMNS`].
#[derive(Debug, Default)]
struct Row<'a> {
    fields: [Option<&'a str>; 6],
    /// Line of each field.
    lines: [usize; 6],
    line: usize,
}

impl Row<'_> {
    /// Checks it as a whole.
    fn check(&self, mistakes: &mut Vec<Mistake>) -> Option<Line> {
        let before = mistakes.len();
        let field = |at: usize| self.fields[at].map(str::trim).unwrap_or_default();
        let mut say = |at: usize, message: String| {
            let line = if self.lines[at] == 0 { self.line } else { self.lines[at] };
            mistakes.push(Mistake { line, message });
        };
        for at in [0, 1] {
            if !is_language(field(at)) {
                say(at, format!("\"{}\" is no language tag", field(at)));
            }
        }
        for at in [2, 3] {
            if field(at).is_empty() {
                let hint = if at == 3 { ": what is not translated has the same text in both" } else { "" };
                say(at, format!("{} is empty{hint}", COLUMNS[at]));
            } else if field(at).chars().count() > LONGEST {
                say(at, format!("{} is longer than {LONGEST} characters", COLUMNS[at]));
            } else if field(at).contains(char::is_control) {
                say(at, format!("{} holds a control character", COLUMNS[at]));
            }
        }
        let mode = match field(4) {
            "" | "fixed" => Mode::Fixed,
            "hint" => Mode::Hint,
            other => {
                say(4, format!("mode is \"fixed\" or \"hint\", not \"{other}\""));
                Mode::Fixed
            }
        };
        let any_case = match field(5) {
            "" => !field(2).chars().any(char::is_uppercase),
            "exact" => false,
            "any" => true,
            other => {
                say(5, format!("case is \"exact\" or \"any\", not \"{other}\""));
                false
            }
        };
        (mistakes.len() == before).then(|| Line {
            from_lang: field(0).trim_matches('*').to_owned(),
            to_lang: field(1).trim_matches('*').to_owned(),
            term: Term { from: field(2).to_owned(), to: field(3).to_owned() },
            mode,
            any_case,
            line: self.line,
        })
    }
}

/// A tag by its looks, `*` or nothing.
fn is_language(tag: &str) -> bool {
    let subtag = |subtag: &str| (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let primary = tag.split('-').next().unwrap_or_default();
    tag.is_empty()
        || tag == "*"
        || (2..=8).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_alphabetic()) && tag.split('-').all(subtag)
}

/// CSV (RFC 4180) with a header.
pub(super) fn csv(source: &str) -> (Vec<Line>, Vec<Mistake>) {
    let (records, mut mistakes) = records(source);
    let mut lines = Vec::new();
    let mut records = records.into_iter();
    let Some((_, header)) = records.next() else {
        return (
            lines,
            vec![Mistake { line: 1, message: "the first line names the columns: from_lang,to_lang,from,to".to_owned() }],
        );
    };
    let mut columns = Vec::new();
    for name in &header {
        let name = name.trim().to_ascii_lowercase();
        let column = COLUMNS.iter().position(|known| *known == name);
        if column.is_none() {
            let message = format!("unknown column \"{name}\": there are from_lang, to_lang, from, to, mode and case");
            mistakes.push(Mistake { line: 1, message });
        } else if columns.contains(&column) {
            mistakes.push(Mistake { line: 1, message: format!("the column \"{name}\" is there twice") });
        }
        columns.push(column);
    }
    for needed in [2, 3] {
        if !columns.contains(&Some(needed)) {
            mistakes.push(Mistake { line: 1, message: format!("there is no column \"{}\"", COLUMNS[needed]) });
        }
    }
    if mistakes.iter().any(|mistake| mistake.line == 1) {
        return (lines, mistakes);
    }
    for (line, fields) in records {
        if fields.len() != columns.len() {
            let message = format!("{} fields where the first line has {}", fields.len(), columns.len());
            mistakes.push(Mistake { line, message });
            continue;
        }
        let mut row = Row { line, ..Row::default() };
        for (column, field) in columns.iter().zip(&fields) {
            if let Some(column) = column {
                row.fields[*column] = Some(field);
            }
        }
        lines.extend(row.check(&mut mistakes));
    }
    (lines, mistakes)
}

/// The records with their lines; lines without anything are none.
fn records(source: &str) -> (Vec<(usize, Vec<String>)>, Vec<Mistake>) {
    let mut records = Vec::new();
    let mut mistakes = Vec::new();
    let (mut line, mut record_line) = (1, 1);
    let mut record: Vec<String> = Vec::new();
    let mut field = String::new();
    let (mut quoted, mut was_quoted) = (false, false);
    let mut characters = source.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '\n' {
            line += 1;
        }
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if field.trim().is_empty() && !was_quoted => {
                field.clear();
                (quoted, was_quoted) = (true, true);
            }
            ',' if !quoted => {
                record.push(std::mem::take(&mut field));
                was_quoted = false;
            }
            '\r' if !quoted && characters.peek() == Some(&'\n') => {}
            '\n' if !quoted => {
                if !record.is_empty() || was_quoted || !field.trim().is_empty() {
                    record.push(std::mem::take(&mut field));
                    records.push((record_line, std::mem::take(&mut record)));
                }
                field.clear();
                was_quoted = false;
                record_line = line;
            }
            other => field.push(other),
        }
    }
    if quoted {
        mistakes.push(Mistake { line: record_line, message: "a quotation mark is not closed".to_owned() });
    } else if !record.is_empty() || was_quoted || !field.trim().is_empty() {
        record.push(field);
        records.push((record_line, record));
    }
    (records, mistakes)
}

/// Reads TOML with the places of everything.
struct Toml<'a> {
    /// Where lines begin.
    starts: Vec<usize>,
    mistakes: Vec<Mistake>,
    lines: Vec<Line>,
    source: &'a str,
}

/// TOML: `[[term]]`, and `[[pair]]` with `[[pair.term]]`.
pub(super) fn toml(source: &str) -> (Vec<Line>, Vec<Mistake>) {
    let starts = std::iter::once(0).chain(source.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let mut reader = Toml { starts, mistakes: Vec::new(), lines: Vec::new(), source };
    let table = match DeTable::parse(source) {
        Ok(table) => table,
        Err(error) => {
            let line = reader.line(error.span().map_or(0, |span| span.start));
            return (Vec::new(), vec![Mistake { line, message: error.message().to_owned() }]);
        }
    };
    for (key, value) in table.get_ref().iter() {
        match key.get_ref().as_ref() {
            "term" => reader.terms(value, [None, None]),
            "pair" => {
                for pair in reader.tables(value, "pair") {
                    reader.pair(pair);
                }
            }
            other => {
                let message = format!("unknown key \"{other}\": there are term and pair");
                reader.say(key.span().start, message);
            }
        }
    }
    (reader.lines, reader.mistakes)
}

impl Toml<'_> {
    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at.min(self.source.len())).max(1)
    }

    fn say(&mut self, at: usize, message: String) {
        let line = self.line(at);
        self.mistakes.push(Mistake { line, message });
    }

    fn tables<'v, 's>(&mut self, value: &'v Spanned<DeValue<'s>>, name: &str) -> Vec<&'v Spanned<DeValue<'s>>> {
        match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => {
                self.say(value.span().start, format!("{name} is a list of tables: [[{name}]]"));
                Vec::new()
            }
        }
    }

    fn text<'v>(&mut self, name: &str, value: &'v Spanned<DeValue<'_>>) -> Option<&'v str> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.as_ref()),
            other => {
                self.say(value.span().start, format!("{name} is a string, not {}", other.type_str()));
                None
            }
        }
    }

    fn pair(&mut self, pair: &Spanned<DeValue<'_>>) {
        let DeValue::Table(table) = pair.get_ref() else {
            return self.say(pair.span().start, "pair is a list of tables: [[pair]]".to_owned());
        };
        let mut languages = [None, None];
        for (key, value) in table.iter() {
            match key.get_ref().as_ref() {
                "from_lang" => languages[0] = self.text("from_lang", value),
                "to_lang" => languages[1] = self.text("to_lang", value),
                "term" => {}
                other => {
                    let message = format!("unknown key \"{other}\": there are from_lang, to_lang and term");
                    self.say(key.span().start, message);
                }
            }
        }
        if let Some(terms) = table.get("term") {
            self.terms(terms, languages);
        }
    }

    fn terms(&mut self, value: &Spanned<DeValue<'_>>, languages: [Option<&str>; 2]) {
        for term in self.tables(value, "term") {
            let DeValue::Table(table) = term.get_ref() else {
                self.say(term.span().start, "term is a list of tables: [[term]]".to_owned());
                continue;
            };
            let line = self.line(term.span().start);
            let mut row = Row { line, ..Row::default() };
            row.fields[0] = languages[0];
            row.fields[1] = languages[1];
            let before = self.mistakes.len();
            for (key, value) in table.iter() {
                let Some(column) = COLUMNS.iter().position(|known| *known == key.get_ref().as_ref()) else {
                    let message = format!("unknown key \"{}\": there are {}", key.get_ref(), COLUMNS.join(", "));
                    self.say(key.span().start, message);
                    continue;
                };
                row.lines[column] = self.line(value.span().start);
                row.fields[column] = self.text(COLUMNS[column], value);
                if row.fields[column].is_none() {
                    // Said already; what follows is not said twice.
                    row.fields[column] = Some(if column < 4 && column > 1 { "-" } else { "" });
                }
            }
            for column in [2, 3] {
                if row.fields[column].is_none() {
                    self.mistakes.push(Mistake { line, message: format!("a term has no {}", COLUMNS[column]) });
                    row.fields[column] = Some("-");
                }
            }
            let checked = row.check(&mut self.mistakes);
            if self.mistakes.len() == before {
                self.lines.extend(checked);
            }
        }
    }
}
