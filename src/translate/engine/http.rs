//! How engines are asked over HTTP, and what their refusals mean.
//!
//! Messages say the host, the status and what to do. What a service says in its own words is never repeated: some put the key into it.

use std::error::Error as StdError;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, USER_AGENT};
use reqwest::redirect;
use url::Url;

use super::{EngineError, Trouble};
use crate::model::Secret;

/// Longest time to connect. The time for the whole request is the desk's.
const CONNECT: Duration = Duration::from_secs(10);

/// Bytes of an answer beyond what its source accounts for: the frame around the texts, or an error page.
const FRAME: usize = 64 * 1024;

/// How many bytes of an answer a byte of its source may account for. Latin to Burmese is three, JSON escapes double that.
const GROWTH: usize = 8;

/// Longest wait that a service can impose.
const LONGEST_RETRY: Duration = Duration::from_secs(24 * 3600);

/// A service as it is asked.
#[derive(Debug)]
pub(super) struct Service {
    /// Id of the `[[translator]]`, for messages.
    id: String,
    base: Url,
    key: Option<Secret>,
    client: reqwest::Client,
}

/// What a service answered, whole.
#[derive(Debug)]
pub(super) struct Reply {
    /// Status code.
    pub status: u16,
    /// `Retry-After`, from the moment of the answer.
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: Vec<u8>,
}

/// What goes over the wire.
pub(super) struct Body {
    /// `Content-Type`.
    pub kind: &'static str,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Service {
    /// Sets up the client. The error says in words why it cannot be.
    pub fn new(id: &str, base: &Url, key: Option<&Secret>) -> Result<Self, String> {
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(format!("translator “{id}”: its url must begin with https:// or http://"));
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err(format!("translator “{id}”: its url holds a user name or password, which end up in logs: use key_file"));
        }
        let client = reqwest::Client::builder()
            .default_headers(HeaderMap::from_iter([(
                USER_AGENT,
                HeaderValue::from_static(concat!("reprint/", env!("CARGO_PKG_VERSION"))),
            )]))
            // A key goes to the host it was given for, and nowhere else.
            .no_proxy()
            .redirect(redirect::Policy::none())
            .referer(false)
            // A request that is sent twice is paid twice.
            .retry(reqwest::retry::never())
            // Shorter than services keep theirs: one that is closed under a request costs a request.
            .pool_idle_timeout(Duration::from_secs(15))
            .connect_timeout(CONNECT)
            .build()
            .map_err(|_| {
                format!("translator “{id}”: the HTTP client cannot be set up: are the system's certificates (ca-certificates) installed?")
            })?;
        Ok(Self { id: id.to_owned(), base: base.clone(), key: key.cloned(), client })
    }

    /// The key, for the one header or field that carries it.
    pub fn key(&self) -> Option<&str> {
        self.key.as_ref().map(Secret::expose)
    }

    /// The `Authorization` of a scheme with the key, marked as a secret; `None` without a key.
    ///
    /// # Errors
    /// A key that cannot be sent, in words.
    pub fn authorization(&self, scheme: &str) -> Result<Option<HeaderValue>, String> {
        let Some(key) = self.key() else { return Ok(None) };
        let Ok(mut value) = HeaderValue::from_str(&format!("{scheme} {key}")) else {
            return Err(format!("translator “{}”: its key cannot be sent: it holds something other than visible ASCII", self.id));
        };
        value.set_sensitive(true);
        Ok(Some(value))
    }

    /// Address of an endpoint: the path below that of `url`, whose query stays. An address that already ends in the path is taken as it is.
    fn endpoint(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        let base = self.base.path().trim_end_matches('/');
        if !base.ends_with(&format!("/{path}")) {
            url.set_path(&format!("{base}/{path}"));
        }
        url
    }

    /// Sends one request and takes its answer, of at most eight times `source` bytes and a frame. A GET where there is no body.
    ///
    /// `cost` is what the error says was spent when the service may have done the work: whenever the request may have arrived and no
    /// answer says otherwise.
    pub async fn ask(
        &self,
        path: &str,
        authorization: Option<&HeaderValue>,
        body: Option<Body>,
        source: usize,
        cost: u64,
    ) -> Result<Reply, EngineError> {
        let url = self.endpoint(path);
        let mut request = match body {
            Some(body) => self.client.post(url).header(CONTENT_TYPE, body.kind).body(body.bytes),
            None => self.client.get(url),
        };
        if let Some(value) = authorization {
            request = request.header(AUTHORIZATION, value);
        }
        let mut response = request.send().await.map_err(|error| self.unsent(&error, cost))?;
        let status = response.status().as_u16();
        let retry_after = retry_after(response.headers());
        let limit = source.saturating_mul(GROWTH).saturating_add(FRAME);
        let mut body = Vec::new();
        // What a refusal says is of use only if it is short and comes whole.
        let spent = if status == 200 { cost } else { spent_by(status, cost) };
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= limit => body.extend_from_slice(&chunk),
                Ok(None) => return Ok(Reply { status, retry_after, body }),
                _ if status != 200 => return Ok(Reply { status, retry_after, body: Vec::new() }),
                Ok(Some(_)) => {
                    let words = format!("answers more than {limit} bytes to {source}");
                    return Err(self.error(Trouble::Nonsense, &words, spent));
                }
                Err(_) => return Err(self.error(Trouble::Temporary, "ends its answer in the middle", spent)),
            }
        }
    }

    /// An error in words: “translator “a” (host) …”.
    pub fn error(&self, trouble: Trouble, words: &str, spent: u64) -> EngineError {
        let message = format!("translator “{}” ({}) {words}", self.id, place(&self.base));
        EngineError { trouble, message, retry_after: None, spent }
    }

    /// What a status other than 200 means. `said` is what the engine could read from the body, by its own list of words.
    pub fn refusal(&self, reply: &Reply, said: Option<(Trouble, &str)>, cost: u64) -> EngineError {
        let status = reply.status;
        let (trouble, words) = said.unwrap_or_else(|| self.meaning(status));
        let mut error = self.error(trouble, &format!("answers {status}: {words}"), spent_by(status, cost));
        error.retry_after = reply.retry_after;
        error
    }

    fn meaning(&self, status: u16) -> (Trouble, &'static str) {
        match status {
            300..=399 => (Trouble::Account, "it redirects us, which is not followed with a key: put the final address into url"),
            401 | 403 if self.key.is_none() => (Trouble::Account, "it wants a key: set key_file"),
            401 | 403 => (Trouble::Account, "it refuses our key: check key_file and the account"),
            402 => (Trouble::Quota, "it wants to be paid first"),
            404 | 405 => (Trouble::Account, "nothing of this kind is there: check url and model"),
            408 | 425 => (Trouble::Temporary, "it asks us to try again"),
            413 | 414 => (Trouble::Nonsense, "the text is too long for it"),
            429 => (Trouble::Temporary, "too many requests: lower rate if it stays so"),
            456 => (Trouble::Quota, "its quota is used up"),
            400..=499 => (Trouble::Account, "it does not take our request: check url and model"),
            503 | 529 => (Trouble::Temporary, "it is down or overloaded"),
            500..=599 => (Trouble::Temporary, "it failed"),
            _ => (Trouble::Nonsense, "that is no answer to our request"),
        }
    }

    fn unsent(&self, error: &reqwest::Error, cost: u64) -> EngineError {
        if error.is_builder() {
            return self.error(Trouble::Account, "cannot be asked: check url and key_file", 0);
        }
        if !error.is_connect() {
            return self.error(Trouble::Temporary, "cuts the connection instead of answering, or does not speak HTTP", cost);
        }
        let kind = std::iter::successors(Some(error as &(dyn StdError + 'static)), |&cause| cause.source())
            .take(32)
            .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
            .last()
            .map(std::io::Error::kind);
        let words = match kind {
            Some(std::io::ErrorKind::ConnectionRefused) => "refuses the connection: does it run there?",
            _ if error.is_timeout() => "cannot be connected to in time: it is down, or a firewall drops us",
            _ => "cannot be connected to: check url, the network and its certificate",
        };
        self.error(Trouble::Temporary, words, 0)
    }
}

/// What a refused request may have cost. A service that fails, or a proxy that gave up waiting for it, may have done the work; one that
/// refuses has not.
fn spent_by(status: u16, cost: u64) -> u64 {
    match status {
        503 | 529 => 0,
        200..=299 | 500..=599 => cost,
        _ => 0,
    }
}

/// Host of an address, with its port if it is not the scheme's own.
fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or("(no host)");
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Either form of `Retry-After` (RFC 9110 § 10.2.3) as a span. A date counts from the service's own clock (`Date`), so ours need not be
/// asked; without one it means nothing.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let field = |name: HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let value = field(RETRY_AFTER)?;
    let wait = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        let until = httpdate::parse_http_date(value).ok()?;
        let answered = field(DATE).and_then(|date| httpdate::parse_http_date(date).ok())?;
        until.duration_since(answered).unwrap_or_default()
    };
    Some(wait.min(LONGEST_RETRY))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(url: &str, key: Option<&str>) -> Service {
        Service::new("mill", &Url::parse(url).expect("url"), key.map(Secret::new).as_ref()).expect("a service")
    }

    #[test]
    fn endpoints_lie_below_the_url() {
        let check = |url: &str, path: &str, expected: &str| assert_eq!(service(url, None).endpoint(path).as_str(), expected);
        check("https://mill.example", "translate", "https://mill.example/translate");
        check("https://mill.example/v1/", "chat/completions", "https://mill.example/v1/chat/completions");
        check("https://mill.example/v1/chat/completions", "chat/completions", "https://mill.example/v1/chat/completions");
        check("https://mill.example/x?v=2", "translate", "https://mill.example/x/translate?v=2");
    }

    #[test]
    fn statuses_say_what_to_do_and_what_may_be_paid() {
        let check = |status: u16, key: Option<&str>, trouble: Trouble, spent: u64, words: &str| {
            let reply = Reply { status, retry_after: Some(Duration::from_secs(7)), body: b"sesame".to_vec() };
            let error = service("https://mill.example:8443", key).refusal(&reply, None, 100);
            assert_eq!(
                (error.trouble, error.spent, error.retry_after),
                (trouble, spent, Some(Duration::from_secs(7))),
                "{status}"
            );
            assert!(error.message.contains(words) && error.message.contains("translator “mill” (mill.example:8443)"), "{error}");
            assert!(!error.message.contains("sesame"), "{error}");
        };
        check(301, None, Trouble::Account, 0, "final address");
        check(401, None, Trouble::Account, 0, "set key_file");
        check(403, Some("sesame"), Trouble::Account, 0, "refuses our key");
        check(402, None, Trouble::Quota, 0, "paid");
        check(404, None, Trouble::Account, 0, "check url");
        check(408, None, Trouble::Temporary, 0, "again");
        check(413, None, Trouble::Nonsense, 0, "too long");
        check(418, None, Trouble::Account, 0, "our request");
        check(429, None, Trouble::Temporary, 0, "too many requests");
        check(456, None, Trouble::Quota, 0, "quota");
        check(500, None, Trouble::Temporary, 100, "failed");
        check(503, None, Trouble::Temporary, 0, "overloaded");
        check(504, None, Trouble::Temporary, 100, "failed");
        check(204, None, Trouble::Nonsense, 100, "no answer");
    }

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let check = |value: &str, date: Option<&str>, expected: Option<u64>| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_str(value).expect("value"));
            if let Some(date) = date {
                headers.insert(DATE, HeaderValue::from_str(date).expect("value"));
            }
            assert_eq!(retry_after(&headers), expected.map(Duration::from_secs), "{value} {date:?}");
        };
        let date = Some("Mon, 06 May 2024 12:00:00 GMT");
        check("0", None, Some(0));
        check(" 90 ", None, Some(90));
        check("99999999999999999999999", None, Some(86_400));
        check("Mon, 06 May 2024 12:02:00 GMT", date, Some(120));
        check("Mon, 06 May 2024 11:00:00 GMT", date, Some(0));
        check("Mon, 06 May 2024 12:02:00 GMT", None, None);
        check("-1", date, None);
        check("soon", date, None);
        check("", date, None);
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }

    #[test]
    fn addresses_that_leak_are_refused() {
        let check = |url: &str, words: &str| {
            let error = Service::new("mill", &Url::parse(url).expect("url"), None).expect_err(url);
            assert!(error.contains(words) && !error.contains("sesame"), "{error}");
        };
        check("ftp://mill.example/", "https://");
        check("https://us:sesame@mill.example/", "key_file");
    }
}
