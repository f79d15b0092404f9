//! Feeds that were published once and have left feeds.toml. Their readers are told so for good (410) and stop asking; a 404 they take for a mishap and
//! ask on for years.
//!
//! Kept beside the documents, in a file with an id a line. Without the folder it is forgotten, and the answer is 404 again.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// File name in the folder of documents.
pub(super) const FILE: &str = "gone-feeds";

/// Ids that are kept: whoever renames feeds by a script does not fill the disk.
const MOST: usize = 10_000;

/// Characters of an id, at most; longer lines are none of ours.
const LONGEST: usize = 200;

/// Ids of the feeds that are gone.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Gone(BTreeSet<String>);

impl Gone {
    /// What the file in `folder` says; nothing where there is none or it cannot be read.
    pub fn read(folder: &Path) -> Self {
        let text = match std::fs::read_to_string(folder.join(FILE)) {
            Ok(text) => text,
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(%error, "which feeds were published once cannot be read: they answer 404 instead of 410");
                }
                return Self::default();
            }
        };
        Self(text.lines().map(str::trim).filter(|id| is_id(id)).take(MOST).map(str::to_owned).collect())
    }

    /// Puts the file in `folder` in place of the one before, whole or not at all.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        let (file, temporary) = (folder.join(FILE), folder.join(format!("{FILE}.doc.tmp")));
        let write = || {
            let mut out = File::create(&temporary)?;
            for id in &self.0 {
                writeln!(out, "{id}")?;
            }
            out.sync_all()?;
            std::fs::rename(&temporary, &file)
        };
        write().map_err(|error| io::Error::new(error.kind(), format!("{} cannot be written: {error}", file.display())))
    }

    /// What is gone when documents of the feeds `published` are there and `wanted` are all that are to be.
    pub fn after<'a>(&self, published: impl Iterator<Item = &'a str>, wanted: &BTreeSet<&str>) -> Self {
        let known = self.0.iter().cloned().chain(published.map(str::to_owned));
        Self(known.filter(|id| !wanted.contains(id.as_str())).collect::<BTreeSet<_>>().into_iter().take(MOST).collect())
    }

    pub fn has(&self, id: &str) -> bool {
        self.0.contains(id)
    }
}

/// The feed whose document, page or archive is at a path.
pub(super) fn feed_of(path: &str) -> Option<&str> {
    let id = path.strip_prefix("feeds/")?.split(['.', '/']).next()?;
    is_id(id).then_some(id)
}

fn is_id(id: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=LONGEST).contains(&id.len()) && id.bytes().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_by_the_paths_of_their_documents() {
        let check = |path: &str, expected: Option<&str>| assert_eq!(feed_of(path), expected, "{path}");
        check("feeds/all.rss", Some("all"));
        check("feeds/brede-2", Some("brede-2"));
        check("feeds/all/archive/2026-05.atom", Some("all"));
        check("", None);
        check("feeds.opml", None);
        check("feeds/", None);
        check("feeds/../x", None);
        check("feeds/All.rss", None);
        check("a/0123456789abcdef0123", None);
    }

    #[test]
    fn a_feed_is_gone_until_it_is_back_also_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let none = Gone::read(folder.path());
        assert_eq!(none, Gone::default());
        let gone = none.after(["all", "brede", "brede"].into_iter(), &BTreeSet::from(["all"]));
        assert!(gone.has("brede") && !gone.has("all") && !gone.has("other"));
        gone.write(folder.path()).unwrap();
        assert_eq!(Gone::read(folder.path()), gone);
        // Its documents are gone by now; it stays gone until feeds.toml has it again.
        assert!(gone.after(["all"].into_iter(), &BTreeSet::from(["all"])).has("brede"));
        assert_eq!(gone.after([].into_iter(), &BTreeSet::from(["all", "brede"])), Gone::default());
        std::fs::write(folder.path().join(FILE), "brede\n\n../x\nNo Id\n\u{0}\n").unwrap();
        assert_eq!(Gone::read(folder.path()), gone);
    }
}
