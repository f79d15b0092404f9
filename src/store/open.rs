//! Opening the file: the lock, the checks before anything is written, the migrations, the two pools.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use super::failure::StoreError;
use super::sql;

/// Every schema this program can bring a store to, oldest first.
static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/sqlite");

/// `PRAGMA application_id` of a store, "rprt"; the first migration writes it.
pub const APPLICATION_ID: i64 = 0x7270_7274;

/// Before this version two connections that write and checkpoint at once can damage the file
/// (<https://sqlite.org/wal.html#walresetbug>). The bundled one is newer; a build against the system's library may not be.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// How long a statement waits for another program's lock.
const BUSY: Duration = Duration::from_secs(5);

/// Connections for reading. The pages and commands that read are few; feeds are served from memory.
const READERS: u32 = 4;

/// A file up to this size is checked whole at every start (some 50 ms). Of a larger one only the small tables are, so that a start with a
/// million articles stays quick; damage elsewhere shows when it is read.
const CHECKED_WHOLE: i64 = 64 * 1024 * 1024;

/// An open store.
#[derive(Debug)]
pub struct Opened {
    pub writer: Option<SqlitePool>,
    pub readers: SqlitePool,
    pub authority: String,
    pub lock: Option<File>,
}

/// Opens for reading and writing: creates and migrates.
pub async fn for_writing(path: &Path, authority: &str) -> Result<Opened, StoreError> {
    let lock = lock_in_folder(path)?;
    let failed = |error: sqlx::Error| StoreError::from_sqlx(path, &error);

    // One writer: SQLite has one anyway, and a queue in the pool is fairer than retries on a locked file.
    let options =
        options(path).create_if_missing(true).journal_mode(SqliteJournalMode::Wal).pragma("journal_size_limit", "67108864");
    let writer = pool(1).connect_with(options).await.map_err(failed)?;
    sqlite_version(&writer, path).await?;
    belongs_to_us(&writer, path).await?;
    let schema = schema(&writer, path).await?;
    whole(&writer, path, schema > 0).await?;
    migrate(&writer, path).await?;
    sqlx::query(sql::GIVE_AUTHORITY).bind(authority).execute(&writer).await.map_err(failed)?;
    let stored: String = sqlx::query_scalar(sql::AUTHORITY).fetch_one(&writer).await.map_err(failed)?;
    if stored != authority {
        tracing::info!(store = %path.display(), %stored, configured = authority, "ids go on being minted by the authority the store has");
    }

    let readers = pool(READERS).connect_with(options_read_only(path)).await.map_err(failed)?;
    Ok(Opened { writer: Some(writer), readers, authority: stored, lock: Some(lock) })
}

/// Opens an existing store for reading, beside a daemon or without.
pub async fn for_reading(path: &Path) -> Result<Opened, StoreError> {
    if !path.try_exists().unwrap_or(true) {
        return Err(StoreError::configuration(format!(
            "there is no store at {}: `reprint run` makes it, or `site.database` names another place",
            path.display()
        )));
    }
    let failed = |error: sqlx::Error| StoreError::from_sqlx(path, &error);
    let readers = pool(READERS).connect_with(options_read_only(path)).await.map_err(failed)?;
    sqlite_version(&readers, path).await?;
    belongs_to_us(&readers, path).await?;
    let newest = newest_schema();
    let schema = schema(&readers, path).await?;
    if schema < newest {
        return Err(StoreError::configuration(format!(
            "the store {} has schema {schema}, older than this program's {newest}: start `reprint run` once to bring it up to date",
            path.display()
        )));
    }
    let authority = sqlx::query_scalar(sql::AUTHORITY).fetch_one(&readers).await.map_err(failed)?;
    Ok(Opened { writer: None, readers, authority, lock: None })
}

/// Opens an existing store for a command that writes beside a daemon: SQLite lets one of them write at a time, and the other wait.
pub async fn beside_another(path: &Path) -> Result<Opened, StoreError> {
    let opened = for_reading(path).await?;
    let writer = pool(1).connect_with(options(path).create_if_missing(false)).await;
    let writer = writer.map_err(|error| StoreError::from_sqlx(path, &error))?;
    Ok(Opened { writer: Some(writer), ..opened })
}

/// One connection to an existing store that only reads, whatever its schema, if this program knows it.
pub async fn for_copying(path: &Path) -> Result<SqliteConnection, StoreError> {
    let failed = |error: sqlx::Error| StoreError::from_sqlx(path, &error);
    let readers = pool(1).connect_with(options_read_only(path)).await.map_err(failed)?;
    belongs_to_us(&readers, path).await?;
    if schema(&readers, path).await? == 0 {
        return Err(StoreError::passing(format!(
            "the store {} is empty: `reprint run` has not finished making it",
            path.display()
        )));
    }
    Ok(readers.acquire().await.map_err(failed)?.detach())
}

/// Whether this program has the step of a store's schema with this number and content; else why not.
pub fn knows(version: i64, checksum: &[u8]) -> Result<(), String> {
    match MIGRATIONS.iter().find(|migration| migration.version == version) {
        Some(migration) if *migration.checksum == *checksum => Ok(()),
        Some(_) => Err(format!("its schema {version} is that of another build of reprint: install the build that made it")),
        None => Err(format!("a newer reprint made it (schema {version}, this program knows up to {})", newest_schema())),
    }
}

fn pool(connections: u32) -> SqlitePoolOptions {
    // Connections are kept: there is no network between us and the file that could have dropped them.
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(30))
        .max_lifetime(None)
        .idle_timeout(None)
        .test_before_acquire(false)
}

/// `synchronous=FULL`: what was recorded is on the disk, also after a power cut. No `mmap_size`: a disk error would be a signal that ends
/// the process instead of an error. No `optimize`: without statistics the plans that the tests hold are the plans there are.
pub fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY)
        .foreign_keys(true)
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .pragma("temp_store", "MEMORY")
        .pragma("cache_size", "-8000")
}

/// Several connections, each with a cache of its own: a small one, the system keeps the file in memory as well.
fn options_read_only(path: &Path) -> SqliteConnectOptions {
    options(path).read_only(true).create_if_missing(false).pragma("cache_size", "-2000")
}

/// Path of a file beside the store: its name and `ending`.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// The lock, in the store's folder, which is made if it is missing.
pub fn lock_in_folder(path: &Path) -> Result<File, StoreError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| {
            StoreError::configuration(format!("the folder {} of the store cannot be made: {error}", folder.display()))
        })?;
    }
    lock(path)
}

/// Two daemons on one file would poll everything twice and take turns at the snapshot. The kernel drops the lock with the process, however
/// that ends, so a lock file left behind is no obstacle.
fn lock(path: &Path) -> Result<File, StoreError> {
    let place = beside(path, ".lock");
    // A lock file that root left behind can be locked without being written to.
    let opened =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&place).or_else(|_| File::open(&place));
    let mut file = opened.map_err(|error| {
        StoreError::configuration(format!(
            "the lock {} cannot be made ({error}): reprint must be able to write in this folder",
            place.display()
        ))
    })?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let _ = (&mut file).take(20).read_to_string(&mut holder); // says who, for the message only
            let process = holder.trim().parse::<u32>().map(|id| format!(" (process {id})")).unwrap_or_default();
            return Err(StoreError::passing(format!(
                "the store {} is in use by another reprint{process}, which holds {}: stop that one, or give this one a `site.database` \
                 of its own",
                path.display(),
                place.display()
            )));
        }
        Err(TryLockError::Error(error)) => {
            return Err(StoreError::configuration(format!(
                "{} cannot be locked ({error}): put the store on a local disk",
                place.display()
            )));
        }
    }
    // Only words for the next one's message: not being able to write them is no reason not to start.
    let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| write!(file, "{}", std::process::id()));
    Ok(file)
}

async fn sqlite_version(pool: &SqlitePool, path: &Path) -> Result<(), StoreError> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(pool)
        .await
        .map_err(|error| StoreError::from_sqlx(path, &error))?;
    if is_old(&version) {
        return Err(StoreError::configuration(format!(
            "this reprint was built with SQLite {version}, which can damage a store (WAL reset bug): build it with the bundled one, 3.51.3 \
             or later"
        )));
    }
    Ok(())
}

fn is_old(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let version = [(); 3].map(|()| parts.next().unwrap_or(0));
    version < OLDEST_SQLITE
}

/// A file with somebody else's tables is not ours to migrate.
async fn belongs_to_us(pool: &SqlitePool, path: &Path) -> Result<(), StoreError> {
    let failed = |error: sqlx::Error| StoreError::from_sqlx(path, &error);
    let id: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(pool).await.map_err(failed)?;
    // A start that was killed before the first migration leaves the migrations' own table and no id.
    let tables: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name <> '_sqlx_migrations'")
            .fetch_one(pool)
            .await
            .map_err(failed)?;
    if id == APPLICATION_ID || (id == 0 && tables == 0) {
        return Ok(());
    }
    Err(StoreError::configuration(format!(
        "{} is the database of another program: correct `site.database`; nothing in it was changed",
        path.display()
    )))
}

fn newest_schema() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Version of the schema the store has, 0 for a new one. Refuses one that this program does not know.
async fn schema(pool: &SqlitePool, path: &Path) -> Result<i64, StoreError> {
    let failed = |error: sqlx::Error| StoreError::from_sqlx(path, &error);
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'")
        .fetch_one(pool)
        .await
        .map_err(failed)?;
    if tables == 0 {
        return Ok(0);
    }
    let schema: i64 =
        sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations").fetch_one(pool).await.map_err(failed)?;
    let newest = newest_schema();
    if schema > newest {
        return Err(StoreError::configuration(format!(
            "the store {} was last used by a newer reprint (schema {schema}, this program knows up to {newest}): install the newer program \
             again, or put the backup made before the upgrade in place",
            path.display()
        )));
    }
    Ok(schema)
}

/// Looks for damage.
async fn whole(pool: &SqlitePool, path: &Path, has_tables: bool) -> Result<(), StoreError> {
    let failed = |error: sqlx::Error| StoreError::from_sqlx(path, &error);
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(pool).await.map_err(failed)?;
    let page: i64 = sqlx::query_scalar("PRAGMA page_size").fetch_one(pool).await.map_err(failed)?;
    let checks: &[&'static str] = if pages.saturating_mul(page) <= CHECKED_WHOLE {
        &["PRAGMA quick_check(1)"]
    } else if has_tables {
        &["PRAGMA quick_check('meta')", "PRAGMA quick_check('source')"]
    } else {
        &[]
    };
    for check in checks {
        let found: String = sqlx::query_scalar(*check).fetch_one(pool).await.map_err(failed)?;
        if found != "ok" {
            return Err(StoreError::corrupt(path, &found.replace('\n', " ")));
        }
    }
    // The check has filled the cache with pages that nobody needs.
    sqlx::query("PRAGMA shrink_memory").execute(pool).await.map_err(failed)?;
    Ok(())
}

/// Brings the schema up to date, each step in a transaction of its own: killed in the middle, it goes on at the next start.
async fn migrate(pool: &SqlitePool, path: &Path) -> Result<(), StoreError> {
    MIGRATIONS.run(pool).await.map_err(|error| match &error {
        MigrateError::Execute(inner) | MigrateError::ExecuteMigration(inner, _) => StoreError::from_sqlx(path, inner),
        MigrateError::VersionMismatch(version) => StoreError::configuration(format!(
            "the store {} was made by another build of reprint: its schema {version} is not the one this program has; install the build \
             that made it, or start with another `site.database`",
            path.display()
        )),
        other => StoreError::configuration(format!("the schema of the store {} cannot be brought up to date: {other}", path.display())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_sqlite() {
        for (version, old) in [
            ("3.40.1", true),
            ("3.51.2", true),
            ("3.51.3", false),
            ("3.54.1", false),
            ("4.0.0", false),
            ("3.52", false),
            ("3", true),
            ("", true),
        ] {
            assert_eq!(is_old(version), old, "{version}");
        }
    }

    #[test]
    fn files_beside() {
        assert_eq!(beside(Path::new("/var/lib/r/reprint.db"), ".lock"), Path::new("/var/lib/r/reprint.db.lock"));
    }
}
