//! What goes out: stored articles with their permanent identity, and finished documents.

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::{AttributedArticle, Beside};

/// Path of the document that is shown, with a 404, where there is nothing. Nothing leads to it.
pub const NOT_FOUND_PAGE: &str = "404";

/// Path of the document that is shown, with a 410, in place of an article that is not let be shown any more. Nothing leads to it.
pub const GONE_PAGE: &str = "410";

/// What the store gives an article once and never changes, and what it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Short name in addresses: `/a/{key}`, 20 lower-case hexadecimal digits.
    pub key: String,
    /// `tag:` URI (RFC 4151), the same in every format.
    pub id: String,
    /// When we first saw it.
    pub first_seen: DateTime<Utc>,
    /// When its content last changed here; equals `first_seen` at revision 1.
    pub changed: DateTime<Utc>,
    /// 1, then one more for every change of content.
    pub revision: u32,
}

/// An attributed article as the store keeps it.
#[derive(Debug, Clone)]
pub struct StoredArticle {
    /// Identity.
    pub identity: Identity,
    /// Article and provenance.
    pub attributed: AttributedArticle,
    /// The other languages it is in.
    pub beside: Beside,
}

impl StoredArticle {
    /// The date it is sorted and shown by: the end of an embargo that the outlet put on it, else when it was published there, but never after
    /// we first saw it.
    pub fn date(&self) -> DateTime<Utc> {
        self.attributed.article.date(self.identity.first_seen)
    }

    /// Last significant change: when the outlet says it changed it, else when we saw it change; never before `date`.
    pub fn updated(&self) -> DateTime<Utc> {
        let seen = if self.identity.revision > 1 { self.identity.changed } else { self.date() };
        match self.attributed.article.updated {
            Some(updated) => updated.at.min(self.identity.changed).max(seen),
            None => seen,
        }
        .max(self.date())
    }
}

/// Formats a feed is published in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FeedFormat {
    /// RSS 2.0.
    Rss,
    /// Atom 1.0.
    Atom,
    /// JSON Feed 1.1.
    Json,
}

impl FeedFormat {
    /// Every format.
    pub const ALL: [FeedFormat; 3] = [FeedFormat::Rss, FeedFormat::Atom, FeedFormat::Json];

    /// Extension of its address.
    pub fn extension(self) -> &'static str {
        match self {
            FeedFormat::Rss => "rss",
            FeedFormat::Atom => "atom",
            FeedFormat::Json => "json",
        }
    }

    /// Path of a feed's document in this format.
    pub fn path(self, feed: &str) -> String {
        format!("feeds/{feed}.{}", self.extension())
    }

    /// Value of `Content-Type`.
    pub fn content_type(self) -> &'static str {
        match self {
            FeedFormat::Rss => "application/rss+xml; charset=utf-8",
            FeedFormat::Atom => "application/atom+xml; charset=utf-8",
            // RFC 8259 § 11: JSON has no charset parameter.
            FeedFormat::Json => "application/feed+json",
        }
    }
}

/// On what a document stands beside the articles it shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions {
    /// Stands for the terms it was made on: a document made on other terms must not be shown.
    pub terms: String,
    /// When it shows too little: an embargo ends.
    pub release: Option<DateTime<Utc>>,
    /// When it shows too much: an article expires.
    pub expiry: Option<DateTime<Utc>>,
    /// Search engines are asked to leave it out (`X-Robots-Tag`).
    pub noindex: bool,
}

impl Conditions {
    /// When it has to be made anew, if ever.
    pub fn until(&self) -> Option<DateTime<Utc>> {
        self.release.into_iter().chain(self.expiry).min()
    }
}

/// A finished document: what a reader gets at `path`. Same input, same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedDocument {
    /// Path below the site's root, without leading slash: `feeds/all.rss`, `index.html`, `feeds.opml`.
    pub path: String,
    /// Value of `Content-Type`.
    pub content_type: String,
    /// The document.
    pub body: Bytes,
    /// Last significant change of what it shows; `Last-Modified`.
    pub modified: DateTime<Utc>,
    /// On what it stands.
    pub conditions: Conditions,
}
