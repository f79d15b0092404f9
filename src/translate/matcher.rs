//! Terms found in a text: the longest at each place, in linear time.

use std::ops::Range;

use aho_corasick::{AhoCorasick, BuildError};

use super::script::{is_hangul, is_spaceless};

/// A term that is looked for.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub text: String,
    /// Whether upper and lower case are the same.
    pub any_case: bool,
}

/// A term found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Bytes of the text.
    pub at: Range<usize>,
    /// Which of the terms.
    pub term: usize,
}

/// Looks for many terms at once. Where a term begins or ends with a letter of a script that sets spaces, a word has to begin or end there.
#[derive(Debug, Default)]
pub(super) struct Matcher {
    exact: Option<(AhoCorasick, Vec<usize>)>,
    folded: Option<(AhoCorasick, Vec<usize>)>,
}

impl Matcher {
    /// # Errors
    /// The terms are too many or too long together.
    pub fn new(wanted: &[Wanted]) -> Result<Self, BuildError> {
        let build = |any_case: bool| {
            let ids: Vec<usize> =
                (0..wanted.len()).filter(|id| wanted[*id].any_case == any_case && !wanted[*id].text.is_empty()).collect();
            if ids.is_empty() {
                return Ok(None);
            }
            let texts = ids.iter().map(|id| if any_case { fold(&wanted[*id].text).0 } else { wanted[*id].text.clone() });
            AhoCorasick::new(texts).map(|automaton| Some((automaton, ids)))
        };
        Ok(Self { exact: build(false)?, folded: build(true)? })
    }

    /// Places in order that do not overlap: of those that begin first the longest.
    pub fn find(&self, text: &str) -> Vec<Found> {
        let mut found = Vec::new();
        if let Some((automaton, ids)) = &self.exact {
            for hit in automaton.find_overlapping_iter(text) {
                if is_whole(text, hit.range()) {
                    found.push(Found { at: hit.range(), term: ids[hit.pattern().as_usize()] });
                }
            }
        }
        if let Some((automaton, ids)) = &self.folded {
            let (folded, places) = fold(text);
            let place = |at: usize| if places.is_empty() { at } else { places[at] };
            for hit in automaton.find_overlapping_iter(&folded) {
                let at = place(hit.start())..place(hit.end());
                if is_whole(text, at.clone()) {
                    found.push(Found { at, term: ids[hit.pattern().as_usize()] });
                }
            }
        }
        found.sort_unstable_by_key(|found| (found.at.start, std::cmp::Reverse(found.at.end), found.term));
        let mut end = 0;
        found.retain(|found| {
            let keep = found.at.start >= end && !found.at.is_empty();
            if keep {
                end = found.at.end;
            }
            keep
        });
        found
    }
}

/// Lower case, character by character. With it, for every byte of it, the byte of the text where its character begins; nothing where they are the same.
fn fold(text: &str) -> (String, Vec<usize>) {
    let lower = |character: char| {
        let mut all = character.to_lowercase();
        match (all.next(), all.next()) {
            (Some(one), None) => one,
            _ => character,
        }
    };
    let folded: String = text.chars().map(lower).collect();
    if text.chars().all(|character| lower(character).len_utf8() == character.len_utf8()) {
        return (folded, Vec::new());
    }
    let mut places = Vec::with_capacity(folded.len() + 1);
    for (at, character) in text.char_indices() {
        places.extend(std::iter::repeat_n(at, lower(character).len_utf8()));
    }
    places.push(text.len());
    (folded, places)
}

/// Whether a place is no part of a longer word. Korean hangs its particles onto the word, so only its beginning counts.
fn is_whole(text: &str, at: Range<usize>) -> bool {
    let joins = |character: char| character.is_alphanumeric() && !is_spaceless(character);
    let (Some(before), Some(inside), Some(after)) = (text.get(..at.start), text.get(at.clone()), text.get(at.end..)) else {
        return false;
    };
    let (Some(first), Some(last)) = (inside.chars().next(), inside.chars().next_back()) else { return false };
    let starts = !joins(first) || !before.chars().next_back().is_some_and(joins);
    let ends = !joins(last) || is_hangul(last) || !after.chars().next().is_some_and(|c| joins(c) && !is_hangul(c));
    starts && ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_longest_whole_terms() {
        let check = |terms: &[&str], text: &str, expected: &[&str]| {
            let wanted: Vec<Wanted> = terms
                .iter()
                .map(|term| Wanted { text: (*term).to_owned(), any_case: !term.chars().any(char::is_uppercase) })
                .collect();
            let matcher = Matcher::new(&wanted).unwrap();
            let found: Vec<&str> = matcher.find(text).into_iter().map(|found| &text[found.at]).collect();
            assert_eq!(found, expected, "{terms:?} in {text:?}");
        };
        check(&["New Quay", "New"], "The New Quay and New Quayside, Newer", &["New Quay", "New"]);
        check(&["tide"], "Tide, TIDE; tides", &["Tide", "TIDE"]);
        check(&["Tide"], "tide Tide's TIDE", &["Tide"]);
        check(&["海港", "海港纪事"], "据海港纪事报道，新海港开放", &["海港纪事", "海港"]);
        check(&["Quay"], "在Quay工作", &["Quay"]);
        check(&["항구일보"], "항구일보가 신항구일보", &["항구일보"]);
        check(&["парום", "паром"], "Паром стоит. Паромы ждут.", &["Паром"]);
        // Kelvin sign and dotted capital I are longer or shorter in lower case.
        check(&["dock"], "\u{212a}elvin İ DOC\u{212a} dock", &["DOC\u{212a}", "dock"]);
        check(&[""], "x", &[]);
    }
}
