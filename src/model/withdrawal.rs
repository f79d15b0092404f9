//! Articles that were taken down: who did it, when and why; and what outlets say of their own.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use url::Url;

/// Who took an article down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithdrawnBy {
    /// The people of the site.
    Site,
    /// The people of the site, because the law or a court asked for it: its page answers 451 (RFC 7725) and not 410.
    Legal,
    /// The outlet it came from, and nobody else publishes it.
    Outlet,
}

impl WithdrawnBy {
    /// Name in the store and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            WithdrawnBy::Site => "site",
            WithdrawnBy::Legal => "legal",
            WithdrawnBy::Outlet => "outlet",
        }
    }

    /// Reads a name.
    pub fn from_name(name: &str) -> Option<Self> {
        [WithdrawnBy::Site, WithdrawnBy::Legal, WithdrawnBy::Outlet].into_iter().find(|by| by.name() == name)
    }
}

/// An article that is withdrawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// Its place among all that was withdrawn and restored.
    pub serial: i64,
    /// Short name in addresses, as of the article.
    pub key: String,
    /// `tag:` URI, as of the article.
    pub id: String,
    /// Who.
    pub by: WithdrawnBy,
    /// When.
    pub at: DateTime<Utc>,
    /// Why, in words that readers see.
    pub reason: String,
    /// Its title: for admins, never shown to readers.
    pub title: String,
    /// Its page at the outlet: for admins.
    pub url: Option<Url>,
    /// The outlets it came from.
    pub outlets: BTreeSet<String>,
}

/// An entry that its feed declares deleted (`at:deleted-entry`, RFC 6721; `_reprint.deleted` in JSON Feed), as written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParsedDeletion {
    /// Id of the entry.
    pub reference: String,
    /// When it was deleted.
    pub when: String,
}

/// The same understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// The entry's id in the form of [`super::Marks::guid`].
    pub guid: String,
    /// When it was deleted: a version that the outlet changed later is another matter.
    pub at: DateTime<Utc>,
}
