//! The documents of another process, followed in its folder: what it puts, replaces and removes there, readers of this process see too.
//!
//! A file is read when it is another one than before (the writer renames, so it has another inode), never because a neighbour changed. One that is
//! damaged leaves the last good version where it is.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::disk::{self, Folder};
use super::gone::{self, Gone};
use super::{Documents, Prepared, Snapshot};

/// Which file it is, and which version of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(there: &Metadata) -> Self {
        Self {
            device: there.dev(),
            inode: there.ino(),
            length: there.len(),
            modified: (there.mtime(), there.mtime_nsec()),
            changed: (there.ctime(), there.ctime_nsec()),
        }
    }
}

/// A file that was read.
#[derive(Debug)]
struct Known {
    stamp: Stamp,
    /// What is in it, or was when it was last whole.
    document: Option<(String, Arc<Prepared>)>,
}

/// Follows a folder.
#[derive(Debug)]
pub struct Follower {
    snapshot: Arc<Snapshot>,
    path: PathBuf,
    files: HashMap<String, Known>,
    gone: Option<Stamp>,
}

impl Follower {
    /// Nothing is read yet; the folder may be missing.
    pub fn of(path: &Path) -> Self {
        let snapshot = Snapshot { folder: Some(Folder::of_another(path)), ..Snapshot::default() };
        Self { snapshot: Arc::new(snapshot), path: path.to_owned(), files: HashMap::new(), gone: None }
    }

    /// What readers see.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.clone()
    }

    /// Looks at every file and reads those that are new; how many. Readers see it with the next [`Follower::show`]. Blocks.
    ///
    /// # Errors
    /// The folder cannot be listed: everything stays as it was. Or a file cannot be read: what was in it before is kept, and the next look tries again.
    pub fn look(&mut self) -> io::Result<usize> {
        let mut names = HashSet::new();
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            names.extend(name.to_str().filter(|name| name.ends_with(disk::DOCUMENT)).map(str::to_owned));
        }
        // Some file systems leave out of a list what is replaced while it is made.
        names.extend(self.files.keys().cloned());
        let (mut read, mut failed) = (0, None);
        for name in names {
            match self.look_at(&name) {
                Ok(new) => read += usize::from(new),
                Err(error) if error.kind() == io::ErrorKind::NotFound => drop(self.files.remove(&name)),
                Err(error) => failed = Some(error),
            }
        }
        let stamp = fs::metadata(self.path.join(gone::FILE)).ok().map(|there| Stamp::of(&there));
        if stamp != self.gone {
            self.gone = stamp;
            self.snapshot.gone.store(Arc::new(Gone::read(&self.path)));
        }
        failed.map_or(Ok(read), Err)
    }

    /// Reads a file if it is another one than before; whether it was.
    fn look_at(&mut self, name: &str) -> io::Result<bool> {
        let path = &self.path.join(name);
        let there = fs::symlink_metadata(path)?;
        if !there.is_file() || self.files.get(name).is_some_and(|known| known.stamp == Stamp::of(&there)) {
            return Ok(false);
        }
        let mut file = File::open(path)?;
        let stamp = Stamp::of(&file.metadata()?);
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let before = self.files.remove(name).and_then(|known| known.document);
        let document = match disk::read(name, path, bytes.into()) {
            Ok((document, mut prepared)) => {
                // The same bytes on other conditions: their other forms are the same, too.
                if let Some((_, before)) = before.filter(|(_, before)| before.etag == prepared.etag) {
                    prepared.packed = before.packed.clone();
                }
                Some((document, Arc::new(prepared)))
            }
            Err(reason) => {
                tracing::warn!(file = %path.display(), %reason, "a published document is damaged; readers see the last good one");
                before
            }
        };
        self.files.insert(name.to_owned(), Known { stamp, document });
        Ok(true)
    }

    /// Shows readers what was last found, but for what `may_show` refuses by path and content; false when that changes nothing.
    pub fn show(&self, may_show: impl Fn(&str, &Prepared) -> bool) -> bool {
        let documents = self.files.values().filter_map(|known| known.document.as_ref());
        let shown = documents.filter(|(path, prepared)| may_show(path, prepared));
        let shown: Documents = shown.cloned().collect();
        let before = self.snapshot.documents.load();
        let same = before.len() == shown.len()
            && shown.iter().all(|(path, prepared)| before.get(path).is_some_and(|before| Arc::ptr_eq(before, prepared)));
        if !same {
            self.snapshot.documents.store(Arc::new(shown));
        }
        !same
    }

    /// Paths of documents that are there and not shown, sorted.
    pub fn hidden(&self) -> Vec<String> {
        let shown = self.snapshot.documents.load();
        let paths = self.files.values().filter_map(|known| known.document.as_ref()).map(|(path, _)| path);
        let mut hidden: Vec<String> = paths.filter(|path| !shown.contains_key(*path)).cloned().collect();
        hidden.sort_unstable();
        hidden
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use chrono::DateTime;

    use super::*;
    use crate::model::{Conditions, PublishedDocument};

    fn document(path: &str, body: &str) -> PublishedDocument {
        PublishedDocument {
            path: path.to_owned(),
            content_type: "text/plain".to_owned(),
            body: Bytes::from(body.to_owned()),
            modified: DateTime::from_timestamp(1_000, 0).expect("a time"),
            conditions: Conditions::default(),
        }
    }

    fn text(snapshot: &Snapshot, path: &str) -> Option<String> {
        snapshot.get(path).map(|found| String::from_utf8_lossy(&found.identity()).into_owned())
    }

    #[test]
    fn what_one_process_publishes_another_shows_with_the_same_validators() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("published");
        let mut follower = Follower::of(&path);
        let here = follower.snapshot();
        assert!(follower.look().is_err(), "there is no folder yet");
        let there = Snapshot::load(Some(&path)).expect("a folder");
        for (name, body) in [("feeds/all.atom", "one"), ("feeds/bay.atom", "two")] {
            there.put(document(name, body)).expect("written");
        }
        assert_eq!(follower.look().ok(), Some(2));
        assert_eq!(here.get("feeds/all.atom"), None, "nothing is shown before it is asked whether it may be");
        assert!(follower.show(|_, _| true) && !follower.show(|_, _| true));
        for name in here.paths() {
            assert_eq!(here.get(&name).map(|found| found.etag.clone()), there.get(&name).map(|found| found.etag.clone()));
        }
        let kept = here.get("feeds/bay.atom");
        there.put(document("feeds/all.atom", "three")).expect("written");
        assert_eq!(follower.look().ok(), Some(1), "only what changed is read");
        follower.show(|_, _| true);
        assert_eq!(text(&here, "feeds/all.atom").as_deref(), Some("three"));
        assert!(kept.zip(here.get("feeds/bay.atom")).is_some_and(|(before, now)| Arc::ptr_eq(&before, &now)));

        there.bury(&["all"].into(), &[].into()).expect("written");
        there.retain(|path, _| path != "feeds/bay.atom").expect("removed");
        assert_eq!(follower.look().ok(), Some(0));
        follower.show(|_, _| true);
        assert_eq!(text(&here, "feeds/bay.atom"), None);
        assert!(here.is_gone("feeds/bay.atom") && !here.is_gone("feeds/all.atom"));

        assert!(follower.show(|path, _| path != "feeds/all.atom"));
        assert_eq!((text(&here, "feeds/all.atom"), follower.hidden()), (None, vec!["feeds/all.atom".to_owned()]));
        assert!(follower.show(|_, _| true));
        assert!(here.put(document("feeds/x.atom", "x")).is_err(), "the other process writes");
    }

    #[test]
    fn a_damaged_file_leaves_the_last_good_version_and_half_a_file_is_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let there = Snapshot::load(Some(folder.path())).expect("a folder");
        there.put(document("feeds/all.atom", "one")).expect("written");
        let mut follower = Follower::of(folder.path());
        follower.look().expect("a folder");
        fs::write(folder.path().join("feeds_2fall.atom.doc"), "reprint document 1\ncut").expect("written");
        fs::write(folder.path().join("feeds_2fbay.atom.doc.tmp"), "half").expect("written");
        assert_eq!((follower.look().ok(), follower.look().ok()), (Some(1), Some(0)), "it is read once");
        follower.show(|_, _| true);
        assert_eq!(text(&follower.snapshot(), "feeds/all.atom").as_deref(), Some("one"));
        fs::remove_dir_all(folder.path()).expect("removed");
        assert!(follower.look().is_err() && text(&follower.snapshot(), "feeds/all.atom").is_some());
    }

    #[test]
    fn forms_made_here_are_those_of_the_other_process_and_do_not_outlive_their_document() {
        let folder = tempfile::tempdir().expect("a folder");
        let there = Snapshot::load(Some(folder.path())).expect("a folder");
        let long = |word: &str| word.repeat(20_000);
        there.put(document("feeds/all.atom", &long("heron "))).expect("written");
        let mut follower = Follower::of(folder.path());
        let here = follower.snapshot();
        let look = |follower: &mut Follower| {
            follower.look().expect("a folder");
            follower.show(|_, _| true);
        };
        look(&mut follower);
        let (old, file) = (here.get("feeds/all.atom").expect("there"), folder.path().join("feeds_2fall.atom.forms"));
        here.pack("feeds/all.atom", &old);
        let made = fs::read(&file).expect("kept");
        let own = there.get("feeds/all.atom").expect("there");
        assert_eq!(there.pack("feeds/all.atom", &own), old.packed.get().expect("packed"));
        assert_eq!(fs::read(&file).expect("kept"), made);

        // Whoever publishes makes them from now on; those of a version that is no more are not put in their place.
        there.put(document("feeds/all.atom", &long("egret "))).expect("written");
        fs::remove_file(&file).expect("removed");
        let stale = Prepared { packed: Default::default(), ..Prepared::clone(&old) };
        let packed = Folder::of_another(folder.path()).write_forms("feeds/all.atom", &super::super::Forms::of(&stale), &stale);
        assert_eq!((packed.ok(), file.exists()), (Some(None), false));
        look(&mut follower);
        let new = here.get("feeds/all.atom").expect("there");
        here.pack("feeds/all.atom", &new);
        assert!(file.exists());
        let names: Vec<_> =
            fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("a file").file_name()).collect();
        assert!(names.iter().all(|name| !name.to_string_lossy().ends_with(".tmp")), "{names:?}");
    }
}
