//! Addresses in a text: they are never translated, and a translation adds none.

use std::ops::Range;

/// Ends of host names that make a row of words with full stops an address even without a scheme.
const TOP_LEVEL: &[&str] = &[
    "com", "org", "net", "gov", "edu", "int", "mil", "info", "biz", "io", "app", "dev", "news", "example", "cn", "hk", "tw",
    "jp", "kr", "ru", "de", "fr", "uk", "eu", "ch", "at", "it", "es", "pt", "br", "nl", "pl", "nz", "au", "ca", "in", "ua", "se",
    "no", "fi", "tv", "me", "co",
];
/// How far a scheme or the name in front of an @ can go back.
const SCHEME: usize = 16;
const MAILBOX: usize = 64;

/// Bytes of the addresses of pages and mailboxes, in order.
pub(super) fn addresses(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        // Every address has one of them near its beginning.
        let Some(next) = bytes[at..].iter().position(|byte| matches!(byte, b':' | b'@' | b'.')).map(|next| at + next) else {
            break;
        };
        at = next + 1;
        let done = found.last().map_or(0, |last| last.end);
        let hit = match bytes[next] {
            b':' if bytes[next..].starts_with(b"://") => page(bytes, next, done),
            b'@' => mailbox(bytes, next, done),
            b'.' => host(bytes, next, done),
            _ => None,
        };
        if let Some(hit) = hit {
            at = hit.end;
            found.push(hit);
        }
    }
    found
}

/// Where bytes of some sort that end at `end` begin, not before `done` and not further back than `most`.
fn back(bytes: &[u8], end: usize, done: usize, most: usize, is: impl Fn(u8) -> bool) -> usize {
    let lowest = done.max(end.saturating_sub(most));
    end - bytes[lowest..end].iter().rev().take_while(|byte| is(**byte)).count()
}

fn is_of_address(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'"' | b'`' | b'{' | b'}' | b'|' | b'\\' | b'^')
}

/// The end of an address that begins before `from`, without the punctuation of the sentence it is in.
fn end(bytes: &[u8], begin: usize, from: usize) -> usize {
    let mut end = from + bytes[from..].iter().take_while(|byte| is_of_address(**byte)).count();
    let count = |byte: u8, end: usize| bytes[begin..end].iter().filter(|b| **b == byte).count();
    let (mut open, mut close) = (count(b'(', end), count(b')', end));
    while end > from {
        match bytes[end - 1] {
            b')' if close > open => close -= 1,
            b'(' => open -= 1,
            b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\'' | b']' | b'*' => {}
            _ => break,
        }
        end -= 1;
    }
    end
}

/// `https://…`
fn page(bytes: &[u8], colon: usize, done: usize) -> Option<Range<usize>> {
    let begin = back(bytes, colon, done, SCHEME, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-'));
    let begin = begin + bytes[begin..colon].iter().position(u8::is_ascii_alphabetic)?;
    let end = end(bytes, begin, colon + 3);
    (colon - begin >= 2 && end > colon + 3).then_some(begin..end)
}

/// `name@host.example`
fn mailbox(bytes: &[u8], sign: usize, done: usize) -> Option<Range<usize>> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-');
    let begin = back(bytes, sign, done, MAILBOX, is_name);
    let begin = begin + bytes[begin..sign].iter().position(u8::is_ascii_alphanumeric)?;
    let length = bytes[sign + 1..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')).count();
    let host = &bytes[sign + 1..sign + 1 + length];
    let host = host.strip_suffix(b".").unwrap_or(host);
    let top = host.rsplit(|byte| *byte == b'.').next().filter(|top| top.len() < host.len())?;
    (top.len() >= 2 && top.iter().all(u8::is_ascii_alphabetic)).then_some(begin..sign + 1 + host.len())
}

/// `www.host`, `host.example/page`
fn host(bytes: &[u8], dot: usize, done: usize) -> Option<Range<usize>> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let begin = back(bytes, dot, done, MAILBOX, is_name);
    let from = dot + bytes[dot..].iter().take_while(|byte| is_name(**byte) || **byte == b'.').count();
    let name = &bytes[begin..from];
    let name = name.strip_suffix(b".").unwrap_or(name);
    let mut labels = name.rsplit(|byte| *byte == b'.');
    let top = labels.next()?;
    let second = labels.next().filter(|second| !second.is_empty())?;
    let is_www = bytes[begin..dot].eq_ignore_ascii_case(b"www");
    // "3.co" is a number, "St.In" two words without their space.
    let is_known = TOP_LEVEL.iter().any(|known| known.as_bytes() == top) && second.iter().any(u8::is_ascii_alphabetic);
    if begin == dot || !(is_www || is_known) {
        return None;
    }
    let behind = begin + name.len();
    Some(begin..if matches!(bytes.get(behind), Some(b'/' | b':' | b'?' | b'#')) { end(bytes, begin, behind) } else { behind })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn finds_addresses() {
        let check = |text: &str, expected: &[&str]| {
            let found: Vec<&str> = addresses(text).into_iter().map(|at| &text[at]).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("see https://quay.example/a?b=1&c, then", &["https://quay.example/a?b=1&c"]);
        check("见https://quay.example/a。下一句", &["https://quay.example/a"]);
        check("(https://quay.example/a_(b)) x", &["https://quay.example/a_(b)"]);
        check("at www.quay.example.", &["www.quay.example"]);
        check("at quay.com/tides; quay.example:8080/x", &["quay.com/tides", "quay.example:8080/x"]);
        check("mail tips@quay.example, or desk.two+a@news.quay.example.", &["tips@quay.example", "desk.two+a@news.quay.example"]);
        check("at 5:00 p.m. the 3.5 m tide, No. 4:2 e.g. @quay a@b", &[]);
        check("The end.Then it.was 1.2.3", &[]);
        check("http:// ://x", &[]);
    }

    proptest! {
        #[test]
        fn places_are_in_order_and_of_characters(text in "[a-z.:/@w(港é )]{0,60}") {
            let mut end = 0;
            for at in addresses(&text) {
                prop_assert!(at.start >= end && at.end > at.start && text.get(at.clone()).is_some());
                end = at.end;
            }
        }
    }
}
