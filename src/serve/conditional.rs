//! Whether the client has it already: RFC 9110 § 13.1.2 and § 13.1.3, in the order of § 13.2.2.

use std::time::UNIX_EPOCH;

use super::encoding::Coding;
use super::head::Head;
use crate::publish::Prepared;

/// What the conditions of a request come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Has {
    /// An old version, or it does not say.
    No,
    /// This representation of the current version.
    This(Coding),
    /// The current version, in whichever representation it would get.
    Any,
}

/// What the client has.
///
/// A tag of any representation counts, whatever `Accept-Encoding` says now: all come from the same bytes. Of several the client names, it is
/// the first of [`Coding::ALL`] from the end.
pub(super) fn has(head: &Head<'_>, document: &Prepared) -> Has {
    let mut named = head.all("if-none-match").peekable();
    if named.peek().is_some() {
        let mut found = Has::No;
        let mut highest = 0;
        for value in named {
            if value.trim_ascii() == b"*" {
                return Has::Any;
            }
            for tag in tags(value) {
                if let Some(coding) = of_tag(document, tag)
                    && (found == Has::No || coding as usize > highest)
                {
                    (found, highest) = (Has::This(coding), coding as usize);
                }
            }
        }
        return found;
    }
    if since(head).is_some_and(|since| document.modified.timestamp() <= since) { Has::Any } else { Has::No }
}

/// The representation of `document` that has this tag.
fn of_tag(document: &Prepared, tag: &[u8]) -> Option<Coding> {
    let hash = document.etag.as_bytes().strip_suffix(b"\"")?;
    let suffix = tag.strip_prefix(hash)?.strip_suffix(b"\"")?;
    Coding::ALL.into_iter().find(|coding| coding.suffix().as_bytes() == suffix)
}

/// `If-Modified-Since`, seconds. More than one line is no valid date, and an invalid one is ignored (§ 13.1.3).
fn since(head: &Head<'_>) -> Option<i64> {
    let mut lines = head.all("if-modified-since");
    let (Some(line), None) = (lines.next(), lines.next()) else { return None };
    let since = httpdate::parse_http_date(std::str::from_utf8(line).ok()?.trim()).ok()?;
    i64::try_from(since.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}

/// The opaque parts, quotes included, of a list of entity tags. `W/` is dropped: the comparison is the weak one (§ 8.8.3.2). What is not a
/// tag is stepped over to the next comma.
fn tags(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = list;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_ascii_start();
            let first = *rest.first()?;
            if first == b',' {
                rest = &rest[1..];
                continue;
            }
            let start = if rest.starts_with(b"W/\"") { 2 } else { 0 };
            if rest[start] == b'"'
                && let Some(length) = rest[start + 1..].iter().position(|&byte| byte == b'"')
            {
                let (tag, after) = rest[start..].split_at(length + 2);
                rest = after;
                return Some(tag);
            }
            rest = &rest[rest.iter().position(|&byte| byte == b',')?..];
        }
    })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use chrono::DateTime;

    use super::*;
    use crate::model::PublishedDocument;

    fn document() -> Prepared {
        let modified = DateTime::from_timestamp(784_111_777, 900_000_000).unwrap(); // Sun, 06 Nov 1994 08:49:37.9 GMT
        let mut prepared = crate::publish::prepare(PublishedDocument {
            path: "feeds/all.rss".into(),
            content_type: "text/plain".into(),
            body: Bytes::from_static(b"text"),
            modified,
            conditions: Default::default(),
        });
        prepared.etag = "\"a,b\"".into();
        prepared
    }

    fn check(fields: &[(&str, &str)], expected: Has) {
        let fields: Vec<_> = fields.iter().map(|&(name, value)| httparse::Header { name, value: value.as_bytes() }).collect();
        let head = Head { method: "GET", path: "/", query: None, one_one: true, fields: &fields };
        assert_eq!(has(&head, &document()), expected, "{fields:?}");
    }

    const INM: &str = "If-None-Match";
    const IMS: &str = "If-Modified-Since";

    #[test]
    fn s11_if_none_match() {
        use Coding::{Br, Gzip, Identity, Zstd};
        use Has::{Any, No, This};
        let long = format!("{}\"a,b\"", "\"other\", ".repeat(1000));
        let many = format!("{}\"other\"", "\"other\", ".repeat(1000));
        for (value, expected) in [
            ("\"a,b\"", This(Identity)),
            ("\"a,b-gz\"", This(Gzip)),
            ("\"a,b-br\"", This(Br)),
            ("\"a,b-zstd\"", This(Zstd)),
            ("\"a,b-xz\"", No),
            ("\"a,b-\"", No),
            ("W/\"a,b\"", This(Identity)),
            ("w/\"a,b\"", No),
            ("\"a,b\", \"a,b-gz\"", This(Gzip)),
            ("\"a,b-gz\", \"a,b\"", This(Gzip)),
            ("\"x\",\"y\",W/\"a,b-gz\"", This(Gzip)),
            ("*", Any),
            (" * ", Any),
            ("\"*\"", No),
            ("\"a\"", No),
            ("a,b", No),
            ("\"a,b", No),
            ("", No),
            (",,\"a,b\",", This(Identity)),
            ("garbage, \"a,b\"", This(Identity)),
            ("W/, \"a,b\"", This(Identity)),
            ("W/", No),
            ("\"", No),
            (&long, This(Identity)),
            (&many, No),
        ] {
            check(&[(INM, value)], expected);
        }
        check(&[(INM, "\"x\""), ("if-none-match", "\"a,b\"")], This(Identity));
    }

    #[test]
    fn s11_if_modified_since() {
        use Has::{Any, No};
        for (value, expected) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Any),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Any),
            ("Sun Nov  6 08:49:37 1994", Any),
            ("Sun, 06 Nov 1994 08:49:36 GMT", No),
            ("Sun, 06 Nov 1994 08:49:38 GMT", Any),
            ("Thu, 31 Dec 2099 23:59:59 GMT", Any),
            ("1994-11-06T08:49:37Z", No),
            ("garbage", No),
            ("", No),
        ] {
            check(&[(IMS, value)], expected);
        }
        let late = "Thu, 31 Dec 2099 23:59:59 GMT";
        check(&[(IMS, late), (IMS, late)], No);
    }

    #[test]
    fn if_none_match_wins() {
        let late = (IMS, "Thu, 31 Dec 2099 23:59:59 GMT");
        check(&[(INM, "\"old\""), late], Has::No);
        check(&[(INM, "garbage"), late], Has::No);
        check(&[(INM, "\"a,b\""), (IMS, "Sun, 06 Nov 1980 08:49:37 GMT")], Has::This(Coding::Identity));
        check(&[late], Has::Any);
    }
}
