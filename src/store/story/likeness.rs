//! Whether two texts are one story: the measures, without the database.
//!
//! Texts are compared by tokens: words, and single characters where a script has no spaces. To be found at all two texts must share one of a few
//! shingles (runs of tokens) that a hash picks from each alike (MinHash, the smallest values of one hash function): an index answers that. What is
//! found is then held against each other whole, because reports made from one template share most of their shingles and are different stories: every
//! number, name and day must be in both, in the same order.

use std::collections::HashSet;
use std::sync::OnceLock;

/// Shingles that stand for a text in the index. Of two texts that have nine tenths of their shingles in common, one in 100,000 pairs shares none
/// of five; of those that have seven tenths, one in 400.
const SKETCH: usize = 5;

/// A text below this says too little to be known by: a word counts two, a character of a script without spaces one.
const LEAST: usize = 80;

/// Tokens of a text that are compared.
const COMPARED: usize = 20_000;

/// Characters that are numbers or parts of numbers in Chinese and Japanese text.
fn is_numeral(c: char) -> bool {
    matches!(
        c,
        '〇' | '零'
            | '一'
            | '二'
            | '三'
            | '四'
            | '五'
            | '六'
            | '七'
            | '八'
            | '九'
            | '十'
            | '百'
            | '千'
            | '万'
            | '萬'
            | '亿'
            | '億'
            | '两'
            | '兩'
    )
}

/// Days and months in languages that write them with a small letter. Those with a capital are names anyway.
const DAYS: &str = "lunes martes miércoles jueves viernes sábado domingo enero febrero marzo abril mayo junio julio agosto septiembre octubre \
    noviembre diciembre lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril mai juin juillet août septembre octobre \
    novembre décembre lunedì martedì mercoledì giovedì venerdì sabato domenica gennaio febbraio maggio giugno luglio settembre ottobre dicembre \
    segunda terça quarta quinta sexta janeiro fevereiro março maio junho julho setembro outubro dezembro понедельник понедельника вторник вторника \
    среда среду среды четверг четверга пятница пятницу пятницы суббота субботу субботы воскресенье воскресенья января февраля марта апреля мая июня \
    июля августа сентября октября ноября декабря";

/// Tags inside a sentence: they end no word.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "q", "s", "samp",
    "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
];

/// A text as tokens.
#[derive(Debug, Default, Clone)]
pub struct Text {
    tokens: Vec<u64>,
    /// Tokens that are characters of a script without spaces.
    characters: usize,
    /// Numbers, in order.
    numbers: Vec<u64>,
    /// Numbers, names and days, in order.
    facts: Vec<u64>,
}

/// An article as it is compared.
#[derive(Debug, Default, Clone)]
pub struct Story {
    title: Text,
    text: Text,
}

impl Story {
    /// From a plain title and a sanitized body.
    pub fn new(title: &str, body: &str) -> Self {
        Self { title: Text::read(title, false), text: Text::read(body, true) }
    }

    /// What the text is found by in an index of its language; nothing for a short one.
    pub fn sketch(&self) -> Vec<u64> {
        if self.text.weight() < LEAST {
            return Vec::new();
        }
        let mut shingles = self.text.shingles(self.text.width());
        shingles.truncate(SKETCH);
        shingles
    }

    /// Whether the texts are the same but for little: additions at the longer one, and a few words where the titles agree. Numbers, names and days
    /// of the shorter one are in the longer one in the same order.
    pub fn is_nearly(&self, other: &Story) -> bool {
        let (short, long) = ordered(&self.text, &other.text);
        if short.weight() < LEAST || !is_part(&short.facts, &long.facts) || self.is_other_part(other) {
            return false;
        }
        let width = short.width();
        let (one, many) = (short.shingles(width), long.shingles(width));
        let common = common(&one, &many);
        if common * 100 < many.len() * 60 {
            return false;
        }
        // A headline of one's own: then the text must be left as it was.
        if !self.title.agrees(&other.title) {
            return common == one.len();
        }
        // Words put in the place of others, as opposed to words added.
        let width = if short.is_of_characters() { 2 } else { 1 };
        let [one_words, other_words] = [short, long].map(|text| text.shingles(width));
        let replaced = one_words.len() - self::common(&one_words, &other_words);
        common * 100 >= one.len() * 85 && replaced * 100 <= one_words.len() * 4
    }

    /// Part one and part two; the weather of the 4th and of the 5th.
    fn is_other_part(&self, other: &Story) -> bool {
        let (one, many) = ordered_by(&self.title.numbers, &other.title.numbers);
        !is_part(one, many)
    }

    /// Whether nothing speaks against their being one story, when they name one address: the texts have much in common, or where one is too short
    /// to say, the titles.
    pub fn may_be(&self, other: &Story) -> bool {
        if self.is_other_part(other) {
            return false;
        }
        let (short, long) = ordered(&self.text, &other.text);
        let width = if short.is_of_characters() { 5 } else { 3 };
        let (one, many) = (short.shingles(width), long.shingles(width));
        let is_in = |percent: usize| !one.is_empty() && common(&one, &many) * 100 >= one.len() * percent;
        if short.weight() >= LEAST { is_in(30) } else { self.title.agrees(&other.title) || is_in(50) }
    }
}

impl Text {
    fn read(source: &str, is_html: bool) -> Self {
        let mut reader = Reader { text: Text::default(), word: None, starts: true };
        let mut rest = source;
        while let Some(c) = rest.chars().next() {
            if reader.text.tokens.len() >= COMPARED {
                break;
            }
            rest = &rest[c.len_utf8()..];
            if is_html && c == '<' {
                let (tag, after) = rest.split_once('>').unwrap_or((rest, ""));
                let tag = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
                if !INLINE.contains(&tag) {
                    reader.end();
                    reader.starts = true;
                }
                rest = after;
            } else if is_html && c == '&' {
                // Of sanitized HTML only &amp; &lt; &gt; &nbsp; are left.
                reader.end();
                if let Some(end) = rest.bytes().take(6).position(|byte| byte == b';') {
                    rest = &rest[end + 1..];
                }
            } else {
                reader.take(c);
            }
        }
        reader.end();
        reader.text
    }

    fn weight(&self) -> usize {
        self.tokens.len() * 2 - self.characters
    }

    fn is_of_characters(&self) -> bool {
        self.characters * 2 > self.tokens.len()
    }

    /// Tokens of a shingle that is unlikely to be in another text by chance.
    fn width(&self) -> usize {
        if self.is_of_characters() { 8 } else { 5 }
    }

    /// Hashes of every run of so many tokens, ascending, each once.
    fn shingles(&self, width: usize) -> Vec<u64> {
        let mut shingles: Vec<u64> = self
            .tokens
            .windows(width)
            .map(|run| mixed(run.iter().fold(width as u64, |hash, token| chained(hash, *token))))
            .collect();
        shingles.sort_unstable();
        shingles.dedup();
        shingles
    }

    /// Whether two titles say the same: one has most of what the other has, and no number, name or day is replaced.
    fn agrees(&self, other: &Text) -> bool {
        let (short, long) = ordered(self, other);
        if short.tokens.is_empty() || !is_part(&short.facts, &long.facts) {
            return false;
        }
        let width = if short.is_of_characters() && short.tokens.len() > 1 { 2 } else { 1 };
        let (one, many) = (short.shingles(width), long.shingles(width));
        common(&one, &many) * 100 >= one.len() * 60
    }
}

/// A word being read.
#[derive(Debug, Clone, Copy)]
struct Word {
    hash: u64,
    is_number: bool,
    is_name: bool,
}

struct Reader {
    text: Text,
    word: Option<Word>,
    /// The next word begins a sentence: a capital says nothing.
    starts: bool,
}

impl Reader {
    fn take(&mut self, c: char) {
        let digit = digit(c);
        if digit.is_none() && is_character(c) {
            self.end();
            let hash = mixed(u64::from(u32::from(c)));
            self.text.characters += 1;
            self.push(Word { hash, is_number: is_numeral(c), is_name: false }, false);
        } else if digit.is_some() || c.is_alphanumeric() {
            let is_number = digit.is_some();
            if self.word.is_some_and(|word| word.is_number != is_number) {
                self.end();
            }
            let is_name = c.is_uppercase() && !self.starts;
            let mut word = self.word.unwrap_or(Word { hash: 0, is_number, is_name });
            let c = digit.unwrap_or(c);
            if c.is_ascii() {
                word.hash = chained(word.hash, u64::from(c.to_ascii_lowercase() as u8));
            } else {
                word.hash = c.to_lowercase().fold(word.hash, |hash, c| chained(hash, u64::from(u32::from(c))));
            }
            self.word = Some(word);
        } else if !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}') && !is_mark(c) {
            self.end();
            // "1.5" is no end of a sentence; what stands behind it is a number anyway.
            self.starts |= matches!(c, '.' | '!' | '?' | '…' | '\n' | '。' | '！' | '？' | ':' | '"' | '“' | '«');
        }
    }

    fn end(&mut self) {
        if let Some(word) = self.word.take() {
            let hash = mixed(word.hash);
            self.push(Word { hash, ..word }, days().contains(&hash));
        }
    }

    fn push(&mut self, word: Word, is_day: bool) {
        self.text.tokens.push(word.hash);
        if word.is_number {
            self.text.numbers.push(word.hash);
        }
        if word.is_number || word.is_name || is_day {
            self.text.facts.push(word.hash);
        }
        self.starts = false;
    }
}

fn days() -> &'static HashSet<u64> {
    static HASHES: OnceLock<HashSet<u64>> = OnceLock::new();
    let hash = |word: &str| mixed(word.chars().fold(0, |hash, c| chained(hash, u64::from(u32::from(c)))));
    HASHES.get_or_init(|| DAYS.split_whitespace().map(hash).collect())
}

/// A decimal digit as ASCII has it, from the scripts of the languages relayed.
fn digit(c: char) -> Option<char> {
    let zero = match c {
        '0'..='9' => '0',
        '０'..='９' => '０',
        '٠'..='٩' => '٠',
        '۰'..='۹' => '۰',
        '०'..='९' => '०',
        _ => return None,
    };
    char::from_digit(u32::from(c) - u32::from(zero), 10)
}

/// Scripts without spaces between words, and Korean, whose spaces move.
fn is_character(c: char) -> bool {
    matches!(u32::from(c),
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3005..=0x3007 | 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff
        | 0xac00..=0xd7af | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

/// Accents that stand for themselves.
fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x0300..=0x036f | 0x0483..=0x0487 | 0x064b..=0x065f | 0x0900..=0x0903 | 0x093a..=0x094f)
}

fn ordered<'t>(one: &'t Text, other: &'t Text) -> (&'t Text, &'t Text) {
    let order = one.tokens.len().cmp(&other.tokens.len()).then_with(|| one.tokens.cmp(&other.tokens));
    if order.is_le() { (one, other) } else { (other, one) }
}

fn ordered_by<'t>(one: &'t [u64], other: &'t [u64]) -> (&'t [u64], &'t [u64]) {
    if one.len() <= other.len() { (one, other) } else { (other, one) }
}

/// Whether all of `short` is in `long`, in order.
fn is_part(short: &[u64], long: &[u64]) -> bool {
    let mut long = long.iter();
    short.iter().all(|fact| long.any(|other| other == fact))
}

/// How many two ascending lists have in common.
fn common(one: &[u64], other: &[u64]) -> usize {
    let (mut place, mut count) = (0, 0);
    for value in one {
        while other.get(place).is_some_and(|other| other < value) {
            place += 1;
        }
        count += usize::from(other.get(place) == Some(value));
    }
    count
}

// The hashes are stored, so they are spelled out here: FNV-1a's step, and the finalizer of SplitMix64.

fn chained(hash: u64, value: u64) -> u64 {
    ((hash ^ 0xcbf2_9ce4_8422_2325).rotate_left(5) ^ value).wrapping_mul(0x0000_0100_0000_01b3)
}

fn mixed(hash: u64) -> u64 {
    let mut hash = hash.wrapping_add(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "The keeper of the Northport lamp counted 12 boats before noon, and wrote their names into the book that lies on the sill. \
        Three of them had been out since Friday; none had lost a net, though the wind had turned twice in the night and the old buoy was adrift again. \
        In the afternoon the harbour office sent a tug, which came back empty.";

    fn story(text: &str) -> Story {
        Story::new("The lamp", text)
    }

    #[test]
    fn tokens_and_facts() {
        let check = |source: &str, tokens: usize, facts: &[&str]| {
            let text = Text::read(source, true);
            let expected: Vec<u64> = facts.iter().flat_map(|fact| Text::read(fact, false).tokens).collect();
            assert_eq!((text.tokens.len(), text.facts), (tokens, expected), "{source}");
        };
        check("<p>One boat</p><p>Two boats</p>", 4, &[]);
        check("<p>the bo<b>a</b>t of Northport</p>", 4, &["northport"]);
        check("a&nbsp;b &amp; c&lt;d", 4, &[]);
        check("won 2:1 in Bay", 5, &["2", "1", "bay"]);
        check("渡轮12日停航", 6, &["12"]);
        check("周三停航", 4, &["三"]);
        check("１２ ٣", 2, &["12", "3"]);
        check("el Lunes y el martes", 5, &["lunes", "martes"]);
        check("Мара в среду", 3, &["среду"]);
        check("co\u{ad}operate cafe\u{301}", 2, &[]);
        check("<unclosed", 0, &[]);
        check("&&&;;", 0, &[]);
        check("", 0, &[]);
    }

    #[test]
    fn markup_and_marks_make_no_other_text() {
        let other = format!("<div><p>{}</p></div>", TEXT.replace("the book", "<a href=\"/b\">the book</a>").replace(';', " -"));
        assert!(story(TEXT).is_nearly(&story(&other)) && story(TEXT).sketch() == story(&other).sketch());
    }

    #[test]
    fn a_number_a_name_or_a_day_makes_another_story() {
        let check = |from: &str, to: &str, expected: bool| {
            assert!(TEXT.contains(from));
            assert_eq!(story(TEXT).is_nearly(&story(&TEXT.replacen(from, to, 1))), expected, "{from} {to}");
        };
        check("12", "13", false);
        check("Northport", "Southport", false);
        check("Friday", "Monday", false);
        check("noon", "midday", true);
        check("noon, and wrote their names into the book that lies on the sill. ", "noon. ", true);
    }

    #[test]
    fn a_short_text_has_no_sketch() {
        assert!(story("Sunny, 21 degrees.").sketch().is_empty());
        assert!(!story("Sunny.").is_nearly(&story("Sunny.")));
        assert_eq!(story(TEXT).sketch().len(), SKETCH);
    }

    /// They are stored: another value would find nothing that is there.
    #[test]
    fn hashes_are_fixed() {
        assert_eq!(mixed(chained(0, 1)), 0x6a2d_0d65_6674_83be);
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_compared(one in "\\PC{0,300}", other in "[<>&; a-zA-Z0-9一二渡轮。.]{0,300}") {
            let [one, other] = [&one, &other].map(|text| Story::new(text, text));
            prop_assert_eq!(one.is_nearly(&other), other.is_nearly(&one));
            prop_assert_eq!(one.may_be(&other), other.may_be(&one));
            prop_assert_eq!(one.is_nearly(&one), one.text.weight() >= LEAST);
            prop_assert!(other.sketch().len() <= SKETCH);
        }

        #[test]
        fn what_is_added_behind_is_found(words in proptest::collection::vec("[a-z]{2,8}", 60..90), more in proptest::collection::vec("[a-z]{2,8}", 0..8)) {
            let (text, longer) = (words.join(" "), [words.as_slice(), more.as_slice()].concat().join(" "));
            let (one, other) = (story(&text), story(&longer));
            prop_assert!(one.is_nearly(&other));
            prop_assert!(one.sketch().iter().any(|shingle| other.sketch().contains(shingle)) || more.len() >= 4);
        }
    }
}
