//! What is asked of our hub (WebSub § 5.1), checked.

use url::{Url, form_urlencoded};

/// Longest callback, bytes.
const CALLBACK_BYTES: usize = 2048;

/// The shortest and the longest lease, seconds.
pub(super) const LEASES: (u32, u32) = (3600, 10 * 24 * 3600);

/// A sound request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    Subscribe {
        topic: String,
        callback: Url,
        secret: Option<String>,
        lease: u32,
    },
    Unsubscribe {
        topic: String,
        callback: Url,
    },
    /// A publisher says that a topic changed.
    Publish {
        topic: String,
    },
}

/// The parameters of a form or query.
#[derive(Debug)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn read(bytes: &[u8]) -> Self {
        Self(form_urlencoded::parse(bytes).map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// The first of that name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Reads a request. `lease`: seconds for whoever names none. The error says what is wrong.
pub(super) fn read(body: &[u8], lease: u32) -> Result<Asked, String> {
    let parameters = Parameters::read(body);
    let needed = |name: &str| parameters.get(name).filter(|value| !value.is_empty()).ok_or_else(|| format!("{name} is missing"));
    let mode = needed("hub.mode")?;
    if mode == "publish" {
        // Publishers of every age: hub.url is PubSubHubbub's word.
        let topic = needed("hub.topic").or_else(|_| needed("hub.url"))?.to_owned();
        return Ok(Asked::Publish { topic });
    }
    let subscribes = match mode {
        "subscribe" => true,
        "unsubscribe" => false,
        _ => return Err("hub.mode is neither subscribe nor unsubscribe".to_owned()),
    };
    let topic = needed("hub.topic")?.to_owned();
    let callback = callback(needed("hub.callback")?)?;
    if !subscribes {
        return Ok(Asked::Unsubscribe { topic, callback });
    }
    let secret = parameters.get("hub.secret").filter(|secret| !secret.is_empty()).map(str::to_owned);
    if secret.as_ref().is_some_and(|secret| secret.len() >= 200) {
        return Err("hub.secret must be shorter than 200 bytes".to_owned());
    }
    let lease = match parameters.get("hub.lease_seconds").map(str::trim).filter(|seconds| !seconds.is_empty()) {
        None => lease,
        Some(seconds) => clamped(seconds).ok_or("hub.lease_seconds is no whole number")?,
    };
    Ok(Asked::Subscribe { topic, callback, secret, lease })
}

/// A lease within what we give, whatever was asked for; `None` if that is no number.
fn clamped(seconds: &str) -> Option<u32> {
    let digits = seconds.strip_prefix(['-', '+']).unwrap_or(seconds);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if seconds.starts_with('-') {
        return Some(LEASES.0);
    }
    Some(digits.parse::<u32>().unwrap_or(u32::MAX).clamp(LEASES.0, LEASES.1))
}

fn callback(written: &str) -> Result<Url, String> {
    if written.len() > CALLBACK_BYTES {
        return Err(format!("hub.callback is longer than {CALLBACK_BYTES} bytes"));
    }
    let mut url = Url::parse(written).map_err(|_| "hub.callback is no address")?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err("hub.callback must be an http or https address".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("hub.callback must not hold a user name or password".to_owned());
    }
    url.set_fragment(None);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = "hub.mode=subscribe&hub.topic=https%3A%2F%2Frelay.example%2Ffeeds%2Fall.rss&hub.callback=https%3A%2F%2Freader.example%2Fcb%3Fa%3D1";

    #[test]
    fn w08_requests_that_are_refused() {
        let check = |body: &str, words: &str| {
            let error = read(body.as_bytes(), 7200).expect_err(body);
            assert!(error.contains(words), "{body}: {error}");
        };
        check("", "hub.mode is missing");
        check("hub.mode=x&hub.topic=a&hub.callback=b", "hub.mode");
        check("hub.mode=subscribe&hub.callback=https://reader.example/", "hub.topic is missing");
        check("hub.mode=subscribe&hub.topic=https://relay.example/", "hub.callback is missing");
        for callback in
            ["nonsense", "javascript:alert(1)", "ftp://reader.example/", "https://me:secret@reader.example/", "https://"]
        {
            check(&format!("hub.mode=unsubscribe&hub.topic=a&hub.callback={callback}"), "hub.callback");
        }
        check(&format!("hub.mode=subscribe&hub.topic=a&hub.callback=https://reader.example/{}", "x".repeat(2048)), "longer");
        check(&format!("{SOUND}&hub.secret={}", "x".repeat(200)), "200");
        check(&format!("{SOUND}&hub.lease_seconds=soon"), "hub.lease_seconds");
        check("hub.mode=publish", "hub.url");
    }

    #[test]
    fn w08_leases_are_clamped() {
        let check = |seconds: &str, expected: u32| match read(format!("{SOUND}&hub.lease_seconds={seconds}").as_bytes(), 7200) {
            Ok(Asked::Subscribe { lease, .. }) => assert_eq!(lease, expected, "{seconds}"),
            other => panic!("{seconds}: {other:?}"),
        };
        check("", 7200);
        check("0", 3600);
        check("-1", 3600);
        check("86400", 86_400);
        check("315360000", 864_000);
        check("99999999999999999999999", 864_000);
    }

    #[test]
    fn sound_requests() {
        let topic = "https://relay.example/feeds/all.rss".to_owned();
        let callback: Url = "https://reader.example/cb?a=1".parse().expect("an address");
        let secret = Some("x".repeat(199));
        let body = format!("{SOUND}&hub.secret={}&foo=bar", "x".repeat(199));
        let subscribe = Asked::Subscribe { topic: topic.clone(), callback: callback.clone(), secret, lease: 7200 };
        assert_eq!(read(body.as_bytes(), 7200), Ok(subscribe));
        let body = SOUND.replace("subscribe", "unsubscribe");
        assert_eq!(read(body.as_bytes(), 7200), Ok(Asked::Unsubscribe { topic: topic.clone(), callback }));
        assert_eq!(read(format!("hub.mode=publish&hub.url={topic}").as_bytes(), 7200), Ok(Asked::Publish { topic }));
    }
}
