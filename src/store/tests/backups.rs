//! Copies of the store, and what is refused as one.

use std::io::Write;

use sqlx::{ConnectOptions, Connection};

use super::*;

async fn filled(place: &Place, articles: usize) -> Store {
    let store = place.open().await;
    let verdicts: Vec<_> = (0..articles).map(|number| ready(&short("a", &number.to_string()))).collect();
    record(&store, &verdicts, 0).await;
    store
}

fn names(place: &Place) -> Vec<String> {
    let entries = std::fs::read_dir(place.folder.path()).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

async fn change(file: &std::path::Path, statement: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut connection = options.connect().await.unwrap();
    sqlx::query(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_backup_is_one_moment_of_a_store_that_is_written_to() {
    let place = Place::new();
    let store = filled(&place, 3).await;
    let writer = store.clone();
    let writing = tokio::spawn(async move {
        for number in 0..60 {
            // Two at a time: a copy with an odd number would be no moment of it.
            let pair = [format!("x{number}"), format!("y{number}")].map(|key| ready(&short("b", &key)));
            record(&writer, &pair, 1).await;
        }
    });
    let copy = place.folder.path().join("copy.db");
    let mut seen = Vec::new();
    while seen.len() < 3 || !writing.is_finished() {
        let copied = backup(&place.file(), &copy).await.unwrap();
        assert_eq!(copied.articles % 2, 1, "half a transaction");
        assert_eq!((copied.authority.as_str(), copied.bytes), (AUTHORITY, std::fs::metadata(&copy).unwrap().len()));
        seen.push(copied.articles);
    }
    writing.await.unwrap();
    assert!(seen.is_sorted(), "{seen:?}");
    assert_eq!(backup(&place.file(), &copy).await.unwrap().articles, 123);
    // Only its owner can read it, and nothing else is left behind.
    let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&copy).unwrap()) & 0o777;
    assert_eq!(mode, 0o600);
    assert_eq!(names(&place), ["copy.db", "reprint.db", "reprint.db-shm", "reprint.db-wal", "reprint.db.lock"]);

    // The same articles under the same ids.
    let before = stored(&store, &short("b", "x7")).await.identity;
    store.close().await;
    let restored = restore(&copy, &place.file(), at(9)).await.unwrap();
    assert_eq!((restored.copied.articles, restored.unknown), (123, None));
    assert_eq!(restored.aside.unwrap().file_name().unwrap(), "reprint.db.before-20260301T080900Z");
    let store = place.open().await;
    assert_eq!(stored(&store, &short("b", "x7")).await.identity, before);
}

#[tokio::test]
async fn a_store_that_anybody_has_open_is_not_replaced() {
    let place = Place::new();
    let store = filled(&place, 1).await;
    let copy = place.folder.path().join("copy.db");
    backup(&place.file(), &copy).await.unwrap();
    record(&store, &[ready(&short("a", "later"))], 1).await;

    let error = restore(&copy, &place.file(), at(9)).await.unwrap_err();
    assert!(error.message.contains("in use by another reprint (process "), "{}", error.message);
    // Without the daemon: somebody who only reads is somebody, too.
    store.close().await;
    let reader = Store::open_read_only(&place.file()).await.unwrap();
    let error = restore(&copy, &place.file(), at(9)).await.unwrap_err();
    assert!(error.message.contains("in use by another program"), "{}", error.message);
    assert_eq!(reader.counts().await.unwrap()["a"].ready, 2);
    reader.close().await;
    assert!(!names(&place).iter().any(|name| name.contains("before") || name.ends_with(".restore")), "{:?}", names(&place));
    restore(&copy, &place.file(), at(9)).await.unwrap();
    assert_eq!(place.open().await.counts().await.unwrap()["a"].ready, 1);
}

#[tokio::test]
async fn what_is_no_sound_backup_changes_nothing() {
    let place = Place::new();
    let store = filled(&place, 40).await;
    let sound = place.folder.path().join("sound.db");
    backup(&place.file(), &sound).await.unwrap();
    store.close().await;
    let before = std::fs::read(place.file()).unwrap();
    let bad = place.folder.path().join("bad.db");
    let check = async |expected: &str| {
        let error = restore(&bad, &place.file(), at(9)).await.unwrap_err();
        assert!(error.message.contains(expected) && error.message.contains("bad.db"), "{expected}: {}", error.message);
        assert!(!error.configuration);
        assert!(std::fs::read(place.file()).unwrap() == before, "{expected}: the store was changed");
    };

    check("cannot be read").await;
    std::fs::write(&bad, "not a database, and long enough to be looked at as one".repeat(40)).unwrap();
    check("not a database").await;
    std::fs::write(&bad, b"").unwrap();
    check("database of another program").await;
    let bytes = std::fs::read(&sound).unwrap();
    std::fs::write(&bad, &bytes[..bytes.len() / 2]).unwrap();
    check("no backup that can be used").await;
    let mut damaged = bytes.clone();
    let middle = damaged.len() / 4096 / 2 * 4096;
    damaged[middle..middle + 4096].fill(0xa5);
    std::fs::write(&bad, &damaged).unwrap();
    check("no backup that can be used").await;
    for (statement, expected) in [
        ("PRAGMA application_id = 7", "database of another program"),
        ("INSERT INTO _sqlx_migrations VALUES (9999, 'later', 0, TRUE, x'00', 0)", "a newer reprint made it (schema 9999"),
        ("UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1", "another build of reprint"),
    ] {
        std::fs::copy(&sound, &bad).unwrap();
        change(&bad, statement).await;
        check(expected).await;
    }
    // A store that was copied while it was written to lacks what is in the log.
    std::fs::copy(&sound, &bad).unwrap();
    std::fs::File::create(place.folder.path().join("bad.db-wal")).unwrap().write_all(b"x").unwrap();
    check("bad.db-wal").await;
    let error = restore(&place.file(), &place.file(), at(9)).await.unwrap_err();
    assert!(error.message.contains("the store itself"), "{}", error.message);
}

#[tokio::test]
async fn a_backup_overwrites_backups_only() {
    let place = Place::new();
    let file = place.folder.path().join("feeds.toml");
    std::fs::write(&file, "[site]").unwrap();
    let error = backup(&place.file(), &file).await.unwrap_err();
    assert!(error.configuration && error.message.contains("there is no store at"), "{}", error.message);
    let store = filled(&place, 1).await;
    for (to, expected) in [
        (file.clone(), "no backup of a store"),
        (place.file(), "the store itself"),
        (place.folder.path().to_owned(), "no backup of a store"),
        (place.folder.path().join("no/such/folder.db"), "cannot be written"),
    ] {
        let error = backup(&place.file(), &to).await.unwrap_err();
        assert!(error.message.contains(expected), "{}: {}", to.display(), error.message);
    }
    assert_eq!(std::fs::read(&file).unwrap(), b"[site]");
    assert_eq!(store.counts().await.unwrap()["a"].ready, 1);
}

#[tokio::test]
async fn a_damaged_store_is_replaced_and_kept() {
    let place = Place::new();
    let store = filled(&place, 5).await;
    let copy = place.folder.path().join("copy.db");
    backup(&place.file(), &copy).await.unwrap();
    store.close().await;
    std::fs::write(place.file(), "garbage".repeat(2_000)).unwrap();
    std::fs::write(place.folder.path().join("reprint.db-wal"), "more of it").unwrap();
    let restored = restore(&copy, &place.file(), at(9)).await.unwrap();
    assert!(restored.unknown.is_some() && restored.withdrawals.is_empty());
    let aside = restored.aside.unwrap();
    assert!(std::fs::read(&aside).unwrap().starts_with(b"garbage"));
    assert_eq!(place.open().await.counts().await.unwrap()["a"].ready, 5);

    // Where there is no store, one is put.
    let new = Place::new();
    let elsewhere = new.folder.path().join("made/reprint.db");
    assert_eq!(restore(&copy, &elsewhere, at(9)).await.unwrap().aside, None);
    assert_eq!(Store::open(&elsewhere, "other.example,2030").await.unwrap().authority(), AUTHORITY);
}
