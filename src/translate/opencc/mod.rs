//! Script conversion in the process, by OpenCC's method over OpenCC's dictionaries: simplified and traditional characters, those of Taiwan and
//! Hong Kong, and their words.
//!
//! A text goes through up to four steps: compatibility ideographs become unified ones; words of the text are found; and over each of them, and
//! over what lies between two, one or two groups of dictionaries are run, each replacing the longest entry at every place. An entry never
//! reaches over the border of a word, which is why 「互联网络」 comes out as Taiwan's 「網際網路」 and not as half of another word.
//!
//! Nothing is read before the first conversion; every group of dictionaries is read once and then shared.

mod description;
mod dictionary;
mod engine;
mod script;
mod trie;

use std::borrow::Cow;
use std::ops::Range;

pub use dictionary::VERSION;
pub use engine::{Conversion, OpenCc};
pub use script::{Script, script};

use dictionary::Group;
use trie::Trie;

/// The tags that conversion is between; other tags of Chinese mean one of them ([`Converter::new`]).
pub const TAGS: [&str; 4] = ["zh-Hans", "zh-Hant", "zh-Hant-TW", "zh-Hant-HK"];

/// Characters that no entry has: a text can be cut after each, and its parts be converted one by one.
pub const ENDS_EVERY_WORD: [char; 12] = ['\n', '\r', '\t', ' ', '\u{3000}', '。', '，', '、', '！', '？', '；', '：'];

/// All ranks of a group.
const ALL: u8 = u8::MAX;
/// The rank of the words in groups that tell words.
const WORDS: u8 = 1;

/// One of the ways to write Chinese.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writing {
    Simplified,
    Traditional,
    Taiwan,
    HongKong,
}

/// One of OpenCC's configurations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Configuration {
    /// Whose first rank says what a word is, if words are told: of [`Self::first`] itself, or of another group.
    words: Option<Group>,
    first: Group,
    second: Option<Group>,
}

/// Converts from one way to write Chinese to another. Cheap to make and to copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Converter {
    configuration: Configuration,
}

/// What a tag means: the script where it names one, else that of the region; `zh` alone is simplified.
fn writing(tag: &str) -> Option<Writing> {
    let mut subtags = tag.split(['-', '_']);
    if !subtags.next()?.eq_ignore_ascii_case("zh") {
        return None;
    }
    let (mut script, mut region) = (None, None);
    for subtag in subtags {
        match subtag.len() {
            // Extensions and private use say nothing of the script.
            1 => break,
            2 if region.is_none() => region = Some(subtag.to_ascii_uppercase()),
            4 if script.is_none() && region.is_none() => script = Some(subtag.to_ascii_lowercase()),
            _ => {}
        }
    }
    let traditional = match region.as_deref() {
        Some("TW") => Writing::Taiwan,
        Some("HK" | "MO") => Writing::HongKong,
        _ => Writing::Traditional,
    };
    match (script.as_deref(), region.as_deref()) {
        (Some("hans"), _) | (None, None | Some("CN" | "SG" | "MY")) => Some(Writing::Simplified),
        (Some("hant"), _) | (None, Some("TW" | "HK" | "MO")) => Some(traditional),
        _ => None,
    }
}

impl Converter {
    /// Between two tags: zh-Hans, zh-Hant, zh-Hant-TW or zh-Hant-HK, or zh, zh-CN, zh-SG, zh-MY, zh-TW, zh-HK, zh-MO, which mean one of them, in
    /// any case. With `phrases` words of the region change, too (软件 → 軟體), where OpenCC has them: between simplified characters and a
    /// region. None where OpenCC has no conversion: other languages, twice the same, and from one region to the other.
    pub fn new(from: &str, to: &str, phrases: bool) -> Option<Self> {
        use Writing::{HongKong, Simplified, Taiwan, Traditional};
        let of_words = |plain: Group, with_words: Group| if phrases { with_words } else { plain };
        let alone = |first: Group| Configuration { words: None, first, second: None };
        let to_region = |second: Group| Configuration {
            words: Some(Group::ToTraditional),
            first: Group::ToTraditional,
            second: Some(second),
        };
        let from_region =
            |first: Group| Configuration { words: Some(Group::ToSimplified), first, second: Some(Group::ToSimplified) };
        let configuration = match (writing(from)?, writing(to)?) {
            (Simplified, Traditional) => alone(Group::ToTraditional),
            (Simplified, Taiwan) => to_region(of_words(Group::ToTaiwan, Group::ToTaiwanWords)),
            (Simplified, HongKong) => to_region(of_words(Group::ToHongKong, Group::ToHongKongWords)),
            (Traditional, Simplified) => alone(Group::ToSimplified),
            (Taiwan, Simplified) => from_region(of_words(Group::FromTaiwan, Group::FromTaiwanWords)),
            (HongKong, Simplified) => from_region(of_words(Group::FromHongKong, Group::FromHongKongWords)),
            (Traditional, Taiwan) => alone(Group::ToTaiwan),
            (Traditional, HongKong) => alone(Group::ToHongKong),
            (Taiwan, Traditional) => alone(Group::FromTaiwan),
            (HongKong, Traditional) => alone(Group::FromHongKong),
            _ => return None,
        };
        Some(Self { configuration })
    }

    /// Converts a text. What no dictionary has stays as it is, ASCII always.
    pub fn convert<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(self.convert_cut(text, &mut [])) }
    }

    /// Converts a text and says where places of it have come to. `cuts` are places of the text in ascending order, on borders of characters;
    /// afterwards they are places of what is returned, again in ascending order. A place within an entry goes to the same character of what
    /// the entry became, or behind it where that has another number of characters.
    pub fn convert_cut(&self, text: &str, cuts: &mut [usize]) -> String {
        let Configuration { words, first, second } = self.configuration;
        let mut unified = String::with_capacity(text.len());
        let mut pass = Pass { text, cuts: &mut *cuts, out: &mut unified, moved: 0 };
        pass.replace(Group::Compatibility.trie(), 0..text.len());
        let text = &unified;

        let mut ends = Vec::new();
        let mut converted = String::with_capacity(text.len() + text.len() / 8);
        let mut pass = Pass { text, cuts: &mut *cuts, out: &mut converted, moved: 0 };
        match words {
            None => pass.replace(first.trie(), 0..text.len()),
            // Words are told by the very entries that are replaced: one pass does both.
            Some(words) if words == first => pass.replace_words(first.trie(), &mut ends),
            Some(words) => {
                let mut at = 0;
                for end in self::words(words.trie(), text) {
                    pass.replace(first.trie(), at..end);
                    ends.push(pass.out.len());
                    at = end;
                }
            }
        }
        let Some(second) = second else { return converted };

        let mut out = String::with_capacity(converted.len() + converted.len() / 8);
        let mut pass = Pass { text: &converted, cuts, out: &mut out, moved: 0 };
        let mut at = 0;
        for end in ends {
            pass.replace(second.trie(), at..end);
            at = end;
        }
        out
    }
}

/// Where the words of a text end, and what lies between two words; the last is the end of the text.
fn words(words: &Trie, text: &str) -> Vec<usize> {
    let mut ends = Vec::new();
    let (mut at, mut word_ended) = (0, 0);
    while let Some(char) = text[at..].chars().next() {
        if let Some(found) = begin(words, &text[at..], char, WORDS) {
            if at > word_ended {
                ends.push(at);
            }
            at += found.bytes;
            ends.push(at);
            word_ended = at;
        } else {
            at += unknown(&text[at..], char);
        }
    }
    if at > word_ended {
        ends.push(at);
    }
    ends
}

fn begin<'a>(trie: &'a Trie, text: &str, first: char, ranks: u8) -> Option<trie::Found<'a>> {
    if trie.begins(first) { trie.longest(text, ranks) } else { None }
}

/// Bytes that are passed over where no entry begins.
fn unknown(text: &str, first: char) -> usize {
    description::bytes(text).unwrap_or(first.len_utf8())
}

/// One group of dictionaries over one text, and where the places have come to.
struct Pass<'a> {
    text: &'a str,
    cuts: &'a mut [usize],
    out: &'a mut String,
    /// Cuts that are places of `out` already.
    moved: usize,
}

impl Pass<'_> {
    /// Replaces within a range; ranges come in ascending order, without gaps.
    fn replace(&mut self, trie: &Trie, range: Range<usize>) {
        let text = &self.text[..range.end];
        let (mut at, mut copied) = (range.start, range.start);
        while let Some(char) = text[at..].chars().next() {
            if let Some(found) = begin(trie, &text[at..], char, ALL) {
                self.copy(copied..at);
                self.put(at..at + found.bytes, found.value);
                at += found.bytes;
                copied = at;
            } else {
                at += unknown(&text[at..], char);
            }
        }
        self.copy(copied..at);
    }

    /// Replaces everywhere and says where the words end in what comes out, as [`words`] does. For a group whose entries of other ranks than the
    /// first are single characters: then no such entry reaches over the border of a word.
    fn replace_words(&mut self, trie: &Trie, ends: &mut Vec<usize>) {
        let text = self.text;
        let (mut at, mut copied, mut word_ended) = (0, 0, 0);
        while let Some(char) = text[at..].chars().next() {
            if let Some(found) = begin(trie, &text[at..], char, ALL) {
                self.copy(copied..at);
                let word = found.rank < WORDS;
                if word && at > word_ended {
                    ends.push(self.out.len());
                }
                self.put(at..at + found.bytes, found.value);
                at += found.bytes;
                copied = at;
                if word {
                    ends.push(self.out.len());
                    word_ended = at;
                }
            } else {
                at += unknown(&text[at..], char);
            }
        }
        self.copy(copied..at);
        if at > word_ended {
            ends.push(self.out.len());
        }
    }

    /// What stays as it is.
    fn copy(&mut self, range: Range<usize>) {
        while let Some(cut) = self.cuts.get_mut(self.moved).filter(|cut| **cut <= range.end) {
            *cut = self.out.len() + cut.saturating_sub(range.start);
            self.moved += 1;
        }
        self.out.push_str(&self.text[range]);
    }

    /// What becomes something else.
    fn put(&mut self, range: Range<usize>, value: &str) {
        if self.cuts.get(self.moved).is_some_and(|cut| *cut < range.end) {
            let key = &self.text[range.clone()];
            let same = key.chars().count() == value.chars().count();
            while let Some(cut) = self.cuts.get_mut(self.moved).filter(|cut| **cut < range.end) {
                let characters = key.char_indices().take_while(|(at, _)| range.start + at < *cut).count();
                let within = value.char_indices().nth(characters).filter(|_| same).map_or(value.len(), |(at, _)| at);
                *cut = self.out.len() + within;
                self.moved += 1;
            }
        }
        self.out.push_str(value);
    }
}

#[cfg(test)]
mod tests;
