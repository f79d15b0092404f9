//! What can be wrong with the file, and what an admin is told.

use std::io::{Seek, SeekFrom, Write};

use super::*;

/// The error has every one of the words.
#[track_caller]
fn says(error: &StoreError, configuration: bool, words: &[&str]) {
    for word in words {
        assert!(error.message.contains(word), "`{word}` is missing: {}", error.message);
    }
    assert_eq!(error.configuration, configuration, "{}", error.message);
    assert!(!error.message.ends_with('.') && !error.message.contains('\n'), "{}", error.message);
}

async fn refusal(place: &Place) -> StoreError {
    Store::open(&place.file(), AUTHORITY).await.unwrap_err()
}

async fn filled(place: &Place, articles: usize) {
    let store = place.open().await;
    let verdicts: Vec<_> =
        (0..articles).map(|number| ready(&edited(&short("a", &number.to_string()), &"text ".repeat(900)))).collect();
    record(&store, &verdicts, 0).await;
    store.close().await;
}

#[tokio::test]
async fn two_programs_on_one_file() {
    let place = Place::new();
    let first = place.open().await;
    let error = refusal(&place).await;
    says(&error, false, &["reprint.db.lock", "in use", &format!("process {}", std::process::id()), "stop that one"]);
    record(&first, &[ready(&short("a", "1"))], 0).await;
    first.close().await;
    // A lock file alone is nothing, whatever is in it; a clone that is still around does not keep the lock.
    std::fs::write(place.folder.path().join("reprint.db.lock"), "not a number at all, and longer than one").unwrap();
    let second = place.open().await;
    assert_eq!(second.counts().await.unwrap()["a"].ready, 1);
    drop(first);
    let error = second.clone();
    error.close().await;
    says(&second.poll_states().await.unwrap_err(), false, &["is closed"]);
}

#[tokio::test]
async fn reading_beside_a_daemon() {
    let place = Place::new();
    let error = Store::open_read_only(&place.file()).await.unwrap_err();
    says(&error, true, &["there is no store at", "reprint.db", "reprint run"]);
    assert!(!place.file().exists());

    let daemon = place.open().await;
    let reader = Store::open_read_only(&place.file()).await.unwrap();
    assert_eq!(reader.authority(), AUTHORITY);
    let article = full();
    record(&daemon, &[ready(&article)], 0).await;
    assert_eq!(stored(&reader, &article).await.identity, stored(&daemon, &article).await.identity);
    assert_eq!(reader.preview(&[ready(&article)]).await.unwrap().unchanged, 1);
    let error = reader.record(&state("a"), &[], at(0)).await.unwrap_err();
    says(&error, false, &["opened for reading only"]);
    daemon.close().await;
    reader.close().await;
    let alone = Store::open_read_only(&place.file()).await.unwrap();
    assert_eq!(alone.counts().await.unwrap()["harbour"].ready, 1);
    alone.close().await;
    place.open().await;
}

#[tokio::test]
async fn the_folder_is_made() {
    let place = Place::new();
    let file = place.folder.path().join("state").join("deep").join("reprint.db");
    Store::open(&file, AUTHORITY).await.unwrap();
    assert!(file.exists());
    let in_the_way = place.folder.path().join("file");
    std::fs::write(&in_the_way, "").unwrap();
    says(&Store::open(&in_the_way.join("reprint.db"), AUTHORITY).await.unwrap_err(), true, &["the folder", "cannot be made"]);
    // A folder where the file should be.
    std::fs::create_dir(place.file()).unwrap();
    says(&refusal(&place).await, true, &["reprint.db", "cannot be opened"]);
}

#[tokio::test]
async fn files_of_others() {
    let place = Place::new();
    std::fs::write(place.file(), "title,url\nHarbour,https://harbour.example.com/\n".repeat(100)).unwrap();
    let error = refusal(&place).await;
    says(&error, true, &["reprint.db is not a SQLite database", "site.database", "backup"]);

    let place = Place::new();
    let other = sqlx::sqlite::SqliteConnectOptions::new().filename(place.file()).create_if_missing(true);
    let pool = SqlitePool::connect_with(other).await.unwrap();
    sqlx::query("CREATE TABLE reader (id INTEGER PRIMARY KEY)").execute(&pool).await.unwrap();
    pool.close().await;
    says(&refusal(&place).await, true, &["the database of another program", "nothing in it was changed"]);
}

#[tokio::test]
async fn schemas_of_others() {
    let place = Place::new();
    let store = place.open().await;
    let writer = store.shared.writer.clone().unwrap();
    let insert = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (999, 'x', TRUE, x'00', 0)";
    sqlx::query(insert).execute(&writer).await.unwrap();
    store.close().await;
    let words = ["newer reprint", "schema 999", "knows up to 10", "backup made before the upgrade"];
    says(&refusal(&place).await, true, &words);
    says(&Store::open_read_only(&place.file()).await.unwrap_err(), true, &words);
}

#[tokio::test]
async fn a_schema_that_was_edited() {
    let place = Place::new();
    let store = place.open().await;
    let writer = store.shared.writer.clone().unwrap();
    sqlx::query("UPDATE _sqlx_migrations SET checksum = x'00'").execute(&writer).await.unwrap();
    store.close().await;
    says(&refusal(&place).await, true, &["another build of reprint", "schema 1"]);
}

/// Takes away the tables that migrations after the first one made.
const LATER_TABLES: [&str; 18] = [
    "DROP TABLE pulled",
    "DROP TABLE audience",
    "DROP TABLE hub_subscription",
    "DROP TABLE hub_verification",
    "DROP TABLE source_subscription",
    "DROP TABLE translated_segment",
    "DROP TABLE translation",
    "DROP TABLE translation_spending",
    "DROP TABLE withdrawn_mark",
    "DROP TABLE withdrawn",
    "DROP TABLE withdrawal_outlet",
    "DROP TABLE withdrawal",
    "DROP TABLE story_mark",
    "DROP TABLE story_way",
    "DROP TABLE story",
    "DROP TABLE article_mark",
    "DROP TABLE feed_identity",
    "DROP TABLE frontier",
];

#[tokio::test]
async fn a_store_of_the_first_schema_is_brought_up_to_date() {
    let place = Place::new();
    let store = place.open().await;
    let one = short("ledger", "1");
    record(&store, &[ready(&one)], 10).await;
    let writer = store.shared.writer.clone().unwrap();
    for statement in LATER_TABLES.into_iter().chain([
        "ALTER TABLE source DROP COLUMN validated_by",
        "ALTER TABLE source DROP COLUMN ttl",
        "ALTER TABLE source DROP COLUMN settings",
        "DELETE FROM _sqlx_migrations WHERE version > 1",
    ]) {
        sqlx::query(statement).execute(&writer).await.unwrap();
    }
    store.close().await;
    says(&Store::open_read_only(&place.file()).await.unwrap_err(), true, &["has schema 1", "program's 10", "reprint run"]);
    let store = place.open().await;
    assert_eq!(stored(&store, &one).await.identity.revision, 1);
    assert!(store.pages().await.unwrap().is_empty());
    assert_eq!(record(&store, &[ready(&one)], 20).await.unchanged, 1);
}

#[tokio::test]
async fn a_first_start_that_was_killed() {
    let place = Place::new();
    let store = place.open().await;
    store.close().await;
    let ours: sqlx::sqlite::SqliteConnectOptions = sqlx::sqlite::SqliteConnectOptions::new().filename(place.file());
    let pool = SqlitePool::connect_with(ours).await.unwrap();
    // What there is before the transaction of the first migration ends.
    for statement in LATER_TABLES.into_iter().chain([
        "DROP TABLE article_copy",
        "DROP TABLE article",
        "DROP TABLE source",
        "DROP TABLE meta",
        "DELETE FROM _sqlx_migrations",
        "PRAGMA application_id = 0",
    ]) {
        sqlx::query(statement).execute(&pool).await.unwrap();
    }
    pool.close().await;
    says(&Store::open_read_only(&place.file()).await.unwrap_err(), true, &["has schema 0", "reprint run"]);
    assert_eq!(place.open().await.authority(), AUTHORITY);
}

#[tokio::test]
async fn damage_is_found_at_the_start() {
    let words = ["is damaged", "latest backup", "move", "reprint.db-wal", "tag_authority"];
    // Cut off.
    let place = Place::new();
    filled(&place, 50).await;
    let file = std::fs::OpenOptions::new().write(true).open(place.file()).unwrap();
    file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    says(&refusal(&place).await, true, &words);

    // A page in the middle overwritten.
    let place = Place::new();
    filled(&place, 50).await;
    let mut file = std::fs::OpenOptions::new().write(true).open(place.file()).unwrap();
    file.seek(SeekFrom::Start(4_096 * 2)).unwrap();
    file.write_all(&[0xa5; 4_096]).unwrap();
    says(&refusal(&place).await, true, &words);
}

#[tokio::test]
async fn a_damaged_record_is_an_error() {
    let place = Place::new();
    let store = place.open().await;
    let article = short("a", "1");
    record(&store, &[ready(&article)], 0).await;
    sqlx::query("UPDATE article SET record = x'7b7d'").execute(store.shared.writer.as_ref().unwrap()).await.unwrap();
    let outlets = ["a".to_owned()];
    let window = Window { outlets: &outlets, size: 1, since: at(0), ceiling: 1 };
    for error in [store.article(&key(&article)).await.err(), store.window(&window).await.err()] {
        says(&error.unwrap(), true, &["is damaged", &key(&article), "cannot be read", "backup"]);
    }
}

#[tokio::test]
async fn a_full_disk_passes() {
    let place = Place::new();
    let store = place.open().await;
    let kept = short("a", "kept");
    record(&store, &[ready(&kept)], 0).await;
    let writer = store.shared.writer.clone().unwrap();
    // No page more than the file has now, on the connection as it is.
    sqlx::query("PRAGMA max_page_count = 1").execute(&writer).await.unwrap();
    let many: Vec<_> = (0..200).map(|number| ready(&edited(&short("a", &number.to_string()), &"text ".repeat(900)))).collect();
    let mut later = state("a");
    later.failures = 1;
    let error = store.record(&later, &many, at(1)).await.unwrap_err();
    says(&error, false, &["no space left", "reprint.db", "make room", "nothing of this poll was recorded"]);

    // Nothing of it is there, reading goes on, and so does writing when there is room, without a restart.
    assert_eq!(store.counts().await.unwrap()["a"], Count { ready: 1, held: 0 });
    assert_eq!(store.poll_states().await.unwrap()[0].failures, 0);
    stored(&store, &kept).await;
    assert_eq!(store.record(&later, &many, at(2)).await.unwrap().new.len(), 200);
    let whole: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&writer).await.unwrap();
    assert_eq!(whole, "ok");
}

#[test]
fn every_failure_has_words() {
    let place = Place::new();
    std::fs::write(place.file(), "").unwrap();
    let check = |code: u32, configuration: bool, words: &[&str]| {
        let error = StoreError::from_code(&place.file(), code, "what SQLite says");
        says(&error, configuration, words);
        says(&error, configuration, &["reprint.db"]);
    };
    check(5, false, &["locked by another program", "backup that copies"]);
    check(261, false, &["locked by another program"]); // SQLITE_BUSY_RECOVERY
    check(8, true, &["cannot be written to", "check that its folder exists"]);
    check(1_032, true, &["cannot be written to"]); // SQLITE_READONLY_DBMOVED
    check(1_034, false, &["disk failed", "what SQLite says", "kernel log"]); // SQLITE_IOERR_FSYNC
    check(11, true, &["is damaged (what SQLite says)", "backup"]);
    check(13, false, &["no space left", "make room"]);
    check(14, true, &["cannot be opened"]);
    check(26, true, &["not a SQLite database", "backup"]);
    check(1, false, &["failed: what SQLite says"]);
    check(0, false, &["failed: what SQLite says"]);
}

#[test]
fn a_file_of_somebody_else_is_named() {
    let place = Place::new();
    std::fs::write(place.file(), "").unwrap();
    let mut permissions = std::fs::metadata(place.file()).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(place.file(), permissions).unwrap();
    says(&StoreError::from_code(&place.file(), 8, ""), true, &["write-protected", "chmod u+w"]);
    // `/proc/1` belongs to root; when the tests run as root, `/proc/self` does too.
    if std::os::unix::fs::chown(place.file(), Some(54_321), None).is_ok() {
        says(&StoreError::from_code(&place.file(), 8, ""), true, &["belongs to user 54321", "reprint runs as user", "chown"]);
    }
}

/// A poll that is given up in the middle leaves nothing behind and blocks nobody.
#[tokio::test]
async fn a_poll_that_is_given_up() {
    let place = Place::new();
    let store = place.open().await;
    let many: Vec<_> = (0..300).map(|number| ready(&short("a", &number.to_string()))).collect();
    let given_up = tokio::time::timeout(std::time::Duration::from_millis(5), store.record(&state("a"), &many, at(0))).await;
    let recorded = store.counts().await.unwrap().get("a").copied().unwrap_or_default().ready;
    assert!(recorded == 0 || recorded == 300, "{recorded}");
    assert!(given_up.is_err() || recorded == 300);
    let change = store.record(&state("a"), &many, at(1)).await.unwrap();
    assert_eq!(change.new.len() + change.unchanged, 300);
}

#[tokio::test]
async fn what_is_recorded_survives_a_crash() {
    let place = Place::new();
    let store = place.open().await;
    for number in 0..20 {
        record(&store, &[ready(&short("a", &number.to_string()))], number).await;
    }
    // The files as a crash would leave them at this moment: a log that was never moved into the file.
    let crashed = Place::new();
    for name in ["reprint.db", "reprint.db-wal"] {
        std::fs::copy(place.folder.path().join(name), crashed.folder.path().join(name)).unwrap();
    }
    assert_eq!(crashed.open().await.counts().await.unwrap()["a"].ready, 20);
}
