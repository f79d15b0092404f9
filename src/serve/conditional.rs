//! Whether the client has it already: RFC 9110 § 13.1.2 and § 13.1.3, in the order of § 13.2.2.

use std::time::UNIX_EPOCH;

use axum::http::{HeaderMap, header};

use super::encoding::Coding;
use crate::publish::Prepared;

/// The representation the client says it has, if one of them is current; `preferred` when it could be either. Answer 304 about that one.
///
/// A tag of either representation counts, whatever `Accept-Encoding` says now: both come from the same bytes.
pub(super) fn current(headers: &HeaderMap, document: &Prepared, preferred: Coding) -> Option<Coding> {
    if headers.contains_key(header::IF_NONE_MATCH) {
        let (mut identity, mut gzip) = (false, false);
        for value in headers.get_all(header::IF_NONE_MATCH) {
            if value.as_bytes().trim_ascii() == b"*" {
                return Some(preferred);
            }
            for tag in tags(value.as_bytes()) {
                identity |= tag == document.etag.as_bytes();
                gzip |= tag == document.etag_gzip.as_bytes();
            }
        }
        return match (identity, gzip) {
            (true, true) => Some(preferred),
            (true, false) => Some(Coding::Identity),
            (false, true) => Some(Coding::Gzip),
            (false, false) => None,
        };
    }
    // More than one line is no valid date, and an invalid one is ignored (§ 13.1.3).
    let mut lines = headers.get_all(header::IF_MODIFIED_SINCE).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else { return None };
    let since = httpdate::parse_http_date(line.to_str().ok()?.trim()).ok()?;
    let since = since.duration_since(UNIX_EPOCH).ok()?.as_secs();
    (document.modified.timestamp() <= i64::try_from(since).ok()?).then_some(preferred)
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
    use axum::http::{HeaderName, HeaderValue};
    use bytes::Bytes;
    use chrono::DateTime;

    use super::*;
    use crate::publish::Identity;

    fn document() -> Prepared {
        Prepared {
            content_type: "text/plain".into(),
            identity: Identity::Held(Bytes::from_static(b"text")),
            gzip: Bytes::from_static(b"gz"),
            etag: "\"a,b\"".into(),
            etag_gzip: "\"a,b-gz\"".into(),
            modified: DateTime::from_timestamp(784_111_777, 900_000_000).unwrap(), // Sun, 06 Nov 1994 08:49:37.9 GMT
            conditions: Default::default(),
        }
    }

    fn check(fields: &[(HeaderName, &str)], expected: Option<Coding>) {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        assert_eq!(current(&headers, &document(), Coding::Gzip), expected, "{fields:?}");
    }

    #[test]
    fn s11_if_none_match() {
        use Coding::{Gzip, Identity};
        let long = format!("{}\"a,b\"", "\"other\", ".repeat(1000));
        let many = format!("{}\"other\"", "\"other\", ".repeat(1000));
        for (value, expected) in [
            ("\"a,b\"", Some(Identity)),
            ("\"a,b-gz\"", Some(Gzip)),
            ("W/\"a,b\"", Some(Identity)),
            ("w/\"a,b\"", None),
            ("\"a,b\", \"a,b-gz\"", Some(Gzip)),
            ("\"x\",\"y\",W/\"a,b-gz\"", Some(Gzip)),
            ("*", Some(Gzip)),
            (" * ", Some(Gzip)),
            ("\"*\"", None),
            ("\"a\"", None),
            ("a,b", None),
            ("\"a,b", None),
            ("", None),
            (",,\"a,b\",", Some(Identity)),
            ("garbage, \"a,b\"", Some(Identity)),
            ("W/, \"a,b\"", Some(Identity)),
            ("W/", None),
            ("\"", None),
            (&long, Some(Identity)),
            (&many, None),
        ] {
            check(&[(header::IF_NONE_MATCH, value)], expected);
        }
        check(&[(header::IF_NONE_MATCH, "\"x\""), (header::IF_NONE_MATCH, "\"a,b\"")], Some(Identity));
    }

    #[test]
    fn s11_if_modified_since() {
        for (value, expected) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(Coding::Gzip)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(Coding::Gzip)),
            ("Sun Nov  6 08:49:37 1994", Some(Coding::Gzip)),
            ("Sun, 06 Nov 1994 08:49:36 GMT", None),
            ("Sun, 06 Nov 1994 08:49:38 GMT", Some(Coding::Gzip)),
            ("Thu, 31 Dec 2099 23:59:59 GMT", Some(Coding::Gzip)),
            ("1994-11-06T08:49:37Z", None),
            ("garbage", None),
            ("", None),
        ] {
            check(&[(header::IF_MODIFIED_SINCE, value)], expected);
        }
        let late = "Thu, 31 Dec 2099 23:59:59 GMT";
        check(&[(header::IF_MODIFIED_SINCE, late), (header::IF_MODIFIED_SINCE, late)], None);
    }

    #[test]
    fn if_none_match_wins() {
        let late = (header::IF_MODIFIED_SINCE, "Thu, 31 Dec 2099 23:59:59 GMT");
        check(&[(header::IF_NONE_MATCH, "\"old\""), late.clone()], None);
        check(&[(header::IF_NONE_MATCH, "garbage"), late.clone()], None);
        let early = (header::IF_MODIFIED_SINCE, "Sun, 06 Nov 1980 08:49:37 GMT");
        check(&[(header::IF_NONE_MATCH, "\"a,b\""), early], Some(Coding::Identity));
        check(&[late], Some(Coding::Gzip));
    }
}
