//! A row cut into pieces: labels with their values, and what stands between.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Place;
use super::row::{HARD, Row, SOFT};
use crate::normalize::text;
use crate::normalize::words::{Label, labelled};

/// A known word at some place.
struct Known {
    pub(super) label: Label,
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

pub(super) fn is_han(c: char) -> bool {
    text::is_asian_letter(c)
}

/// A label at this place: what it labels, where its value begins, and whether a colon or the like made it sure.
pub(super) fn label_at(row: &Row, at: usize, begins_part: bool, place: Place) -> Option<(Label, usize)> {
    let folded = &row.folded;
    let words = KNOWN.get(folded.get(at)?)?;
    for known in words {
        let end = at + known.word.len();
        if folded.get(at..end) != Some(known.word.as_slice()) {
            continue;
        }
        let han = known.word.last().copied().is_some_and(is_han);
        // "Via Roma was closed." begins like a label and is text.
        let bare = known.bare && (place == Place::Around || known.label.role().is_some());
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
            Some('|')
                if !known.bare
                    && begins_part
                    && (known.label.role().is_some() || han && matches!(known.label, Label::Source | Label::Chrome)) =>
            {
                return Some((known.label, next + 1));
            }
            Some(c) if bare && begins_part && next > end && (c.is_alphanumeric() || c == '@') => {
                return Some((known.label, next));
            }
            Some(SOFT) if bare && begins_part => return Some((known.label, next)),
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
pub(super) fn after_break(row: &Row, at: usize) -> Option<usize> {
    let rest = row.folded.get(at..)?;
    let found = rest.iter().position(|c| !matches!(*c, ' ' | SOFT | HARD))?;
    Some(at + found)
}

/// Marks that end a part.
pub(super) fn ends_part(row: &Row, at: usize) -> bool {
    match row.folded[at] {
        SOFT | HARD | '|' | '[' | ']' => true,
        '·' | '•' | '/' | '—' | '–' | '-' | '»' | '>' | '●' => {
            let space = |at: Option<&char>| at.is_none_or(|c| matches!(*c, ' ' | SOFT | HARD | '|'));
            space(row.folded.get(at + 1)) && space(at.checked_sub(1).and_then(|before| row.folded.get(before)))
        }
        _ => false,
    }
}

/// Whether a time of the day ends right in front of a place, and nothing else stands in its part.
fn behind_time(row: &Row, start: usize, at: usize) -> bool {
    let before = row.folded.get(start..at).unwrap_or_default();
    let time = before.iter().filter(|c| **c != ' ');
    before.last() == Some(&' ')
        && before.len() <= 8
        && before.iter().any(|c| matches!(c, ':' | 'h'))
        && time.clone().all(|c| c.is_ascii_digit() || matches!(c, ':' | 'h'))
}

/// A piece of a row: with its label, if there is one.
pub(super) struct Piece {
    pub(super) label: Option<Label>,
    pub(super) range: std::ops::Range<usize>,
    /// Place of the break in front of it.
    pub(super) line: usize,
}

/// Cuts a row into pieces.
pub(super) fn pieces(row: &Row, place: Place, own: &[&str]) -> Vec<Piece> {
    let own: Vec<Vec<char>> = own.iter().map(|name| name.chars().map(super::row::fold).collect()).collect();
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
        // "河湾网责任编辑:X": whose editor that is.
        if fresh
            && let Some(behind) = own
                .iter()
                .filter(|name| !name.is_empty() && row.folded[at..].starts_with(name))
                .map(|name| at + name.len())
                .find(|behind| label_at(row, *behind, true, place).is_some_and(|(label, _)| label.role().is_some()))
        {
            at = behind;
            start = at;
            continue;
        }
        let boundary = fresh || at > 0 && matches!(row.folded[at - 1], ' ' | '(' | ',' | ';');
        // "27/06/2024 - 10:12 Por X": behind a time of the day a part begins.
        let begins = fresh
            || c != ' ' && behind_time(row, start, at)
            || at > 0 && row.folded[at - 1] == '('
            || at > 1 && row.folded[at - 1] == ' ' && row.folded[at - 2] == '.';
        if boundary
            && c != ' '
            && let Some((found, value)) = label_at(row, at, begins, place).or_else(|| {
                // "Nora Field, translated by A": behind the author.
                let listed = place == Place::Around && at > 1 && row.folded[at - 1] == ' ' && row.folded[at - 2] == ',';
                listed.then(|| label_at(row, at, true, place)).flatten().filter(|(label, _)| *label == Label::Translator)
            })
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
