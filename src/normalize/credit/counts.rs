//! Numbers of comments.

use super::cut::is_han;
use super::row::{HARD, SOFT, fold};
use crate::normalize::boilerplate::{self, is_date};
use crate::normalize::{text, words};

/// Characters between a number and the word for comments it counts.
const NEAR: usize = 8;

/// The first number of a text; "1,204", "1.204" and "1.2万" are one each.
pub(in crate::normalize) fn number(written: &str) -> Option<u64> {
    let written = ascii_digits(written);
    let start = written.find(|c: char| c.is_ascii_digit())?;
    let run = written[start..].find(|c: char| !c.is_ascii_digit() && !matches!(c, ',' | '.')).unwrap_or(written.len() - start);
    let (run, behind) = written[start..].split_at(run);
    let run = run.trim_end_matches([',', '.']);
    let times = UNITS.iter().find(|(unit, _)| {
        let rest = behind.strip_prefix(*unit);
        // "12 km" has no thousands in it.
        rest.is_some_and(|rest| !unit.is_ascii() || !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    });
    if let Some((_, times)) = times
        && let Some((whole, part)) = run.split_once('.')
        && (1..=3).contains(&part.len())
        && let (Ok(whole), Ok(parts)) = (whole.parse::<u64>(), part.parse::<u64>())
    {
        let scale = 10_u64.pow(u32::try_from(part.len()).unwrap_or(1));
        return whole.checked_mul(*times)?.checked_add(parts * times / scale);
    }
    // A full stop parts thousands where three digits follow it.
    let end = run.match_indices('.').map(|(at, _)| at).find(|at| {
        let next = &run[at + 1..];
        next.len() < 3 || next.as_bytes().get(3).is_some_and(u8::is_ascii_digit)
    });
    let digits: String = run[..end.unwrap_or(run.len())].chars().filter(char::is_ascii_digit).take(9).collect();
    digits.parse::<u64>().ok()?.checked_mul(times.map_or(1, |(_, times)| *times))
}

/// What stands right behind a number and multiplies it.
const UNITS: &[(&str, u64)] =
    &[("万", 10_000), ("萬", 10_000), ("만", 10_000), ("千", 1_000), ("천", 1_000), ("k", 1_000), ("K", 1_000)];

/// A text with the digits of other scripts as those of ASCII, character by character.
pub(in crate::normalize) fn ascii_digits(written: &str) -> std::borrow::Cow<'_, str> {
    let digit = |c: char| {
        // Where the zero of a script is, the nine others follow.
        ['\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{e50}', '\u{ff10}']
            .iter()
            .find_map(|zero| (c as u32).checked_sub(*zero as u32).filter(|digit| *digit < 10))
            .and_then(|digit| char::from_digit(digit, 10))
    };
    if written.is_ascii() || !written.chars().any(|c| digit(c).is_some()) {
        return written.into();
    }
    written.chars().map(|c| digit(c).unwrap_or(c)).collect::<String>().into()
}

/// "评论4条", "17 comments", "댓글 23": a number beside a word for comments, and nothing else of weight.
pub(in crate::normalize) fn comments_in(written: &str) -> Option<u64> {
    let written = &*ascii_digits(written);
    let mut count = number(written)?;
    // "328人参与 41评论": the number that stands with the word.
    let numbers = written.split(|c: char| !c.is_ascii_digit() && !matches!(c, ',' | '.')).filter(|part| !part.is_empty()).count();
    if numbers > 1 {
        count = comments_within(written).unwrap_or(count);
    }
    if is_date(written) {
        return None;
    }
    let folded = boilerplate::fold(written);
    let rest: String =
        folded.chars().filter(|c| !c.is_ascii_digit() && !matches!(c, ',' | '.' | '(' | ')' | '[' | ']' | ':')).collect();
    let rest = text::clean(&rest);
    (rest.chars().count() <= 40 && words::all(|words| words.comments).any(|word| has_word(&rest, word))).then_some(count)
}

/// Names with a number of comments behind them, parted by a space only: "林书白 评论 17 条", "Nora Field 17 comments". The names and the number; `None`
/// where what stands behind is anything but the number, a word for comments and at most one character that counts (条, 개).
pub(super) fn behind(written: &str) -> Option<(&str, u64)> {
    let gaps = written.char_indices().rev().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at).take(3);
    let (names, count) = gaps.filter_map(|at| Some((&written[..at], only_count(&written[at..])?))).last()?;
    let names = names.trim_end();
    names.chars().any(char::is_alphabetic).then_some((names, count))
}

fn only_count(written: &str) -> Option<u64> {
    let count = comments_in(written)?;
    let folded = boilerplate::fold(written);
    let letters: String = folded.chars().filter(|c| c.is_alphabetic()).collect();
    let is_word = |word: &str| {
        let word: String = word.chars().filter(|c| c.is_alphabetic()).collect();
        letters.contains(&word) && letters.chars().count() <= word.chars().count() + 1
    };
    words::all(|words| words.comments).any(is_word).then_some(count)
}

/// "Yorumlar (3)", "评论 17": the heading of a list of comments, with nothing in it but a word for them and their number.
pub(in crate::normalize) fn heading_count(written: &str) -> Option<u64> {
    let folded = boilerplate::fold(&ascii_digits(written));
    let word: String =
        folded.chars().filter(|c| !c.is_ascii_digit() && !matches!(c, ',' | '.' | '(' | ')' | '[' | ']' | ':')).collect();
    let word = text::clean(&word);
    // "共 12 则留言"
    let word = ["共有", "已有", "共", "全部"].iter().find_map(|all| word.strip_prefix(all)).map_or(word.as_str(), str::trim);
    words::all(|words| words.comments).any(|known| known == word).then(|| number(&folded))?
}

/// "33 flowers, 9 people commented": the number that stands nearest in front of a word for comments, else right behind one.
pub(in crate::normalize) fn comments_within(written: &str) -> Option<u64> {
    let written = &*ascii_digits(written);
    let folded: Vec<char> = written.chars().map(|c| if c == '\u{3000}' { '|' } else { fold(c) }).collect();
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
        let behind = after.filter(|first| folded[end..*first].contains(&'('));
        if let Some(first) = behind {
            return number(&folded[first..].iter().collect::<String>());
        }
        // "阅读 120 评论 12": where numbers stand behind their words, so does that of the comments.
        let edge = |c: Option<&char>| c.is_some_and(char::is_ascii_digit);
        let behind_words =
            !edge(folded.iter().find(|c| c.is_alphanumeric())) && edge(folded.iter().rev().find(|c| c.is_alphanumeric()));
        if behind_words && let Some(first) = after {
            return number(&folded[first..].iter().collect::<String>());
        }
        let before = before.filter(|last| !folded[*last..place].iter().any(|c| matches!(*c, '|' | SOFT | HARD | ',' | ';')));
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
