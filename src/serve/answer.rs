//! Answers, ready to be written: a head in bytes and a body that is shared, not copied.

use std::fs::File;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::StatusCode;
use http::header::{self, HeaderName, HeaderValue};

use super::handler::Reply;
use super::head::Refusal;
use crate::publish::Notice;

mod heads;

pub(super) use heads::{Found, HeadCache, Heads, Keep};

/// What a page for people may do: take its style from this site, pictures, sound and film from anywhere. Scripts, frames and forms never.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src http: https: data:; media-src http: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const HTML: &str = "text/html; charset=utf-8";

/// An answer. `Date`, `Connection` and the end of the head are added when it is written.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// From the status line to the end of the last field.
    pub(super) head: Bytes,
    pub(super) body: Payload,
    /// Nothing more is read from this connection.
    pub(super) close: bool,
}

/// A body.
#[derive(Debug, Clone)]
pub(super) enum Payload {
    None,
    Bytes(Bytes),
    /// So many bytes of a file from there.
    File {
        file: Arc<OpenFile>,
        offset: u64,
        length: usize,
    },
}

impl Payload {
    /// Bytes.
    pub(super) fn length(&self) -> usize {
        match self {
            Self::None => 0,
            Self::Bytes(bytes) => bytes.len(),
            Self::File { length, .. } => *length,
        }
    }
}

/// An open file, counted.
#[derive(Debug)]
pub(super) struct OpenFile {
    pub(super) file: File,
    open: Arc<AtomicUsize>,
}

impl Answer {
    /// Its status.
    pub(super) fn status(&self) -> u16 {
        self.head.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok()).unwrap_or(0)
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// An IMF-fixdate (RFC 9110 § 5.6.7); moments it has no room for become the nearest it has.
pub(super) fn http_date(at: DateTime<Utc>) -> String {
    let seconds = at.timestamp().clamp(0, 253_402_300_799);
    DateTime::from_timestamp(seconds, 0).unwrap_or(at).format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Writes the head of an answer.
struct Writer(Vec<u8>);

impl Writer {
    fn new(status: StatusCode) -> Self {
        let mut head = Vec::with_capacity(512);
        let reason = status.canonical_reason().unwrap_or("Unknown");
        let _ = write!(head, "HTTP/1.1 {} {reason}\r\n", status.as_u16()); // memory does not fail
        Self(head)
    }

    fn field(&mut self, name: &str, value: impl std::fmt::Display) {
        let _ = write!(self.0, "{name}: {value}\r\n"); // memory does not fail
    }
}

impl From<Writer> for Bytes {
    fn from(head: Writer) -> Self {
        head.0.into()
    }
}

/// A [`Reply`] as it is written. What it does not say itself of security is said for it.
pub(super) fn reply(reply: Reply, head_only: bool) -> Answer {
    let Reply { status, fields, body } = reply;
    let mut head = Writer::new(status);
    let bodiless = status == StatusCode::NOT_MODIFIED || status == StatusCode::NO_CONTENT || status.is_informational();
    for (name, value) in &fields {
        let ours = [header::CONTENT_LENGTH, header::DATE, header::CONNECTION, header::TRANSFER_ENCODING].contains(name);
        if !ours {
            head.0.extend_from_slice(name.as_str().as_bytes());
            head.0.extend_from_slice(b": ");
            head.0.extend_from_slice(value.as_bytes());
            head.0.extend_from_slice(b"\r\n");
        }
    }
    if !bodiless {
        head.field("content-length", body.len());
    }
    let usual = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, PAGE_POLICY),
    ];
    for (name, value) in usual {
        if !fields.contains_key(&name) {
            head.field(name.as_str(), value);
        }
    }
    let body = if bodiless || head_only || body.is_empty() { Payload::None } else { Payload::Bytes(body) };
    Answer { head: head.into(), body, close: false }
}

/// What is said to a request that is refused at its head; the connection ends with it.
pub(super) fn refusal(refusal: Refusal) -> Answer {
    Answer { close: true, ..reply(Reply::text(refusal.status, refusal.reason), false) }
}

/// A short answer in plain text that may be kept for a while.
pub(super) fn kept_text(status: StatusCode, text: &'static str, cache_control: &'static str) -> Reply {
    Reply::text(status, text).with(header::CACHE_CONTROL, HeaderValue::from_static(cache_control))
}

/// A short page for people.
pub(super) fn page(status: StatusCode, html: impl Into<Bytes>) -> Reply {
    Reply::new(status, HTML, html).with(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"))
}

/// What is said of an article that was withdrawn: 410, or 451 with a link to who blocks it (RFC 7725).
pub(super) fn notice(notice: Notice) -> Reply {
    let status = if notice.legal { StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS } else { StatusCode::GONE };
    let robots = (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    let reply = page(status, notice.html).with(robots.0, robots.1);
    let link = notice.blocked_by.filter(|_| notice.legal).map(|page| format!("<{page}>; rel=\"blocked-by\""));
    match link.map(|link| HeaderValue::from_str(&link)) {
        Some(Ok(link)) => reply.with(header::LINK, link),
        _ => reply,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(head: &str, name: &str) -> Option<String> {
        head.lines().filter_map(|line| line.split_once(": ")).find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
    }

    fn check_date(modified: i64, expected: &str) {
        assert_eq!(http_date(DateTime::from_timestamp(modified, 0).unwrap()), expected);
    }

    #[test]
    fn dates_fit_the_form() {
        check_date(784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT");
        check_date(-1, "Thu, 01 Jan 1970 00:00:00 GMT");
        check_date(253_402_300_800, "Fri, 31 Dec 9999 23:59:59 GMT");
    }

    #[test]
    fn a_reply_is_framed_and_made_safe_here() {
        let written = |reply: Reply, head_only| {
            let answer = super::reply(reply, head_only);
            let body = matches!(answer.body, Payload::Bytes(_));
            (String::from_utf8(answer.head.to_vec()).unwrap(), body)
        };
        let wrong = Reply::text(StatusCode::OK, "words")
            .with(header::CONTENT_LENGTH, 1_u64)
            .with(header::CONNECTION, HeaderValue::from_static("upgrade"));
        let (head, body) = written(wrong.clone(), false);
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && body, "{head}");
        for (name, expected) in [
            ("content-length", Some("5")),
            ("connection", None),
            ("cache-control", Some("no-store")),
            ("x-content-type-options", Some("nosniff")),
            ("referrer-policy", Some("no-referrer")),
            ("content-security-policy", Some(PAGE_POLICY)),
        ] {
            assert_eq!(value(&head, name).as_deref(), expected, "{name}: {head}");
        }
        assert_eq!(written(wrong, true), (head, false));
        let own =
            Reply::text(StatusCode::OK, "").with(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'self'"));
        assert_eq!(value(&written(own, false).0, "content-security-policy").as_deref(), Some("default-src 'self'"));
        let (head, body) = written(Reply::text(StatusCode::NO_CONTENT, "x"), false);
        assert_eq!((value(&head, "content-length"), body), (None, false));
        assert_eq!(
            value(&written(Reply::later(StatusCode::TOO_MANY_REQUESTS, 7, ""), false).0, "retry-after").as_deref(),
            Some("7")
        );
    }
}
