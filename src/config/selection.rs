//! Which articles of its outlets a `[[feed]]` takes: categories, languages, expressions, and the partner it is made for.

use std::collections::HashMap;
use std::ops::Range;

use regex::{RegexBuilder, RegexSet, RegexSetBuilder};
use toml::Spanned;
use url::Url;

use super::language::language;
use super::read::Section;
use super::report::{Mistakes, shown};
use super::value::{self, Wrong};
use super::{Outlet, terms};

/// Characters of the longest expression.
const LONGEST: usize = 500;

/// Expressions of one list.
const MOST: usize = 50;

/// Bytes that one expression may take compiled: `\w{1000}` looks small and is not.
const COMPILED: usize = 256 * 1024;

/// What an expression is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Title,
    Text,
    Author,
    Outlet,
}

impl Part {
    /// How each is written before its expression.
    const ALL: [(&'static str, Part); 4] =
        [("title:", Part::Title), ("text:", Part::Text), ("author:", Part::Author), ("outlet:", Part::Outlet)];
}

/// What of an article expressions are held against, plain text.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// Its title.
    pub title: String,
    /// Its summary and its text; may be left empty where [`Selection::wants_text`] is false.
    pub text: String,
    /// Names of its authors and translators.
    pub authors: Vec<String>,
    /// Names of every outlet on its way, the original included, and the id of the outlet it is from.
    pub outlets: Vec<String>,
}

/// A list of expressions, of which one has to be found. All are tried in one pass, in time linear in the text.
#[derive(Clone)]
pub struct Expressions {
    written: Vec<String>,
    sets: [RegexSet; 4],
}

impl std::fmt::Debug for Expressions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.written.fmt(f)
    }
}

impl Expressions {
    /// Whether one of them is found.
    pub fn find(&self, subject: &Subject) -> bool {
        let [title, text, author, outlet] = &self.sets;
        title.is_match(&subject.title)
            || subject.authors.iter().any(|name| author.is_match(name))
            || subject.outlets.iter().any(|name| outlet.is_match(name))
            || (!text.is_empty() && text.is_match(&subject.text))
    }

    fn wants_text(&self) -> bool {
        !self.sets[Part::Text as usize].is_empty()
    }

    /// `None` only where expressions that are right one by one do not compile together.
    fn new(written: Vec<String>) -> Option<Self> {
        let set = |part: Part| {
            let taken = written.iter().map(|written| split(written)).filter(|(parts, _)| parts.contains(&part));
            let patterns: Vec<&str> = taken.map(|(_, pattern)| pattern).collect();
            let limit = COMPILED * (patterns.len() + 1);
            RegexSetBuilder::new(patterns).case_insensitive(true).size_limit(limit).build().ok()
        };
        let sets = [set(Part::Title)?, set(Part::Text)?, set(Part::Author)?, set(Part::Outlet)?];
        Some(Self { written, sets })
    }
}

/// What an expression is held against, and the expression itself. Without a word before it: title and text.
fn split(written: &str) -> (&'static [Part], &str) {
    const USUAL: &[Part] = &[Part::Title, Part::Text];
    for (word, part) in &Part::ALL {
        if let Some(pattern) = written.strip_prefix(word) {
            return (std::slice::from_ref(part), pattern.trim_start());
        }
    }
    (USUAL, written)
}

/// The partner that a feed is made for: it is not sent what came from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Id of its outlet.
    pub outlet: String,
    name: String,
    /// Hosts of its site, in lower case and without `www.`.
    hosts: Vec<String>,
}

impl Recipient {
    /// The partner whose outlet this is: known by its name, and by the host of its home page, else by those of its feeds and pages.
    pub fn new(outlet: &Outlet) -> Self {
        let of_feeds = || outlet.sources().filter_map(host).collect();
        let hosts = outlet.homepage.as_ref().and_then(host).map_or_else(of_feeds, |host| vec![host]);
        Self { outlet: outlet.id.clone(), name: folded(&outlet.name), hosts }
    }

    /// Whether somebody on the way of an article is this partner: by name, or by an address on its site.
    pub fn is(&self, name: &str, address: Option<&Url>) -> bool {
        (!name.is_empty() && folded(name) == self.name) || address.is_some_and(|address| self.has(address))
    }

    /// Whether an address is on its site or below it (`news.` of it).
    pub fn has(&self, address: &Url) -> bool {
        let Some(host) = host(address) else { return false };
        let below = |own: &String| host.strip_suffix(own.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        self.hosts.iter().any(below)
    }
}

fn host(address: &Url) -> Option<String> {
    let host = address.host_str()?.trim_end_matches('.').to_ascii_lowercase();
    Some(host.strip_prefix("www.").unwrap_or(&host).to_owned())
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Which articles of its outlets a feed takes. Each of these must let an article in; the default takes all.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Categories in lower case, of which an article must have one; empty: any.
    pub categories: Vec<String>,
    /// Language ranges (RFC 4647) of the articles taken; empty: every language.
    pub languages: Vec<String>,
    /// One of these must be found.
    pub include: Option<Expressions>,
    /// None of these may be found.
    pub exclude: Option<Expressions>,
    /// The partner it is made for.
    pub never_back: Option<Recipient>,
}

impl Selection {
    /// Whether it takes everything.
    pub fn is_open(&self) -> bool {
        self.categories.is_empty()
            && self.languages.is_empty()
            && self.include.is_none()
            && self.exclude.is_none()
            && self.never_back.is_none()
    }

    /// Whether an expression is held against the text of articles.
    pub fn wants_text(&self) -> bool {
        self.include.iter().chain(&self.exclude).any(Expressions::wants_text)
    }

    /// Whether articles in this language are taken, as for [`super::Terms::relays`].
    pub fn takes_language(&self, language: Option<&str>) -> bool {
        self.languages.is_empty() || language.is_some_and(|tag| self.languages.iter().any(|range| terms::matches(range, tag)))
    }

    /// Whether an article with these categories is taken; case does not count.
    pub fn takes_categories<'a>(&self, categories: impl IntoIterator<Item = &'a str>) -> bool {
        self.categories.is_empty() || categories.into_iter().any(|category| self.categories.contains(&folded(category)))
    }

    /// Whether the expressions let an article in.
    pub fn takes(&self, subject: &Subject) -> bool {
        self.include.as_ref().is_none_or(|include| include.find(subject))
            && !self.exclude.as_ref().is_some_and(|exclude| exclude.find(subject))
    }
}

/// A selection as written, with what is checked against the outlets.
#[derive(Debug, Default)]
pub(super) struct Draft {
    selection: Selection,
    never_back: Option<Spanned<String>>,
}

impl Draft {
    /// The selection, with the partner's outlet found.
    pub(super) fn complete(self, outlets: &HashMap<&str, &Outlet>) -> Selection {
        let recipient = self.never_back.and_then(|id| outlets.get(id.get_ref().as_str()).map(|outlet| Recipient::new(outlet)));
        Selection { never_back: recipient, ..self.selection }
    }

    /// The one partner that the feed is for has that outlet.
    pub(super) fn made_for(&mut self, outlet: Spanned<String>, mistakes: &mut Mistakes) {
        match &self.never_back {
            Some(own) if own.get_ref() != outlet.get_ref() => mistakes.add_with(
                format!("the feed is for a partner with the outlet `{}`, and says another", shown(outlet.get_ref())),
                own.span(),
                "leave `never_back` out of the feed or of the partner".to_owned(),
                outlet.span(),
                "the partner says it here",
            ),
            _ => self.never_back = Some(outlet),
        }
    }

    /// Where and what the outlet of `never_back` is.
    pub(super) fn never_back(&self) -> Option<&Spanned<String>> {
        self.never_back.as_ref()
    }

    /// Reports what the feed's own outlets contradict: `taken` are those it names, `id` is its own.
    pub(super) fn check(&self, id: Option<&str>, taken: &HashMap<&str, Range<usize>>, mistakes: &mut Mistakes) {
        let Some(partner) = &self.never_back else { return };
        let name = partner.get_ref().as_str();
        if let Some(named) = taken.get(name) {
            mistakes.add_with(
                format!("the feed takes the outlet `{}` and never sends what came from it", shown(name)),
                partner.span(),
                "leave the outlet out of `outlets`, or `never_back` out".to_owned(),
                named.clone(),
                "it is taken here",
            );
        } else if taken.is_empty() && id == Some(name) {
            mistakes.add(
                format!("the feed is that of the outlet `{}` and never sends what came from it: it would be empty", shown(name)),
                partner.span(),
                "name its `outlets`, or give it an id of its own".to_owned(),
            );
        }
    }
}

/// Reads the keys of a `[[feed]]` that select.
pub(super) fn read(section: &Section<'_, '_>, mistakes: &mut Mistakes) -> Draft {
    for key in ["categories", "languages", "include", "exclude"] {
        if section.is_empty_list(key) {
            let help = match key {
                "include" => "leave the key out to take everything",
                "exclude" => "leave the key out to leave nothing out",
                _ => "list some, or leave the key out for all of them",
            };
            mistakes.add(format!("`feed.{key}` is an empty list"), section.value_span(key), help.to_owned());
        }
    }
    let categories = section.strings(mistakes, "categories", |written| value::line(written).map(|line| folded(&line)));
    let languages = section.strings(mistakes, "languages", language);
    let include = section.strings(mistakes, "include", |written| expression(written, "the feed would take everything"));
    let exclude = section.strings(mistakes, "exclude", |written| expression(written, "the feed would be empty"));
    for list in [&categories, &languages, &include, &exclude].into_iter().flatten() {
        twice(list, mistakes);
    }
    for (key, list) in [("include", &include), ("exclude", &exclude)] {
        if list.as_ref().is_some_and(|list| list.len() > MOST) {
            mistakes.add(
                format!("`feed.{key}` has more than {MOST} expressions"),
                section.value_span(key),
                "join some with `|`: \"ferry|harbour|pilot\"".to_owned(),
            );
        }
    }
    for both in include.iter().flatten() {
        if let Some(other) = exclude.iter().flatten().find(|other| other.get_ref() == both.get_ref()) {
            mistakes.add_with(
                format!("`{}` is both asked for and left out: nothing can have it and not have it", shown(both.get_ref())),
                other.span(),
                "leave it out of `include` or of `exclude`".to_owned(),
                both.span(),
                "it is asked for here",
            );
        }
    }
    let never_back = section.string(mistakes, "never_back", |written| Ok(written.to_owned()));
    let plain =
        |list: Option<Vec<Spanned<String>>>| -> Vec<String> { list.into_iter().flatten().map(Spanned::into_inner).collect() };
    let compiled = |list: Option<Vec<Spanned<String>>>, key: &str, mistakes: &mut Mistakes| {
        let written = plain(list);
        if written.is_empty() || written.len() > MOST {
            return None;
        }
        let expressions = Expressions::new(written);
        if expressions.is_none() {
            mistakes.add(
                format!("the expressions of `feed.{key}` are too large together"),
                section.value_span(key),
                "write fewer, or simpler ones".to_owned(),
            );
        }
        expressions
    };
    let include = compiled(include, "include", mistakes);
    let exclude = compiled(exclude, "exclude", mistakes);
    let selection = Selection { categories: plain(categories), languages: plain(languages), include, exclude, never_back: None };
    Draft { selection, never_back }
}

fn twice(list: &[Spanned<String>], mistakes: &mut Mistakes) {
    let mut seen: HashMap<&str, Range<usize>> = HashMap::new();
    for item in list {
        match seen.get(item.get_ref().as_str()) {
            Some(first) => mistakes.add_with(
                format!("`{}` is in the list twice", shown(item.get_ref())),
                item.span(),
                "leave one out".to_owned(),
                first.clone(),
                "it is here already",
            ),
            None => {
                seen.insert(item.get_ref(), item.span());
            }
        }
    }
}

/// An expression that compiles and does not match everything; gives it as written.
fn expression(written: &str, effect: &str) -> Result<String, Wrong> {
    let (_, pattern) = split(written);
    if pattern.trim().is_empty() {
        return value::wrong("is empty", "write what is looked for, for example \"ferry|harbour\"");
    }
    if written.chars().nth(LONGEST).is_some() {
        return value::wrong(format!("is longer than {LONGEST} characters"), "write several expressions");
    }
    match RegexBuilder::new(pattern).case_insensitive(true).size_limit(COMPILED).build() {
        Ok(compiled) if compiled.is_match("") => value::wrong(
            format!("is `{}`, which is found in every text: {effect}", shown(written)),
            "write something that has to be there, for example `.+` instead of `.*`",
        ),
        Ok(_) => Ok(written.to_owned()),
        Err(regex::Error::CompiledTooBig(_)) => value::wrong(
            format!("is `{}`, which is too large once it is compiled", shown(written)),
            "shorten its repetitions, such as {1,1000}",
        ),
        Err(error) => {
            let said = error.to_string();
            // The rest of the message draws the place, which does not fit on one line.
            let what = said.lines().last().unwrap_or_default();
            let what = what.strip_prefix("error: ").unwrap_or(what);
            value::wrong(
                format!("is `{}`, which is not a regular expression: {}", shown(written), shown(what)),
                "write characters with a meaning of their own with a backslash: in TOML '\\.' in single quotation marks",
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject() -> Subject {
        Subject {
            title: "Ferry to Nanan runs again".to_owned(),
            text: "The pilot boat waits. 渡轮复航".to_owned(),
            authors: vec!["Ines Bolin".to_owned()],
            outlets: vec!["Bolin Post".to_owned(), "bolin".to_owned()],
        }
    }

    #[test]
    fn expressions_are_held_against_what_they_name() {
        let check = |written: &str, expected: bool| {
            let expressions = Expressions::new(vec!["nothing of it".to_owned(), written.to_owned()]).unwrap();
            assert_eq!(expressions.find(&subject()), expected, "{written}");
        };
        check("ferry", true);
        check("(?-i)ferry", false);
        check("渡轮", true);
        check("title: pilot", false);
        check("text: pilot", true);
        check("author:bolin$", true);
        check("Ines", false);
        check("outlet: ^bolin$", true);
        check("outlet: ines", false);
    }

    #[test]
    fn what_is_no_expression_says_why() {
        let check = |written: &str, expected: Option<&str>| {
            let said = expression(written, "the feed would be empty").err().map(|wrong| wrong.what);
            assert_eq!(said.is_some(), expected.is_some(), "{written}: {said:?}");
            let part = expected.unwrap_or_default();
            assert!(said.clone().unwrap_or_default().contains(part), "{written}: {said:?}");
        };
        check("a+b|c", None);
        check("author: ^A", None);
        check("(", Some("unclosed group"));
        check("a(?=b)", Some("look-around"));
        check(r"(a)\1", Some("backreferences"));
        check("a*", Some("found in every text: the feed would be empty"));
        check("title:", Some("is empty"));
        check(r"\w{500}{500}", Some("too large"));
        check(&"a".repeat(501), Some("longer than 500"));
    }

    #[test]
    fn a_partner_is_known_by_name_and_by_its_site() {
        let recipient =
            Recipient { outlet: "bolin".to_owned(), name: folded("Bolin  Post"), hosts: vec!["bolin.example".to_owned()] };
        let check = |name: &str, address: &str, expected: bool| {
            assert_eq!(recipient.is(name, Url::parse(address).ok().as_ref()), expected, "{name} {address}");
        };
        check("bolin post", "", true);
        check("Somebody", "https://www.bolin.example/a", true);
        check("Somebody", "https://news.bolin.example./a", true);
        check("Somebody", "https://xbolin.example/a", false);
        check("", "https://bolin.example.net/", false);
        check("Bolin Post Weekly", "", false);
    }

    #[test]
    fn categories_and_languages() {
        let selection =
            Selection { categories: vec!["harbour".to_owned()], languages: vec!["zh-Hans".to_owned()], ..Selection::default() };
        assert!(selection.takes_categories(["News", " HARBOUR "]) && !selection.takes_categories(["harbours"]));
        assert!(!selection.takes_categories([]) && Selection::default().takes_categories([]));
        assert!(selection.takes_language(Some("zh-Hans-CN")) && !selection.takes_language(Some("zh")));
        assert!(!selection.takes_language(None) && Selection::default().takes_language(None));
    }
}
