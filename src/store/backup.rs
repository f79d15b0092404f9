//! Copies of the store: one that is made while a daemon writes, and one that is put in the place of the store.
//!
//! Both are made beside where they go, looked through, brought to the disk and renamed, so that at every moment there is the file of before or the
//! whole new one.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row};

use super::failure::StoreError;
use super::{Store, open, sql};
use crate::model::Withdrawal;

/// Withdrawals that are carried over a restoration at most, the latest.
const WITHDRAWALS: usize = 100_000;

/// Statements on copies; the rest of the store's are in `sql`.
mod statements {
    /// Everything as one transaction sees it, without the free pages, into a new file. Writers go on meanwhile.
    pub const COPY: &str = "VACUUM INTO $1";
    /// Out of the write-ahead log: that is refused while any other connection has the file open, and leaves all of it in one file.
    pub const ALONE: &str = "PRAGMA journal_mode = DELETE";
    pub const APPLICATION: &str = "PRAGMA application_id";
    pub const CHECK: &str = "PRAGMA integrity_check(1)";
    pub const ARTICLES: &str = "SELECT count(*) FROM article";
    pub const MIGRATIONS: &str = "SELECT version, checksum, success FROM _sqlx_migrations ORDER BY version";
}

/// What a copy holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Articles, held ones included.
    pub articles: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// Authority of its ids (RFC 4151).
    pub authority: String,
}

/// What a restoration did.
#[derive(Debug, Clone)]
pub struct Restored {
    /// What is in the store now.
    pub copied: Copied,
    /// Where the store of before is, if there was one.
    pub aside: Option<PathBuf>,
    /// What was withdrawn in the store of before, the latest first; what cannot be read is not in it, and `unknown` says why.
    pub withdrawals: Vec<Withdrawal>,
    /// Why nobody knows what was withdrawn in the store of before.
    pub unknown: Option<String>,
}

/// Copies the store at `from` to the file `to`, whoever writes to it meanwhile: the copy is the store as it was at one moment. A backup that is there
/// already is replaced when the new one is whole. Readable by its owner only: it holds articles that are not published.
///
/// # Errors
/// There is no store or it is damaged, of another program or of a newer reprint; `to` is the store itself or some other file; the disk. What was
/// at `to` is as it was.
pub async fn backup(from: &Path, to: &Path) -> Result<Copied, StoreError> {
    if !from.try_exists().unwrap_or(true) {
        return Err(StoreError::configuration(format!("there is no store at {}: there is nothing to back up", from.display())));
    }
    replaceable(from, to)?;
    let part = part_of(to)?;
    let written = write(from, to, &part).await;
    if written.is_err() {
        let _ = fs::remove_file(&part); // the error to report is the first one
    }
    written
}

async fn write(from: &Path, to: &Path, part: &Path) -> Result<Copied, StoreError> {
    let unwritten = |error: std::io::Error| StoreError::passing(format!("{} cannot be written: {error}", to.display()));
    let name = part
        .to_str()
        .ok_or_else(|| StoreError::passing(format!("{} is not UTF-8: choose another name for the backup", to.display())))?;
    // SQLite takes an empty file for none, and would make one that everybody can read.
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(part).map_err(unwritten)?;
    let mut store = open::for_copying(from).await?;
    let copied = sqlx::query(statements::COPY).bind(name).execute(&mut store).await;
    copied.map_err(|error| {
        StoreError::passing(format!("the store {} cannot be copied to {}: {}", from.display(), to.display(), said(&error)))
    })?;
    let _ = store.close().await; // only read from
    let copied = look_through(part, to).await?;
    File::open(part).and_then(|file| file.sync_all()).map_err(unwritten)?;
    fs::rename(part, to).and_then(|()| sync_folder(to)).map_err(unwritten)?;
    Ok(copied)
}

/// Puts a copy of `from`, which [`backup`] made, in the place of the store at `store`. The store of before is kept beside it, named after `now`.
///
/// # Errors
/// Anybody has the store open: a reprint that runs holds its lock, any other program a lock of SQLite's. `from` is missing, damaged, not a backup, or
/// one of a newer or another reprint; the disk. The store is as it was.
pub async fn restore(from: &Path, store: &Path, now: DateTime<Utc>) -> Result<Restored, StoreError> {
    let there = fs::metadata(from)
        .map_err(|error| StoreError::passing(format!("the backup {} cannot be read: {error}", from.display())))?;
    if is_same(&there, store) {
        return Err(StoreError::passing(format!("{} is the store itself, not a backup of it", from.display())));
    }
    if fs::metadata(open::beside(from, "-wal")).is_ok_and(|log| log.len() > 0) {
        return Err(StoreError::passing(format!(
            "{0} is a store in use or a copy of one, not a backup: a part of it is in {0}-wal; `reprint backup` makes one that is whole",
            from.display()
        )));
    }
    // From here until all is done nobody starts a daemon on it.
    let lock = open::lock_in_folder(store)?;
    let part = open::beside(store, ".restore");
    let _ = fs::remove_file(&part); // of an attempt that was killed: whoever holds the lock is the only one
    let restored = put_in_place(from, store, &part, now).await;
    if restored.is_err() {
        let _ = fs::remove_file(&part); // the error to report is the first one
    }
    drop(lock);
    restored
}

async fn put_in_place(from: &Path, store: &Path, part: &Path, now: DateTime<Utc>) -> Result<Restored, StoreError> {
    let unwritten = |error: std::io::Error| {
        StoreError::passing(format!("the store {} cannot be replaced, and was not: {error}", store.display()))
    };
    fs::copy(from, part).map_err(unwritten)?;
    let copied = look_through(part, from).await?;
    let before = fs::metadata(store).ok();
    if let Some(before) = &before {
        // Restored by root, it goes on belonging to whom it belonged to.
        fs::set_permissions(part, before.permissions()).map_err(unwritten)?;
        let new = fs::metadata(part).map_err(unwritten)?;
        if (new.uid(), new.gid()) != (before.uid(), before.gid()) {
            std::os::unix::fs::chown(part, Some(before.uid()), Some(before.gid())).map_err(unwritten)?;
        }
    }
    File::open(part).and_then(|file| file.sync_all()).map_err(unwritten)?;

    let (mut withdrawals, mut unknown, mut aside) = (Vec::new(), None, None);
    if before.is_some() {
        alone(store).await?;
        match withdrawn(store).await {
            Ok(found) => withdrawals = found,
            Err(error) => unknown = Some(error.message),
        }
        let place = open::beside(store, &format!(".before-{}", now.format("%Y%m%dT%H%M%SZ")));
        // A log that is still there belongs to the file of before: beside the new one it would damage it.
        for ending in ["-wal", "-shm"] {
            match fs::rename(open::beside(store, ending), open::beside(&place, ending)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(unwritten(error)),
                _ => {}
            }
        }
        // A second name and not another one: there is a store at every moment, or a daemon would begin a new one.
        fs::hard_link(store, &place).or_else(|_| fs::copy(store, &place).map(drop)).map_err(unwritten)?;
        aside = Some(place);
    }
    fs::rename(part, store).and_then(|()| sync_folder(store)).map_err(unwritten)?;
    Ok(Restored { copied, aside, withdrawals, unknown })
}

/// Nobody else has the file open. A file too damaged to tell is taken for one that nobody uses: it is what the backup is for.
async fn alone(store: &Path) -> Result<(), StoreError> {
    let in_use = |error: &sqlx::Error| {
        let code = error.as_database_error().and_then(|error| error.code()).and_then(|code| code.parse::<u32>().ok());
        matches!(code.map(|code| code & 0xff), Some(5 | 6)) // SQLITE_BUSY, SQLITE_LOCKED
    };
    let alone = async {
        let mut connection = open::options(store).create_if_missing(false).connect().await?;
        sqlx::query(statements::ALONE).execute(&mut connection).await?;
        connection.close().await
    };
    match alone.await {
        Err(error) if in_use(&error) => Err(StoreError::passing(format!(
            "the store {} is in use by another program (`reprint serve`, a command of reprint, a database browser): let it end, or close it; nothing was \
             changed",
            store.display()
        ))),
        _ => Ok(()),
    }
}

async fn withdrawn(store: &Path) -> Result<Vec<Withdrawal>, StoreError> {
    let before = Store::open_read_only(store).await?;
    let found = before.withdrawals(None, WITHDRAWALS).await;
    before.close().await;
    found
}

/// Reads every page of a copy, and that this program can use it. `name`: what to call it.
async fn look_through(copy: &Path, name: &Path) -> Result<Copied, StoreError> {
    let refused = |why: String| StoreError::passing(format!("{} is no backup that can be used: {why}", name.display()));
    let failed = |error: sqlx::Error| refused(said(&error));
    // Nobody else knows of the file: no locks, and no log beside it.
    let options = SqliteConnectOptions::new().filename(copy).read_only(true).immutable(true).pragma("trusted_schema", "OFF");
    let mut connection = options.connect().await.map_err(failed)?;
    let application: i64 = sqlx::query_scalar(statements::APPLICATION).fetch_one(&mut connection).await.map_err(failed)?;
    if application != open::APPLICATION_ID {
        return Err(refused("it is a database of another program".to_owned()));
    }
    let found: String = sqlx::query_scalar(statements::CHECK).fetch_one(&mut connection).await.map_err(failed)?;
    if found != "ok" {
        return Err(refused(format!("it is damaged ({})", found.replace('\n', " "))));
    }
    for row in sqlx::query(statements::MIGRATIONS).fetch_all(&mut connection).await.map_err(failed)? {
        let (version, checksum): (i64, Vec<u8>) =
            row.try_get("version").and_then(|version| Ok((version, row.try_get("checksum")?))).map_err(failed)?;
        open::knows(version, &checksum).map_err(refused)?;
    }
    let articles: i64 = sqlx::query_scalar(statements::ARTICLES).fetch_one(&mut connection).await.map_err(failed)?;
    let authority = sqlx::query_scalar(sql::AUTHORITY).fetch_one(&mut connection).await.map_err(failed)?;
    let _ = connection.close().await; // only read from
    let bytes = fs::metadata(copy).map_err(|error| refused(error.to_string()))?.len();
    Ok(Copied { articles: u64::try_from(articles).unwrap_or(0), bytes, authority })
}

/// Only a backup is replaced by a backup.
fn replaceable(from: &Path, to: &Path) -> Result<(), StoreError> {
    let there = match fs::metadata(to) {
        Ok(there) => there,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(StoreError::passing(format!("{} cannot be written: {error}", to.display()))),
    };
    if is_same(&there, from) {
        return Err(StoreError::passing(format!("{} is the store itself: name another file for the backup", to.display())));
    }
    // <https://www.sqlite.org/fileformat2.html#database_header>: the application's id stands at byte 68.
    let mut header = [0; 72];
    let read = File::open(to).and_then(|mut file| file.read_exact(&mut header));
    let id = u32::from_be_bytes([header[68], header[69], header[70], header[71]]);
    if read.is_ok() && header.starts_with(b"SQLite format 3\0") && i64::from(id) == open::APPLICATION_ID {
        return Ok(());
    }
    Err(StoreError::passing(format!(
        "{} is there already and is no backup of a store: name another file, or move it away",
        to.display()
    )))
}

fn is_same(there: &fs::Metadata, other: &Path) -> bool {
    fs::metadata(other).is_ok_and(|other| (other.dev(), other.ino()) == (there.dev(), there.ino()))
}

/// The file that becomes the backup, in the same folder.
fn part_of(to: &Path) -> Result<PathBuf, StoreError> {
    let name =
        to.file_name().ok_or_else(|| StoreError::passing(format!("{} names no file: name one for the backup", to.display())))?;
    let mut part = std::ffi::OsString::from(".");
    part.push(name);
    part.push(format!(".{}.part", std::process::id()));
    Ok(to.with_file_name(part))
}

/// A rename is on the disk when its folder is.
fn sync_folder(file: &Path) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// What SQLite says, without what sqlx says around it.
fn said(error: &sqlx::Error) -> String {
    error.as_database_error().map_or_else(|| error.to_string(), |database| database.message().to_owned())
}
