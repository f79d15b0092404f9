//! Credentials of outlets: sent to the origin they are for and to nobody else, and kept out of every address that outlives the request.

use std::borrow::Cow;
use std::collections::HashMap;

use reqwest::RequestBuilder;
use reqwest::header::{HeaderName, HeaderValue};
use url::{Origin, Url, form_urlencoded};

use super::FetchError;
use super::failure::place;
use crate::model::{Credentials, Fault, PollRequest};

/// Shorter secrets are not looked for in the middle of addresses and documents: they would be found by chance.
const TELLING: usize = 8;

/// Credentials of one outlet.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Id of the outlet: requests on its behalf carry them.
    pub outlet: String,
    /// Addresses of its feeds: the credentials are for their origins (RFC 6454 § 4: scheme, host and port).
    pub feeds: Vec<Url>,
    /// The credentials.
    pub credentials: Credentials,
}

/// The credentials of every outlet that has some.
#[derive(Debug, Default)]
pub(super) struct Wallet(HashMap<String, (Vec<Origin>, Credentials)>);

/// Whether a request carried credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signed {
    /// Yes.
    Yes,
    /// No: the outlet has none.
    No,
    /// No: the outlet has some, for another origin.
    NotForThisOrigin,
}

impl Wallet {
    pub(super) fn new(grants: impl IntoIterator<Item = Grant>) -> Self {
        let entry = |grant: Grant| (grant.outlet, (grant.feeds.iter().map(Url::origin).collect(), grant.credentials));
        Self(grants.into_iter().map(entry).collect())
    }

    /// Credentials of the outlet that is asked.
    pub(super) fn of(&self, request: &PollRequest) -> Option<&Credentials> {
        self.0.get(&request.outlet).map(|(_, credentials)| credentials)
    }

    /// The credentials to send to `hop`: those of the outlet, if the hop is still at the origin of the source and that is one they are for.
    pub(super) fn for_hop(&self, request: &PollRequest, hop: &Url) -> (Option<&Credentials>, Signed) {
        let Some((origins, credentials)) = self.0.get(&request.outlet) else { return (None, Signed::No) };
        let origin = hop.origin();
        if origin == request.source.origin() && origins.contains(&origin) {
            (Some(credentials), Signed::Yes)
        } else {
            (None, Signed::NotForThisOrigin)
        }
    }
}

/// The address to send a request to: with the parameter, if that is how the outlet knows us.
pub(super) fn address<'a>(url: &'a Url, credentials: Option<&Credentials>) -> Cow<'a, Url> {
    let Some(Credentials::Query { name, value }) = credentials else { return Cow::Borrowed(url) };
    let mut url = url.clone();
    url.query_pairs_mut().append_pair(name, value.expose());
    Cow::Owned(url)
}

/// Adds what goes into the head of the request. Values are marked sensitive, so that HTTP/2 does not index and nobody prints them.
pub(super) fn sign(get: RequestBuilder, url: &Url, credentials: &Credentials) -> Result<RequestBuilder, FetchError> {
    let unusable = || {
        let message = format!("the credentials for {} cannot be sent in a header field: check [outlet.credentials]", place(url));
        FetchError::new("bad_credentials", Fault::Us, message)
    };
    let field = |name: &str, text: &str| {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unusable())?;
        let mut value = HeaderValue::from_str(text).map_err(|_| unusable())?;
        value.set_sensitive(true);
        Ok((name, value))
    };
    match credentials {
        Credentials::Basic { user, password } => Ok(get.basic_auth(user, Some(password.expose()))),
        Credentials::Bearer(token) => {
            let (name, value) = field("authorization", &format!("Bearer {}", token.expose()))?;
            Ok(get.header(name, value))
        }
        Credentials::Header { name, value } => {
            let (name, value) = field(name, value.expose())?;
            Ok(get.header(name, value))
        }
        Credentials::Query { .. } => Ok(get),
    }
}

/// The target of a redirect without our parameter, which servers like to repeat. `None` when the secret is somewhere else in it: that
/// address can neither be asked at another host nor be kept.
pub(super) fn without_secret(mut url: Url, credentials: &Credentials) -> Option<Url> {
    let secret = credentials.secret().expose();
    if let (Credentials::Query { name, .. }, Some(query)) = (credentials, url.query()) {
        let ours = |pair: &&str| form_urlencoded::parse(pair.as_bytes()).any(|(key, value)| key == *name && value == secret);
        let rest: Vec<&str> = query.split('&').filter(|pair| !ours(pair)).collect();
        if rest.len() < query.split('&').count() {
            let rest = rest.join("&");
            url.set_query(if rest.is_empty() { None } else { Some(&rest) });
        }
    }
    (!mentions(url.as_str(), secret)).then_some(url)
}

/// Whether an address has the secret in it, however often percent-encoded on the way.
fn mentions(address: &str, secret: &str) -> bool {
    if secret.len() < TELLING {
        return false;
    }
    // A plus sign may be a space, on either side.
    let secret = secret.replace('+', " ");
    let mut address = address.to_owned();
    for _ in 0..4 {
        if address.replace('+', " ").contains(&secret) {
            return true;
        }
        let decoded = percent_decoded(&address);
        if decoded == address {
            return false;
        }
        address = decoded;
    }
    false
}

/// One level of percent-encoding (RFC 3986 § 2.1) removed.
fn percent_decoded(text: &str) -> String {
    let hex = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16)).and_then(|digit| u8::try_from(digit).ok());
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, hex(bytes.get(at + 1)), hex(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                out.push(high << 4 | low);
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Takes our parameter out of a document: servers repeat the address they were asked at in the feed's own link, and some write it into the
/// links of every article, where it would be published.
pub(super) fn redact(body: Vec<u8>, credentials: Option<&Credentials>) -> Vec<u8> {
    let Some(Credentials::Query { name, value }) = credentials else { return body };
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let (name, encoded) = (encode(name), encode(value.expose()));
    let plus_as_hex = encoded.replace('+', "%20");
    // One character a byte: the document may be in any character set, and text can be searched in linear time.
    let mut text: String = body.iter().map(|&byte| char::from(byte)).collect();
    let mut changed = false;
    let mut cut = |needle: &str, put: &str| {
        if text.contains(needle) {
            text = text.replace(needle, put);
            changed = true;
        }
    };
    for value in [&encoded, &plus_as_hex] {
        let pair = format!("{name}={value}");
        for (before, after, left) in
            [("?", "&amp;", "?"), ("?", "&#038;", "?"), ("?", "&#38;", "?"), ("?", "\\u0026", "?"), ("?", "&", "?")]
        {
            cut(&format!("{before}{pair}{after}"), left);
        }
        if value.len() >= TELLING {
            for before in ["&amp;", "&#038;", "&#38;", "\\u0026", "&", "?"] {
                cut(&format!("{before}{pair}"), "");
            }
            cut(value, "");
        } else {
            // A short value may be the beginning of a longer one: only whole pairs are ours.
            for (before, end) in ["&amp;", "&#038;", "&#38;", "\\u0026", "&", "?"]
                .iter()
                .flat_map(|before| ["\"", "'", "<", "#", "&", " "].map(|end| (before, end)))
            {
                cut(&format!("{before}{pair}{end}"), end);
            }
        }
    }
    let secret: String = value.expose().bytes().map(char::from).collect();
    if secret.len() >= TELLING {
        cut(&secret, "");
    }
    if changed { text.chars().filter_map(|char| u8::try_from(u32::from(char)).ok()).collect() } else { body }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Secret, Validators};

    fn url(text: &str) -> Url {
        Url::parse(text).expect("test address")
    }

    fn key(value: &str) -> Credentials {
        Credentials::Query { name: "key".into(), value: Secret::new(value) }
    }

    #[test]
    fn credentials_are_for_the_origins_of_their_outlet() {
        let feeds = vec![url("https://a.example/rss"), url("https://feeds.a.example:8443/rss")];
        let wallet = Wallet::new([Grant { outlet: "harbour".into(), feeds, credentials: key("tide-9-lantern") }]);
        let check = |outlet: &str, source: &str, hop: &str, expected: Signed| {
            let request = PollRequest { outlet: outlet.into(), source: url(source), validators: Validators::default() };
            let (credentials, signed) = wallet.for_hop(&request, &url(hop));
            assert_eq!((signed, credentials.is_some()), (expected, expected == Signed::Yes), "{outlet} {source} {hop}");
        };
        check("harbour", "https://a.example/rss", "https://a.example/rss", Signed::Yes);
        check("harbour", "https://a.example/rss", "https://a.example:443/other", Signed::Yes);
        check("harbour", "https://feeds.a.example:8443/rss", "https://feeds.a.example:8443/", Signed::Yes);
        // An article of the outlet at one of its origins, and one elsewhere.
        check("harbour", "https://a.example/2026/1", "https://a.example/2026/1", Signed::Yes);
        check("harbour", "https://b.example/1", "https://b.example/1", Signed::NotForThisOrigin);
        for hop in [
            "http://a.example/rss",
            "https://a.example:8443/rss",
            "https://www.a.example/rss",
            "https://b.example/rss",
            "https://feeds.a.example:8443/rss",
        ] {
            check("harbour", "https://a.example/rss", hop, Signed::NotForThisOrigin);
        }
        check("ledger", "https://a.example/rss", "https://a.example/rss", Signed::No);
    }

    #[test]
    fn the_parameter_is_added_to_what_is_there() {
        let check = |source: &str, expected: &str| assert_eq!(address(&url(source), Some(&key("a b&c/潮"))).as_str(), expected);
        check("https://a.example/rss", "https://a.example/rss?key=a+b%26c%2F%E6%BD%AE");
        check("https://a.example/rss?x=%7E&y", "https://a.example/rss?x=%7E&y&key=a+b%26c%2F%E6%BD%AE");
        let bearer = Credentials::Bearer(Secret::new("tide"));
        assert_eq!(address(&url("https://a.example/rss"), Some(&bearer)).as_str(), "https://a.example/rss");
    }

    #[test]
    fn redirects_lose_the_parameter_or_are_refused() {
        let check = |secret: &str, target: &str, expected: Option<&str>| {
            let clean = without_secret(url(target), &key(secret));
            assert_eq!(clean.as_ref().map(Url::as_str), expected, "{target}");
        };
        let secret = "tide/9 lantern";
        check(secret, "https://a.example/rss/?x=%7E", Some("https://a.example/rss/?x=%7E"));
        check(secret, "https://a.example/rss/?key=tide%2F9+lantern", Some("https://a.example/rss/"));
        check(secret, "https://a.example/rss/?x=%7E&key=tide/9%20lantern&y=1", Some("https://a.example/rss/?x=%7E&y=1"));
        check(secret, "https://a.example/rss/?key=another", Some("https://a.example/rss/?key=another"));
        check(secret, "https://b.example/login?next=%2Frss%3Fkey%3Dtide%252F9%2Blantern", None);
        check(secret, "https://b.example/login?token=tide%2F9+lantern", None);
        check(secret, "https://b.example/tide%2F9%20lantern/rss", None);
        // Too short to be told from chance anywhere but in its own parameter.
        check("12", "https://a.example/2012/?key=12", Some("https://a.example/2012/"));
    }

    #[test]
    fn documents_lose_the_parameter() {
        let check = |secret: &str, body: &str, expected: &str| {
            let clean = redact(body.as_bytes().to_vec(), Some(&key(secret)));
            assert_eq!(String::from_utf8_lossy(&clean), expected, "{body}");
        };
        let secret = "tide/9 lantern";
        check(secret, "<link>https://a.example/1?x=1</link>", "<link>https://a.example/1?x=1</link>");
        check(secret, "<a href=\"/1?key=tide%2F9+lantern\">潮</a>", "<a href=\"/1\">潮</a>");
        check(secret, "<a href=\"/1?key=tide%2F9%20lantern&amp;y=1\">", "<a href=\"/1?y=1\">");
        check(secret, "<a href=\"/1?x=1&amp;key=tide%2F9+lantern&amp;y=1\">", "<a href=\"/1?x=1&amp;y=1\">");
        check(secret, "{\"feed_url\":\"/1?key=tide%2F9+lantern\"}", "{\"feed_url\":\"/1\"}");
        check(secret, "you said tide/9 lantern.", "you said .");
        check("12", "<a href=\"/2012?key=12\"> key=123 ?key=123", "<a href=\"/2012\"> key=123 ?key=123");
        let body = b"\xb3\xb1?key=tide-9-lantern\xcf\xab".to_vec();
        assert_eq!(redact(body.clone(), Some(&key("tide-9-lantern"))), b"\xb3\xb1\xcf\xab");
        assert_eq!(redact(body.clone(), Some(&Credentials::Bearer(Secret::new("tide-9-lantern")))), body);
        assert_eq!(redact(body.clone(), None), body);
    }
}
