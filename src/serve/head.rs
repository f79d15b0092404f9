//! The head of a request: read strictly, and looked at where it lies.

use std::mem::MaybeUninit;

use http::StatusCode;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use memchr::memchr_iter;

use super::chunked::is_token;

/// Longest head, bytes.
pub(super) const LONGEST: usize = 16 * 1024;

/// Most fields of a head.
const MOST_FIELDS: usize = 100;

/// A complete head. Everything points into the bytes it was read from.
#[derive(Debug)]
pub(super) struct Head<'a> {
    pub(super) method: &'a str,
    /// With the leading `/`, without the query.
    pub(super) path: &'a str,
    pub(super) query: Option<&'a str>,
    /// HTTP/1.1, not 1.0.
    pub(super) one_one: bool,
    pub(super) fields: &'a [httparse::Header<'a>],
}

/// Room for the fields of one head.
pub(super) type Room<'a> = [MaybeUninit<httparse::Header<'a>>; MOST_FIELDS];

/// Why a request is refused before anybody looks at what it asks for. The connection is closed after these: where the next request
/// begins is not certain any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) reason: &'static str,
}

const fn bad(reason: &'static str) -> Refusal {
    Refusal { status: StatusCode::BAD_REQUEST, reason }
}

const MALFORMED: Refusal = bad("The request is not HTTP/1.1.\n");
const NOT_OURS: Refusal =
    Refusal { status: StatusCode::HTTP_VERSION_NOT_SUPPORTED, reason: "This site speaks HTTP/1.1 and HTTP/1.0.\n" };
const LONG_HEAD: Refusal =
    Refusal { status: StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, reason: "The head of the request is too large.\n" };
const LONG_TARGET: Refusal = Refusal { status: StatusCode::URI_TOO_LONG, reason: "The address is too long.\n" };
const UNKNOWN_CODING: Refusal =
    Refusal { status: StatusCode::NOT_IMPLEMENTED, reason: "The only transfer coding that is known here is chunked.\n" };

/// Reads the head at the beginning of `bytes`: how many bytes it takes and what it says; `None` while more has to come.
pub(super) fn read<'a>(bytes: &'a [u8], room: &'a mut Room<'a>) -> Result<Option<(usize, Head<'a>)>, Refusal> {
    let mut request = httparse::Request::new(&mut []);
    let length = match httparse::ParserConfig::default().parse_request_with_uninit_headers(&mut request, bytes, room) {
        Ok(httparse::Status::Complete(length)) if length <= LONGEST => length,
        Ok(httparse::Status::Partial) if bytes.len() < LONGEST => return Ok(None),
        Ok(_) if memchr::memchr(b'\n', bytes.trim_ascii_start()).is_none_or(|end| end >= LONGEST) => return Err(LONG_TARGET),
        Ok(_) | Err(httparse::Error::TooManyHeaders) => return Err(LONG_HEAD),
        Err(httparse::Error::Version) if is_other_version(bytes) => return Err(NOT_OURS),
        Err(_) => return Err(MALFORMED),
    };
    // RFC 9112 § 2.2 lets a lone LF end a line; servers that do not agree on that are how requests are smuggled.
    if memchr_iter(b'\n', &bytes[..length]).any(|end| end == 0 || bytes[end - 1] != b'\r') {
        return Err(bad("A line of the request does not end in CR LF.\n"));
    }
    let (Some(method), Some(target), Some(minor)) = (request.method, request.path, request.version) else {
        return Err(MALFORMED);
    };
    let (path, query) = target_parts(method, target)?;
    let head = Head { method, path, query, one_one: minor == 1, fields: request.headers };
    head.host()?;
    Ok(Some((length, head)))
}

/// Whether the first line is of HTTP, of another major version (RFC 9110 § 15.6.6).
fn is_other_version(bytes: &[u8]) -> bool {
    let line = bytes.trim_ascii_start().split(|&byte| byte == b'\n').next().unwrap_or_default();
    let version = line.trim_ascii_end().rsplit(|&byte| byte == b' ').next().and_then(|last| last.strip_prefix(b"HTTP/"));
    matches!(version, Some([b'2'..=b'9', b'.', b'0'..=b'9']))
}

/// Path and query of a request target: origin form, absolute form as proxies are told to send it, `*` and an authority (RFC 9112 § 3.2).
fn target_parts<'a>(method: &str, target: &'a str) -> Result<(&'a str, Option<&'a str>), Refusal> {
    let split = |text: &'a str| match text.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (text, None),
    };
    if target.starts_with('/') {
        return Ok(split(target));
    }
    let scheme = ["http://", "https://"]
        .iter()
        .find(|scheme| target.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    if let Some(scheme) = scheme {
        let rest = &target[scheme.len()..];
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (path, query) = split(&rest[end..]);
        // RFC 9110 § 4.2: neither an empty host nor a user.
        return if end == 0 || rest.starts_with(':') || !is_host(&rest.as_bytes()[..end]) {
            Err(bad("The address has no host.\n"))
        } else {
            Ok((if path.is_empty() { "/" } else { path }, query))
        };
    }
    // Neither is an address of the site, and neither method is one of a route.
    if method == "CONNECT" || (method == "OPTIONS" && target == "*") {
        return Ok((target, None));
    }
    Err(bad("The address is not one of this site.\n"))
}

/// How a request's body is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// Nothing follows the head.
    None,
    /// So many bytes follow.
    Length(u64),
    /// Chunks follow.
    Chunked,
}

impl<'a> Head<'a> {
    /// Values of a field, in order. `name` is in lower case.
    pub(super) fn all(&self, name: &'static str) -> impl Iterator<Item = &'a [u8]> + Clone {
        self.fields.iter().filter(move |field| is(field, name)).map(|field| field.value)
    }

    /// The first value of a field.
    pub(super) fn first(&self, name: &'static str) -> Option<&'a [u8]> {
        self.all(name).next()
    }

    /// Whether there is such a field.
    pub(super) fn has(&self, name: &'static str) -> bool {
        self.fields.iter().any(|field| is(field, name))
    }

    /// It is GET or HEAD.
    pub(super) fn reads(&self) -> bool {
        matches!(self.method, "GET" | "HEAD")
    }

    /// RFC 9112 § 3.2: exactly one `Host` in HTTP/1.1, at most one in 1.0, and its value must be a host.
    fn host(&self) -> Result<(), Refusal> {
        let mut hosts = self.all("host");
        match (hosts.next(), hosts.next()) {
            (None, _) if self.one_one => Err(bad("The request has no Host field.\n")),
            (None, _) => Ok(()),
            (Some(_), Some(_)) => Err(bad("The request has more than one Host field.\n")),
            (Some(host), None) if is_host(host) => Ok(()),
            (Some(_), None) => Err(bad("The Host field of the request is not a host.\n")),
        }
    }

    /// RFC 9112 § 6: both framings at once, one that is said twice, or a coding that is not exactly `chunked`, is how requests are smuggled
    /// past a proxy. 501 where the coding is one that others may know (§ 6.1), 400 otherwise.
    pub(super) fn framing(&self) -> Result<Framing, Refusal> {
        let mut codings = self.all("transfer-encoding");
        let mut lengths = self.all("content-length");
        match (codings.next(), lengths.next()) {
            (None, None) => Ok(Framing::None),
            (None, Some(_)) if lengths.next().is_some() => Err(bad("The request has more than one Content-Length field.\n")),
            (None, Some(length)) => match digits(length) {
                Some(0) => Ok(Framing::None),
                Some(length) => Ok(Framing::Length(length)),
                None => Err(bad("The Content-Length of the request is not a number.\n")),
            },
            (Some(coding), None) if codings.next().is_none() && self.one_one => {
                if coding.eq_ignore_ascii_case(b"chunked") && !self.reads() {
                    Ok(Framing::Chunked)
                } else if names_other_coding(coding) {
                    Err(UNKNOWN_CODING)
                } else {
                    Err(bad("The Transfer-Encoding of the request is not accepted.\n"))
                }
            }
            (Some(_), _) => Err(bad("The Transfer-Encoding of the request is not accepted.\n")),
        }
    }

    /// Whether the client keeps the connection for another request, by its own words (RFC 9112 § 9.3).
    pub(super) fn persists(&self) -> bool {
        let mut persists = self.one_one;
        for value in self.all("connection") {
            for option in value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii) {
                if option.eq_ignore_ascii_case(b"close") {
                    return false;
                }
                persists |= option.eq_ignore_ascii_case(b"keep-alive");
            }
        }
        persists
    }

    /// All fields, for those who take a copy.
    pub(super) fn map(&self) -> HeaderMap {
        let mut map = HeaderMap::with_capacity(self.fields.len());
        for field in self.fields {
            if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(field.name.as_bytes()), HeaderValue::from_bytes(field.value)) {
                map.append(name, value);
            }
        }
        map
    }
}

/// Whether a list of transfer codings is well-formed and has another one than `chunked`.
fn names_other_coding(list: &[u8]) -> bool {
    let mut names = list.split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
    names.clone().all(|name| !name.is_empty() && name.iter().all(|&byte| is_token(byte)))
        && names.any(|name| !name.eq_ignore_ascii_case(b"chunked"))
}

fn is_host(text: &[u8]) -> bool {
    text.iter().all(|&byte| IN_HOSTS[usize::from(byte)])
}

fn is(field: &httparse::Header<'_>, name: &str) -> bool {
    field.name.len() == name.len() && field.name.eq_ignore_ascii_case(name)
}

/// `1*DIGIT`.
fn digits(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_u64, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

/// What a host and a port consist of (RFC 3986 § 3.2.2).
const IN_HOSTS: [bool; 256] = {
    let mut allowed = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        allowed[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let others = b"-._~!$&'()*+;=%:[]";
    let mut at = 0;
    while at < others.len() {
        allowed[others[at] as usize] = true;
        at += 1;
    }
    allowed
};

#[cfg(test)]
mod tests {
    use std::mem::MaybeUninit;

    use super::*;

    /// Method, path, query, and length of the head.
    type Read = (String, String, Option<String>, usize);

    /// A request, or the status it is refused with; `None` while more has to come.
    fn read_one(bytes: &[u8]) -> Option<Result<Read, u16>> {
        let mut room = [const { MaybeUninit::uninit() }; MOST_FIELDS];
        match read(bytes, &mut room) {
            Ok(None) => None,
            Ok(Some((length, head))) => Some(match head.framing() {
                Ok(_) => Ok((head.method.into(), head.path.into(), head.query.map(str::to_owned), length)),
                Err(refusal) => Err(refusal.status.as_u16()),
            }),
            Err(refusal) => Some(Err(refusal.status.as_u16())),
        }
    }

    fn check(request: &str, expected: Result<(&str, Option<&str>), u16>) {
        let found = read_one(request.as_bytes()).unwrap_or_else(|| panic!("incomplete: {request}"));
        let found = found.as_ref().map(|(_, path, query, _)| (path.as_str(), query.as_deref())).map_err(|status| *status);
        assert_eq!(found, expected, "{request}");
    }

    #[test]
    fn targets() {
        for (target, expected) in [
            ("/", Ok(("/", None))),
            ("/feeds/all.rss?a=1?b", Ok(("/feeds/all.rss", Some("a=1?b")))),
            ("//x", Ok(("//x", None))),
            ("/%00", Ok(("/%00", None))),
            ("http://relay.example", Ok(("/", None))),
            ("HTTP://relay.example/feeds/all.rss?a", Ok(("/feeds/all.rss", Some("a")))),
            ("https://relay.example?a", Ok(("/", Some("a")))),
            ("http://other.example/x", Ok(("/x", None))),
            ("http:///x", Err(400)),
            ("http://:80/x", Err(400)),
            ("http://user@relay.example/x", Err(400)),
            ("http://relay.example\\@x/", Err(400)),
            ("ftp://relay.example/", Err(400)),
            ("relay.example:80", Err(400)),
            ("*", Err(400)),
            ("feeds/all.rss", Err(400)),
        ] {
            check(&format!("GET {target} HTTP/1.1\r\nHost: relay.example\r\n\r\n"), expected);
        }
        check("OPTIONS * HTTP/1.1\r\nHost: relay.example\r\n\r\n", Ok(("*", None)));
    }

    #[test]
    fn s06_hosts() {
        let good = |host: &str| format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
        for host in ["relay.example", "relay.example:8080", "[2001:db8::1]:80", "127.0.0.1", ""] {
            check(&good(host), Ok(("/", None)));
        }
        for host in ["relay.example/path", "user@relay.example", "relay example", "a,b", "<b>"] {
            check(&good(host), Err(400));
        }
        check("GET / HTTP/1.1\r\n\r\n", Err(400));
        check("GET / HTTP/1.0\r\n\r\n", Ok(("/", None)));
        check("GET / HTTP/1.0\r\nHost: a\r\nhost: a\r\n\r\n", Err(400));
    }

    /// Ways to make two servers disagree about where a request ends.
    #[test]
    fn s07_requests_that_can_be_read_in_two_ways() {
        let request = |method: &str, fields: &str| format!("{method} / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
        for (fields, get, post) in [
            ("", None, None),
            ("Content-Length: 3\r\n", None, None),
            ("Content-Length: 0\r\n", None, None),
            ("Content-Length: 03\r\n", None, None),
            ("Content-Length: +3\r\n", Some(400), Some(400)),
            ("Content-Length: -3\r\n", Some(400), Some(400)),
            ("Content-Length: 0x3\r\n", Some(400), Some(400)),
            ("Content-Length: 3,3\r\n", Some(400), Some(400)),
            ("Content-Length: 3, 3\r\n", Some(400), Some(400)),
            ("Content-Length: 1 2\r\n", Some(400), Some(400)),
            ("Content-Length:\r\n", Some(400), Some(400)),
            ("Content-Length: 99999999999999999999\r\n", Some(400), Some(400)),
            ("Content-Length: 3\r\nContent-Length: 3\r\n", Some(400), Some(400)),
            ("Transfer-Encoding: chunked\r\n", Some(400), None),
            ("Transfer-Encoding: Chunked\r\n", Some(400), None),
            ("Transfer-Encoding: gzip, chunked\r\n", Some(501), Some(501)),
            ("Transfer-Encoding: chunked, identity\r\n", Some(501), Some(501)),
            ("Transfer-Encoding: xchunked\r\n", Some(501), Some(501)),
            ("Transfer-Encoding: \u{b}chunked\r\n", Some(400), Some(400)),
            ("Transfer-Encoding: chunked, chunked\r\n", Some(400), Some(400)),
            ("Transfer-Encoding: chunked,\r\n", Some(400), Some(400)),
            ("Transfer-Encoding: chunked;q=1\r\n", Some(400), Some(400)),
            ("Transfer-Encoding: \"chunked\"\r\n", Some(400), Some(400)),
            ("Transfer-Encoding:\r\n", Some(400), Some(400)),
            ("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", Some(400), Some(400)),
            ("Transfer-Encoding: gzip\r\nContent-Length: 3\r\n", Some(400), Some(400)),
            ("Transfer\u{a0}Encoding: chunked\r\n", Some(400), Some(400)),
            ("\tX: a\r\n", Some(400), Some(400)),
            ("X: a\r\r\n", Some(400), Some(400)),
            ("X: a\r\nHost : a\r\n", Some(400), Some(400)),
            ("Content-Length: 3\r\nContent-Length:\r\n", Some(400), Some(400)),
            ("Content-Length: 3;\r\n", Some(400), Some(400)),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", Some(400), Some(400)),
            ("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", Some(400), Some(400)),
            ("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", Some(400), Some(400)),
            ("Transfer-Encoding : chunked\r\n", Some(400), Some(400)),
            (" Transfer-Encoding: chunked\r\n", Some(400), Some(400)),
            ("X: a\r\n Transfer-Encoding: chunked\r\n", Some(400), Some(400)),
            ("X: a\nTransfer-Encoding: chunked\r\n", Some(400), Some(400)),
            ("X: a\rTransfer-Encoding: chunked\r\n", Some(400), Some(400)),
            ("X: a\0\r\n", Some(400), Some(400)),
            ("X\0: a\r\n", Some(400), Some(400)),
            (": a\r\n", Some(400), Some(400)),
        ] {
            for (method, expected) in [("GET", get), ("POST", post)] {
                let found = read_one(request(method, fields).as_bytes()).expect("complete");
                assert_eq!(found.err(), expected, "{method} {fields:?}");
            }
        }
        for whole in
            ["GET / HTTP/1.1\nHost: a\n\n", "GET /\r\n\r\n", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "G\0T / HTTP/1.1\r\n\r\n"]
        {
            check(whole, Err(400));
        }
        check("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", Err(400));
        for (line, expected) in [
            ("PRI * HTTP/2.0", 505),
            ("GET / HTTP/3.0", 505),
            ("GET / HTTP/9.9", 505),
            ("GET / HTTP/1", 400),
            ("GET / ICY/1.1", 400),
        ] {
            check(&format!("{line}\r\n\r\nSM\r\n\r\n"), Err(expected));
        }
    }

    #[test]
    fn s05_heads_that_are_too_large() {
        let sized = |path: usize, field: usize| {
            format!("GET /{} HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "a".repeat(path), "b".repeat(field))
        };
        assert!(read_one(sized(7_000, 7_000).as_bytes()).is_some_and(|found| found.is_ok()));
        check(&sized(70_000, 1), Err(414));
        check(&sized(1, 20_000), Err(431));
        let fields = |number: usize| format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X: a\r\n".repeat(number));
        check(&fields(99), Ok(("/", None)));
        check(&fields(100), Err(431));
        // Neither is waited for to the end.
        assert_eq!(read_one(&vec![b'a'; LONGEST]), Some(Err(414)));
        assert_eq!(read_one(format!("GET / HTTP/1.1\r\nX: {}", "b".repeat(LONGEST)).as_bytes()), Some(Err(431)));
        assert_eq!(read_one(&vec![b'a'; LONGEST - 1]), None);
    }

    #[test]
    fn what_the_client_says_of_the_connection() {
        let check = |version: &str, fields: &str, expected: bool| {
            let request = format!("GET / {version}\r\nHost: a\r\n{fields}\r\n");
            let mut room = [const { MaybeUninit::uninit() }; MOST_FIELDS];
            let (_, head) = read(request.as_bytes(), &mut room).unwrap().unwrap();
            assert_eq!(head.persists(), expected, "{request}");
        };
        check("HTTP/1.1", "", true);
        check("HTTP/1.1", "Connection: close\r\n", false);
        check("HTTP/1.1", "Connection: TE, Close\r\n", false);
        check("HTTP/1.1", "Connection: te\r\nConnection: close\r\n", false);
        check("HTTP/1.0", "", false);
        check("HTTP/1.0", "Connection: Keep-Alive\r\n", true);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let _ = read_one(&bytes);
        }

        /// What a head says does not depend on what has come of the next one, and no beginning of a good one is refused.
        #[test]
        fn a_head_is_the_same_however_it_comes(
            path in "/[ -~]{0,20}", name in "[A-Za-z-]{1,8}", value in "[ -~]{0,20}", end in "\r\n|\n", follows in "[ -~\r\n]{0,30}", cut in 0_usize..100,
        ) {
            let request = format!("GET {path} HTTP/1.1\r\nHost: a{end}{name}: {value}\r\n\r\n");
            let whole = read_one(request.as_bytes());
            let longer = format!("{request}{follows}");
            proptest::prop_assert_eq!(read_one(longer.as_bytes()), whole.clone());
            let part = &request.as_bytes()[..cut.min(request.len() - 1)];
            if let Some(Ok((_, _, _, length))) = whole {
                proptest::prop_assert_eq!(length, request.len());
                proptest::prop_assert_eq!(read_one(part), None);
            } else if let Some(early) = read_one(part) {
                proptest::prop_assert!(early.is_err());
            }
        }
    }
}
