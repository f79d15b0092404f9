//! The client: redirects walked by hand, so that every hop passes the same checks; bodies counted chunk by chunk.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use ipnet::IpNet;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LINK, LOCATION, USER_AGENT,
};
use reqwest::{Response, StatusCode, redirect};
use tokio::time::{Instant, timeout_at};
use url::Url;

mod send;

pub use self::send::{Outgoing, Sent};
use super::credentials::{self, Grant, Signed, Wallet};
use super::failure::{innermost, place, quoted};
use super::guard::GuardedResolver;
use super::gzip::{Gunzip, Undecodable};
use super::{FetchError, Guard, Lookup, SystemLookup, freshness};
use crate::model::{Credentials, Fault, Fetched, FetchedDocument, PollRequest, Validators};

/// Feeds first, then what is often mislabelled as something else, then anything: a partner that answers 406 to a feed reader is worse
/// than one that sends HTML.
const ACCEPT_FEEDS: &str =
    "application/atom+xml, application/rss+xml, application/feed+json;q=0.9, application/xml;q=0.8, text/xml;q=0.7, */*;q=0.1";

/// The codings that can be undone: gzip by ourselves (see `gzip`), the others by the HTTP client.
const ACCEPT_CODINGS: &str = "gzip, br, zstd";

/// Fields of one answer's head. Beyond it is an attack; the busiest front ends send some eighty.
const HEADER_FIELDS: usize = 200;

/// Bytes of one answer's head over HTTP/2. (Over HTTP/1.1 hyper's own bound of some 400 KB holds.)
const HTTP2_HEAD_BYTES: u32 = 64 * 1024;

/// Longest validator that is kept: it is stored and sent back with every poll.
const VALIDATOR_BYTES: usize = 1024;

/// How a client behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// `User-Agent`.
    pub user_agent: String,
    /// Decoded bytes of one body.
    pub body_bytes: u64,
    /// Time to connect.
    pub connect_timeout: Duration,
    /// Time for a whole request, redirects and body included.
    pub total_timeout: Duration,
    /// Redirects followed.
    pub redirects: usize,
    /// Non-public networks that may be asked nevertheless, on any port.
    pub allow_networks: Vec<IpNet>,
    /// Ports that may be asked elsewhere.
    pub allow_ports: Vec<u16>,
}

/// An HTTP client with an address guard. No cookies, no referer, no proxy from the environment, no retries of its own. Cheap to
/// clone; clones share connections.
#[derive(Debug, Clone)]
pub struct Client {
    inner: Arc<Inner>,
    wallet: Arc<Wallet>,
}

#[derive(Debug)]
struct Inner {
    options: Options,
    guard: Guard,
    /// For the usual ports.
    usual: reqwest::Client,
    /// For other ports, which are open in the networks of the admin only; none if there are no such networks.
    listed: Option<reqwest::Client>,
}

impl Client {
    /// Builds the client. The error says which option is unusable.
    pub fn new(options: Options) -> Result<Self, String> {
        Self::build(options, Arc::new(SystemLookup), &[])
    }

    /// Builds the client with a resolver of its own and with certificate authorities (DER) that are trusted besides the system's.
    /// The error says which option is unusable.
    pub fn build(options: Options, lookup: Arc<dyn Lookup>, authorities: &[Vec<u8>]) -> Result<Self, String> {
        for (name, unusable) in [
            ("body_bytes", options.body_bytes == 0),
            ("connect_timeout", options.connect_timeout.is_zero()),
            ("total_timeout", options.total_timeout.is_zero()),
            ("allow_ports", options.allow_ports.is_empty() && options.allow_networks.is_empty()),
        ] {
            if unusable {
                return Err(format!("{name} must not be zero or empty: nothing could be fetched"));
            }
        }
        if options.user_agent.trim().is_empty() {
            return Err("user_agent must not be empty: partners have to know who asks".into());
        }
        let user_agent = HeaderValue::from_str(&options.user_agent)
            .map_err(|_| format!("user_agent {:?} cannot be sent: it must be one line of visible ASCII", options.user_agent))?;
        let headers = HeaderMap::from_iter([
            (ACCEPT, HeaderValue::from_static(ACCEPT_FEEDS)),
            (ACCEPT_ENCODING, HeaderValue::from_static(ACCEPT_CODINGS)),
            (USER_AGENT, user_agent),
        ]);
        let authorities = authorities
            .iter()
            .map(|der| {
                reqwest::Certificate::from_der(der).map_err(|error| format!("a certificate authority cannot be read: {error}"))
            })
            .collect::<Result<Vec<_>, _>>()?;

        let guard = Guard::new(&options.allow_networks, &options.allow_ports);
        let client = |listed_only: bool| {
            reqwest::Client::builder()
                .default_headers(headers.clone())
                // A proxy of the environment would resolve names for us, past the guard.
                .no_proxy()
                .dns_resolver(Arc::new(GuardedResolver::new(guard.clone(), lookup.clone(), listed_only)))
                .redirect(redirect::Policy::none())
                .referer(false)
                .connect_timeout(options.connect_timeout)
                .http1_max_headers(HEADER_FIELDS)
                .http2_max_header_list_size(HTTP2_HEAD_BYTES)
                // Polls of one host are minutes apart: a connection is kept for the redirects and sister feeds of one round.
                .pool_idle_timeout(Duration::from_secs(15))
                .pool_max_idle_per_host(1)
                .tls_certs_merge(authorities.clone())
                .build()
                .map_err(|error| {
                    let cause = innermost(&error);
                    format!(
                        "the HTTP client cannot be set up ({cause}): are the system's certificates (ca-certificates) installed?"
                    )
                })
        };
        let usual = client(false)?;
        let listed = if guard.has_networks() { Some(client(true)?) } else { None };
        let inner = Inner { options, guard, usual, listed };
        Ok(Self { inner: Arc::new(inner), wallet: Arc::default() })
    }

    /// The same client with credentials of outlets. A [`PollRequest`] on behalf of one of them carries its credentials as long as it stays
    /// at the origin (scheme, host and port) of its source, and only if that is the origin of one of the outlet's feeds.
    pub fn with_credentials(self, grants: impl IntoIterator<Item = Grant>) -> Self {
        Self { wallet: Arc::new(Wallet::new(grants)), ..self }
    }

    /// The address rules this client keeps.
    pub fn guard(&self) -> &Guard {
        &self.inner.guard
    }

    /// Product token of our `User-Agent`, under which robots.txt may name us (RFC 9309 § 2.2.1).
    pub fn product(&self) -> &str {
        let agent = self.inner.options.user_agent.trim();
        let end = agent.find(|c: char| !(c.is_ascii_alphabetic() || matches!(c, '_' | '-'))).unwrap_or(agent.len());
        &agent[..end]
    }

    /// Makes the request; `now` becomes `fetched_at`.
    ///
    /// # Errors
    /// Anything but a 304 to a conditional request or a whole document is a [`FetchError`]; its codes are listed there.
    pub async fn fetch(&self, request: &PollRequest, now: DateTime<Utc>) -> Result<Fetched, FetchError> {
        let deadline = Instant::now() + self.inner.options.total_timeout;
        let mut url = request.source.clone();
        url.set_fragment(None);
        self.inner.guard.check(&url)?;

        let mut visited = vec![url.clone()];
        let mut moved_permanently = None;
        let mut only_permanent = true;
        loop {
            let validators = may_validate(request, &url).then_some(&request.validators);
            let (credentials, signed) = self.wallet.for_hop(request, &url);
            let asked = self.ask(&url, validators, credentials, deadline).await;
            let (response, conditional) = asked.map_err(|error| match visited.as_slice() {
                // Its name was fit to be asked, the addresses behind the name are not.
                [.., from, _] if error.code == "ssrf_denied" => error.behind_redirect(from),
                _ => error,
            })?;
            let status = response.status();
            let Some(location) = followed(status).then(|| response.headers().get(LOCATION)).flatten() else {
                return self.answer(request, url, response, (conditional, signed), moved_permanently, deadline, now).await;
            };
            let next = self.next_hop(request, &url, location, &visited)?;
            only_permanent &= matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT);
            if only_permanent {
                moved_permanently = Some(next.clone());
            }
            visited.push(next.clone());
            url = next;
        }
    }

    /// Sends one GET and waits for the head of its answer. Also says whether the request was conditional.
    async fn ask(
        &self,
        url: &Url,
        validators: Option<&Validators>,
        credentials: Option<&Credentials>,
        deadline: Instant,
    ) -> Result<(Response, bool), FetchError> {
        let Inner { options, guard, usual, listed, .. } = &*self.inner;
        let client = if guard.needs_listing(url) { listed.as_ref().unwrap_or(usual) } else { usual };
        let mut get = client.get(credentials::address(url, credentials).into_owned());
        if let Some(credentials) = credentials {
            get = credentials::sign(get, url, credentials)?;
        }
        let mut conditional = false;
        if let Some(validators) = validators {
            for (name, value) in [(IF_NONE_MATCH, &validators.etag), (IF_MODIFIED_SINCE, &validators.last_modified)] {
                // Sent back byte for byte: nginx compares even dates as strings.
                if let Some(value) = value.as_ref().and_then(|bytes| HeaderValue::from_bytes(bytes).ok()) {
                    get = get.header(name, value);
                    conditional = true;
                }
            }
        }
        let response = match timeout_at(deadline, get.send()).await {
            Err(_) => return Err(FetchError::timeout(url, "sends no answer", options.total_timeout)),
            Ok(Err(error)) => return Err(FetchError::sending(url, &error, options.connect_timeout)),
            Ok(Ok(response)) => response,
        };
        match response.remote_addr() {
            Some(peer) if guard.allows_endpoint(peer) => Ok((response, conditional)),
            peer => {
                let peer = peer.map_or_else(|| "an unknown address".to_owned(), |peer| peer.to_string());
                let message = format!("{} was reached at {peer}, which may not be asked: its answer is thrown away", place(url));
                Err(FetchError::new("ssrf_denied", Fault::Us, message))
            }
        }
    }

    /// Where a redirect leads, if it may be followed.
    fn next_hop(&self, request: &PollRequest, url: &Url, location: &HeaderValue, visited: &[Url]) -> Result<Url, FetchError> {
        let Inner { options, guard, .. } = &*self.inner;
        let next = resolve(url, location.as_bytes()).ok_or_else(|| {
            let location = String::from_utf8_lossy(location.as_bytes());
            let location = location.split(['?', '#']).next().unwrap_or_default();
            let message = format!("{} redirects us to “{}”, which is no address: tell the partner", place(url), quoted(location));
            FetchError::new("bad_response", Fault::Partner, message)
        })?;
        let next = match self.wallet.of(request) {
            None => next,
            Some(credentials) => credentials::without_secret(next, credentials).ok_or_else(|| {
                let message = format!(
                    "{} redirects us to an address with our own credentials in it, which we do not follow: tell the partner",
                    place(url)
                );
                FetchError::new("bad_response", Fault::Partner, message)
            })?,
        };
        guard.check(&next).map_err(|refusal| refusal.behind_redirect(url))?;
        if url.scheme() == "https" && next.scheme() == "http" {
            let message = format!(
                "{} redirects us from https to plain http at {}, where anybody on the way could change the text: ask the partner for an https address",
                place(url),
                place(&next)
            );
            return Err(FetchError::new("bad_scheme", Fault::Partner, message));
        }
        if visited.contains(&next) {
            let message = format!(
                "{} redirects us in a circle (it may insist on a cookie, which we never keep): tell the partner",
                place(url)
            );
            return Err(FetchError::new("too_many_redirects", Fault::Partner, message));
        }
        if visited.len() > options.redirects {
            let source = visited.first().unwrap_or(url);
            let message = format!(
                "{} redirects us more than {} times: ask the partner for the final address",
                place(source),
                options.redirects
            );
            return Err(FetchError::new("too_many_redirects", Fault::Partner, message));
        }
        Ok(next)
    }

    /// Makes something of an answer that leads nowhere else.
    #[expect(clippy::too_many_arguments, reason = "the state of one walk, used once")]
    async fn answer(
        &self,
        request: &PollRequest,
        url: Url,
        response: Response,
        (conditional, signed): (bool, Signed),
        moved_permanently: Option<Url>,
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> Result<Fetched, FetchError> {
        let headers = response.headers().clone();
        let freshness = freshness::read(&headers, now);
        match response.status() {
            StatusCode::NOT_MODIFIED if conditional => return Ok(Fetched::NotModified { freshness, moved_permanently }),
            StatusCode::NOT_MODIFIED => {
                let message =
                    format!("{} answers 304 Not Modified although we have nothing from it: tell the partner", place(&url));
                return Err(FetchError::new("bad_304", Fault::Partner, message));
            }
            // 203 has been through a transforming proxy; 226 would be a delta, which is a document too.
            StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION | StatusCode::IM_USED => {}
            StatusCode::UNAUTHORIZED => return Err(FetchError::unauthorized(&url, signed, freshness.retry_after)),
            status => return Err(FetchError::status(&url, status, &headers, freshness.retry_after)),
        }
        let gzipped = match coding(&headers) {
            Coding::None => false,
            Coding::Gzip => true,
            Coding::Other(coding) => {
                let message = format!(
                    "{} sends Content-Encoding “{coding}”, which we did not ask for and cannot undo: tell the partner",
                    place(&url)
                );
                return Err(FetchError::new("bad_response", Fault::Partner, message));
            }
        };
        let credentials = self.wallet.of(request);
        let body = credentials::redact(self.body(&url, response, gzipped, deadline).await?, credentials);
        let link = |value: &HeaderValue| {
            String::from_utf8_lossy(&credentials::redact(value.as_bytes().to_vec(), credentials)).into_owned()
        };
        let (etag, last_modified) = (validator(&headers, &ETAG), validator(&headers, &LAST_MODIFIED));
        let elsewhere = (etag.is_some() || last_modified.is_some()) && !same_site(&request.source, &url);
        let validators = Validators { etag, last_modified, site: elsewhere.then(|| site(&url)) };
        Ok(Fetched::Document(FetchedDocument {
            requested: request.source.clone(),
            url,
            moved_permanently,
            content_type: text(&headers, &CONTENT_TYPE),
            content_language: text(&headers, &CONTENT_LANGUAGE),
            links: headers.get_all(LINK).iter().map(link).collect(),
            body,
            validators,
            freshness,
            fetched_at: now,
        }))
    }

    /// Reads a body whole, counting decoded bytes: a kilobyte of gzip can hold a gigabyte.
    async fn body(&self, url: &Url, mut response: Response, gzipped: bool, deadline: Instant) -> Result<Vec<u8>, FetchError> {
        let Options { body_bytes: limit, total_timeout, .. } = self.inner.options;
        if let Some(announced) = response.content_length().filter(|length| *length > limit) {
            return Err(FetchError::too_large(url, Some(announced), limit));
        }
        let mut gunzip = gzipped.then(Gunzip::new);
        let mut body = Vec::new();
        let mut received = 0_u64;
        let undecodable = |undecodable: Undecodable, length: usize| match undecodable {
            Undecodable::TooLarge => FetchError::too_large(url, None, limit),
            Undecodable::Damaged(how) => FetchError::miscoded(url, how),
            Undecodable::Truncated => FetchError::truncated(url, "the gzip in it has no end", length),
        };
        loop {
            let chunk = match timeout_at(deadline, response.chunk()).await {
                Err(_) => {
                    let phase = format!("has sent {} bytes and does not come to an end", body.len());
                    return Err(FetchError::timeout(url, &phase, total_timeout));
                }
                Ok(Err(error)) => return Err(FetchError::body(url, &error, body.len())),
                Ok(Ok(None)) => break,
                Ok(Ok(Some(chunk))) => chunk,
            };
            // gzip can also decode to less than it is, for ever.
            received = received.saturating_add(chunk.len() as u64);
            if received > limit {
                return Err(FetchError::too_large(url, None, limit));
            }
            match &mut gunzip {
                None => body.extend_from_slice(&chunk),
                Some(gunzip) => match gunzip.push(&chunk, &mut body, limit) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => return Err(undecodable(error, body.len())),
                },
            }
        }
        if let Some(Err(error)) = gunzip.map(|gunzip| gunzip.finish()) {
            return Err(undecodable(error, body.len()));
        }
        Ok(body)
    }
}

/// Whether the validators of a request may be sent to the address `url` on its way. They mean something only to the site that gave them: sent to
/// another one, a date could draw a 304 for a text we have never seen.
fn may_validate(request: &PollRequest, url: &Url) -> bool {
    same_site(request.validators.site.as_ref().unwrap_or(&request.source), url)
}

/// The site of an address as it is remembered with validators: nothing of path and query, which may hold somebody's secrets.
fn site(url: &Url) -> Url {
    let mut site = url.clone();
    site.set_path("/");
    site.set_query(None);
    site.set_fragment(None);
    site
}

/// The redirects that a GET follows by itself (RFC 9110 § 15.4). 300 leaves the choice to people; 305 and 306 are dead.
fn followed(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Resolves a `Location`. Bytes beyond ASCII, which it must not but often does hold, are percent-encoded one by one: whatever
/// character set the server thinks in, it gets its own bytes back.
fn resolve(base: &Url, location: &[u8]) -> Option<Url> {
    let mut ascii = String::with_capacity(location.len());
    for &byte in location {
        if byte.is_ascii() { ascii.push(char::from(byte)) } else { ascii.push_str(&format!("%{byte:02X}")) }
    }
    let mut next = base.join(&ascii).ok()?;
    next.set_fragment(None);
    Some(next)
}

/// The same host, `www.` and port aside.
fn same_site(a: &Url, b: &Url) -> bool {
    fn host(url: &Url) -> Option<&str> {
        url.host_str().map(|host| host.strip_prefix("www.").unwrap_or(host))
    }
    fn port(url: &Url) -> Option<u16> {
        // The usual ports are one place: a move to https is no move to another site.
        url.port().filter(|port| *port != 80 && *port != 443)
    }
    host(a).is_some() && host(a) == host(b) && port(a) == port(b)
}

/// What is still on a body.
#[derive(Debug, PartialEq, Eq)]
enum Coding {
    None,
    Gzip,
    /// What cannot be undone, in the partner's words.
    Other(String),
}

/// The content codings (RFC 9110 § 8.4.1) that are still on the body; the HTTP client has taken off a single br or zstd. Words that are no
/// codings ("utf-8", "none") are common mistakes without effect.
fn coding(headers: &HeaderMap) -> Coding {
    const CODINGS: [&str; 12] =
        ["gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress", "dcb", "dcz", "exi", "aes128gcm", "pack200-gzip"];
    let value = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect::<Vec<_>>()
        .join(", ");
    let mut found = value.split(',').filter_map(|word| CODINGS.into_iter().find(|known| word.trim().eq_ignore_ascii_case(known)));
    match (found.next(), found.next()) {
        (None, _) => Coding::None,
        // § 8.4.1.3: the two names are the same.
        (Some("gzip" | "x-gzip"), None) => Coding::Gzip,
        _ => Coding::Other(quoted(&value)),
    }
}

/// A validator to keep: the bytes as sent, or nothing if empty or absurdly long.
fn validator(headers: &HeaderMap, name: &HeaderName) -> Option<Vec<u8>> {
    let bytes = headers.get(name)?.as_bytes();
    (!bytes.is_empty() && bytes.len() <= VALIDATOR_BYTES).then(|| bytes.to_vec())
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        Options {
            user_agent: "reprint/0.1 (+https://relay.example.net/bot)".into(),
            body_bytes: 1 << 20,
            connect_timeout: Duration::from_secs(1),
            total_timeout: Duration::from_secs(1),
            redirects: 5,
            allow_networks: vec![],
            allow_ports: vec![80, 443],
        }
    }

    #[test]
    fn unusable_options_are_named() {
        let check = |change: fn(&mut Options), name: &str| {
            let mut options = options();
            change(&mut options);
            let error = Client::new(options).expect_err(name);
            assert!(error.contains(name), "{error}");
        };
        check(|o| o.user_agent = " ".into(), "user_agent");
        check(|o| o.user_agent = "reprint\r\nX: y".into(), "user_agent");
        check(|o| o.body_bytes = 0, "body_bytes");
        check(|o| o.connect_timeout = Duration::ZERO, "connect_timeout");
        check(|o| o.total_timeout = Duration::ZERO, "total_timeout");
        check(|o| o.allow_ports = vec![], "allow_ports");
        assert!(Client::new(options()).is_ok());
    }

    #[test]
    fn locations_are_resolved_with_the_bytes_they_hold() {
        let check = |location: &[u8], expected: Option<&str>| {
            let base = Url::parse("https://a.example/x/feed?page=1").expect("base");
            assert_eq!(resolve(&base, location).as_ref().map(Url::as_str), expected, "{}", String::from_utf8_lossy(location));
        };
        check(b"https://b.example/rss", Some("https://b.example/rss"));
        check(b"rss", Some("https://a.example/x/rss"));
        check(b"/rss#top", Some("https://a.example/rss"));
        check(b"//b.example/rss", Some("https://b.example/rss"));
        check(b"?page=2", Some("https://a.example/x/feed?page=2"));
        check("/新闻".as_bytes(), Some("https://a.example/%E6%96%B0%E9%97%BB"));
        check(b"/\xd0\xc2\xce\xc5", Some("https://a.example/%D0%C2%CE%C5")); // 新闻 in GB18030
        check("https://bücher.example/".as_bytes(), Some("https://xn--bcher-kva.example/"));
        check(b"file:///etc/passwd", Some("file:///etc/passwd"));
        check(b"http://[", None);
        check(b"https://", None);
    }

    #[test]
    fn sites_are_told_apart_by_host_and_unusual_port() {
        let check = |a: &str, b: &str, expected: bool| {
            let url = |text| Url::parse(text).expect("test address");
            assert_eq!(same_site(&url(a), &url(b)), expected, "{a} {b}");
            assert_eq!(same_site(&url(b), &url(a)), expected, "{b} {a}");
        };
        check("http://a.example/x", "https://a.example/y", true);
        check("http://a.example/", "https://www.a.example/", true);
        check("https://a.example:443/", "https://a.example/", true);
        check("https://a.example:8443/", "https://a.example/", false);
        check("https://a.example/", "https://b.example/", false);
        check("https://a.example/", "https://cdn.a.example/", false);
        check("https://a.example/", "https://wwwa.example/", false);
    }

    #[test]
    fn codings_left_on_the_body_are_seen() {
        let check = |values: &[&str], expected: Coding| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(CONTENT_ENCODING, HeaderValue::from_str(value).expect("value"));
            }
            assert_eq!(coding(&headers), expected, "{values:?}");
        };
        check(&[], Coding::None);
        check(&["identity"], Coding::None);
        check(&["utf-8"], Coding::None);
        check(&["none"], Coding::None);
        check(&["gzip"], Coding::Gzip);
        check(&["utf-8", "X-GZip"], Coding::Gzip);
        check(&["deflate"], Coding::Other("deflate".into()));
        check(&["gzip, gzip"], Coding::Other("gzip, gzip".into()));
        check(&["br", "GZIP"], Coding::Other("br, GZIP".into()));
    }

    #[test]
    fn validators_are_for_the_site_that_gave_them() {
        let check = |site: Option<&str>, hop: &str, expected: bool| {
            let url = |text| Url::parse(text).expect("test address");
            let validators = Validators { site: site.map(url), ..Validators::default() };
            let request = PollRequest { outlet: "bay".into(), source: url("https://a.example/feed"), validators };
            assert_eq!(may_validate(&request, &url(hop)), expected, "{site:?} {hop}");
        };
        check(None, "https://www.a.example/rss", true);
        check(None, "https://b.example/feed", false);
        check(Some("https://b.example/"), "http://b.example/feed?x=1", true);
        check(Some("https://b.example/"), "https://a.example/feed", false);
        let secret = Url::parse("https://b.example:8443/signed/hush?key=hush#hush").expect("test address");
        assert_eq!(site(&secret).as_str(), "https://b.example:8443/");
    }

    #[test]
    fn validators_are_kept_byte_for_byte_within_reason() {
        let check = |value: &[u8], kept: bool| {
            let headers = HeaderMap::from_iter([(ETAG, HeaderValue::from_bytes(value).expect("value"))]);
            assert_eq!(validator(&headers, &ETAG), kept.then(|| value.to_vec()));
        };
        check(b"W/\"a b\"", true);
        check(b"unquoted", true);
        check(b"\"\xd6\xd0\"", true);
        check(b"", false);
        check(&[b'x'; VALIDATOR_BYTES], true);
        check(&[b'x'; VALIDATOR_BYTES + 1], false);
    }
}
