//! Bytes to structure: character set, dialect, entries. Tolerant of everything that can be read, with a warning; bounded before
//! anything is built.

use crate::model::{FetchedDocument, ParsedFeed, Unreadable};

/// Bounds of one document.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Entries.
    pub entries: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { entries: 1_000 }
    }
}

/// Reads a document of any dialect. `charset` is the outlet's configured one, tried where the document's own declarations fail.
pub fn document(doc: &FetchedDocument, charset: Option<&str>, bounds: Bounds) -> Result<ParsedFeed, Unreadable> {
    let _ = (doc, charset, bounds);
    todo!()
}
