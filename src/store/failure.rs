//! What SQLite says, in words that name the file, whose fault it is and what to do.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// What went wrong with the store.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    /// What happened and what to do, for an admin, without a final stop.
    pub message: String,
    /// The configuration or the file's permissions are at fault: starting again does not help.
    pub configuration: bool,
}

/// Primary result codes (<https://www.sqlite.org/rescode.html>); the extended ones carry them in their low byte.
mod code {
    pub const BUSY: u32 = 5;
    pub const LOCKED: u32 = 6;
    pub const READONLY: u32 = 8;
    pub const IOERR: u32 = 10;
    pub const CORRUPT: u32 = 11;
    pub const FULL: u32 = 13;
    pub const CANTOPEN: u32 = 14;
    pub const NOTADB: u32 = 26;
}

impl StoreError {
    /// An admin has to act before another start helps.
    pub(super) fn configuration(message: impl Into<String>) -> Self {
        Self { message: message.into(), configuration: true }
    }

    /// It may pass by itself.
    pub(super) fn passing(message: impl Into<String>) -> Self {
        Self { message: message.into(), configuration: false }
    }

    /// What the SQL layer reports about the store at `path`.
    pub(super) fn from_sqlx(path: &Path, error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(database) => {
                let code = database.code().and_then(|code| code.parse::<u32>().ok()).unwrap_or(0);
                Self::from_code(path, code, database.message())
            }
            sqlx::Error::PoolTimedOut => Self::passing(format!(
                "the store {} did not answer for 30 s: its disk is too slow or overloaded; the next poll tries again",
                path.display()
            )),
            sqlx::Error::PoolClosed => Self::passing(format!("the store {} is closed", path.display())),
            other => Self::passing(format!("the store {} failed: {other}", path.display())),
        }
    }

    pub(super) fn from_code(path: &Path, code: u32, said: &str) -> Self {
        let file = path.display();
        match code & 0xff {
            code::BUSY | code::LOCKED => Self::passing(format!(
                "the store {file} was locked by another program for more than 5 s: close what else writes to it (a database browser, a \
                 backup that copies the file in place)"
            )),
            code::READONLY => Self::configuration(format!("the store {file} cannot be written to{}", owner(path))),
            code::IOERR => Self::passing(format!(
                "the disk failed while the store {file} was read or written ({said}): look for disk errors in the kernel log (`dmesg`); \
                 nothing of this poll was recorded"
            )),
            code::CORRUPT => Self::corrupt(path, said),
            code::NOTADB => Self::configuration(format!(
                "{file} is not a SQLite database: correct `site.database`, or if this was the store, {}",
                restore(path)
            )),
            code::FULL => Self::passing(format!(
                "no space left for the store {file}: make room on its disk; nothing of this poll was recorded, and the next one goes on \
                 by itself"
            )),
            code::CANTOPEN => Self::configuration(format!("the store {file} cannot be opened{}", owner(path))),
            _ => Self::passing(format!("the store {file} failed: {said}")),
        }
    }

    /// The file is damaged.
    pub(super) fn corrupt(path: &Path, what: &str) -> Self {
        Self::configuration(format!("the store {} is damaged ({what}): {}", path.display(), restore(path)))
    }
}

/// How to get back from a damaged file.
fn restore(path: &Path) -> String {
    let file = path.display();
    format!(
        "stop reprint, put the latest backup in its place with `reprint restore FILE` and start again; without a backup move {file}, \
         {file}-wal and {file}-shm away and start with no file: articles still in the partners' feeds come back under the same ids if \
         `site.tag_authority` is set to what it was"
    )
}

/// Who owns the file or its folder, if that is somebody else: the commonest reason is a command that was run as root once.
fn owner(path: &Path) -> String {
    let us = std::fs::metadata("/proc/self").map(|own| own.uid());
    for place in [Some(path), path.parent()].into_iter().flatten() {
        if let (Ok(us), Ok(metadata)) = (&us, std::fs::metadata(place)) {
            if metadata.uid() != *us {
                return format!(
                    ": {} belongs to user {}, and reprint runs as user {us}; give it back with `chown`",
                    place.display(),
                    metadata.uid()
                );
            }
            if metadata.permissions().readonly() {
                return format!(": {} is write-protected; allow writing with `chmod u+w`", place.display());
            }
        }
    }
    ": check that its folder exists and that reprint may write to both".to_owned()
}
