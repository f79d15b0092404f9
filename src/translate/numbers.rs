//! Numbers of a text and its translation: the same ones, however each language writes them.
//!
//! `1,234.5`, `1.234,5` and `1 234,5` are one number, and so are `35,000`, `3.5万` and `35 thousand`. `1.234` is one of two numbers; any that both
//! texts agree on will do. What one side writes in digits the other may spell out, where it can be seen that it does; where the words of a
//! language are not known, a small number may go missing. Two texts that each have a number the other has not are never the same.

use std::collections::HashMap;

use super::number_words::{self, digit as chinese_digit, magnitude, multiplier};
use super::script;
use crate::model::primary_language;

/// What numbers differ.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{missing} missing, {added} added")]
pub struct Difference {
    /// Numbers of the original that are not in the translation.
    pub missing: usize,
    /// Numbers of the translation that are not in the original.
    pub added: usize,
}

/// Up to here a number may be spelled out in a language whose words are not known.
const SPELLED: u128 = 20;
/// Up to here one may be, where all its words are: "a ferry" for 1 ferry.
const IMPLIED: u128 = 2;

/// A number without sign: digits without zeros at either end, times a power of ten.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Value {
    digits: String,
    power: i32,
}

impl Value {
    fn new(whole: &str, fraction: &str) -> Self {
        let all = format!("{whole}{fraction}");
        let end = all.trim_end_matches('0');
        if end.is_empty() {
            return Self { digits: String::new(), power: 0 };
        }
        let power = (all.len() - end.len()) as i32 - fraction.len() as i32;
        Self { digits: end.trim_start_matches('0').to_owned(), power }
    }

    fn times(&self, power: u32) -> Self {
        let power = if self.digits.is_empty() { 0 } else { self.power.saturating_add_unsigned(power) };
        Self { digits: self.digits.clone(), power }
    }

    /// As an integer, if it is one that fits.
    fn integer(&self) -> Option<u128> {
        if self.digits.is_empty() {
            return Some(0);
        }
        let digits: u128 = self.digits.parse().ok()?;
        digits.checked_mul(10_u128.checked_pow(u32::try_from(self.power).ok()?)?)
    }
}

impl From<u128> for Value {
    fn from(number: u128) -> Self {
        Self::new(&number.to_string(), "")
    }
}

/// A number as written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Number {
    /// What it may be.
    readings: Vec<Value>,
    /// What it is if it is several.
    parts: Vec<Value>,
    /// A sum of money or a percentage: always in digits.
    loud: bool,
}

/// What a text says in numbers.
#[derive(Debug, Default)]
struct Said {
    numbers: Vec<Number>,
    /// What words say, and how often.
    spelled: HashMap<Value, usize>,
    /// Powers of ten in words without a number before them.
    bare: Vec<u32>,
}

/// Holds the numbers of two texts against each other. `None`: they are the same.
pub(super) fn difference(before: &str, after: &str, from: &str, to: &str) -> Option<Difference> {
    let (from, to) = (primary_language(from), primary_language(to));
    let mut before = said(before, &from);
    let mut after = said(after, &to);
    let (numbers_before, numbers_after) = (std::mem::take(&mut before.numbers), std::mem::take(&mut after.numbers));
    let (mut missing, mut added) = unmatched(&numbers_before, &numbers_after);
    let both = !missing.is_empty() && !added.is_empty();
    missing.retain(|number| !after.explains(number));
    added.retain(|number| !before.explains(number));
    if !both {
        let passes = |number: &Number, most: u128| {
            !number.loud && number.readings.iter().filter_map(Value::integer).any(|value| value <= most)
        };
        // The same language and other characters: nothing is spelled otherwise.
        let most = |language: &str| match number_words::is_known(language) {
            _ if from == to => None,
            true => Some(IMPLIED),
            false => Some(SPELLED),
        };
        // One that both texts write in digits is not written out again and again: that is a text said several times.
        let mut again: HashMap<Vec<Value>, usize> = HashMap::new();
        let mut rarely = |number: &Number, other: &[Number]| {
            if !other.iter().any(|known| known.readings == number.readings) {
                return true;
            }
            let times = again.entry(number.readings.clone()).or_default();
            *times += 1;
            *times == 1
        };
        missing.retain(|number| !most(&to).is_some_and(|most| passes(number, most) && rarely(number, &numbers_after)));
        added.retain(|number| !most(&from).is_some_and(|most| passes(number, most) && rarely(number, &numbers_before)));
    }
    let difference = Difference { missing: missing.len(), added: added.len() };
    (difference.missing + difference.added > 0).then_some(difference)
}

/// The numbers of each that the other has not.
fn unmatched<'n>(before: &'n [Number], after: &'n [Number]) -> (Vec<&'n Number>, Vec<&'n Number>) {
    let mut used = vec![false; after.len()];
    let mut found = vec![false; before.len()];
    // Those with the same readings first: what is clear is not given away to what is not.
    let mut same: HashMap<&[Value], Vec<usize>> = HashMap::new();
    for (at, number) in after.iter().enumerate().rev() {
        same.entry(&number.readings).or_default().push(at);
    }
    for (at, number) in before.iter().enumerate() {
        if let Some(other) = same.get_mut(number.readings.as_slice()).and_then(Vec::pop) {
            (found[at], used[other]) = (true, true);
        }
    }
    let mut any: HashMap<&Value, Vec<usize>> = HashMap::new();
    for (at, number) in after.iter().enumerate().rev().filter(|(at, _)| !used[*at]) {
        for reading in &number.readings {
            any.entry(reading).or_default().push(at);
        }
    }
    let mut take = |value: &Value, used: &mut Vec<bool>| {
        let places = any.get_mut(value)?;
        while let Some(at) = places.pop() {
            if !std::mem::replace(&mut used[at], true) {
                return Some(at);
            }
        }
        None
    };
    for (at, number) in before.iter().enumerate() {
        found[at] = found[at] || number.readings.iter().any(|reading| take(reading, &mut used).is_some());
    }
    // One number that the other side has as several.
    for (at, number) in before.iter().enumerate() {
        if !found[at] && !number.parts.is_empty() {
            let mut trial = used.clone();
            let all = number.parts.iter().all(|part| {
                let other = after.iter().enumerate().find(|(at, other)| !trial[*at] && other.readings.contains(part));
                other.map(|(at, _)| trial[at] = true).is_some()
            });
            if all {
                (found[at], used) = (true, trial);
            }
        }
    }
    for (at, number) in after.iter().enumerate() {
        if !used[at] && !number.parts.is_empty() {
            let mut trial = found.clone();
            let all = number.parts.iter().all(|part| {
                let other = before.iter().enumerate().find(|(at, other)| !trial[*at] && other.readings.contains(part));
                other.map(|(at, _)| trial[at] = true).is_some()
            });
            if all {
                (used[at], found) = (true, trial);
            }
        }
    }
    let left =
        |numbers: &'n [Number], done: &[bool]| numbers.iter().zip(done).filter(|(_, done)| !**done).map(|(n, _)| n).collect();
    (left(before, &found), left(after, &used))
}

impl Said {
    /// Whether words say what the other side has in digits.
    fn explains(&mut self, number: &Number) -> bool {
        for reading in &number.readings {
            if let Some(count) = self.spelled.get_mut(reading).filter(|count| **count > 0) {
                *count -= 1;
                return true;
            }
        }
        let values = || number.readings.iter().filter_map(Value::integer).filter(|value| *value > 0);
        let place = self.bare.iter().position(|power| {
            let unit = 10_u128.saturating_pow(*power);
            values().any(|value| value % unit == 0 && value / unit < 1_000)
        });
        place.map(|place| self.bare.remove(place)).is_some()
    }

    fn spell(&mut self, value: Value) {
        *self.spelled.entry(value).or_default() += 1;
    }
}

/// The value of a decimal digit in any script.
fn digit(character: char) -> Option<u8> {
    const ZEROS: [u32; 20] = [
        0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040,
        0x17e0, 0x1810, 0xff10,
    ];
    if character.is_ascii() {
        return character.is_ascii_digit().then(|| character as u8 - b'0');
    }
    let code = u32::from(character);
    ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code)).and_then(|zero| u8::try_from(code - zero).ok())
}

/// Everything a text says in numbers.
fn said(text: &str, language: &str) -> Said {
    let characters: Vec<char> = text.chars().collect();
    let mut said = Said::default();
    let mut at = 0;
    while let Some(&character) = characters.get(at) {
        if digit(character).is_some() {
            at = number(&characters, at, language, &mut said);
        } else if chinese_digit(character).is_some() || is_chinese_unit(character) {
            at = chinese(&characters, at, &mut said);
        } else if character.is_alphabetic() && !script::is_spaceless(character) {
            let length = characters[at..].iter().take_while(|c| c.is_alphabetic() && !script::is_spaceless(**c)).count();
            let word: String = characters[at..at + length].iter().flat_map(|c| c.to_lowercase()).collect();
            for number in number_words::spelled(&word, language) {
                said.spell(Value::from(u128::from(number)));
            }
            // "twenty-five"
            if let Some(rest) = word.chars().next().and_then(|_| after_hyphen(&characters, at + length)) {
                let tens = number_words::spelled(&word, language).into_iter().filter(|n| *n >= 20 && n % 10 == 0);
                let ones = number_words::spelled(&rest, language);
                for ten in tens {
                    ones.iter()
                        .filter(|one| (1..10).contains(*one))
                        .for_each(|one| said.spell(Value::from(u128::from(ten + one))));
                }
            }
            said.bare.extend(magnitude(&word, language).map(|(power, _)| power));
            at += length;
        } else {
            at += 1;
        }
    }
    said
}

/// The word behind a hyphen.
fn after_hyphen(characters: &[char], at: usize) -> Option<String> {
    matches!(characters.get(at)?, '-' | '\u{2010}' | '\u{2011}')
        .then(|| characters[at + 1..].iter().take_while(|c| c.is_alphabetic()).flat_map(|c| c.to_lowercase()).collect())
}

fn is_chinese_unit(character: char) -> bool {
    multiplier(character).is_some() && !script::is_hangul(character)
}

/// A number in Chinese characters: 三千五百万, 二〇二六, 三点五.
fn chinese(characters: &[char], from: usize, said: &mut Said) -> usize {
    let is_part = |c: char| chinese_digit(c).is_some() || is_chinese_unit(c);
    let length = characters[from..].iter().take_while(|c| is_part(**c)).count();
    let part = &characters[from..from + length];
    let mut end = from + length;
    let digits: String = part.iter().map_while(|c| chinese_digit(*c)).filter_map(|d| char::from_digit(d, 10)).collect();
    if digits.len() == length {
        let mut value = Value::new(&digits, "");
        if length > 1 {
            // 三五 may be three or five as well as 35.
            digits.chars().for_each(|digit| said.spell(Value::new(&digit.to_string(), "")));
        }
        if matches!(characters.get(end), Some('点' | '點' | '・')) {
            let fraction: String =
                characters[end + 1..].iter().map_while(|c| chinese_digit(*c)).filter_map(|d| char::from_digit(d, 10)).collect();
            if !fraction.is_empty() {
                said.spell(value);
                end += 1 + fraction.len();
                let units = characters[end..].iter().map_while(|c| multiplier(*c));
                let power: u32 = units.map(|(power, _)| power).sum();
                value = Value::new(&digits, &fraction).times(power);
            }
        }
        said.spell(value);
        return end;
    }
    // Units below ten thousand add up to a section, which the larger ones multiply.
    let (mut total, mut section, mut last) = (0_u128, 0_u128, None::<u128>);
    for character in part {
        if let Some(digit) = chinese_digit(*character) {
            last = Some(last.unwrap_or(0).saturating_mul(10).saturating_add(u128::from(digit)));
        } else if let Some((power, _)) = multiplier(*character) {
            let unit = 10_u128.pow(power);
            if power < 4 {
                section = section.saturating_add(last.take().unwrap_or(1).saturating_mul(unit));
            } else {
                let sum = section.saturating_add(last.take().unwrap_or(0));
                // 万亿: the larger unit multiplies all before it.
                let all = if sum == 0 { std::mem::take(&mut total).max(1) } else { sum };
                total = total.saturating_add(all.saturating_mul(unit));
                section = 0;
            }
        }
    }
    said.spell(Value::from(total.saturating_add(section).saturating_add(last.unwrap_or(0))));
    end
}

/// A number in digits; where it ends.
fn number(characters: &[char], from: usize, language: &str, said: &mut Said) -> usize {
    let (mut numbers, mut end) = digits(characters, from);
    let begin = from;
    if let [only] = numbers.as_mut_slice() {
        let (power, doubtful, after) = factor(characters, end, language);
        if power > 0 {
            let scaled: Vec<Value> = only.readings.iter().map(|reading| reading.times(power)).collect();
            if doubtful {
                only.readings.extend(scaled);
            } else {
                only.readings = scaled;
                only.parts.clear();
            }
            end = after;
        }
        // 3亿5000万
        let spaced = usize::from(characters.get(end) == Some(&' ') && language == "ko");
        if power >= 4 && characters.get(end + spaced).is_some_and(|c| digit(*c).is_some()) {
            let (more, after) = digits(characters, end + spaced);
            let (less, _, after) = match factor(characters, after, language) {
                (0, ..) => (0, false, after),
                found => found,
            };
            if let ([more], true) = (more.as_slice(), less < power)
                && let (Some(large), Some(small)) = (
                    only.readings.first().and_then(Value::integer),
                    more.readings.first().and_then(|reading| reading.times(less).integer()),
                )
                && small < 10_u128.pow(power)
            {
                only.parts = vec![Value::from(large), Value::from(small)];
                only.readings = vec![Value::from(large.saturating_add(small))];
                end = after;
            }
        }
        other_counts(characters, begin, end, language, only);
    }
    let behind = characters[end..].iter().find(|c| !c.is_whitespace());
    let before = characters[..begin].iter().rev().find(|c| !c.is_whitespace());
    let is_money = |c: &char| matches!(c, '$' | '€' | '£' | '¥' | '￥' | '₽' | '₩' | '₹' | '₴' | '₺' | '₫' | '฿' | '＄');
    let loud = before.is_some_and(is_money)
        || behind.is_some_and(|c| is_money(c) || matches!(c, '%' | '％' | '‰' | '٪' | '元' | '円' | '원'));
    for mut number in numbers {
        number.loud = loud;
        said.numbers.push(number);
    }
    end
}

/// What multiplies a number that ends there, whether that is in doubt, and where it ends itself.
fn factor(characters: &[char], at: usize, language: &str) -> (u32, bool, usize) {
    let (mut power, mut doubtful, mut end) = (0, true, at);
    while let Some((more, doubt)) = characters.get(end).and_then(|c| multiplier(*c)) {
        power += more;
        doubtful &= doubt;
        end += 1;
        if power > 30 {
            return (0, false, at);
        }
    }
    if power > 0 {
        return (power, doubtful, end);
    }
    let gap = usize::from(characters.get(at).is_some_and(|c| c.is_whitespace() || *c == '-'));
    let begin = at + gap;
    let length = characters[begin.min(characters.len())..].iter().take(16).take_while(|c| c.is_alphabetic()).count();
    let word: String = characters[begin.min(characters.len())..][..length].iter().flat_map(|c| c.to_lowercase()).collect();
    match magnitude(&word, language) {
        // "mil millones", "hundred thousand"
        Some((power, doubtful)) => match factor_word(characters, begin + length, language) {
            Some((more, end)) => (power + more, false, end),
            None => (power, doubtful, begin + length),
        },
        None => (0, false, at),
    }
}

fn factor_word(characters: &[char], at: usize, language: &str) -> Option<(u32, usize)> {
    let rest = characters.get(at..)?.strip_prefix(&[' '])?;
    let length = rest.iter().take(16).take_while(|c| c.is_alphabetic()).count();
    let word: String = rest[..length].iter().flat_map(|c| c.to_lowercase()).collect();
    magnitude(&word, language).filter(|(power, doubtful)| *power >= 3 && !doubtful).map(|(power, _)| (power, at + 1 + length))
}

/// Other ways to count what a number counts: years of an era, hours after noon, decades.
fn other_counts(characters: &[char], begin: usize, end: usize, language: &str, number: &mut Number) {
    let Some(value) = number.readings.first().and_then(Value::integer) else { return };
    let before: String = characters[begin.saturating_sub(3)..begin].iter().collect();
    let after: String = characters[end..characters.len().min(end + 6)].iter().flat_map(|c| c.to_lowercase()).collect();
    let after = after.trim_start();
    let mut add = |value: u128| number.readings.push(Value::from(value));
    let eras = [("令和", 2018), ("平成", 1988), ("昭和", 1925), ("民國", 1911), ("民国", 1911)];
    if let Some((_, offset)) = eras.iter().find(|(era, _)| before.trim_end().ends_with(era)).filter(|_| value < 200) {
        add(value + offset);
    }
    if language == "th" && (2400..2700).contains(&value) {
        add(value - 543);
    }
    let noon = ["下午", "晚上", "午後", "夜", "오후"].iter().any(|word| before.trim_end().ends_with(word));
    if (1..12).contains(&value) && (noon || after.starts_with("p.m") || after.starts_with("pm")) {
        add(value + 12);
    }
    let hour = [":", "时", "時", "点", "點", "h", "uhr", "시"].iter().any(|word| after.starts_with(word));
    if (13..24).contains(&value) && hour {
        add(value - 12);
    }
    let decade = after.starts_with("s") && !after.chars().nth(1).is_some_and(char::is_alphabetic)
        || ["年代", "-х", "er", "년대"].iter().any(|word| after.starts_with(word));
    if (1_000..3_000).contains(&value) && value % 10 == 0 && decade {
        add(value % 100);
    }
}

/// Digits with what groups them; where they end. Groups that are no number together are several.
fn digits(characters: &[char], from: usize) -> (Vec<Number>, usize) {
    let mut groups: Vec<String> = Vec::new();
    let mut marks: Vec<char> = Vec::new();
    let mut at = from;
    loop {
        let group: String = characters[at..].iter().map_while(|c| digit(*c)).map(|d| char::from(b'0' + d)).collect();
        at += group.len();
        groups.push(group);
        let wide = characters.get(at - 1).is_some_and(|c| ('０'..='９').contains(c));
        let mark = match characters.get(at) {
            Some('.' | '．') => '.',
            Some(',') => ',',
            Some('，') if wide => ',',
            Some('٫') => '٫',
            Some('\'' | '’' | '٬') => '\'',
            Some(' ' | '\u{a0}' | '\u{202f}' | '\u{2009}') => ' ',
            _ => break,
        };
        let next = characters[at + 1..].iter().take(4).take_while(|c| digit(**c).is_some()).count();
        let first = groups.first().map_or(0, String::len);
        let groups_by_space = next == 3 && (1..=3).contains(&first) && marks.iter().all(|known| *known == ' ');
        if next == 0 || mark == ' ' && !groups_by_space {
            break;
        }
        marks.push(mark);
        at += 1;
    }
    let plain = |group: &String| Number { readings: vec![Value::new(group, "")], parts: Vec::new(), loud: false };
    let several = || groups.iter().map(plain).collect::<Vec<Number>>();
    // Groups of three, or as in India of two before the last three.
    let grouped = |groups: &[String]| match groups {
        [first, middle @ .., last] => {
            let thousands = middle.iter().all(|group| group.len() == 3) && (1..=3).contains(&first.len());
            let lakhs = middle.iter().all(|group| group.len() == 2) && (1..=2).contains(&first.len()) && !middle.is_empty();
            last.len() == 3 && !first.starts_with('0') && (thousands || lakhs)
        }
        _ => false,
    };
    let Some(&last_mark) = marks.last() else { return (several(), at) };
    let before = &groups[..groups.len() - 1];
    let last = groups.last().map(String::as_str).unwrap_or_default();
    let one_kind = marks.iter().all(|mark| *mark == last_mark);
    let mut readings = Vec::new();
    if one_kind && last_mark != '٫' && grouped(&groups) {
        readings.push(Value::new(&groups.concat(), ""));
    }
    let decimal = matches!(last_mark, '.' | ',' | '٫');
    if decimal && marks.len() == 1 {
        readings.push(Value::new(&groups[0], last));
    }
    let grouping = &marks[..marks.len() - 1];
    let uniform = grouping.first().is_some_and(|mark| *mark != last_mark && grouping.iter().all(|other| other == mark));
    if decimal && uniform && grouped(before) {
        readings.push(Value::new(&before.concat(), last));
    }
    if readings.is_empty() {
        return (several(), at);
    }
    let parts = groups.iter().map(|group| Value::new(group, "")).collect();
    (vec![Number { readings, parts, loud: false }], at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(before: &str, after: &str, from: &str, to: &str) -> bool {
        difference(before, after, from, to).is_none()
    }

    #[test]
    fn the_same_number_written_otherwise() {
        let check = |before: &str, after: &str, from: &str, to: &str| {
            assert!(same(before, after, from, to), "{before} | {after}: {:?}", difference(before, after, from, to));
            assert!(same(after, before, to, from), "{after} | {before}: {:?}", difference(after, before, to, from));
        };
        check("1,234.5 tons", "1.234,5 Tonnen", "en", "de");
        check("1,234.5 tons", "1 234,5 tonnes", "en", "fr");
        check("12,345,678", "12 345 678", "en", "ru");
        check("1,234", "١٬٢٣٤", "en", "ar");
        check("3.14", "٣٫١٤", "en", "ar");
        check("35,000 people", "3.5万人", "en", "zh-Hans");
        check("35,000 people", "３５，０００人", "en", "ja");
        check("350 million", "3.5亿", "en", "zh-Hans");
        check("$3.2 billion", "32億ドル", "en", "ja");
        check("3.2 billion", "3,2 Milliarden", "en", "de");
        check("2 billion", "2 mil millones", "en", "es");
        check("350 million", "3억 5000만", "en", "ko");
        check("3亿5000万", "350,000,000", "zh", "en");
        check("12,34,567", "1,234,567", "hi", "en");
        check("1.5 million", "一百五十万", "en", "zh");
        check("35 percent", "百分之三十五", "en", "zh");
        check("5 May 2026, 3 boats", "2026年5月5日，三艘船", "en", "zh");
        check("On 5 May, three boats", "5月5日，3艘船", "en", "zh-Hans");
        check("at 3 p.m.", "15时", "en", "zh");
        check("the 1990s", "90年代", "en", "zh");
        check("twenty-five ferries", "25艘渡轮", "en", "zh");
        check("one million people", "100万人", "en", "zh");
        check("01.05.2026", "2026-05-01", "de", "en");
        check("10.30 Uhr", "10:30", "de", "en");
        check("2026", "令和8年", "en", "ja");
        check("COVID-19 and G7", "COVID-19和七国集团", "en", "zh");
        check("in 2024 300 people", "300 Menschen im Jahr 2024", "en", "de");
        check("10 km", "10千米", "en", "zh");
        check("二〇二六年", "2026", "zh", "en");
        check("no numbers", "没有数字", "en", "zh");
    }

    #[test]
    fn another_number() {
        let check = |before: &str, after: &str, from: &str, to: &str| {
            assert!(!same(before, after, from, to), "{before} | {after}");
        };
        check("3 people", "4人", "en", "zh");
        check("$35,000", "350000美元", "en", "zh");
        check("35,000", "35万", "en", "zh");
        check("May 5", "5月6日", "en", "zh");
        check("5 May", "le 6 mai", "en", "fr");
        check("2026", "2025年", "en", "zh");
        check("12.5 %", "125 %", "en", "de");
        check("12.5 %", "viel", "en", "de");
        check("1,234.5", "1.234,6", "en", "de");
        check("in 1998 and 2004", "1998年", "en", "zh");
        check("a ferry", "2026年的渡轮", "en", "zh");
        check("3 men and 4 women", "4名男子和4名女子", "en", "zh");
        check("3 billion", "3 Millionen", "en", "de");
        check("5", "6", "zh-Hans", "zh-Hant");
        check("5 艘", "艘", "zh-Hans", "zh-Hant");
    }

    #[test]
    fn a_small_number_may_be_spelled_out() {
        assert!(same("7 lodí", "седем кораба", "cs", "bg"));
        assert!(!same("7 % lodí", "седем кораба", "cs", "bg"));
        assert!(!same("70 lodí", "кораба", "cs", "bg"));
        assert!(same("1 ferry", "渡轮", "en", "zh"));
        // Once more than before may be that, several times more is not.
        assert!(same("3 barcos, los tres nuevos", "3 vaixells, els 3 nous", "es", "ca"));
        assert!(!same("El muelle 0", "El moll 0 El moll 0 El moll 0", "es", "ca"));
        assert!(!same("El moll 0 El moll 0 El moll 0", "El muelle 0", "ca", "es"));
    }

    #[test]
    fn long_rows_of_digits_are_read() {
        let long = "9".repeat(500);
        assert!(same(&long, &long, "en", "zh"));
        assert!(!same(&long, &long[1..], "en", "zh"));
        let many = "1.2,3 4'5 ".repeat(400);
        assert!(same(&many, &many, "en", "de"));
        assert!(same(&"万".repeat(2_000), &"万".repeat(2_000), "zh", "zh"));
        assert!(same(&format!("3{}", "万".repeat(2_000)), &format!("3{}", "万".repeat(2_000)), "zh", "zh"));
    }
}
