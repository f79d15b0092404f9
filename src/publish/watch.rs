//! Being told when documents of another process change, by inotify(7).

use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;
use tokio::io::unix::AsyncFd;

use super::{disk, gone};

/// A folder that is watched.
#[derive(Debug)]
pub struct Watch(AsyncFd<OwnedFd>);

impl Watch {
    /// Watches a folder from now on.
    ///
    /// # Errors
    /// It is not there, or the system has no more watches to give.
    pub fn of(folder: &Path) -> std::io::Result<Self> {
        let events = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        let wanted = WatchFlags::MOVED_TO
            | WatchFlags::MOVED_FROM
            | WatchFlags::CLOSE_WRITE
            | WatchFlags::DELETE
            | WatchFlags::DELETE_SELF
            | WatchFlags::MOVE_SELF
            | WatchFlags::ONLYDIR;
        inotify::add_watch(&events, folder, wanted)?;
        #[expect(
            deprecated,
            reason = "sound for a descriptor that is owned and stays the same one; what takes its place is unsafe"
        )]
        let events = AsyncFd::new(events)?;
        Ok(Self(events))
    }

    /// Waits until a document was put, replaced or removed. False: this is not the folder any more, and has to be watched anew.
    ///
    /// # Errors
    /// As for false.
    pub async fn changed(&self) -> std::io::Result<bool> {
        loop {
            let mut ready = self.0.readable().await?;
            let mut buffer = [const { MaybeUninit::<u8>::uninit() }; 4096];
            let mut reader = Reader::new(self.0.get_ref(), &mut buffer);
            let (mut changed, mut lost) = (false, false);
            loop {
                match reader.next() {
                    Ok(event) => {
                        let flags = event.events();
                        lost |= flags.intersects(ReadFlags::IGNORED | ReadFlags::UNMOUNT)
                            || event.file_name().is_none() && !flags.contains(ReadFlags::QUEUE_OVERFLOW);
                        changed |= flags.contains(ReadFlags::QUEUE_OVERFLOW)
                            || event.file_name().is_some_and(|name| concerns(name.to_bytes()));
                    }
                    Err(Errno::AGAIN) => break,
                    Err(Errno::INTR) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            ready.clear_ready();
            if changed || lost {
                return Ok(!lost);
            }
        }
    }
}

/// Files that readers see something of.
fn concerns(name: &[u8]) -> bool {
    name.ends_with(disk::DOCUMENT.as_bytes()) || name == gone::FILE.as_bytes()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn documents_wake_and_their_temporary_files_do_not() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = root.path().join("published");
        assert!(Watch::of(&folder).is_err());
        std::fs::create_dir(&folder).expect("made");
        let watch = Watch::of(&folder).expect("a watch");
        let woken =
            async || tokio::time::timeout(Duration::from_millis(300), watch.changed()).await.map(Result::ok).ok().flatten();
        std::fs::write(folder.join("a.doc.tmp"), "a").expect("written");
        std::fs::write(folder.join("a.forms"), "a").expect("written");
        assert_eq!(woken().await, None);
        std::fs::rename(folder.join("a.doc.tmp"), folder.join("a.doc")).expect("renamed");
        assert_eq!((woken().await, woken().await), (Some(true), None));
        std::fs::remove_file(folder.join("a.doc")).expect("removed");
        assert_eq!(woken().await, Some(true));
        std::fs::rename(&folder, root.path().join("elsewhere")).expect("renamed");
        assert_eq!(woken().await, Some(false));
    }
}
