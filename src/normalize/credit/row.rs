//! A row as text: with the places where elements end, its links, and what classes say of its stretches.

use dom_query::NodeRef;
use url::Url;

use super::cut::ends_part;
use crate::normalize::{body, text, url as addresses};

/// Characters of one row that are read.
const LONGEST: usize = 4_000;
/// Between inline elements.
pub(super) const SOFT: char = '\u{1e}';
/// Between lines.
pub(super) const HARD: char = '\n';

/// What a class or a relation says that a stretch of a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hint {
    Author,
    Source,
    Date,
    Section,
    Comments,
}

/// Words in classes, with what they say.
const HINTS: &[(&str, Hint)] = &[
    ("author", Hint::Author),
    ("authors", Hint::Author),
    ("byline", Hint::Author),
    ("writer", Hint::Author),
    ("autor", Hint::Author),
    ("auteur", Hint::Author),
    ("zuozhe", Hint::Author),
    ("reporter", Hint::Author),
    ("autore", Hint::Author),
    ("signature", Hint::Author),
    ("journalist", Hint::Author),
    ("source", Hint::Source),
    ("from", Hint::Source),
    ("laiyuan", Hint::Source),
    ("origin", Hint::Source),
    ("provider", Hint::Source),
    ("cp", Hint::Source),
    ("date", Hint::Date),
    ("time", Hint::Date),
    ("pubtime", Hint::Date),
    ("published", Hint::Date),
    ("category", Hint::Section),
    ("editoria", Hint::Section),
    ("sezione", Hint::Section),
    ("seccion", Hint::Section),
    ("ressort", Hint::Section),
    ("categories", Hint::Section),
    ("cat", Hint::Section),
    ("section", Hint::Section),
    ("channel", Hint::Section),
    ("kicker", Hint::Section),
    ("rubric", Hint::Section),
    ("rubrik", Hint::Section),
    ("rubrique", Hint::Section),
    ("comment", Hint::Comments),
    ("comments", Hint::Comments),
    ("cmt", Hint::Comments),
    ("pinglun", Hint::Comments),
];

/// One row.
#[derive(Debug, Default)]
pub(in crate::normalize) struct Row {
    pub(super) shown: Vec<char>,
    pub(super) folded: Vec<char>,
    pub(super) links: Vec<(std::ops::Range<usize>, Url, bool)>,
    pub(super) hints: Vec<(std::ops::Range<usize>, Hint)>,
    /// The element it is in is called the author's.
    pub(in crate::normalize) of_author: bool,
    /// The site its addresses are resolved against.
    pub(super) site: Option<String>,
}

impl Row {
    /// Adds the text of a node. Addresses are resolved against `base`; what stands in another block is another line.
    pub(in crate::normalize) fn push(&mut self, node: &NodeRef<'_>, base: &Url) {
        self.site = Some(addresses::site(base).to_owned());
        let mut last_above = None;
        let nodes = std::iter::once(*node).chain(node.descendants_it());
        for inner in nodes {
            if self.shown.len() > LONGEST {
                return;
            }
            if inner.is_element() {
                if body::is_block(&inner) || inner.has_name("br") {
                    self.end_line();
                }
                self.sign(&inner, base);
                continue;
            }
            if !inner.is_text() {
                continue;
            }
            let above = inner.parent();
            let block = |node: &NodeRef<'_>| {
                std::iter::once(*node).chain(node.ancestors_it(Some(8))).find(body::is_block).map(|node| node.id)
            };
            let same_block = above.as_ref().map(block) == last_above;
            if last_above.is_some() && !same_block {
                self.end_line();
            }
            last_above = above.as_ref().map(block);
            let start = self.shown.len();
            self.text(&inner.text());
            let range = start..self.shown.len();
            if range.is_empty() {
                continue;
            }
            // Only what is within the node says something of it.
            let holders = inner.ancestors_it(Some(5)).take(if node.is_text() { 0 } else { 5 });
            let mut hinted = false;
            for above in holders {
                if above.has_name("a")
                    && let Some(url) = above.attr("href").and_then(|href| addresses::resolve(base, &[], &href))
                {
                    let tag =
                        above.attr("rel").is_some_and(|rel| rel.split_whitespace().any(|word| word.eq_ignore_ascii_case("tag")));
                    self.links.push((range.clone(), url, tag));
                }
                if !hinted && let Some(hint) = hint(&above) {
                    self.hints.push((range.clone(), hint));
                    hinted = true;
                }
                if above.id == node.id {
                    break;
                }
            }
            self.put(SOFT);
        }
    }

    /// The sign of an outlet stands for its name: a picture in a link that is called a source.
    fn sign(&mut self, node: &NodeRef<'_>, base: &Url) {
        if !node.has_name("img") {
            return;
        }
        let (Some(alt), Some(link)) = (node.attr("alt"), node.ancestors_it(Some(2)).find(|above| above.has_name("a"))) else {
            return;
        };
        let called = std::iter::once(link).chain(link.ancestors_it(Some(2))).find_map(|above| hint(&above));
        let url = link.attr("href").and_then(|href| addresses::resolve(base, &[], &href));
        if let Some(url) = url.filter(|url| called == Some(Hint::Source) && !addresses::same_owner(url, base)) {
            let start = self.shown.len();
            self.text(&alt);
            self.links.push((start..self.shown.len(), url, false));
            self.hints.push((start..self.shown.len(), Hint::Source));
            self.put(SOFT);
        }
    }

    /// Ends the line.
    pub(in crate::normalize) fn end_line(&mut self) {
        if self.shown.last().is_some_and(|last| *last != HARD) {
            self.put(HARD);
        }
    }

    fn put(&mut self, c: char) {
        self.shown.push(c);
        self.folded.push(c);
    }

    fn text(&mut self, text: &str) {
        for c in text.chars() {
            let folded = fold(c);
            let space = folded == ' ';
            // An indent at the beginning of a line parts nothing.
            if c == '\u{3000}' && self.folded.last().is_none_or(|last| matches!(*last, SOFT | HARD)) {
                continue;
            }
            // An ideographic space separates, other white space is one space.
            if space && c != '\u{3000}' && self.folded.last().is_none_or(|last| matches!(*last, ' ' | SOFT | HARD)) {
                continue;
            }
            self.shown.push(if c.is_whitespace() && c != '\u{3000}' { ' ' } else { c });
            self.folded.push(if c == '\u{3000}' { '|' } else { folded });
        }
    }

    /// A row of plain text.
    pub(in crate::normalize) fn of(text: &str) -> Self {
        let mut row = Self::default();
        row.text(text);
        row
    }

    /// The parts of the row, without what labels say.
    pub(in crate::normalize) fn parts(&self) -> Vec<String> {
        self.folded
            .iter()
            .enumerate()
            .collect::<Vec<_>>()
            .split(|(at, c)| matches!(**c, SOFT | HARD | '>' | '»' | '›' | '→') || ends_part(self, *at))
            .filter_map(|part| Some(self.string(&(part.first()?.0..part.last()?.0 + 1))))
            .filter(|part| !part.is_empty())
            .collect()
    }

    pub(super) fn string(&self, range: &std::ops::Range<usize>) -> String {
        let shown: String = self.shown[range.clone()].iter().map(|c| if matches!(*c, SOFT | HARD) { ' ' } else { *c }).collect();
        text::clean(&shown)
    }

    pub(super) fn link(&self, range: &std::ops::Range<usize>) -> Option<&(std::ops::Range<usize>, Url, bool)> {
        self.links.iter().find(|(at, _, _)| at.start < range.end && range.start < at.end)
    }

    /// Whether a stretch is a link from end to end.
    pub(super) fn is_link(&self, range: &std::ops::Range<usize>) -> bool {
        self.link(range).is_some_and(|(at, _, _)| self.string(at) == self.string(range))
    }

    pub(super) fn hint(&self, range: &std::ops::Range<usize>) -> Option<Hint> {
        self.hints.iter().find(|(at, _)| at.start < range.end && range.start < at.end).map(|(_, hint)| *hint)
    }
}

/// Whether an element is called the author's.
pub(in crate::normalize) fn is_of_author(node: &NodeRef<'_>) -> bool {
    hint(node) == Some(Hint::Author)
}

fn hint(node: &NodeRef<'_>) -> Option<Hint> {
    if node.has_name("time") {
        return Some(Hint::Date);
    }
    let named = ["rel", "itemprop", "class", "id"].iter().filter_map(|name| node.attr(name));
    for value in named {
        let mut words = value.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
        if let Some((_, hint)) = words.clone().find_map(|word| HINTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word))) {
            return Some(*hint);
        }
        // "AuthorInfo", "byline_articleAuthor": a word that a capital ends.
        let humps = words.find_map(|word| {
            let starts = word.char_indices().filter(|(at, c)| *at == 0 || c.is_ascii_uppercase()).map(|(at, _)| at);
            let mut parts = starts.map(|at| {
                let end = word[at + 1..].find(|c: char| c.is_ascii_uppercase()).map_or(word.len(), |end| at + 1 + end);
                &word[at..end]
            });
            parts.find_map(|part| HINTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(part)))
        });
        if let Some((_, hint)) = humps {
            return Some(*hint);
        }
    }
    None
}

/// A character as the tables have it.
pub(super) fn fold(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => fold(char::from_u32(c as u32 - 0xfee0).unwrap_or(c)),
        '、' => ',',
        '。' => '.',
        '丨' | '│' | '┃' | '¦' => '|',
        '’' | '‘' => '\'',
        '“' | '”' => '"',
        '【' | '〔' => '[',
        '】' | '〕' => ']',
        c if c.is_whitespace() => ' ',
        c => c.to_lowercase().next().unwrap_or(c),
    }
}
