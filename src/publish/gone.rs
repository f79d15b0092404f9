//! Feeds that were published once and have left feeds.toml. Their readers are told so for good (410) and stop asking; a 404 they take for a mishap and
//! ask on for years.
//!
//! Of a feed that was for partners only, nobody else is told even that: which feeds are such is kept while they are there, for when they are gone
//! feeds.toml says nothing of them.
//!
//! Kept beside the documents, in a file with an id a line, after a `~` where it is of a feed that is or was for partners only. Without the folder it is
//! forgotten, and the answer is 404 again.

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

/// Before the id of a feed that not everybody may read.
const CLOSED: char = '~';

/// Which feeds are gone.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Gone {
    ids: BTreeSet<String>,
    /// Feeds, gone or not, that not everybody may or could read.
    closed: BTreeSet<String>,
}

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
        let mut gone = Self::default();
        for line in text.lines().map(str::trim).take(2 * MOST) {
            let (set, id) = match line.strip_prefix(CLOSED) {
                Some(id) => (&mut gone.closed, id),
                None => (&mut gone.ids, line),
            };
            if is_id(id) && set.len() < MOST {
                set.insert(id.to_owned());
            }
        }
        gone
    }

    /// Puts the file in `folder` in place of the one before, whole or not at all.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        let (file, temporary) = (folder.join(FILE), folder.join(format!("{FILE}.doc.tmp")));
        let write = || {
            let mut out = File::create(&temporary)?;
            for id in &self.ids {
                writeln!(out, "{id}")?;
            }
            for id in &self.closed {
                writeln!(out, "{CLOSED}{id}")?;
            }
            out.sync_all()?;
            std::fs::rename(&temporary, &file)
        };
        write().map_err(|error| io::Error::new(error.kind(), format!("{} cannot be written: {error}", file.display())))
    }

    /// What is gone when documents of the feeds `published` are there and `wanted` are all that are to be; `closed` of those are not for everybody.
    pub fn after<'a>(&self, published: impl Iterator<Item = &'a str>, wanted: &BTreeSet<&str>, closed: &BTreeSet<&str>) -> Self {
        let known = self.ids.iter().cloned().chain(published.map(str::to_owned));
        let ids: BTreeSet<String> = known.filter(|id| !wanted.contains(id.as_str())).collect();
        let ids: BTreeSet<String> = ids.into_iter().take(MOST).collect();
        // Of a feed that never had a document there is nothing to keep secret.
        let were = self.closed.iter().filter(|id| ids.contains(*id)).cloned();
        let closed = were.chain(closed.iter().map(|id| (*id).to_owned())).take(MOST).collect();
        Self { ids, closed }
    }

    pub fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// It is gone, and everybody could read it.
    pub fn has_for_all(&self, id: &str) -> bool {
        self.has(id) && !self.closed.contains(id)
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
        let (all, nobody) = (BTreeSet::from(["all"]), BTreeSet::new());
        let gone = none.after(["all", "brede", "brede"].into_iter(), &all, &nobody);
        assert!(gone.has("brede") && gone.has_for_all("brede") && !gone.has("all") && !gone.has("other"));
        gone.write(folder.path()).unwrap();
        assert_eq!(Gone::read(folder.path()), gone);
        // Its documents are gone by now; it stays gone until feeds.toml has it again.
        assert!(gone.after(["all"].into_iter(), &all, &nobody).has("brede"));
        assert_eq!(gone.after([].into_iter(), &BTreeSet::from(["all", "brede"]), &nobody), Gone::default());
        std::fs::write(folder.path().join(FILE), "brede\n\n../x\nNo Id\n\u{0}\n~\n~No Id\n~~x\n").unwrap();
        assert_eq!(Gone::read(folder.path()), gone);
    }

    #[test]
    fn what_was_for_partners_only_stays_theirs_when_it_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let (wanted, nobody) = (BTreeSet::from(["all", "club", "press"]), BTreeSet::new());
        let there = Gone::default().after([].into_iter(), &wanted, &BTreeSet::from(["club", "press"]));
        assert!(!there.has("club") && !there.has_for_all("club"));
        there.write(folder.path()).unwrap();
        let documents = ["all", "club"];
        let gone = Gone::read(folder.path()).after(documents.into_iter(), &BTreeSet::from(["all"]), &nobody);
        assert!(gone.has("club") && !gone.has_for_all("club"));
        gone.write(folder.path()).unwrap();
        let gone = Gone::read(folder.path()).after(["all"].into_iter(), &BTreeSet::new(), &nobody);
        assert!(gone.has("club") && !gone.has_for_all("club") && gone.has_for_all("all"));
        // What is back and for everybody is theirs, too, when it goes again.
        let back = gone.after([].into_iter(), &BTreeSet::from(["all", "club"]), &nobody);
        assert_eq!(back, Gone::default());
        let again = back.after(documents.into_iter(), &BTreeSet::from(["all"]), &nobody);
        assert!(again.has_for_all("club"));
    }
}
