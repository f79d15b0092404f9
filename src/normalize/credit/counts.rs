//! Numbers of comments.

use super::cut::is_han;
use super::row::{HARD, SOFT, fold};
use crate::normalize::boilerplate::{self, is_date};
use crate::normalize::{text, words};

/// Characters between a number and the word for comments it counts.
const NEAR: usize = 8;

/// The first number of a text; "1,204" is one.
pub(in crate::normalize) fn number(written: &str) -> Option<u64> {
    let start = written.find(|c: char| c.is_ascii_digit())?;
    let digits: String =
        written[start..].chars().take_while(|c| c.is_ascii_digit() || *c == ',').filter(char::is_ascii_digit).take(9).collect();
    digits.parse().ok()
}

/// "评论4条", "17 comments", "댓글 23": a number beside a word for comments, and nothing else of weight.
pub(in crate::normalize) fn comments_in(written: &str) -> Option<u64> {
    let count = number(written)?;
    if is_date(written) {
        return None;
    }
    let folded = boilerplate::fold(written);
    let rest: String =
        folded.chars().filter(|c| !c.is_ascii_digit() && !matches!(c, ',' | '(' | ')' | '[' | ']' | ':')).collect();
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

/// "33 flowers, 9 people commented": the number that stands nearest in front of a word for comments, else right behind one.
pub(in crate::normalize) fn comments_within(written: &str) -> Option<u64> {
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
        let behind = after.filter(|first| folded[end..*first].contains(&'('));
        if let Some(first) = behind {
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
