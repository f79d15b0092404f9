//! The documents as readers see them now: immutable bytes, swapped whole, also kept on disk and loaded at start.
//!
//! A reader takes the present map and reads on in it, whatever is put meanwhile. A writer puts a document on the disk first and into the map
//! second: what readers have seen is there after a restart, under the same validators.

mod disk;
mod follow;
mod gone;
mod packed;
mod watch;

use std::collections::{BTreeSet, HashMap};
use std::io::{Read, Write};
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use arc_swap::ArcSwap;
use bytes::Bytes;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};
use sha2::{Digest, Sha256};

use self::disk::Folder;
pub use self::follow::Follower;
use self::gone::Gone;
use self::packed::Forms;
pub use self::packed::{FROM_FILE, Packed, Part, Place};
pub use self::watch::Watch;
use crate::model::{Conditions, PublishedDocument};

/// Level of gzip: one per cent larger than level 9 in half the time.
const GZIP_LEVEL: u32 = 6;

/// A document prepared for serving: its representations and their validators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// Value of `Content-Type`.
    pub content_type: String,
    /// The document itself.
    pub identity: Identity,
    /// The same, gzip.
    pub gzip: Bytes,
    /// Where `gzip` lies on the disk as well, if it does: large ones are sent from there.
    pub gzip_place: Option<Place>,
    /// The other representations, once somebody wanted one: see [`Snapshot::pack`].
    pub packed: OnceLock<Packed>,
    /// Strong validator of `identity`, quotes included; the others end in `-gz"`, `-br"` and `-zstd"`.
    pub etag: String,
    /// Strong validator of `gzip`, quotes included.
    pub etag_gzip: String,
    /// Last significant change, whole seconds as HTTP dates are.
    pub modified: DateTime<Utc>,
    /// On what it stands.
    pub conditions: Conditions,
}

/// The uncompressed form of a document. Nearly every reader takes the compressed one, so a large document is not held twice: it is made again
/// for the reader that wants it plain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// Held as it is.
    Held(Bytes),
    /// To be had from the compressed form.
    InGzip {
        /// Bytes.
        length: usize,
    },
}

/// Documents up to this size are held uncompressed too, bytes.
const HELD: usize = 16 * 1024;

impl Prepared {
    /// What was kept on disk; `None` when a small document is not as long as it should be.
    fn from_gzip(
        content_type: String,
        etag: String,
        length: usize,
        gzip: Bytes,
        modified: DateTime<Utc>,
        conditions: Conditions,
    ) -> Option<Self> {
        let etag_gzip = format!("{}-gz\"", etag.strip_suffix('"')?);
        let identity = Identity::InGzip { length };
        let (gzip_place, packed) = (None, OnceLock::new());
        let mut prepared = Self { content_type, identity, gzip, gzip_place, packed, etag, etag_gzip, modified, conditions };
        if is_held(length, &prepared.gzip) {
            let document = prepared.identity();
            if document.len() != length {
                return None;
            }
            prepared.identity = Identity::Held(document);
        }
        Some(prepared)
    }

    /// The document itself.
    pub fn identity(&self) -> Bytes {
        match &self.identity {
            Identity::Held(bytes) => bytes.clone(),
            Identity::InGzip { length } => {
                let mut bytes = Vec::with_capacity(*length);
                let read = GzDecoder::new(&self.gzip[..]).read_to_end(&mut bytes);
                read.expect("what was compressed here, and checked when it was loaded, decompresses");
                bytes.into()
            }
        }
    }

    /// Bytes of the document itself.
    pub fn identity_length(&self) -> usize {
        match &self.identity {
            Identity::Held(bytes) => bytes.len(),
            Identity::InGzip { length } => *length,
        }
    }
}

type Documents = HashMap<String, Arc<Prepared>>;

/// What there is at the address of an article.
#[derive(Debug, Clone)]
pub enum Page {
    /// Its page.
    Found(Arc<Prepared>),
    /// Its page, for those who may read one of these feeds.
    Restricted(Arc<Prepared>, Vec<String>),
    /// It was there, and must not be shown any more.
    Gone,
    /// It was withdrawn.
    Withdrawn(Box<Notice>),
    /// Nothing, or nothing yet.
    Missing,
}

/// What is said in place of an article that was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// A page for people.
    pub html: String,
    /// The law or a court asked for it: 451 instead of 410.
    pub legal: bool,
    /// Address of a page on who blocks it: `Link: rel="blocked-by"` of a 451.
    pub blocked_by: Option<String>,
}

/// Where article pages and archives come from when somebody opens one: made when asked for, never part of a feed's way.
pub trait Pages: Send + Sync + 'static {
    /// The page of the article with this key. `key` is always 20 lower-case hexadecimal digits.
    fn page(&self, key: &str) -> Pin<Box<dyn Future<Output = Page> + Send + '_>>;

    /// The document of a feed's archive with this name, extension included: `2026-05.atom`. Both come from a request and may be anything that
    /// names consist of.
    fn archive(&self, feed: &str, name: &str) -> Pin<Box<dyn Future<Output = Page> + Send + '_>>;
}

/// All documents by path. Readers never wait for writers.
#[derive(Debug, Default)]
pub struct Snapshot {
    documents: ArcSwap<Documents>,
    folder: Option<Folder>,
    /// Feeds that were published once and are no more.
    gone: ArcSwap<Gone>,
    /// Paths at which there is to be a document.
    expected: ArcSwap<BTreeSet<String>>,
    /// Held while the map and the folder are changed.
    writing: Mutex<()>,
}

impl Snapshot {
    /// Loads what the last run left in `folder` (created if missing). Files that are half-written, damaged or not ours are ignored; temporary
    /// files of a run that was killed are deleted. `None`: memory only.
    ///
    /// # Errors
    /// The folder cannot be made or listed.
    pub fn load(folder: Option<&Path>) -> std::io::Result<Self> {
        let Some(path) = folder else { return Ok(Self::default()) };
        let (folder, documents) = Folder::open(path)?;
        let gone = ArcSwap::from_pointee(folder.gone());
        let documents = documents.into_iter().map(|(path, prepared)| (path, Arc::new(prepared))).collect();
        Ok(Self { documents: ArcSwap::from_pointee(documents), folder: Some(folder), gone, ..Self::default() })
    }

    /// Puts a document in place of the one of the same path; false when its bytes are the same already (then nothing changes for readers, the
    /// validators included; only the conditions are taken over). On disk: temporary file, fsync, rename, fsync of the folder. Blocks for as long as that takes.
    ///
    /// Other bytes never keep the old `modified`: a reader that asks by date alone (`If-Modified-Since`) would not get them (RFC 9110
    /// § 8.8.2). It then rises by a second, as in a feed from which an article was taken out.
    ///
    /// # Errors
    /// The disk. Readers see the document of before; the next put of the same one tries again.
    pub fn put(&self, document: PublishedDocument) -> std::io::Result<bool> {
        let _writing = self.writing();
        let current = self.documents.load_full();
        let before = current.get(&document.path);
        let [etag, _] = etags(&document.body);
        let same = before.filter(|before| {
            before.etag == etag
                && before.content_type == document.content_type
                && before.conditions.noindex == document.conditions.noindex
        });
        if same.is_some_and(|before| before.conditions == document.conditions) {
            return Ok(false);
        }
        let path = document.path.clone();
        let unchanged = same.is_some();
        let mut prepared = match (same, before) {
            // The same document on other conditions: readers see no difference.
            (Some(before), _) => Prepared { conditions: document.conditions, ..Prepared::clone(before) },
            (None, before) => {
                let mut prepared = prepare(document);
                if let Some(before) = before {
                    prepared.modified = prepared.modified.max(before.modified + TimeDelta::seconds(1));
                }
                prepared
            }
        };
        if let Some(folder) = &self.folder {
            folder.write(&path, &mut prepared)?;
        }
        // Readers of this document have taken other forms before, and will again.
        let wanted = before.is_some_and(|before| before.packed.get().is_some())
            || self.folder.as_ref().is_some_and(|folder| folder.has_forms(&path));
        if wanted && prepared.packed.get().is_none() {
            let forms = Forms::of(&prepared);
            let packed = self.keep_forms(&path, forms, &prepared);
            let _ = prepared.packed.set(packed); // it was empty
        }
        let mut documents = Documents::clone(&current);
        documents.insert(path, Arc::new(prepared));
        self.documents.store(Arc::new(documents));
        Ok(!unchanged)
    }

    /// The document at `path`.
    pub fn get(&self, path: &str) -> Option<Arc<Prepared>> {
        self.documents.load().get(path).cloned()
    }

    /// The other forms of the document at `path`, made now if nobody wanted them before. Blocks: some 20 ms for a feed of 300 KB, and the disk.
    pub fn pack<'a>(&self, path: &str, document: &'a Arc<Prepared>) -> &'a Packed {
        document.packed.get_or_init(|| {
            if let Some(packed) = self.folder.as_ref().and_then(|folder| folder.read_forms(path, document)) {
                return packed;
            }
            let forms = Forms::of(document);
            let _writing = self.writing();
            let current = self.get(path).is_some_and(|current| Arc::ptr_eq(&current, document));
            if current { self.keep_forms(path, forms, document) } else { forms.held() }
        })
    }

    fn keep_forms(&self, path: &str, forms: Forms, document: &Prepared) -> Packed {
        let written = self.folder.as_ref().map(|folder| folder.write_forms(path, &forms, document));
        match written {
            Some(Ok(Some(packed))) => packed,
            Some(Err(error)) => {
                tracing::warn!(path, %error, "the compressed forms of a document cannot be kept on disk; they are held in memory");
                forms.held()
            }
            Some(Ok(None)) | None => forms.held(),
        }
    }

    /// Removes documents that `keep` refuses by path and content (feeds that left the configuration, what must not be shown any more).
    ///
    /// # Errors
    /// The disk: the documents are gone for readers, but a file is left, which the next start would load.
    pub fn retain(&self, keep: impl Fn(&str, &Prepared) -> bool) -> std::io::Result<()> {
        let _writing = self.writing();
        let (kept, removed): (Documents, Documents) = self
            .documents
            .load()
            .iter()
            .map(|(path, prepared)| (path.clone(), Arc::clone(prepared)))
            .partition(|(path, prepared)| keep(path, prepared));
        if removed.is_empty() {
            return Ok(());
        }
        self.documents.store(Arc::new(kept));
        match &self.folder {
            Some(folder) => folder.remove(removed.keys().map(String::as_str)),
            None => Ok(()),
        }
    }

    /// Notes which feeds are published: those that were published before, by the documents that are here, and are not among `feeds` are gone from
    /// now on, also after a restart, until they are among them again. To be called before their documents are removed. `closed`: those of `feeds` that
    /// not everybody may read; it is remembered of them when they are gone.
    ///
    /// # Errors
    /// The disk: they are gone for readers, but the next start may have forgotten it.
    pub fn bury(&self, feeds: &BTreeSet<&str>, closed: &BTreeSet<&str>) -> std::io::Result<()> {
        let _writing = self.writing();
        let before = self.gone.load_full();
        let documents = self.documents.load();
        let after = before.after(documents.keys().filter_map(|path| gone::feed_of(path)), feeds, closed);
        if after == *before {
            return Ok(());
        }
        let kept = self.folder.as_ref().map_or(Ok(()), |folder| folder.keep_gone(&after));
        self.gone.store(Arc::new(after));
        kept
    }

    /// What was published at `path` was of a feed that is gone: the answer is 410, not 404 (RFC 9110 § 15.5.11).
    pub fn is_gone(&self, path: &str) -> bool {
        gone::feed_of(path).is_some_and(|feed| self.gone.load().has(feed))
    }

    /// The same, and everybody may know, for everybody could read it.
    pub fn is_gone_for_all(&self, path: &str) -> bool {
        gone::feed_of(path).is_some_and(|feed| self.gone.load().has_for_all(feed))
    }

    /// Notes at which paths there is to be a document: where one is missing, it is on its way.
    pub fn expect(&self, paths: BTreeSet<String>) {
        self.expected.store(Arc::new(paths));
    }

    /// There is to be a document at `path`. While there is none (nothing was published yet, or what was there must not be shown any more and the next
    /// could not be made), readers are to come again: a 404 would tell some of them that the feed has ended.
    pub fn is_expected(&self, path: &str) -> bool {
        self.expected.load().contains(path)
    }

    /// When the first document has to be made anew, if any has to.
    pub fn next_moment(&self) -> Option<DateTime<Utc>> {
        self.documents.load().values().filter_map(|prepared| prepared.conditions.until()).min()
    }

    /// Every path, sorted.
    pub fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.documents.load().keys().cloned().collect();
        paths.sort_unstable();
        paths
    }

    fn writing(&self) -> MutexGuard<'_, ()> {
        // A writer that panicked left the map as it was: maps are swapped whole.
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Prepares a document for serving. The same document gives the same bytes and validators in every process.
pub fn prepare(document: PublishedDocument) -> Prepared {
    let PublishedDocument { path: _, content_type, body, modified, conditions } = document;
    let gzip = compress(&body);
    let [etag, etag_gzip] = etags(&body);
    let identity = match body.len() {
        length if is_held(length, &gzip) => Identity::Held(body),
        length => Identity::InGzip { length },
    };
    let modified = modified.trunc_subsecs(0);
    Prepared { content_type, identity, gzip, gzip_place: None, packed: OnceLock::new(), etag, etag_gzip, modified, conditions }
}

fn is_held(length: usize, gzip: &[u8]) -> bool {
    length <= HELD || gzip.len() >= length
}

/// Validators of the two representations of `body`: 128 bits of its SHA-256. Strong ones have to differ (RFC 9110 § 8.8.3.3).
fn etags(body: &[u8]) -> [String; 2] {
    let hash = hex(&Sha256::digest(body)[..16]);
    [format!("\"{hash}\""), format!("\"{hash}-gz\"")]
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// No time of compression and no system in the header: the same bytes everywhere.
fn compress(body: &[u8]) -> Bytes {
    let mut encoder = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::new(GZIP_LEVEL));
    let written = encoder.write_all(body).and_then(|()| encoder.finish());
    written.expect("writing to memory cannot fail").into()
}

#[cfg(test)]
mod tests;
