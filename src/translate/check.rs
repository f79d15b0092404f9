//! An answer held against its segment. Nothing here knows what engines say when they refuse: what counts is what has to be there.

use std::collections::HashSet;

use super::numbers::{self, Difference};
use super::script::{self, Script};
use super::{Piece, Segment, protect};
use crate::model::primary_language;

/// Why an answer is not taken. In words, without a final stop; nothing of the answer's text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Objection {
    /// The engine's markup cannot be read.
    #[error("the markup cannot be read: {0}")]
    Malformed(String),
    /// No text.
    #[error("there is no text in it")]
    Empty,
    /// A placeholder is missing.
    #[error("placeholder {0} is missing")]
    Missing(u16),
    /// A placeholder is there more than once.
    #[error("placeholder {0} is there more than once")]
    Doubled(u16),
    /// A placeholder that the segment does not have.
    #[error("placeholder {0} is none of its own")]
    Unknown(u16),
    /// A placeholder is inside another one, or outside of the one it was in, or ends before it begins.
    #[error("placeholder {0} is nested otherwise")]
    Nesting(u16),
    /// An element lost its text.
    #[error("placeholder {0} came back without text")]
    Hollow(u16),
    /// Pictures are in another order.
    #[error("its pictures are in another order")]
    Pictures,
    /// Numbers are missing, added or changed.
    #[error("its numbers are not the same: {0}")]
    Numbers(Difference),
    /// An address that the original does not have.
    #[error("it has an address that the original has not")]
    Address,
    /// A tag as text that the original does not have.
    #[error("it has a tag that the original has not")]
    Markup,
    /// An escaped character that the original does not have: escaped once too often.
    #[error("it is escaped twice")]
    Escaped,
    /// All of it, or a long part, is the original.
    #[error("{0} is as it was")]
    Untranslated(&'static str),
    /// Too short or too long; in percent of what is expected.
    #[error("its length is {0} % of what is expected")]
    Length(u32),
    /// Not in the script of the language.
    #[error("it is not in the script of {0}")]
    Script(String),
}

/// Words that may come back as they were, one after the other: a title, a name, a quotation.
const SAME_WORDS: usize = 14;
/// The same where words have no spaces between them, in characters.
const SAME_CHARACTERS: usize = 24;

/// Holds an answer against its segment: every placeholder once and nested as before, text in it, the same numbers, no address and no tag added,
/// nothing escaped twice, not the original again, of a plausible length, in the script of the language.
///
/// # Errors
/// The first of these that is not so.
pub fn answer(segment: &Segment, answer: &[Piece], from: &str, to: &str) -> Result<(), Objection> {
    structure(segment, answer)?;
    let before = joined(&segment.pieces);
    let after = joined(answer);
    let weight = weigh(&before);
    let ratio = weigh(&after) / weight.max(1.0);
    // Length first: what is compared afterwards is of a known size.
    length(weight, ratio, from, to)?;
    if repeats(&after) > repeats(&before) {
        return Err(Objection::Length(percent(ratio)));
    }
    if protect::addresses(&after).len() > protect::addresses(&before).len() {
        return Err(Objection::Address);
    }
    if escapes(&after) > escapes(&before) {
        return Err(Objection::Escaped);
    }
    if tags(&after) > tags(&before) {
        return Err(Objection::Markup);
    }
    if let Some(difference) = numbers::difference(&before, &after, from, to) {
        return Err(Objection::Numbers(difference));
    }
    // A number that is spelled out makes a text longer: one that is gone from a much shorter text was cut off with the rest.
    if ratio < 0.6 && rows_of_digits(&after) < rows_of_digits(&before) {
        return Err(Objection::Length(percent(ratio)));
    }
    if primary_language(from) != primary_language(to) {
        untranslated(&before, &after, from, to)?;
        in_script(&after, from, to)?;
    }
    Ok(())
}

/// Placeholders and texts only: what an article cannot be put together without.
///
/// # Errors
/// The first objection.
pub fn structure(segment: &Segment, answer: &[Piece]) -> Result<(), Objection> {
    let before = Tree::of(&segment.pieces)?;
    let after = Tree::of(answer)?;
    for number in 1..=before.parents.len().max(after.parents.len()) {
        let at = |tree: &Tree| tree.parents.get(number - 1).copied().flatten();
        let shown = u16::try_from(number).unwrap_or(u16::MAX);
        match (at(&before), at(&after)) {
            (None, Some(_)) => return Err(Objection::Unknown(shown)),
            (Some(_), None) => return Err(Objection::Missing(shown)),
            (before, after) if before != after => return Err(Objection::Nesting(shown)),
            _ => {}
        }
    }
    if !joined(answer).contains(char::is_alphanumeric) {
        return Err(Objection::Empty);
    }
    for (number, holds) in before.holds.iter().enumerate() {
        if *holds && !after.holds.get(number).copied().unwrap_or_default() {
            return Err(Objection::Hollow(u16::try_from(number + 1).unwrap_or(u16::MAX)));
        }
    }
    Ok(())
}

/// Where each placeholder is: whether it is an element, and what it is in (0: nothing).
#[derive(Debug, Default)]
struct Tree {
    parents: Vec<Option<(bool, u16)>>,
    /// Elements with a letter or digit in them.
    holds: Vec<bool>,
}

impl Tree {
    fn of(pieces: &[Piece]) -> Result<Self, Objection> {
        let mut tree = Self::default();
        let mut open: Vec<u16> = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Open(number) => {
                    tree.put(*number, true, open.last().copied())?;
                    open.push(*number);
                }
                Piece::Point(number) => tree.put(*number, false, open.last().copied())?,
                Piece::Close(number) => {
                    if open.pop() != Some(*number) {
                        return Err(Objection::Nesting(*number));
                    }
                    // What is in an element is in the one around it.
                    if let (Some(around), Some(true)) = (open.last(), tree.holds.get(usize::from(*number) - 1)) {
                        let around = usize::from(*around) - 1;
                        tree.holds[around] = true;
                    }
                }
                Piece::Text(text) => {
                    if let Some(around) = open.last().filter(|_| text.contains(char::is_alphanumeric)) {
                        tree.holds[usize::from(*around) - 1] = true;
                    }
                }
            }
        }
        match open.last() {
            Some(number) => Err(Objection::Nesting(*number)),
            None => Ok(tree),
        }
    }

    fn put(&mut self, number: u16, element: bool, around: Option<u16>) -> Result<(), Objection> {
        let at = usize::from(number).checked_sub(1).ok_or(Objection::Unknown(number))?;
        if self.parents.len() <= at {
            self.parents.resize(at + 1, None);
            self.holds.resize(at + 1, false);
        }
        match self.parents[at].replace((element, around.unwrap_or(0))) {
            Some(_) => Err(Objection::Doubled(number)),
            None => Ok(()),
        }
    }
}

/// The text, with something between what placeholders keep apart that is neither letter nor digit.
fn joined(pieces: &[Piece]) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            _ => out.push('\u{fffc}'),
        }
    }
    out
}

/// Holds the ratio of an answer's weight to its segment's against what is plausible for a segment of that weight.
fn length(expected: f64, ratio: f64, from: &str, to: &str) -> Result<(), Objection> {
    // Short texts vary more: "OK" and "einverstanden".
    let (least, most) = match expected {
        _ if primary_language(from) == primary_language(to) => (0.6, if expected < 30.0 { 3.0 } else { 1.6 }),
        long if long >= 60.0 => (0.4, 2.8),
        middle if middle >= 24.0 => (0.34, 4.0),
        _ => (0.1, 4.0 + 40.0 / expected.max(1.0)),
    };
    if (least..=most).contains(&ratio) {
        return Ok(());
    }
    Err(Objection::Length(percent(ratio)))
}

/// How many times a text says the same thing and nothing else, three to eight times; 1 for any other text. What models do when they run on.
fn repeats(text: &str) -> usize {
    let letters: Vec<char> = text.chars().filter(|character| character.is_alphanumeric()).collect();
    let is_said = |times: &usize| {
        let unit = letters.len() / times;
        unit >= 4 && letters.len().is_multiple_of(*times) && letters.chunks(unit).all(|chunk| *chunk == letters[..unit])
    };
    (3..=8).rev().find(is_said).unwrap_or(1)
}

/// How much a text says, whatever its script.
fn weigh(text: &str) -> f64 {
    text.chars().map(script::weight).sum()
}

fn percent(ratio: f64) -> u32 {
    (ratio * 100.0).min(1e6).round() as u32
}

fn rows_of_digits(text: &str) -> usize {
    text.split(|character: char| !character.is_numeric()).filter(|row| !row.is_empty()).count()
}

/// References to characters, as readers would see them.
fn escapes(text: &str) -> usize {
    text.match_indices('&')
        .filter(|(at, _)| {
            let name =
                text.as_bytes()[at + 1..].iter().take(10).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'#');
            let length = name.count();
            length >= 2 && text.as_bytes().get(at + 1 + length) == Some(&b';')
        })
        .count()
}

/// Tags, as readers would see them.
fn tags(text: &str) -> usize {
    text.match_indices('<')
        .filter(|(at, _)| {
            let rest = &text[at + 1..];
            let rest = rest.strip_prefix('/').unwrap_or(rest);
            rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!')
        })
        .count()
}

/// Words, or characters where words have no spaces between them, in small letters.
fn units(text: &str) -> Vec<String> {
    let mut units = Vec::new();
    let mut word = String::new();
    for character in text.chars() {
        let is_alone = script::is_spaceless(character);
        if character.is_alphanumeric() && !is_alone {
            word.extend(character.to_lowercase());
            continue;
        }
        if !word.is_empty() {
            units.push(std::mem::take(&mut word));
        }
        if is_alone {
            units.push(character.to_string());
        }
    }
    if !word.is_empty() {
        units.push(word);
    }
    units
}

fn untranslated(before: &str, after: &str, from: &str, to: &str) -> Result<(), Objection> {
    let (asked, given) = (units(before), units(after));
    let spaceless = script::expected(from).iter().any(|script| matches!(script, Script::Han | Script::Kana | Script::Thai));
    let prose = asked.iter().any(|unit| unit.chars().any(char::is_lowercase)) || spaceless;
    let scripts_differ = !script::expected(to).is_empty()
        && !script::expected(from).is_empty()
        && !script::expected(from).iter().any(|script| script::expected(to).contains(script));
    // A name may stay as it is; a sentence may not. Han alone may mean the same in Japanese.
    let short = match (scripts_differ, spaceless) {
        (true, false) => 4,
        (true, true) => 8,
        (false, false) => 6,
        (false, true) => 12,
    };
    if asked == given {
        return if prose && asked.len() >= short { Err(Objection::Untranslated("all of it")) } else { Ok(()) };
    }
    let window = if spaceless { SAME_CHARACTERS } else { SAME_WORDS };
    let known: HashSet<&[String]> = asked.windows(window).collect();
    if given.windows(window).any(|part| known.contains(part)) {
        return Err(Objection::Untranslated("a long part of it"));
    }
    Ok(())
}

fn in_script(after: &str, from: &str, to: &str) -> Result<(), Objection> {
    let expected = script::expected(to);
    if expected.is_empty() {
        return Ok(());
    }
    let objection = || Objection::Script(to.to_owned());
    let (mut right, mut wrong, mut kana) = (0_usize, 0_usize, 0_usize);
    let units = units(after);
    for script in units.iter().filter_map(|unit| unit.chars().find_map(script::of)) {
        kana += usize::from(script == Script::Kana);
        if expected.contains(&script) {
            right += 1;
        } else {
            wrong += 1;
        }
    }
    let total = right + wrong;
    let lower = |text: &str| {
        text.split(|c: char| !c.is_alphanumeric()).any(|word| word.chars().all(char::is_lowercase) && word.len() > 3)
    };
    // A few names and nothing else may stay in their own script.
    let is_name = total <= 4 && !lower(after);
    if right == 0 && total > 0 && !is_name || total >= 6 && right * 10 < total * 3 {
        return Err(objection());
    }
    // Japanese is not written in Han alone, nor Chinese with Kana.
    let is = |tag: &str, language: &str| primary_language(tag) == language;
    if is(to, "ja") && kana == 0 && total >= 16 && !is(from, "ja") || is(to, "zh") && total >= 8 && kana * 5 > total {
        return Err(objection());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_said_again_and_again() {
        let check = |text: &str, expected: usize| assert_eq!(repeats(text), expected, "{text}");
        check("", 1);
        check("Les caixes del moll", 1);
        check("Les caixes. Les caixes.", 1);
        check("Les caixes del moll Les caixes del moll Les caixes del moll", 3);
        check(&"码头的箱子。".repeat(5), 5);
        check("ha ha ha ha", 1);
        check(&"Les caixes ".repeat(4)[..40], 1);
        let segment = Segment { role: crate::translate::Role::Title, pieces: vec![Piece::Text("Las cajas".into())] };
        let held = |text: &str| answer(&segment, &[Piece::Text(text.into())], "es", "ca");
        assert_eq!(held("Les caixes"), Ok(()));
        assert!(matches!(held(&"Les caixes ".repeat(5)), Err(Objection::Length(_))));
    }
}
