//! The forms of a document beside gzip: brotli and zstd, and the large ones uncompressed.
//!
//! They are made when the first reader wants one of them, from then on with every new version of the document, and kept in a file of their own
//! beside it (line [`MARK`], a line with the SHA-256 of all that follows, a line of JSON, the forms): bytes that readers have seen under a strong
//! validator are the same after a restart, whatever version of the compressor runs by then. Large ones stay in the file and are sent from there.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::disk::{self, SUM_BYTES};
use super::{Identity, Prepared};

/// First line of a file.
const MARK: &[u8] = b"reprint packing 1\n";

/// Level of brotli: two per cent larger than level 9 in a fifth of the time.
const BROTLI_LEVEL: i32 = 5;
/// The window that every reader of brotli must have (RFC 7932 § 9.1 allows 24; browsers take it).
const BROTLI_WINDOW: i32 = 22;
/// Level of zstd; its window is far below the 8 MiB of RFC 9659.
const ZSTD_LEVEL: i32 = 9;

/// Forms up to this size are held in memory; a larger one is sent from its file.
pub const FROM_FILE: usize = 16 * 1024;

/// The forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// Uncompressed, where [`Prepared::identity`] is not held and there is a file to keep it in.
    pub identity: Option<Part>,
    /// Brotli.
    pub br: Part,
    /// Zstandard.
    pub zstd: Part,
}

/// Bytes, and where they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// In memory.
    Held(Bytes),
    /// In a file.
    InFile(Place),
}

impl Part {
    /// Bytes.
    pub fn length(&self) -> usize {
        match self {
            Self::Held(bytes) => bytes.len(),
            Self::InFile(place) => place.length,
        }
    }
}

/// A part of a file that is never changed, only replaced by another one of the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    file: Arc<Path>,
    /// What the file must begin with to be the one that is meant.
    mark: &'static [u8],
    sum: Sum,
    /// From the beginning of the file.
    pub offset: u64,
    /// Bytes.
    pub length: usize,
}

/// SHA-256 in hexadecimal.
pub(super) type Sum = [u8; SUM_BYTES];

impl Place {
    pub(super) fn new(file: Arc<Path>, mark: &'static [u8], sum: Sum, offset: u64, length: usize) -> Self {
        Self { file, mark, sum, offset, length }
    }

    /// The file, if it is still the one that is meant and as long as it has to be.
    ///
    /// # Errors
    /// The disk; `NotFound` when there is another version by now.
    pub fn open(&self) -> io::Result<File> {
        let mut file = File::open(&self.file)?;
        let mut start = vec![0; self.mark.len() + self.sum.len()];
        file.read_exact(&mut start)?;
        let (mark, sum) = start.split_at(self.mark.len());
        let end = self.offset + u64::try_from(self.length).unwrap_or(u64::MAX);
        if mark != self.mark || sum != self.sum || file.metadata()?.len() < end {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(file)
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Header<'a> {
    /// Validator of the document they are forms of.
    etag: std::borrow::Cow<'a, str>,
    /// Bytes of each, in this order.
    identity: usize,
    br: usize,
    zstd: usize,
}

/// The forms in memory.
pub(super) struct Forms {
    identity: Bytes,
    br: Bytes,
    zstd: Bytes,
}

impl Forms {
    /// Makes them. Takes some 20 ms for a feed of 300 KB.
    pub(super) fn of(document: &Prepared) -> Self {
        let identity = document.identity();
        let br = brotli_of(&identity).unwrap_or_else(|| document.gzip.clone());
        let zstd = zstd::bulk::compress(&identity, ZSTD_LEVEL).map_or_else(|_| document.gzip.clone(), Bytes::from);
        let identity = if matches!(document.identity, Identity::Held(_)) { Bytes::new() } else { identity };
        Self { identity, br, zstd }
    }

    /// Without a file to send them from. The uncompressed form is dropped: it can be had from gzip.
    pub(super) fn held(self) -> Packed {
        Packed { identity: None, br: Part::Held(self.br), zstd: Part::Held(self.zstd) }
    }

    /// Writes them into `file`, by way of `temporary`. Not synced: what a power cut leaves half-written is not used and made anew.
    pub(super) fn write(&self, file: &Path, temporary: &Path, document: &Prepared) -> io::Result<Packed> {
        let header = Header {
            etag: document.etag.as_str().into(),
            identity: self.identity.len(),
            br: self.br.len(),
            zstd: self.zstd.len(),
        };
        let mut head = serde_json::to_vec(&header)?;
        head.push(b'\n');
        let sum = disk::checksum([&head[..], &self.identity, &self.br, &self.zstd]);
        let written = File::create(temporary).and_then(|mut open| {
            for part in [MARK, &sum, b"\n", &head, &self.identity, &self.br, &self.zstd] {
                open.write_all(part)?;
            }
            fs::rename(temporary, file)
        });
        if let Err(error) = written {
            let _ = fs::remove_file(temporary); // the first error is the one to report
            return Err(error);
        }
        Ok(self.places(file, sum, head.len()))
    }

    fn places(&self, file: &Path, sum: Sum, head: usize) -> Packed {
        let file: Arc<Path> = file.into();
        let mut offset = MARK.len() + sum.len() + 1 + head;
        let mut part = |bytes: &Bytes| {
            let at = offset as u64;
            offset += bytes.len();
            // A copy: what is held must not keep the whole file in memory.
            if bytes.len() <= FROM_FILE {
                Part::Held(Bytes::copy_from_slice(bytes))
            } else {
                Part::InFile(Place::new(file.clone(), MARK, sum, at, bytes.len()))
            }
        };
        let identity = part(&self.identity);
        Packed { identity: (identity.length() > 0).then_some(identity), br: part(&self.br), zstd: part(&self.zstd) }
    }
}

/// The forms that a run before left in `file`; `None` when they are of another version of the document, damaged or not there.
pub(super) fn read(file: &Path, document: &Prepared) -> Option<Packed> {
    let bytes = Bytes::from(fs::read(file).ok()?);
    if !bytes.starts_with(MARK) {
        return None;
    }
    let (sum, rest) = disk::line(bytes.slice(MARK.len()..)).ok()?;
    let sum = Sum::try_from(&sum[..]).ok()?;
    if disk::checksum([&rest[..]]) != sum {
        return None;
    }
    let (head, rest) = disk::line(rest).ok()?;
    let header: Header<'_> = serde_json::from_slice(&head).ok()?;
    if header.etag != document.etag {
        return None;
    }
    let (first, second) = (header.identity, header.identity.checked_add(header.br)?);
    if second.checked_add(header.zstd)? != rest.len() {
        return None;
    }
    let forms = Forms { identity: rest.slice(..first), br: rest.slice(first..second), zstd: rest.slice(second..) };
    Some(forms.places(file, sum, head.len() + 1))
}

fn brotli_of(document: &[u8]) -> Option<Bytes> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_LEVEL,
        lgwin: BROTLI_WINDOW,
        size_hint: document.len(),
        ..Default::default()
    };
    let mut packed = Vec::with_capacity(document.len() / 2);
    brotli::BrotliCompress(&mut io::Cursor::new(document), &mut packed, &parameters).ok()?;
    Some(packed.into())
}
