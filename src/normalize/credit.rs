//! Rows of facts: "7天前 | 来源: X 原文链接 | 作者:Y | 评论4条", "By A and B, translated by C", "Source: X, via Y (words: Z)".
//!
//! A row is read from left to right. Where an element ends, or a bar stands, a part ends; a label that the tables know gives the part after it a
//! meaning; what has no label may be a date, a count, a name that a class or a mark behind it calls one. What no rule takes is told to the caller:
//! a line of the text is lifted out only if nothing of it is left over.

use std::collections::HashMap;
use std::sync::LazyLock;

use dom_query::NodeRef;
use url::Url;

use super::boilerplate::{self, is_date};
use super::people::{self, Role};
use super::words::{self, Label, labelled};
use super::{date, text};
use crate::model::Party;

/// Characters of one row that are read.
const LONGEST: usize = 4_000;
/// Characters between a number and the word for comments it counts.
const NEAR: usize = 8;
/// Characters of a name of an outlet.
const NAME: usize = 60;
/// Between inline elements.
const SOFT: char = '\u{1e}';
/// Between lines.
const HARD: char = '\n';

/// What a class or a relation says that a stretch of a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hint {
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
    ("categories", Hint::Section),
    ("cat", Hint::Section),
    ("section", Hint::Section),
    ("channel", Hint::Section),
    ("kicker", Hint::Section),
    ("rubrik", Hint::Section),
    ("rubrique", Hint::Section),
    ("comment", Hint::Comments),
    ("comments", Hint::Comments),
    ("cmt", Hint::Comments),
    ("pinglun", Hint::Comments),
];

/// Words in the path of an address that lead to a section.
const SECTION_PATHS: &[&str] = &[
    "category",
    "categories",
    "section",
    "sections",
    "channel",
    "topic",
    "topics",
    "rubric",
    "rubrique",
    "ressort",
    "cat",
    "column",
    "lanmu",
];

/// One row.
#[derive(Debug, Default)]
pub(super) struct Row {
    shown: Vec<char>,
    folded: Vec<char>,
    links: Vec<(std::ops::Range<usize>, Url, bool)>,
    hints: Vec<(std::ops::Range<usize>, Hint)>,
}

impl Row {
    /// Adds the text of a node. Addresses are resolved against `base`; what stands in another block is another line.
    pub(super) fn push(&mut self, node: &NodeRef<'_>, base: &Url) {
        let mut last_above = None;
        let nodes = std::iter::once(*node).chain(node.descendants_it());
        for inner in nodes {
            if self.shown.len() > LONGEST {
                return;
            }
            if inner.is_element() {
                if super::body::is_block(&inner) || inner.has_name("br") {
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
                std::iter::once(*node).chain(node.ancestors_it(Some(8))).find(super::body::is_block).map(|node| node.id)
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
                    && let Some(url) = above.attr("href").and_then(|href| super::url::resolve(base, &[], &href))
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
        let url = link.attr("href").and_then(|href| super::url::resolve(base, &[], &href));
        if let Some(url) = url.filter(|url| called == Some(Hint::Source) && !super::url::same_owner(url, base)) {
            let start = self.shown.len();
            self.text(&alt);
            self.links.push((start..self.shown.len(), url, false));
            self.hints.push((start..self.shown.len(), Hint::Source));
            self.put(SOFT);
        }
    }

    /// Ends the line.
    pub(super) fn end_line(&mut self) {
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
            // An ideographic space separates, other white space is one space.
            if space && c != '\u{3000}' && self.folded.last().is_none_or(|last| matches!(*last, ' ' | SOFT | HARD)) {
                continue;
            }
            self.shown.push(if c.is_whitespace() && c != '\u{3000}' { ' ' } else { c });
            self.folded.push(if c == '\u{3000}' { '|' } else { folded });
        }
    }

    /// A row of plain text.
    #[cfg(test)]
    pub(super) fn of(text: &str) -> Self {
        let mut row = Self::default();
        row.text(text);
        row
    }

    /// The parts of the row, without what labels say.
    pub(super) fn parts(&self) -> Vec<String> {
        self.folded
            .iter()
            .enumerate()
            .collect::<Vec<_>>()
            .split(|(at, c)| matches!(**c, SOFT | HARD | '>' | '»' | '›' | '→') || ends_part(self, *at))
            .filter_map(|part| Some(self.string(&(part.first()?.0..part.last()?.0 + 1))))
            .filter(|part| !part.is_empty())
            .collect()
    }

    fn string(&self, range: &std::ops::Range<usize>) -> String {
        let shown: String = self.shown[range.clone()].iter().map(|c| if matches!(*c, SOFT | HARD) { ' ' } else { *c }).collect();
        text::clean(&shown)
    }

    fn link(&self, range: &std::ops::Range<usize>) -> Option<&(std::ops::Range<usize>, Url, bool)> {
        self.links.iter().find(|(at, _, _)| at.start < range.end && range.start < at.end)
    }

    fn hint(&self, range: &std::ops::Range<usize>) -> Option<Hint> {
        self.hints.iter().find(|(at, _)| at.start < range.end && range.start < at.end).map(|(_, hint)| *hint)
    }
}

fn hint(node: &NodeRef<'_>) -> Option<Hint> {
    if node.has_name("time") {
        return Some(Hint::Date);
    }
    let named = ["rel", "itemprop", "class", "id"].iter().filter_map(|name| node.attr(name));
    for value in named {
        let value = value.to_ascii_lowercase();
        let mut words = value.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
        if let Some((_, hint)) = words.find_map(|word| HINTS.iter().find(|(known, _)| *known == word)) {
            return Some(*hint);
        }
    }
    None
}

/// A character as the tables have it.
fn fold(c: char) -> char {
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

/// What a row says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// Names with what they did.
    pub(super) people: Vec<(Role, String)>,
    /// Outlets, nearest first. A name may be empty where only the link is there.
    pub(super) chain: Vec<Party>,
    /// It says that the text is the outlet's own.
    pub(super) own: bool,
    /// Date of publication as written.
    pub(super) published: Option<String>,
    /// Date of the last change as written.
    pub(super) updated: Option<String>,
    /// Number of comments.
    pub(super) comments: Option<u64>,
    /// Sections and tags.
    pub(super) categories: Vec<String>,
    /// What no rule took.
    pub(super) rest: Vec<String>,
    /// A label was there, or a class or mark that says as much.
    pub(super) labelled: bool,
    /// How many labels there were.
    pub(super) labels: usize,
}

/// A known word at some place.
struct Known {
    label: Label,
    word: Vec<char>,
    /// It is in the list of words that need no colon.
    bare: bool,
}

static KNOWN: LazyLock<HashMap<char, Vec<Known>>> = LazyLock::new(|| {
    let mut known: HashMap<char, Vec<Known>> = HashMap::new();
    let labels = labelled(|words| words.labels).map(|(label, word)| (label, word, false));
    for (label, word, bare) in labels.chain(labelled(|words| words.before).map(|(label, word)| (label, word, true))) {
        let word: Vec<char> = word.chars().collect();
        if let Some(first) = word.first() {
            known.entry(*first).or_default().push(Known { label, word, bare });
        }
    }
    known.values_mut().for_each(|words| words.sort_by_key(|known| std::cmp::Reverse(known.word.len())));
    known
});

fn is_han(c: char) -> bool {
    text::is_asian_letter(c)
}

/// A label at this place: what it labels, where its value begins, and whether a colon or the like made it sure.
fn label_at(row: &Row, at: usize, begins_part: bool) -> Option<(Label, usize)> {
    let folded = &row.folded;
    let words = KNOWN.get(folded.get(at)?)?;
    for known in words {
        let end = at + known.word.len();
        if folded.get(at..end) != Some(known.word.as_slice()) {
            continue;
        }
        let han = known.word.last().copied().is_some_and(is_han);
        let mut next = end;
        while folded.get(next) == Some(&' ') {
            next += 1;
        }
        let after = folded.get(next).copied();
        match after {
            // "来源://" is an address; "1/2" is no label.
            Some(':' | '=') if folded.get(next + 1) != Some(&'/') => return Some((known.label, next + 1)),
            Some('/') if next == end && known.label.role().is_some() && folded.get(next + 1) != Some(&'/') => {
                return Some((known.label, next + 1));
            }
            // "<b>来源</b> X", "<dt>作者</dt><dd>X</dd>": the element ends behind the label.
            // A link that says so ("原文链接", the tag "翻译") is no label of what comes after it.
            Some(SOFT | HARD)
                if !known.bare && begins_part && after_break(row, next).is_some() && row.link(&(at..end)).is_none() =>
            {
                return Some((known.label, next));
            }
            // "文|林书白", "来源 | 旧街杂志"
            Some('|') if !known.bare && begins_part && (known.label.role().is_some() || han && known.label == Label::Source) => {
                return Some((known.label, next + 1));
            }
            Some(c) if known.bare && begins_part && next > end && (c.is_alphanumeric() || c == '@') => {
                return Some((known.label, next));
            }
            Some(SOFT) if known.bare && begins_part => return Some((known.label, next)),
            // "编辑 周念"
            Some(c) if !known.bare && han && begins_part && next > end && known.label.role().is_some() && c.is_alphabetic() => {
                return Some((known.label, next));
            }
            // "发表于 2025-5-30", "입력 2025.05.30"
            Some(c)
                if !known.bare
                    && han
                    && begins_part
                    && next > end
                    && matches!(known.label, Label::Published | Label::Updated)
                    && c.is_ascii_digit() =>
            {
                return Some((known.label, next));
            }
            _ => {}
        }
    }
    None
}

/// The next place behind breaks where something stands.
fn after_break(row: &Row, at: usize) -> Option<usize> {
    let rest = row.folded.get(at..)?;
    let found = rest.iter().position(|c| !matches!(*c, ' ' | SOFT | HARD))?;
    Some(at + found)
}

/// Marks that end a part.
fn ends_part(row: &Row, at: usize) -> bool {
    match row.folded[at] {
        SOFT | HARD | '|' | '[' | ']' => true,
        '·' | '•' | '/' | '—' | '–' | '-' | '»' | '>' | '●' => {
            let space = |at: Option<&char>| at.is_none_or(|c| matches!(*c, ' ' | SOFT | HARD | '|'));
            space(row.folded.get(at + 1)) && space(at.checked_sub(1).and_then(|before| row.folded.get(before)))
        }
        _ => false,
    }
}

/// A piece of a row: with its label, if there is one.
struct Piece {
    label: Option<Label>,
    range: std::ops::Range<usize>,
    /// Place of the break in front of it.
    line: usize,
}

/// Cuts a row into pieces.
fn pieces(row: &Row) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let length = row.folded.len();
    let (mut at, mut start, mut line) = (0, 0, 0);
    let mut label: Option<Label> = None;
    let mut open: Option<usize> = None;
    let mut fresh = true;
    macro_rules! close {
        ($end:expr) => {
            let end: usize = $end;
            let blank = row.folded[start..end].iter().all(|c| matches!(*c, ' ' | ',' | ';' | '.' | '(' | ')'));
            if !blank || label.is_some_and(|_| end > start && !blank) {
                pieces.push(Piece { label: label.take(), range: start..end, line });
            }
        };
    }
    while at < length {
        let c = row.folded[at];
        if ends_part(row, at) {
            let blank = row.folded[start..at].iter().all(|c| matches!(*c, ' ' | ','));
            if !(label.is_some() && blank) {
                close!(at);
                label = None;
            }
            if c == HARD {
                line += 1;
            }
            at += 1;
            start = at;
            fresh = true;
            continue;
        }
        let boundary = fresh || at > 0 && matches!(row.folded[at - 1], ' ' | '(' | ',' | ';');
        let begins =
            fresh || at > 0 && row.folded[at - 1] == '(' || at > 1 && row.folded[at - 1] == ' ' && row.folded[at - 2] == '.';
        if boundary
            && c != ' '
            && let Some((found, value)) = label_at(row, at, begins)
        {
            // A label in the middle of a piece ends it, unless it is the value that begins like one.
            let from = if at > 0 && row.folded[at - 1] == '(' { at - 1 } else { at };
            if from >= start {
                close!(from.max(start));
            }
            open = (from < at).then_some(at);
            label = Some(found);
            start = value.min(length);
            at = start;
            fresh = true;
            while row.folded.get(at).is_some_and(|c| *c == ' ') {
                at += 1;
            }
            continue;
        }
        if c == ')' && open.is_some() {
            close!(at);
            label = None;
            open = None;
            start = at + 1;
        }
        fresh = matches!(c, ' ' | ',' | ';' | '.') && fresh;
        at += 1;
    }
    close!(length);
    pieces
}

/// Whether a row begins with a label.
pub(super) fn begins_with_label(row: &Row) -> bool {
    after_break(row, 0).is_some_and(|at| label_at(row, at, true).is_some())
}

/// Reads a row. `own` are names of the outlet itself.
pub(super) fn read(row: &Row, own: &[&str]) -> Said {
    let mut said = Said::default();
    let mut last: Option<Label> = None;
    let mut last_line = 0;
    for piece in pieces(row) {
        let written = row.string(&piece.range);
        if written.is_empty() {
            continue;
        }
        if piece.label.is_some() {
            said.labelled = true;
            said.labels += 1;
        }
        // "By A <and> B": a list goes on over the ends of its elements.
        let goes_on = last.filter(|label| label.role().is_some() && piece.line == last_line && piece.label.is_none());
        if let Some(label) = goes_on
            && continues(&written, row, &piece)
        {
            if !is_conjunction(&written) {
                add_people(&mut said, &written, label.role().unwrap_or(Role::Author), own);
            }
            continue;
        }
        last_line = piece.line;
        last = piece.label;
        match piece.label {
            Some(label) => value(row, label, &piece.range, &written, own, &mut said),
            None => unlabelled(row, &piece.range, &written, own, &mut said),
        }
    }
    said
}

/// Whether a piece behind a name is more of the same list: a conjunction, or a name behind one.
fn continues(written: &str, row: &Row, piece: &Piece) -> bool {
    if is_conjunction(written)
        || row.folded[piece.range.clone()].iter().find(|c| **c != ' ').is_some_and(|c| matches!(c, ',' | '&'))
    {
        return true;
    }
    let before: String = row.folded[..piece.range.start].iter().rev().skip_while(|c| matches!(**c, ' ' | SOFT)).take(5).collect();
    let before: String = before.chars().rev().collect();
    before.ends_with([',', '&'])
        || CONJUNCTIONS.iter().any(|word| before.split(|c: char| c.is_whitespace() || c == SOFT).next_back() == Some(*word))
}

fn is_conjunction(written: &str) -> bool {
    let lower = written.to_lowercase();
    CONJUNCTIONS.contains(&lower.trim_matches(|c: char| !c.is_alphanumeric() && c != '&'))
}

fn add_people(said: &mut Said, written: &str, role: Role, own: &[&str]) {
    let found = people::names(written, role);
    let found = found.into_iter().filter(|(_, name)| !is_own(own, name));
    let (good, bad): (Vec<_>, Vec<_>) = found.partition(|(_, name)| people::plausible(name));
    said.people.extend(good);
    said.rest.extend(bad.into_iter().map(|(_, name)| name));
}

const CONJUNCTIONS: &[&str] =
    &["and", "&", "und", "et", "y", "e", "и", "та", "og", "och", "en", "i", "和", "与", "與", "及", "と", "와", "과"];

fn value(row: &Row, label: Label, range: &std::ops::Range<usize>, written: &str, own: &[&str], said: &mut Said) {
    match label {
        Label::Source | Label::Via => outlets(row, range, own, said),
        Label::Original => {
            let link = row.link(range).map(|(_, url, _)| url.clone());
            let name = boilerplate::outlet_in(written).unwrap_or_default();
            if link.is_some() || !name.is_empty() {
                add(said, Party { name, url: link });
            }
        }
        Label::OriginalTitle | Label::Chrome => {}
        Label::Note => said.rest.push(written.to_owned()),
        Label::Poster => {
            if said.published.is_none() {
                said.published = date_in(written).map(|(date, _)| date);
            }
        }
        // "9:05 配信 | X": the label stood behind its date, and what comes after it has none.
        Label::Published | Label::Updated => match date_in(written) {
            Some((date, _)) => {
                let known = if label == Label::Published { &mut said.published } else { &mut said.updated };
                known.get_or_insert(date);
            }
            None => unlabelled(row, range, written, own, said),
        },
        Label::Comments => said.comments = said.comments.or_else(|| number(written)),
        Label::Section | Label::Tags => {
            let links: Vec<String> = row
                .links
                .iter()
                .filter(|(at, _, _)| at.start < range.end && range.start < at.end)
                .map(|(at, _, _)| row.string(at))
                .collect();
            let names = if links.is_empty() {
                written
                    .split([',', '，', '、', '/', ';', '；', '|', ' '])
                    .map(str::trim)
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned)
                    .collect()
            } else {
                links
            };
            said.categories.extend(names);
        }
        Label::Author | Label::Translator | Label::Editor | Label::Photographer => {
            let role = label.role().unwrap_or(Role::Author);
            // A date may stand behind the names.
            let (names, date) = match date_behind(written) {
                Some((names, date)) => (names, Some(date)),
                None => (written.to_owned(), None),
            };
            said.published = said.published.take().or(date);
            add_people(said, &names, role, own);
        }
    }
}

/// "X 2024-05-04 09:30" → X and the date.
fn date_behind(written: &str) -> Option<(String, String)> {
    let places = written.match_indices([' ', ',']).filter(|(at, _)| written[*at..].contains(|c: char| c.is_ascii_digit()));
    let (at, mark) = places.take(8).find(|(at, mark)| is_date(written[at + mark.len()..].trim()))?;
    Some((written[..at].trim().to_owned(), written[at + mark.len()..].trim().to_owned()))
}

/// The date that a text is, or begins with; and what comes after it.
fn date_in(written: &str) -> Option<(String, String)> {
    let written = written.trim();
    if !date::may_begin(written) {
        return None;
    }
    if is_date(written) {
        return Some((written.to_owned(), String::new()));
    }
    let mut ends: Vec<usize> = written.match_indices([' ', ',', '|', '(']).map(|(at, _)| at).take(12).collect();
    ends.reverse();
    let end = ends.into_iter().find(|end| is_date(written[..*end].trim()))?;
    Some((written[..end].trim().to_owned(), written[end..].trim_start_matches([' ', ',', '|']).to_owned()))
}

/// The outlets in the value of a source label: "X", "X, via Y", "X 原文链接".
fn outlets(row: &Row, range: &std::ops::Range<usize>, own: &[&str], said: &mut Said) {
    let mut at = range.start;
    let folded: String = row.folded[range.clone()].iter().collect();
    // Cut where the next outlet up the chain is named.
    let mut cuts: Vec<(usize, usize)> = Vec::new();
    for (_, via) in labelled(|words| words.before).filter(|(label, _)| *label == Label::Via) {
        let via = &format!(" {via} ");
        if let Some(place) = folded.find(via) {
            let place = folded[..place].chars().count();
            cuts.push((range.start + place, range.start + place + via.chars().count()));
        }
    }
    cuts.sort_unstable();
    cuts.dedup_by(|one, other| one.0 < other.1);
    for (end, next) in cuts.into_iter().chain([(range.end, range.end)]) {
        if end > at {
            outlet(row, &(at..end), own, said);
        }
        at = next;
    }
}

fn outlet(row: &Row, range: &std::ops::Range<usize>, own: &[&str], said: &mut Said) {
    let written = row.string(range);
    let link = row.link(range).map(|(_, url, _)| url.clone());
    let (name, date) = boilerplate::outlet_of(&written);
    said.published = said.published.take().or(date);
    if is_own(own, &name) {
        said.own = true;
        return;
    }
    if own_mark(&name, own) {
        said.own = true;
        return;
    }
    if name.chars().count() <= NAME && (!name.is_empty() || link.is_some()) && !is_vague(&name) {
        add(said, Party { name, url: link });
    } else if !written.is_empty() {
        said.rest.push(written);
    }
}

/// "海潮网原创", "原创": the outlet says that it is its own.
fn own_mark(name: &str, own: &[&str]) -> bool {
    let lower = name.to_lowercase();
    words::all(|words| words.own).any(|mark| {
        lower == mark
            || lower.strip_suffix(mark).or_else(|| lower.strip_prefix(mark)).is_some_and(|rest| {
                let rest = rest.trim_matches(|c: char| !c.is_alphanumeric());
                rest.is_empty() || is_own(own, rest) || own.iter().any(|own| own.to_lowercase().contains(rest))
            })
    })
}

fn is_vague(name: &str) -> bool {
    let lower = name.to_lowercase();
    words::all(|words| words.vague).any(|vague| vague == lower)
}

/// Whether a name is the outlet's own.
pub(super) fn is_own(own: &[&str], name: &str) -> bool {
    let essence = text::essence(name);
    !essence.is_empty() && own.iter().any(|known| text::essence(known) == essence)
}

/// Adds an outlet at the end of a chain, or what is new of it.
pub(super) fn add(said: &mut Said, party: Party) {
    join(&mut said.chain, party);
}

/// Adds an outlet at the end of a chain, or what is new of it: a name without one, a page where there was only a home page.
pub(super) fn join(chain: &mut Vec<Party>, party: Party) {
    let essence = text::essence(&party.name);
    let site = |url: &Option<Url>| url.as_ref().map(|url| super::url::site(url).to_owned());
    let known = chain.iter_mut().find(|known| {
        let name = text::essence(&known.name);
        (!essence.is_empty() && (name == essence || same_outlet(&known.name, &party.name)))
            || (name.is_empty() || essence.is_empty())
                && (party.url.is_none() || known.url.is_none() || site(&party.url) == site(&known.url))
    });
    let Some(known) = known else {
        chain.push(party);
        return;
    };
    if known.name.is_empty() {
        known.name = party.name;
    }
    let deeper = |url: &Url| url.path().trim_matches('/').len() + url.query().map_or(0, str::len);
    match (&known.url, party.url) {
        (None, url) => known.url = url,
        (Some(old), Some(new)) if deeper(old) == 0 && deeper(&new) > 0 => known.url = Some(new),
        _ => {}
    }
}

/// Whether two names are one outlet's: with and without an article.
pub(super) fn same_outlet(one: &str, other: &str) -> bool {
    let bare = |name: &str| {
        let lower = name.to_lowercase();
        text::essence(lower.strip_prefix("the ").unwrap_or(&lower))
    };
    let (one, other) = (bare(one), bare(other));
    !one.is_empty() && one == other
}

fn unlabelled(row: &Row, range: &std::ops::Range<usize>, written: &str, own: &[&str], said: &mut Said) {
    let link = row.link(range);
    if let Some((_, url, _)) = link
        && boilerplate::is_link_text(written)
    {
        said.labelled = true;
        // It belongs to the outlet named before it.
        match said.chain.last_mut() {
            Some(party)
                if party.url.is_none() || party.url.as_ref().is_some_and(|known| known.path().trim_matches('/').is_empty()) =>
            {
                party.url = Some(url.clone())
            }
            Some(_) => {}
            None => said.chain.push(Party { name: String::new(), url: Some(url.clone()) }),
        }
        return;
    }
    if let Some(count) = comments_in(written) {
        said.comments = said.comments.or(Some(count));
        return;
    }
    let folded = boilerplate::fold(written);
    if boilerplate::is_chrome(&folded) {
        return;
    }
    let hint = row.hint(range);
    if let Some((date, rest)) = date_in(written) {
        said.published = said.published.take().or(Some(date));
        if rest.trim().is_empty() {
            return;
        }
        return leftover(row, range, rest.trim(), hint, own, said);
    }
    leftover(row, range, written, hint, own, said);
}

fn leftover(row: &Row, range: &std::ops::Range<usize>, written: &str, hint: Option<Hint>, own: &[&str], said: &mut Said) {
    if own_mark(written, own) {
        said.own = true;
        said.labelled = true;
        return;
    }
    let marked = people::names(written, Role::Author);
    let plausible = !marked.is_empty() && marked.iter().all(|(_, name)| people::plausible(name));
    if plausible && people::is_marked(written) {
        said.labelled = true;
        said.people.extend(marked);
        return;
    }
    match hint {
        Some(Hint::Author) if plausible => {
            said.people.extend(marked);
            said.labelled = true;
        }
        // "Read it at X" leads to the article, and is no name.
        Some(Hint::Source) if written.ends_with(['.', '。', '!']) || written.chars().count() > 30 => {
            if let Some((_, url, _)) = row.link(range) {
                add(said, Party { name: String::new(), url: Some(url.clone()) });
            }
        }
        Some(Hint::Source) if !is_own(own, written) => {
            said.labelled = true;
            outlet(row, range, own, said);
        }
        Some(Hint::Section) if written.chars().count() <= NAME => said.categories.push(written.to_owned()),
        Some(Hint::Comments) => said.comments = said.comments.or_else(|| number(written)),
        _ => {
            let to_section = row.link(range).is_some_and(|(_, url, tag)| {
                *tag || url.path_segments().is_some_and(|mut parts| parts.any(|part| SECTION_PATHS.contains(&part)))
            });
            if to_section && written.chars().count() <= NAME {
                said.categories.push(written.to_owned());
            } else {
                said.rest.push(written.to_owned());
            }
        }
    }
}

/// The first number of a text; "1,204" is one.
pub(super) fn number(written: &str) -> Option<u64> {
    let start = written.find(|c: char| c.is_ascii_digit())?;
    let digits: String =
        written[start..].chars().take_while(|c| c.is_ascii_digit() || *c == ',').filter(char::is_ascii_digit).take(9).collect();
    digits.parse().ok()
}

/// "评论4条", "17 comments", "댓글 23": a number beside a word for comments, and nothing else of weight.
pub(super) fn comments_in(written: &str) -> Option<u64> {
    let count = number(written)?;
    let folded = boilerplate::fold(written);
    let rest: String =
        folded.chars().filter(|c| !c.is_ascii_digit() && !matches!(c, ',' | '(' | ')' | '[' | ']' | ':')).collect();
    let rest = text::clean(&rest);
    (rest.chars().count() <= 40 && words::all(|words| words.comments).any(|word| has_word(&rest, word))).then_some(count)
}

/// "33 flowers, 9 people commented": the number that stands nearest in front of a word for comments, else right behind one.
pub(super) fn comments_within(written: &str) -> Option<u64> {
    let folded: Vec<char> = written.chars().map(fold).collect();
    let text: String = folded.iter().collect();
    for word in words::all(|words| words.comments) {
        let Some(at) = text.match_indices(word).map(|(at, _)| at).find(|at| {
            let edge = |c: Option<char>| word.chars().next().is_some_and(is_han) || c.is_none_or(|c| !c.is_alphabetic());
            edge(text[..*at].chars().next_back()) && edge(text[at + word.len()..].chars().next())
        }) else {
            continue;
        };
        let place = text[..at].chars().count();
        let digits = |c: &char| c.is_ascii_digit();
        let before =
            folded[place.saturating_sub(NEAR)..place].iter().rposition(digits).map(|found| place.saturating_sub(NEAR) + found);
        let end = place + word.chars().count();
        let after = folded[end..folded.len().min(end + 4)].iter().position(digits).map(|found| end + found);
        if let Some(last) = before {
            let start = folded[..=last].iter().rposition(|c| !c.is_ascii_digit() && *c != ',').map_or(0, |at| at + 1);
            return number(&folded[start..=last].iter().collect::<String>());
        }
        if let Some(first) = after {
            return number(&folded[first..].iter().collect::<String>());
        }
    }
    None
}

/// Whether a word stands in a text: as a word, where its script has words.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let edge = |c: Option<char>| word.chars().next().is_some_and(is_han) || c.is_none_or(|c| !c.is_alphabetic());
        edge(text[..at].chars().next_back()) && edge(text[at + word.len()..].chars().next())
    })
}

/// The outlets that a notice names, nearest first: by its links, and by the words after which a name stands. Links within `site` name none.
pub(super) fn of_notice(row: &Row, written: &str, own: &[&str], site: &Url) -> Vec<Party> {
    // (place, name, link)
    let mut found: Vec<(usize, Party)> = Vec::new();
    let mut articles: Vec<(usize, Url)> = Vec::new();
    let named = boilerplate::outlet_in(written).filter(|name| !is_own(own, name));
    let mut links = row.links.iter().peekable();
    while let Some((range, url, _)) = links.next() {
        let mut range = range.clone();
        // The link's text may be in several elements.
        while let Some((next, same, _)) = links.peek()
            && same == url
            && row.folded[range.end..next.start].iter().all(|c| matches!(*c, ' ' | SOFT))
        {
            range.end = next.end;
            links.next();
        }
        if super::url::site(url) == super::url::site(site) || is_licence(url) {
            continue;
        }
        let text = row.string(&range);
        let name = boilerplate::trim_name(&text);
        let is_name =
            !name.is_empty() && name.chars().count() <= NAME && !boilerplate::is_link_text(&text) && !name.contains("://");
        let is_title = is_name
            && named.as_ref().is_some_and(|named| text::essence(named) != text::essence(&name))
            && name.split_whitespace().count().max(name.chars().filter(|c| is_han(*c)).count() / 3) > 4;
        // "原文:《Letters to a Lamp》": what follows such a label is the article, however its title reads.
        let before: String = row.folded[..range.start].iter().rev().take(16).collect();
        let before: String = before.chars().rev().collect();
        let is_original =
            before.trim_end_matches([' ', SOFT, '《', '"', '「', '『', '«']).strip_suffix(':').is_some_and(|before| {
                labelled(|words| words.labels).any(|(label, word)| label == Label::Original && before.trim_end().ends_with(word))
            });
        if is_name && !is_title && !is_original && !is_own(own, &name) {
            found.push((range.start, Party { name, url: Some(url.clone()) }));
        } else {
            articles.push((range.start, url.clone()));
        }
    }
    if let Some(name) = named
        && !found.iter().any(|(_, party)| {
            let (known, name) = (text::essence(&party.name), text::essence(&name));
            known.contains(&name) || name.contains(&known)
        })
    {
        let shown: String = row.shown.iter().collect();
        let at = shown.find(name.as_str()).map_or(0, |at| shown[..at].chars().count());
        // What is named is in the link that its words stand around, or is what the first link without a name of its own leads to.
        found.retain(|(_, party)| !(text::essence(&party.name).contains(&text::essence(&name)) && party.url.is_none()));
        found.push((at, Party { name, url: None }));
    }
    found.sort_by_key(|(at, _)| *at);
    for (at, url) in articles {
        let bare = |party: &Party| {
            party.url.as_ref().is_none_or(|known| {
                known.path().trim_matches('/').is_empty() && super::url::site(known) == super::url::site(&url)
            })
        };
        let nearest =
            found.iter().enumerate().filter(|(_, (_, party))| bare(party)).min_by_key(|(_, (place, _))| place.abs_diff(at));
        match nearest.map(|(index, _)| index) {
            Some(index) => found[index].1.url = Some(url),
            None if found.is_empty() => found.push((at, Party { name: String::new(), url: Some(url) })),
            None => {}
        }
    }
    // Who published it first is the last of the chain.
    let folded: String = row.folded.iter().collect();
    let mut start = 0;
    let (mut near, mut first) = (Vec::new(), Vec::new());
    for (at, party) in found {
        let before: String = folded.chars().skip(start).take(at.saturating_sub(start)).collect();
        start = at;
        if words::all(|words| words.first).any(|word| before.contains(word)) { first.push(party) } else { near.push(party) }
    }
    near.extend(first);
    near
}

/// Addresses of licences (Creative Commons and its kin) name no outlet.
fn is_licence(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host.contains("creativecommons")
        || url
            .path_segments()
            .is_some_and(|mut parts| parts.any(|part| matches!(part, "licenses" | "license" | "licences" | "licence")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(row: &Row) -> String {
        let said = read(row, &["今日港", "Quill"]);
        let mut out: Vec<String> = Vec::new();
        out.extend(said.chain.iter().map(|party| format!("{}<{}>", party.name, party.url.as_ref().map_or("", Url::as_str))));
        out.extend(said.people.iter().map(|(role, name)| format!("{role:?}:{name}")));
        out.extend(said.published.map(|date| format!("at {date}")));
        out.extend(said.updated.map(|date| format!("up {date}")));
        out.extend(said.comments.map(|count| format!("{count} comments")));
        out.extend(said.categories.iter().map(|term| format!("#{term}")));
        if said.own {
            out.push("own".to_owned());
        }
        out.extend(said.rest.iter().map(|rest| format!("?{rest}")));
        out.join(" ; ")
    }

    #[test]
    fn lines_of_text() {
        let check = |line: &str, expected: &str| assert_eq!(show(&Row::of(line)), expected, "{line:?}");
        check("来源:海港纪事 原文链接", "海港纪事<>");
        check("7天前 来源: 海港纪事中文网 原文链接", "海港纪事中文网<> ; at 7天前");
        check("来源：海港纪事 昨天 21:05", "海港纪事<> ; at 昨天 21:05");
        check("来源:海港纪事 | 2026-06-02", "海港纪事<> ; at 2026-06-02");
        check("他说 来源:海港纪事", "海港纪事<> ; ?他说");
        check("来源：《海港纪事》", "海港纪事<>");
        check("文章來源：海港紀事 作者：林書白", "海港紀事<> ; Author:林書白");
        check("Source: The Harbour Ledger (original article)", "The Harbour Ledger<>");
        check("Source : Le Quai", "Le Quai<>");
        check("出典:港日報", "港日報<>");
        check("출처: 항구일보", "항구일보<>");
        check("Источник: Портовая газета", "Портовая газета<>");
        check("Source: Harbour Ledger, via The Quay (words: Nora Field)", "Harbour Ledger<> ; The Quay<> ; Author:Nora Field");
        check("作者:林书白|译者:周念", "Author:林书白 ; Translator:周念");
        check("文/林书白 译/周念", "Author:林书白 ; Translator:周念");
        check("海港日报记者 林书白", "Author:林书白");
        check("责任编辑:周念", "Editor:周念");
        check("By Nora Field and Tomas Reed", "Author:Nora Field ; Author:Tomas Reed");
        check("今日港原创", "own");
        check("渡轮今天停了。", "?渡轮今天停了。");
        check("来源不明的船来了", "?来源不明的船来了");
    }

    #[test]
    fn rows_of_elements() {
        let base = Url::parse("https://quill.example/a/1").expect("a literal");
        let check = |html: &str, expected: &str| {
            let document = dom_query::Document::fragment(html);
            let mut row = Row::default();
            row.push(&document.root().first_element_child().expect("a root"), &base);
            assert_eq!(show(&row), expected, "{html}");
        };
        check(
            "<div><span>7天前</span> <span class=from>来源: 海港纪事</span> <a href=https://l.example/1>原文链接</a> <a href=#c>评论4条</a></div>",
            "海港纪事<https://l.example/1> ; at 7天前 ; 4 comments",
        );
        check(
            "<div>来源：<a href=https://l.example/>海港纪事</a>　【<a href=javascript:x>打印</a>】</div>",
            "海港纪事<https://l.example/>",
        );
        check("<dl><dt>来源</dt><dd>海港纪事</dd><dt>作者</dt><dd>林书白</dd></dl>", "海港纪事<> ; Author:林书白");
        check("<p>By <a href=/x>Nora Field</a> and <a href=/y>Tomas Reed</a></p>", "Author:Nora Field ; Author:Tomas Reed");
        check(
            "<p>Source: <a href=https://t.example/1>Tideline</a>, via <a href=https://g.example/2>The Gazette</a> (words: Nora Field)</p>",
            "Tideline<https://t.example/1> ; The Gazette<https://g.example/2> ; Author:Nora Field",
        );
        check(
            "<div><span>도해린 기자</span><span>2026. 6. 27.</span><span class=author>x</span></div>",
            "Author:도해린 ; at 2026. 6. 27. ; ?x",
        );
    }
}
