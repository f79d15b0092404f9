//! The lists of the tables, arranged so that a text is compared with few of their words. Each is built once, at its first use.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// Words that a text may be.
pub(super) type Set = HashSet<&'static str>;

/// Words that a text may begin or end with. The value is what the list says of a word; words keep the order of their list.
pub(super) struct Edges<T> {
    starts: HashMap<char, Vec<(&'static str, T)>>,
    ends: HashMap<char, Vec<(&'static str, T)>>,
}

impl<T: Copy> Edges<T> {
    /// Arranges a list. An empty word is in no text.
    pub(super) fn of(words: impl Iterator<Item = (&'static str, T)>) -> Self {
        let mut edges = Self { starts: HashMap::new(), ends: HashMap::new() };
        for (word, value) in words {
            if let (Some(first), Some(last)) = (word.chars().next(), word.chars().next_back()) {
                edges.starts.entry(first).or_default().push((word, value));
                edges.ends.entry(last).or_default().push((word, value));
            }
        }
        edges
    }

    /// Those that a text begins with.
    pub(super) fn in_front<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (&'static str, T)> + 'a {
        let words = text.chars().next().and_then(|first| self.starts.get(&first));
        words.into_iter().flatten().filter(|(word, _)| text.starts_with(word)).copied()
    }

    /// Those that a text ends with.
    pub(super) fn behind<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (&'static str, T)> + 'a {
        let words = text.chars().next_back().and_then(|last| self.ends.get(&last));
        words.into_iter().flatten().filter(|(word, _)| text.ends_with(word)).copied()
    }
}

/// Bytes by which words that may stand anywhere are told apart.
const KEY: usize = 3;
type Key = [u8; KEY];

/// Words that may stand anywhere in a text. Time is proportional to the text, whatever the number of words.
pub(super) struct Within<T> {
    /// A bit for the key of every word: most places of a text are passed over by it.
    bits: Vec<u64>,
    words: HashMap<Key, Vec<(Cow<'static, str>, T)>>,
    /// Words shorter than a key.
    short: Vec<(Cow<'static, str>, T)>,
}

impl<T: Copy> Within<T> {
    /// Arranges a list. An empty word is in no text.
    pub(super) fn of<W: Into<Cow<'static, str>>>(words: impl Iterator<Item = (W, T)>) -> Self {
        let mut within = Self { bits: vec![0; 1 << 10], words: HashMap::new(), short: Vec::new() };
        for (word, value) in words {
            let word = word.into();
            match word.as_bytes().first_chunk::<KEY>() {
                Some(key) => {
                    let bit = bit(key);
                    within.bits[bit / 64] |= 1 << (bit % 64);
                    within.words.entry(*key).or_default().push((word, value));
                }
                None if !word.is_empty() => within.short.push((word, value)),
                None => {}
            }
        }
        within
    }

    /// Every place where one of the words stands, with the word and its value; in no particular order, and words may lie in one another.
    pub(super) fn places<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, &'a str, T)> + 'a {
        // what begins like a word in UTF-8 begins at a character
        let long = text.as_bytes().windows(KEY).enumerate().filter_map(|(at, window)| {
            let key = window.first_chunk::<KEY>()?;
            let bit = bit(key);
            let words = if self.bits[bit / 64] >> (bit % 64) & 1 == 1 { self.words.get(key)? } else { return None };
            Some((at, words))
        });
        let long = long.flat_map(move |(at, words)| {
            let rest = &text.as_bytes()[at..];
            words
                .iter()
                .filter(move |(word, _)| rest.starts_with(word.as_bytes()))
                .map(move |(word, value)| (at, &**word, *value))
        });
        let short = self.short.iter().flat_map(move |(word, value)| {
            let windows = text.as_bytes().windows(word.len()).enumerate();
            windows.filter(move |(_, window)| *window == word.as_bytes()).map(move |(at, _)| (at, &**word, *value))
        });
        long.chain(short)
    }

    /// Whether one of the words is in the text.
    pub(super) fn any(&self, text: &str) -> bool {
        self.places(text).next().is_some()
    }
}

/// Sixteen bits that tell letters of one script from one another.
fn bit(key: &Key) -> usize {
    let [one, two, three] = key.map(u32::from);
    ((one | two << 8 | three << 16).wrapping_mul(0x9e37_79b1) >> 16) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WORDS: &[&str] = &["ab", "abc", "b", "bcd", "©", "渡", "渡轮", "轮a", "cab", "aaaa", "aa", "é", "bé"];

    proptest! {
        #[test]
        fn finds_what_a_search_for_each_word_finds(text in "[abcd渡轮©é ]{0,30}") {
            let list = || WORDS.iter().enumerate().map(|(order, word)| (*word, order));
            let within = Within::of(list());
            let mut got: Vec<(usize, usize)> = within.places(&text).map(|(at, _, order)| (order, at)).collect();
            got.sort_unstable();
            let mut expected = Vec::new();
            for (word, order) in list() {
                let places = text.char_indices().map(|(at, _)| at).filter(|at| text[*at..].starts_with(word));
                expected.extend(places.map(|at| (order, at)));
            }
            prop_assert_eq!(got, expected);
            prop_assert_eq!(within.any(&text), WORDS.iter().any(|word| text.contains(word)));

            let edges = Edges::of(list());
            let front: Vec<usize> = edges.in_front(&text).map(|(_, order)| order).collect();
            let expected: Vec<usize> = list().filter(|(word, _)| text.starts_with(word)).map(|(_, order)| order).collect();
            prop_assert_eq!(front, expected);
            let behind: Vec<usize> = edges.behind(&text).map(|(_, order)| order).collect();
            let expected: Vec<usize> = list().filter(|(word, _)| text.ends_with(word)).map(|(_, order)| order).collect();
            prop_assert_eq!(behind, expected);
        }
    }
}
