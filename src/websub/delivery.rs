//! What the hub sends: verifications of intent (WebSub § 5.3), content (§ 7), pings of external hubs. One try each; when to try again is decided in
//! `hub`.

use std::time::Duration;

use bytes::Bytes;
use url::Url;
use url::form_urlencoded::Serializer;

use super::{random, signature};
use crate::fetch::{Client, Outgoing};
use crate::model::{HubSubscription, HubVerification};

/// Time for a whole request.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What came of asking a callback whether it wants what it is said to want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Intent {
    Confirmed,
    /// With the reason.
    Denied(String),
    /// It could not be asked now, with the reason.
    Unknown(String),
}

/// What came of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Delivered {
    Yes,
    /// 410: it wants nothing any more.
    Gone,
    /// With the reason.
    No(String),
}

/// Asks a callback.
pub(super) async fn verify(client: &Client, topic: &Url, verification: &HubVerification) -> Intent {
    let Some(challenge) = random(32) else { return Intent::Unknown("the system has no random numbers".to_owned()) };
    let mut url = verification.callback.clone();
    {
        let mut query = url.query_pairs_mut();
        query.append_pair("hub.mode", if verification.subscribe { "subscribe" } else { "unsubscribe" });
        query.append_pair("hub.topic", topic.as_str()).append_pair("hub.challenge", &challenge);
        if verification.subscribe {
            query.append_pair("hub.lease_seconds", &verification.lease.to_string());
        }
    }
    let outgoing = Outgoing { url, post: None, fields: Vec::new(), timeout: TIMEOUT, answer_bytes: challenge.len() + 1 };
    match client.send(&outgoing).await {
        Ok(sent) if sent.is_success() && sent.body == challenge.as_bytes() => Intent::Confirmed,
        Ok(sent) if sent.is_success() => Intent::Denied("it did not repeat the challenge".to_owned()),
        Ok(sent) if sent.status == 429 || sent.status >= 500 => Intent::Unknown(format!("it answered {}", sent.status)),
        Ok(sent) => Intent::Denied(format!("it answered {}", sent.status)),
        // Where it may not be asked at all, nothing is to be waited for.
        Err(error) if matches!(error.code.as_str(), "ssrf_denied" | "bad_scheme" | "bad_url") => Intent::Denied(error.message),
        Err(error) => Intent::Unknown(error.message),
    }
}

/// A version of a topic, as it is delivered.
#[derive(Debug, Clone)]
pub(super) struct Version {
    /// Entity tag.
    pub(super) tag: String,
    pub(super) content_type: String,
    pub(super) body: Bytes,
}

/// Delivers a document.
pub(super) async fn deliver(
    client: &Client,
    hub: &Url,
    topic: &Url,
    subscription: &HubSubscription,
    version: &Version,
) -> Delivered {
    let mut fields = vec![("link", links(hub, topic))];
    if let Some(secret) = &subscription.secret {
        fields.push(("x-hub-signature", signature::sign(secret, &version.body)));
    }
    post(client, subscription.callback.clone(), version.content_type.clone(), version.body.clone(), fields).await
}

/// Tells an external hub that a topic changed.
pub(super) async fn ping(client: &Client, topic: &Url, subscription: &HubSubscription) -> Delivered {
    // hub.url is what hubs of every age understand; some newer ones ask for hub.topic.
    let form = form(&[("hub.mode", "publish"), ("hub.url", topic.as_str()), ("hub.topic", topic.as_str())]);
    match post(client, subscription.callback.clone(), "application/x-www-form-urlencoded".to_owned(), form, Vec::new()).await {
        // A hub is not a subscriber that could end a subscription.
        Delivered::Gone => Delivered::No("it answered 410".to_owned()),
        other => other,
    }
}

async fn post(client: &Client, url: Url, content_type: String, body: Bytes, fields: Vec<(&'static str, String)>) -> Delivered {
    let outgoing = Outgoing { url, post: Some((content_type, body)), fields, timeout: TIMEOUT, answer_bytes: 0 };
    match client.send(&outgoing).await {
        Ok(sent) if sent.is_success() => Delivered::Yes,
        Ok(sent) if sent.status == 410 => Delivered::Gone,
        Ok(sent) => Delivered::No(format!("it answered {}", sent.status)),
        Err(error) => Delivered::No(error.message),
    }
}

/// A form, encoded.
pub(super) fn form(pairs: &[(&str, &str)]) -> Bytes {
    Serializer::new(String::new()).extend_pairs(pairs).finish().into()
}

/// Value of `Link` (§ 7): hub and topic.
pub(super) fn links(hub: &Url, topic: &Url) -> String {
    format!("<{hub}>; rel=\"hub\", <{topic}>; rel=\"self\"")
}
