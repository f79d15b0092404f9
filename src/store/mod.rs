//! What survives a restart: poll states, articles with their permanent identity, what is held and why. SQLite, one transaction a poll.

use std::path::Path;

use chrono::{DateTime, Utc};
use url::Url;

use crate::model::{PollState, StoredArticle, Verdict};

/// What went wrong with the store.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    /// What happened and what to do, for an admin, without a final stop.
    pub message: String,
    /// The configuration or the file's permissions are at fault: starting again does not help.
    pub configuration: bool,
}

/// What a poll changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Keys of articles seen for the first time.
    pub new: Vec<String>,
    /// Keys of articles whose content changed.
    pub changed: Vec<String>,
    /// Articles held now.
    pub held: usize,
    /// Articles of the document that were known and unchanged.
    pub unchanged: usize,
}

impl Change {
    /// Something readers can see changed.
    pub fn is_visible(&self) -> bool {
        !self.new.is_empty() || !self.changed.is_empty()
    }
}

/// One article kept back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldArticle {
    /// Its outlet.
    pub outlet: String,
    /// Its title.
    pub title: String,
    /// Its page.
    pub url: Option<Url>,
    /// Short stable name of the reason.
    pub code: String,
    /// Reason for an admin.
    pub reason: String,
    /// When first seen.
    pub first_seen: DateTime<Utc>,
}

/// Which articles a feed shows.
#[derive(Debug, Clone)]
pub struct Window<'a> {
    /// Outlets.
    pub outlets: &'a [String],
    /// Newest so many …
    pub size: usize,
    /// … and everything first seen since then, up to `ceiling`.
    pub since: DateTime<Utc>,
    /// Never more than this.
    pub ceiling: usize,
}

/// How many articles of an outlet there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Published.
    pub ready: u64,
    /// Held.
    pub held: u64,
}

/// The store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    // writer pool of one, reader pool
}

impl Store {
    /// Opens (creates, migrates) the SQLite file. `authority` is the tag authority to use when the store is created; an existing store keeps
    /// its own.
    pub async fn open(path: &Path, authority: &str) -> Result<Self, StoreError> {
        let _ = (path, authority);
        todo!()
    }

    /// Opens an existing store for reading only (commands beside a running daemon).
    pub async fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let _ = path;
        todo!()
    }

    /// Authority of the ids minted here, for ever.
    pub fn authority(&self) -> &str {
        todo!()
    }

    /// All poll states.
    pub async fn poll_states(&self) -> Result<Vec<PollState>, StoreError> {
        todo!()
    }

    /// Saves a poll: the articles it brought and the state it left, in one transaction. An article that is known and unchanged is not
    /// touched; a changed one keeps its identity and first-seen date and rises one revision.
    pub async fn record(&self, state: &PollState, verdicts: &[Verdict], now: DateTime<Utc>) -> Result<Change, StoreError> {
        let _ = (state, verdicts, now);
        todo!()
    }

    /// What `record` would change, without changing it.
    pub async fn preview(&self, verdicts: &[Verdict]) -> Result<Change, StoreError> {
        let _ = verdicts;
        todo!()
    }

    /// The articles of a feed, newest first by date, then by key.
    pub async fn window(&self, window: &Window<'_>) -> Result<Vec<StoredArticle>, StoreError> {
        let _ = window;
        todo!()
    }

    /// One article by the key of its address.
    pub async fn article(&self, key: &str) -> Result<Option<StoredArticle>, StoreError> {
        let _ = key;
        todo!()
    }

    /// What is held, newest first.
    pub async fn held(&self) -> Result<Vec<HeldArticle>, StoreError> {
        todo!()
    }

    /// Counts per outlet id.
    pub async fn counts(&self) -> Result<std::collections::BTreeMap<String, Count>, StoreError> {
        todo!()
    }

    /// Closes it: the write-ahead log is checkpointed.
    pub async fn close(&self) {
        todo!()
    }
}
