//! Why nothing came, in words an admin can act on.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use url::Url;

use super::credentials::Signed;
use crate::model::Fault;

/// Longest piece of foreign text (a server's words, a library's cause) that is repeated in a message, in characters.
const QUOTED: usize = 200;

/// Why nothing came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FetchError {
    /// Short stable name: `ssrf_denied`, `bad_scheme`, `bad_url`, `dns`, `connect`, `tls`, `timeout`, `too_many_redirects`, `http_404`
    /// (any status), `gone` (410), `bad_304`, `bad_response`, `too_large`, `truncated`, `bad_credentials`.
    pub code: String,
    /// Who has to act.
    pub fault: Fault,
    /// What happened and what to do, for an admin, without a final stop. Names hosts, never paths or queries: those may hold secrets.
    pub message: String,
    /// How long the partner asks us to wait (`Retry-After`), clamped to 60 s … 24 h.
    pub retry_after: Option<Duration>,
}

impl FetchError {
    /// An error without `Retry-After`.
    pub(super) fn new(code: &str, fault: Fault, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), fault, message: message.into(), retry_after: None }
    }

    /// The same refusal of an address that a redirect led to: then it is the partner who has to act.
    pub(super) fn behind_redirect(self, from: &Url) -> Self {
        Self { fault: Fault::Partner, message: format!("{} redirects us, but {}", place(from), self.message), ..self }
    }

    /// A status that brings no document (RFC 9110 § 15).
    pub(super) fn status(url: &Url, status: StatusCode, headers: &HeaderMap, retry_after: Option<Duration>) -> Self {
        let challenged = headers.get("cf-mitigated").is_some_and(|value| value == "challenge");
        let advice = match status.as_u16() {
            _ if challenged => "its protection wants proof of a browser: ask the partner to let our User-Agent in",
            200..=299 => "that is not a document: ask the partner for the address of the feed itself",
            300..=399 => "a redirect without an address that we could follow: ask the partner where the feed is",
            402 => "it wants to be paid: settle it with the partner",
            403 => "ask the partner to let our User-Agent in",
            404 => "there is nothing at this address: check it in feeds.toml, or ask the partner where the feed is now",
            407 | 511 => "something on the way wants a login: check the network of this machine",
            410 => "the feed is gone for good: ask the partner for another one, or remove it from feeds.toml",
            429 => "we ask too often for its taste: poll less often, in `schedule`",
            451 => "it may not be shown here for legal reasons: talk to the partner",
            503 => "it is overloaded or down for a while: we ask again later",
            500..=599 => "the partner's server is broken: we ask again later; tell the partner if it stays so",
            _ => "it will not answer this request: check the address in feeds.toml, or ask the partner",
        };
        let reason = status.canonical_reason().map(|reason| format!(" {reason}")).unwrap_or_default();
        let fault = match status.as_u16() {
            407 | 511 => Fault::Network,
            429 => Fault::Us,
            _ => Fault::Partner,
        };
        let code = if status == StatusCode::GONE { "gone".to_owned() } else { format!("http_{}", status.as_u16()) };
        let message = format!("{} answers {}{reason}: {advice}", place(url), status.as_u16());
        Self { code, fault, message, retry_after }
    }

    /// 401 (RFC 9110 § 15.5.2): it wants credentials, or others than it got.
    pub(super) fn unauthorized(url: &Url, signed: Signed, retry_after: Option<Duration>) -> Self {
        let (fault, advice) = match signed {
            Signed::Yes => (
                Fault::Us,
                "it does not take our credentials: check them in [outlet.credentials], or ask the partner for new ones",
            ),
            Signed::No => (
                Fault::Partner,
                "it wants a password: ask the partner for one and put it into [outlet.credentials], or for an address that needs none",
            ),
            Signed::NotForThisOrigin => (
                Fault::Us,
                "it wants a password, and ours is for the host (and scheme) in feeds.toml only: put the address it moved to there",
            ),
        };
        let message = format!("{} answers 401 Unauthorized: {advice}", place(url));
        Self { code: "http_401".to_owned(), fault, message, retry_after }
    }

    /// A body over the limit.
    pub(super) fn too_large(url: &Url, announced: Option<u64>, limit: u64) -> Self {
        let size = match announced {
            Some(length) => format!("announces {length} bytes, over"),
            None => "sends more than".to_owned(),
        };
        let message = format!(
            "{} {size} the {limit} bytes that are taken: ask the partner for a shorter feed, or raise `body_bytes` in [limits]",
            place(url)
        );
        Self::new("too_large", Fault::Us, message)
    }

    /// The whole request took too long; `phase` says what we were waiting for.
    pub(super) fn timeout(url: &Url, phase: &str, limit: Duration) -> Self {
        let message = format!("{} {phase} within {} s: it is too slow or hangs; we ask again later", place(url), seconds(limit));
        Self::new("timeout", Fault::Partner, message)
    }

    /// No head of an answer came: the connection could not be made, or what came over it is not HTTP.
    pub(super) fn sending(url: &Url, error: &reqwest::Error, connect_timeout: Duration) -> Self {
        // What our own resolver refused is already in words.
        if let Some(refusal) = causes(error).find_map(|cause| cause.downcast_ref::<Self>()) {
            return refusal.clone();
        }
        if error.is_connect() {
            return Self::connecting(url, error, connect_timeout);
        }
        let cause = innermost(error);
        if let Some(kind) = io_kind(error)
            && matches!(kind, io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe)
        {
            let message = format!("{} cuts the connection instead of answering: tell the partner if it stays so", place(url));
            return Self::new("bad_response", Fault::Partner, message);
        }
        let message = format!("{} answers something that is not sound HTTP ({cause}): tell the partner", place(url));
        Self::new("bad_response", Fault::Partner, message)
    }

    fn connecting(url: &Url, error: &reqwest::Error, connect_timeout: Duration) -> Self {
        let place = place(url);
        let kind = io_kind(error);
        if error.is_timeout() || kind == Some(io::ErrorKind::TimedOut) {
            let limit = seconds(connect_timeout);
            let message =
                format!("no connection to {place} within {limit} s: its server is down, or a firewall on the way drops us");
            return Self::new("timeout", Fault::Network, message);
        }
        match kind {
            Some(io::ErrorKind::ConnectionRefused) => {
                let message =
                    format!("{place} refuses the connection: nothing listens there; check the address, or tell the partner");
                Self::new("connect", Fault::Partner, message)
            }
            Some(io::ErrorKind::PermissionDenied) => {
                let message =
                    format!("this machine forbids connections to {place}: check its firewall and IPAddressDeny= of the unit");
                Self::new("connect", Fault::Us, message)
            }
            Some(
                io::ErrorKind::NetworkUnreachable
                | io::ErrorKind::HostUnreachable
                | io::ErrorKind::NetworkDown
                | io::ErrorKind::AddrNotAvailable,
            ) => {
                let cause = innermost(error);
                let message = format!("there is no way to {place} ({cause}): check the network of this machine");
                Self::new("connect", Fault::Network, message)
            }
            _ if url.scheme() == "https" => {
                Self::new("tls", Fault::Partner, format!("{place}: {}", tls_words(&innermost(error))))
            }
            _ => {
                let cause = innermost(error);
                Self::new("connect", Fault::Network, format!("no connection to {place} ({cause}): we ask again later"))
            }
        }
    }

    /// The head came, the body did not come whole.
    pub(super) fn body(url: &Url, error: &reqwest::Error, received: usize) -> Self {
        // Decoders say `InvalidData`; a short stream is `UnexpectedEof`. What follows the end of a coded body (padding, say) is told by its
        // words, for that error has no type of its own.
        let cause = innermost(error);
        let broken_coding = cause.contains("extra bytes after body")
            || matches!(io_kind(error), Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput));
        if broken_coding { Self::miscoded(url, &cause) } else { Self::truncated(url, &cause, received) }
    }

    /// The body is not coded as its head says.
    pub(super) fn miscoded(url: &Url, cause: &str) -> Self {
        let message = format!(
            "{} sends a body that is not what its Content-Encoding or Transfer-Encoding says ({cause}): tell the partner",
            place(url)
        );
        Self::new("bad_response", Fault::Partner, message)
    }

    /// The body ends before it should.
    pub(super) fn truncated(url: &Url, cause: &str, received: usize) -> Self {
        let place = place(url);
        let message = format!("{place} ends the document in the middle, after {received} bytes ({cause}): we ask again later");
        Self::new("truncated", Fault::Partner, message)
    }
}

/// Host of an address, with its port if it is not the scheme's own: what messages may show.
pub(super) fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or("(no host)");
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// A span in seconds, without needless decimals.
fn seconds(span: Duration) -> String {
    if span.subsec_nanos() == 0 { span.as_secs().to_string() } else { format!("{:.1}", span.as_secs_f64()) }
}

/// Foreign text made fit for one line of a log: no control characters, bounded.
pub(super) fn quoted(text: &str) -> String {
    let mut line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(QUOTED + 1).collect();
    if line.chars().count() > QUOTED {
        line.pop();
        line.push('…');
    }
    line
}

/// The error and everything that caused it. Bounded, for nothing says that a chain of causes ends.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&cause| cause.source()).take(32)
}

/// The cause at the bottom: the layers above only say "error sending request". `io::Error` hides an error it wraps from `source()`
/// when that error has no cause of its own, but its Display passes it through.
pub(super) fn innermost(error: &reqwest::Error) -> String {
    quoted(&causes(error).last().map(ToString::to_string).unwrap_or_default())
}

/// What the operating system said, if it was the system.
fn io_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).last().map(io::Error::kind)
}

/// Says what is wrong with a TLS handshake. rustls is not among our direct dependencies, so it is told by its words.
fn tls_words(cause: &str) -> String {
    let any = |words: &[&str]| words.iter().any(|word| cause.contains(word));
    if any(&["certificate expired", "Expired"]) {
        format!("its TLS certificate has expired ({cause}): the partner has to renew it")
    } else if any(&["not valid yet", "NotValidYet"]) {
        format!("its TLS certificate is not valid yet ({cause}): check the clock of this machine, then tell the partner")
    } else if any(&["not valid for name", "NotValidForName"]) {
        format!("its TLS certificate is for another host ({cause}): check the address, or tell the partner")
    } else if any(&["CaUsedAsEndEntity"]) {
        format!("its TLS certificate is self-signed ({cause}): the partner needs one of a public authority")
    } else if any(&["UnknownIssuer", "BadSignature"]) {
        format!(
            "its TLS certificate is self-signed, of an unknown authority, or sent without its chain ({cause}): tell the partner"
        )
    } else if any(&["Revoked", "revoked"]) {
        format!("its TLS certificate has been revoked ({cause}): the partner has to renew it")
    } else if any(&["InvalidContentType", "corrupt message"]) {
        format!("it does not speak TLS there ({cause}): should the address begin with http:?")
    } else {
        format!("the TLS handshake fails ({cause}): tell the partner")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("test address")
    }

    #[test]
    fn statuses_name_host_code_and_advice_but_never_the_query() {
        let source = url("https://cn.ledger.example:8443/rss?token=hush");
        let check = |status: u16, code: &str, fault: Fault, words: &str| {
            let status = StatusCode::from_u16(status).expect("status");
            let error = FetchError::status(&source, status, &HeaderMap::new(), Some(Duration::from_secs(90)));
            assert_eq!((error.code.as_str(), error.fault), (code, fault), "{}", error.message);
            assert!(error.message.starts_with("cn.ledger.example:8443 answers "), "{}", error.message);
            assert!(error.message.contains(words), "{} lacks {words}", error.message);
            assert!(!error.message.contains("hush") && !error.message.ends_with('.'), "{}", error.message);
            assert_eq!(error.retry_after, Some(Duration::from_secs(90)));
        };
        check(204, "http_204", Fault::Partner, "204 No Content");
        check(300, "http_300", Fault::Partner, "redirect");
        check(403, "http_403", Fault::Partner, "403 Forbidden: ask the partner to let our User-Agent in");
        check(404, "http_404", Fault::Partner, "check it in feeds.toml");
        check(407, "http_407", Fault::Network, "network of this machine");
        check(410, "gone", Fault::Partner, "410 Gone");
        check(418, "http_418", Fault::Partner, "feeds.toml");
        check(429, "http_429", Fault::Us, "`schedule`");
        check(451, "http_451", Fault::Partner, "legal");
        check(500, "http_500", Fault::Partner, "broken");
        check(503, "http_503", Fault::Partner, "later");
        check(526, "http_526", Fault::Partner, "answers 526: the partner's server");
        check(999, "http_999", Fault::Partner, "will not answer");
    }

    #[test]
    fn a_401_says_what_became_of_the_credentials() {
        let check = |signed: Signed, fault: Fault, words: &str| {
            let error = FetchError::unauthorized(&url("https://a.example/rss?token=hush"), signed, None);
            assert_eq!((error.code.as_str(), error.fault), ("http_401", fault));
            assert!(error.message.starts_with("a.example answers 401 Unauthorized: "), "{}", error.message);
            assert!(error.message.contains(words) && !error.message.contains("hush"), "{}", error.message);
        };
        check(Signed::No, Fault::Partner, "wants a password");
        check(Signed::Yes, Fault::Us, "does not take our credentials");
        check(Signed::NotForThisOrigin, Fault::Us, "put the address it moved to there");
    }

    #[test]
    fn a_bot_challenge_is_told_from_a_plain_refusal() {
        let headers = HeaderMap::from_iter([("cf-mitigated".parse().expect("name"), "challenge".parse().expect("value"))]);
        let error = FetchError::status(&url("https://a.example/"), StatusCode::FORBIDDEN, &headers, None);
        assert!(error.message.contains("proof of a browser"), "{}", error.message);
    }

    #[test]
    fn tls_causes_are_told_apart() {
        let check = |cause: &str, words: &str| assert!(tls_words(cause).contains(words), "{cause} → {}", tls_words(cause));
        check("invalid peer certificate: certificate expired: verification time 2 (UNIX), but …", "has expired");
        check("invalid peer certificate: certificate not valid yet: verification time …", "clock");
        check("invalid peer certificate: certificate not valid for name \"a.example\"; …", "another host");
        check("invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))", "self-signed (");
        check("invalid peer certificate: UnknownIssuer", "unknown authority");
        check("invalid peer certificate: Revoked", "revoked");
        check("received corrupt message of type InvalidContentType", "http:?");
        check("received fatal alert: HandshakeFailure", "handshake fails");
    }

    #[test]
    fn foreign_text_is_one_bounded_line() {
        assert_eq!(quoted("a\r\nb\u{1b}[31mc"), "a  b [31mc");
        assert_eq!(quoted(&"字".repeat(5_000)).chars().count(), QUOTED + 1);
        assert_eq!(quoted(&"字".repeat(QUOTED)), "字".repeat(QUOTED));
    }
}
