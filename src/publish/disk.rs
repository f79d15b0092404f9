//! The folder on disk: one file a document, complete or ignored.
//!
//! A file is the line [`MARK`], a line with the SHA-256 of all that follows, a line of JSON ([`Header`]), the document compressed. The
//! compressed form is what is kept because another version of the compressor may make other bytes, which must not go out under the same
//! strong validator.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use chrono::DateTime;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::gone::Gone;
use super::packed::{self, Forms, Packed, Place, Sum};
use super::{Prepared, hex};
use crate::model::Conditions;

/// First line of a file: what it is and the version of its format.
const MARK: &[u8] = b"reprint document 1\n";

/// Ending of a document's file.
pub(super) const DOCUMENT: &str = ".doc";

/// Ending of the file of its other forms.
const FORMS: &str = ".forms";

/// Added to the name of a file that is being written.
const TEMPORARY: &str = ".tmp";

/// Length of a checksum as it is written.
pub(super) const SUM_BYTES: usize = 64;

/// Longest file name made of a path; a longer one is replaced by its hash (file systems allow 255 bytes).
const LONGEST_NAME: usize = 200;

#[derive(Debug, Serialize, Deserialize)]
struct Header<'a> {
    path: Cow<'a, str>,
    content_type: Cow<'a, str>,
    /// Seconds since 1970.
    modified: i64,
    /// Bytes of the document.
    length: usize,
    /// Validator of the document.
    etag: Cow<'a, str>,
    /// See [`Conditions`].
    #[serde(default)]
    terms: Cow<'a, str>,
    /// Microseconds since 1970, as the next one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    release: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expiry: Option<i64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    noindex: bool,
}

/// The folder.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Another process writes the documents.
    follows: bool,
}

impl Folder {
    /// Opens the folder, made if missing, and reads the documents in it.
    pub fn open(path: &Path) -> io::Result<(Self, Vec<(String, Prepared)>)> {
        fs::create_dir_all(path)?;
        let mut documents = Vec::new();
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|_| entry.file_type().is_ok_and(|kind| kind.is_file())) else { continue };
            if name.strip_suffix(TEMPORARY).is_some_and(|name| name.ends_with(DOCUMENT) || name.ends_with(FORMS)) {
                if let Err(error) = fs::remove_file(entry.path()) {
                    tracing::warn!(file = %entry.path().display(), %error, "a temporary file of an earlier run cannot be deleted");
                }
            } else if name.ends_with(DOCUMENT) {
                let path = entry.path();
                match fs::read(&path).map_err(|error| error.to_string()).and_then(|bytes| read(name, &path, bytes.into())) {
                    Ok(document) => documents.push(document),
                    Err(reason) => {
                        tracing::warn!(file = %entry.path().display(), %reason, "a published document is ignored until it is made anew");
                    }
                }
            }
        }
        Ok((Self { path: path.to_owned(), follows: false }, documents))
    }

    /// The folder of another process: nothing is written into it but forms of the documents.
    pub fn of_another(path: &Path) -> Self {
        Self { path: path.to_owned(), follows: true }
    }

    /// Writes a document so that at every moment the old file or the new one is there whole, also after a power cut.
    pub fn write(&self, path: &str, prepared: &mut Prepared) -> io::Result<()> {
        self.check_own()?;
        let file = self.path.join(file_name(path));
        let temporary = temporary(&file);
        let place = self
            .write_new(&temporary, path, prepared)
            .and_then(|written| fs::rename(&temporary, &file).map(|()| written))
            .and_then(|written| self.sync().map(|()| written))
            .inspect_err(|_| {
                let _ = fs::remove_file(&temporary); // the first error is the one to report; a leftover goes at the next start
            })
            .map_err(|error| io::Error::new(error.kind(), format!("{} cannot be written: {error}", file.display())))?;
        prepared.gzip_place = Some(place_of(&file, place.0, place.1, &prepared.gzip));
        Ok(())
    }

    /// Checksum, and where the compressed document begins.
    fn write_new(&self, temporary: &Path, path: &str, prepared: &Prepared) -> io::Result<(Sum, usize)> {
        let header = Header {
            path: path.into(),
            content_type: prepared.content_type.as_str().into(),
            modified: prepared.modified.timestamp(),
            length: prepared.identity_length(),
            etag: prepared.etag.as_str().into(),
            terms: prepared.conditions.terms.as_str().into(),
            release: prepared.conditions.release.map(|at| at.timestamp_micros()),
            expiry: prepared.conditions.expiry.map(|at| at.timestamp_micros()),
            noindex: prepared.conditions.noindex,
        };
        let mut head = serde_json::to_vec(&header)?;
        head.push(b'\n');
        let checksum = checksum([&head[..], &prepared.gzip]);
        let mut file = File::create(temporary)?;
        for part in [MARK, &checksum, b"\n", &head, &prepared.gzip] {
            file.write_all(part)?;
        }
        file.sync_all()?;
        Ok((checksum, MARK.len() + checksum.len() + 1 + head.len()))
    }

    /// Whether forms of a version of this document were wanted before.
    pub fn has_forms(&self, path: &str) -> bool {
        self.forms_file(path).exists()
    }

    /// The forms kept for this very version of the document.
    pub fn read_forms(&self, path: &str, document: &Prepared) -> Option<Packed> {
        packed::read(&self.forms_file(path), document)
    }

    /// Keeps them. `None` when there is another version of the document by now: its forms are not these.
    pub fn write_forms(&self, path: &str, forms: &Forms, document: &Prepared) -> io::Result<Option<Packed>> {
        let file = self.forms_file(path);
        if !self.follows {
            return forms.write(&file, &temporary(&file), document).map(Some);
        }
        // Two processes writing at once must not write into one file.
        let mut own = file.as_os_str().to_owned();
        own.push(format!(".{}{FORMS}{TEMPORARY}", std::process::id()));
        let packed = forms.write(&file, Path::new(&own), document)?;
        // Whoever writes a document replaces its forms after it, and removes them with it. So forms that are put in place before the document
        // goes do not outlive it, and those put in place after it are seen here: no text that was withdrawn is left on the disk.
        let is_current = document.gzip_place.as_ref().is_some_and(|place| place.open().is_ok());
        if !is_current {
            let _ = fs::remove_file(&file); // made anew when they are asked for
        }
        Ok(is_current.then_some(packed))
    }

    fn forms_file(&self, path: &str) -> PathBuf {
        let name = file_name(path);
        self.path.join(format!("{}{FORMS}", name.strip_suffix(DOCUMENT).unwrap_or(&name)))
    }

    /// Which feeds were published once and are no more.
    pub fn gone(&self) -> Gone {
        Gone::read(&self.path)
    }

    /// Keeps which feeds were published once and are no more.
    pub fn keep_gone(&self, gone: &Gone) -> io::Result<()> {
        self.check_own()?;
        gone.write(&self.path).and_then(|()| self.sync())
    }

    /// Removes documents.
    pub fn remove<'a>(&self, paths: impl Iterator<Item = &'a str>) -> io::Result<()> {
        self.check_own()?;
        for path in paths {
            let file = self.path.join(file_name(path));
            match fs::remove_file(&file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(io::Error::new(error.kind(), format!("{} cannot be removed: {error}", file.display())));
                }
                _ => {}
            }
            let _ = fs::remove_file(self.forms_file(path)); // of no use without its document
        }
        self.sync()
    }

    fn check_own(&self) -> io::Result<()> {
        if self.follows {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                format!("another process publishes in {}", self.path.display()),
            ));
        }
        Ok(())
    }

    /// A rename is on the disk when its folder is.
    fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }
}

/// Where the compressed form can be sent from.
fn place_of(file: &Path, sum: Sum, offset: usize, gzip: &[u8]) -> Place {
    Place::new(file.into(), MARK, sum, offset as u64, gzip.len())
}

/// The name under which a file is written before it is whole.
pub(super) fn temporary(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(TEMPORARY);
    name.into()
}

/// The document in a file of this name, and its path.
pub(super) fn read(name: &str, file: &Path, bytes: Bytes) -> Result<(String, Prepared), String> {
    let whole = bytes.len();
    if !bytes.starts_with(MARK) {
        return Err("it is not a document of this version".to_owned());
    }
    let (sum, bytes) = line(bytes.slice(MARK.len()..))?;
    let sum = Sum::try_from(&sum[..]).map_err(|_| "it is cut off or damaged")?;
    if checksum([&bytes[..]]) != sum {
        return Err("it is cut off or damaged".to_owned());
    }
    let (header, gzip) = line(bytes)?;
    let header: Header<'_> = serde_json::from_slice(&header).map_err(|error| format!("its header cannot be read: {error}"))?;
    if file_name(&header.path) != name {
        return Err(format!("it is the document of `{}` under another name", header.path));
    }
    // The checksum has vouched for what the header says, so large documents need not be decompressed to be served.
    let modified = DateTime::from_timestamp(header.modified, 0).ok_or("its date is wrong")?;
    // A moment that is none has passed.
    let moment = |micros: Option<i64>| micros.map(|micros| DateTime::from_timestamp_micros(micros).unwrap_or_default());
    let conditions = Conditions {
        terms: header.terms.into_owned(),
        release: moment(header.release),
        expiry: moment(header.expiry),
        noindex: header.noindex,
    };
    let (content_type, etag) = (header.content_type.into_owned(), header.etag.into_owned());
    let mut prepared =
        Prepared::from_gzip(content_type, etag, header.length, gzip, modified, conditions).ok_or("its length is wrong")?;
    prepared.gzip_place = Some(place_of(file, sum, whole - prepared.gzip.len(), &prepared.gzip));
    Ok((header.path.into_owned(), prepared))
}

/// The first line, without its end, and what follows.
pub(super) fn line(bytes: Bytes) -> Result<(Bytes, Bytes), String> {
    let end = bytes.iter().position(|byte| *byte == b'\n').ok_or("it is cut off")?;
    Ok((bytes.slice(..end), bytes.slice(end + 1..)))
}

/// SHA-256 in hexadecimal, as it is written.
pub(super) fn checksum<const PARTS: usize>(parts: [&[u8]; PARTS]) -> Sum {
    let mut sum = [0; SUM_BYTES];
    sum.copy_from_slice(hex(&parts.into_iter().fold(Sha256::new(), Sha256::chain_update).finalize()).as_bytes());
    sum
}

/// A file name for a path, another one for every path, on any file system: what is not a lower-case letter, a digit, a dot or a hyphen becomes
/// `_` and two hexadecimal digits.
fn file_name(path: &str) -> String {
    let mut name = String::with_capacity(path.len() + 8);
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' => name.push(char::from(byte)),
            _ => {
                name.push('_');
                name.push_str(&hex(&[byte]));
            }
        }
    }
    if name.is_empty() {
        name.push_str("_index"); // no path gives this: `in` is not hexadecimal
    } else if name.len() > LONGEST_NAME {
        name = format!("_sha256-{}", hex(&Sha256::digest(path)));
    }
    name + DOCUMENT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe() {
        let check = |path: &str, expected: &str| assert_eq!(file_name(path), expected, "{path}");
        check("feeds/all.rss", "feeds_2fall.rss.doc");
        check("feeds/all", "feeds_2fall.doc");
        check("", "_index.doc");
        check("_index", "_5findex.doc");
        check("../../etc/passwd", ".._2f.._2fetc_2fpasswd.doc");
        check("A", "_41.doc");
        check("a\0b\\c:d", "a_00b_5cc_3ad.doc");
        check("头条", "_e5_a4_b4_e6_9d_a1.doc");
        check("x.doc.tmp", "x.doc.tmp.doc");
        assert!(file_name(&"x".repeat(5_000)).len() < 100);
        assert_ne!(file_name(&"x".repeat(5_000)), file_name(&"x".repeat(5_001)));
    }

    proptest::proptest! {
        #[test]
        fn names_are_distinct(a in "[a-c_/.A-C]{0,6}", b in "[a-c_/.A-C]{0,6}") {
            proptest::prop_assert_eq!(file_name(&a) == file_name(&b), a == b);
            proptest::prop_assert!(!file_name(&a).contains('/'));
            proptest::prop_assert!(!file_name(&a).ends_with(TEMPORARY));
        }
    }
}
