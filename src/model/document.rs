//! What `fetch` brings: bytes and what HTTP said about them.

use std::time::Duration;

use chrono::{DateTime, Utc};
use url::Url;

/// The two validators of RFC 9110 § 8.8, kept byte for byte as the partner sent them and sent back verbatim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`, quotes and weakness mark included.
    pub etag: Option<Vec<u8>>,
    /// `Last-Modified`, never parsed and never invented.
    pub last_modified: Option<Vec<u8>>,
    /// The site that gave them, scheme, host and port alone, when redirects led away from the source's own: they are for nobody else.
    pub site: Option<Url>,
}

/// One conditional GET to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollRequest {
    /// Id of the outlet on whose behalf we ask.
    pub outlet: String,
    /// Address as configured; a redirect never replaces it.
    pub source: Url,
    /// Validators of the last document that was read whole.
    pub validators: Validators,
}

/// How long the partner's cache directives say an answer stays fresh (RFC 9111 § 4.2), and for how long it asks to be left alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Freshness {
    /// `Cache-Control: max-age`, else `Expires` minus `Date`.
    pub max_age: Option<Duration>,
    /// `Retry-After` in either form, as a span from the moment of the answer.
    pub retry_after: Option<Duration>,
}

/// Answer to a [`PollRequest`].
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "one lives at a time, for the length of a poll")]
pub enum Fetched {
    /// 304: what we have is current.
    NotModified {
        /// Directives of the 304 itself.
        freshness: Freshness,
        /// As of a document.
        moved_permanently: Option<Url>,
    },
    /// 200 (or 226) with a whole body.
    Document(FetchedDocument),
}

/// Bytes of a document and what HTTP said about them.
#[derive(Debug, Clone)]
pub struct FetchedDocument {
    /// Address that was asked for.
    pub requested: Url,
    /// Address that answered, after redirects: the base of relative references. `file:` when read from disk without a base.
    pub url: Url,
    /// Where permanent redirects (301, 308) alone lead, if the first hop was one.
    pub moved_permanently: Option<Url>,
    /// `Content-Type` as sent.
    pub content_type: Option<String>,
    /// `Content-Language` as sent.
    pub content_language: Option<String>,
    /// `Link` field values as sent (RFC 8288).
    pub links: Vec<String>,
    /// Decoded body (no content coding left).
    pub body: Vec<u8>,
    /// Validators to send next time.
    pub validators: Validators,
    /// Cache directives.
    pub freshness: Freshness,
    /// The one moment that relative dates in the document refer to.
    pub fetched_at: DateTime<Utc>,
}

impl FetchedDocument {
    /// A document that did not come over HTTP: a file, or a feed of our own read back.
    pub fn from_bytes(url: Url, content_type: Option<String>, body: Vec<u8>, fetched_at: DateTime<Utc>) -> Self {
        Self {
            requested: url.clone(),
            url,
            moved_permanently: None,
            content_type,
            content_language: None,
            links: Vec::new(),
            body,
            validators: Validators::default(),
            freshness: Freshness::default(),
            fetched_at,
        }
    }
}
