//! The documents as readers see them now: immutable bytes, swapped whole, also kept on disk and loaded at start.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};

use crate::model::PublishedDocument;

/// A document prepared for serving: both representations and their validators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// Value of `Content-Type`.
    pub content_type: String,
    /// The document itself.
    pub identity: Bytes,
    /// The same, gzip.
    pub gzip: Bytes,
    /// Strong validator of `identity`, quotes included; the one of `gzip` ends in `-gz"`.
    pub etag: String,
    /// Strong validator of `gzip`, quotes included.
    pub etag_gzip: String,
    /// Last significant change.
    pub modified: DateTime<Utc>,
}

/// All documents by path. Readers never wait for writers.
#[derive(Debug, Default)]
pub struct Snapshot {
    // ArcSwap of a map, folder on disk
}

impl Snapshot {
    /// Loads what the last run left in `folder` (created if missing); half-written files are ignored. `None`: memory only.
    pub fn load(folder: Option<&Path>) -> std::io::Result<Self> {
        let _ = folder;
        todo!()
    }

    /// Puts a document in place of the one of the same path; false when its bytes are the same already (then nothing changes, the
    /// validators included). On disk: temporary file, fsync, rename, fsync of the folder.
    pub fn put(&self, document: PublishedDocument) -> std::io::Result<bool> {
        let _ = document;
        todo!()
    }

    /// The document at `path`.
    pub fn get(&self, path: &str) -> Option<Arc<Prepared>> {
        let _ = path;
        todo!()
    }

    /// Removes documents whose path `keep` refuses (feeds that left the configuration).
    pub fn retain(&self, keep: impl Fn(&str) -> bool) -> std::io::Result<()> {
        let _ = keep;
        todo!()
    }

    /// Every path, sorted.
    pub fn paths(&self) -> Vec<String> {
        todo!()
    }
}

/// Prepares a document for serving.
pub fn prepare(document: PublishedDocument) -> Prepared {
    let _ = document;
    todo!()
}
