//! What readers see, in memory and after a restart.

use std::io::Read;

use chrono::TimeZone;

use super::*;

fn at(second: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 1, 8, 0, second).unwrap()
}

fn document(path: &str, body: &str, modified: DateTime<Utc>) -> PublishedDocument {
    PublishedDocument {
        conditions: Conditions::default(),
        path: path.to_owned(),
        content_type: "application/rss+xml; charset=utf-8".to_owned(),
        body: Bytes::copy_from_slice(body.as_bytes()),
        modified,
    }
}

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain).unwrap();
    plain
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn validators_are_of_the_bytes() {
    let prepared = prepare(document("feeds/all.rss", "abc", at(0) + TimeDelta::milliseconds(900)));
    // The first half of the SHA-256 of "abc" (FIPS 180-2, B.1).
    assert_eq!(prepared.etag, "\"ba7816bf8f01cfea414140de5dae2223\"");
    assert_eq!(prepared.etag_gzip, "\"ba7816bf8f01cfea414140de5dae2223-gz\"");
    assert_eq!(prepared.modified, at(0));
    assert_eq!(gunzip(&prepared.gzip), b"abc");
    assert_eq!(prepared.gzip[4..8], [0; 4], "no time of compression");
    assert_eq!(prepared, prepare(document("feeds/all.rss", "abc", at(0))));
    assert_ne!(prepared.etag, prepare(document("feeds/all.rss", "abd", at(0))).etag);
}

#[test]
fn equal_bytes_change_nothing() {
    let snapshot = Snapshot::load(None).unwrap();
    assert!(snapshot.put(document("feeds/all.rss", "海港", at(1))).unwrap());
    let first = snapshot.get("feeds/all.rss").unwrap();
    assert!(!snapshot.put(document("feeds/all.rss", "海港", at(50))).unwrap());
    assert!(Arc::ptr_eq(&first, &snapshot.get("feeds/all.rss").unwrap()));
    assert_eq!(first.modified, at(1));
    assert!(snapshot.put(document("feeds/all.rss", "海港早报", at(50))).unwrap());
    assert_eq!(snapshot.get("feeds/all.rss").unwrap().identity(), "海港早报".as_bytes());
    assert_eq!(snapshot.get("feeds/all.rss").unwrap().modified, at(50));
}

#[test]
fn another_content_type_is_a_change() {
    let snapshot = Snapshot::default();
    snapshot.put(document("feeds/all", "x", at(1))).unwrap();
    let html = PublishedDocument { content_type: "text/html; charset=utf-8".to_owned(), ..document("feeds/all", "x", at(1)) };
    assert!(snapshot.put(html).unwrap());
    assert_eq!(snapshot.get("feeds/all").unwrap().content_type, "text/html; charset=utf-8");
}

#[test]
fn other_bytes_never_keep_the_date() {
    let snapshot = Snapshot::default();
    snapshot.put(document("feeds/all.rss", "two articles", at(10))).unwrap();
    snapshot.put(document("feeds/all.rss", "one was taken out", at(5))).unwrap();
    assert_eq!(snapshot.get("feeds/all.rss").unwrap().modified, at(11));
    snapshot.put(document("feeds/all.rss", "a new one", at(30))).unwrap();
    assert_eq!(snapshot.get("feeds/all.rss").unwrap().modified, at(30));
}

#[test]
fn a_restart_serves_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("not yet there");
    let paths = ["", "feeds.opml", "feeds/all", "feeds/all.atom", "feeds/all.rss"];
    let before = Snapshot::load(Some(&folder)).unwrap();
    for path in paths {
        before.put(document(path, &format!("<{path}>\n海港"), at(3))).unwrap();
    }
    before.put(document("feeds/all.rss", "", at(4))).unwrap();
    let after = Snapshot::load(Some(&folder)).unwrap();
    assert_eq!(after.paths(), paths);
    for path in paths {
        assert_eq!(after.get(path), before.get(path), "{path}");
    }
    assert!(!after.put(document("feeds/all.rss", "", at(9))).unwrap());
    assert_eq!(names(&folder).len(), paths.len(), "no temporary file is left");
}

#[test]
fn what_leaves_the_configuration_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = Snapshot::load(Some(folder.path())).unwrap();
    for path in ["feeds/all.rss", "feeds/old.rss"] {
        snapshot.put(document(path, path, at(0))).unwrap();
    }
    snapshot.retain(|path, _| path != "feeds/old.rss").unwrap();
    assert_eq!(snapshot.paths(), ["feeds/all.rss"]);
    assert!(snapshot.get("feeds/old.rss").is_none());
    assert_eq!(names(folder.path()), ["feeds_2fall.rss.doc"]);
    assert_eq!(Snapshot::load(Some(folder.path())).unwrap().paths(), ["feeds/all.rss"]);
    snapshot.retain(|_, _| true).unwrap();
    assert_eq!(snapshot.paths(), ["feeds/all.rss"]);
}

#[test]
fn damage_and_foreign_files_are_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let file = folder.join("feeds_2fall.rss.doc");
    let snapshot = Snapshot::load(Some(folder)).unwrap();
    snapshot.put(document("feeds/all.rss", &"an article. ".repeat(50), at(0))).unwrap();
    snapshot.put(document("feeds/whole.rss", "whole", at(0))).unwrap();
    let good = std::fs::read(&file).unwrap();

    std::fs::write(folder.join("feeds_2fall.rss.doc.tmp"), &good[..20]).unwrap();
    std::fs::write(folder.join("README"), "foreign").unwrap();
    std::fs::write(folder.join("foreign.tmp"), "foreign").unwrap();
    std::fs::write(folder.join("foreign.doc"), "foreign").unwrap();
    std::fs::write(folder.join("copy.doc"), &good).unwrap();
    std::fs::create_dir(folder.join("folder.doc")).unwrap();

    // Cut at every length, then one bit flipped in every byte.
    for length in 0..good.len() {
        std::fs::write(&file, &good[..length]).unwrap();
        assert_eq!(Snapshot::load(Some(folder)).unwrap().paths(), ["feeds/whole.rss"], "cut at {length}");
    }
    for place in 0..good.len() {
        let mut bytes = good.clone();
        bytes[place] ^= 1;
        std::fs::write(&file, &bytes).unwrap();
        assert_eq!(Snapshot::load(Some(folder)).unwrap().paths(), ["feeds/whole.rss"], "flipped at {place}");
    }
    std::fs::write(&file, [&good[..], b"x"].concat()).unwrap();
    let loaded = Snapshot::load(Some(folder)).unwrap();
    assert_eq!(loaded.paths(), ["feeds/whole.rss"]);
    assert!(!folder.join("feeds_2fall.rss.doc.tmp").exists(), "temporary files of ours are deleted");
    assert!(["README", "foreign.tmp", "foreign.doc", "copy.doc", "folder.doc"].iter().all(|name| folder.join(name).exists()));

    // Made anew, it is there again.
    assert!(loaded.put(document("feeds/all.rss", "new", at(0))).unwrap());
    assert_eq!(Snapshot::load(Some(folder)).unwrap().paths(), ["feeds/all.rss", "feeds/whole.rss"]);
}

#[test]
fn a_disk_that_refuses_leaves_the_last_good_one() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = Snapshot::load(Some(folder.path())).unwrap();
    snapshot.put(document("feeds/all.rss", "good", at(0))).unwrap();
    // A folder in the way of the temporary file: the write fails, whoever runs the test.
    let obstacle = folder.path().join("feeds_2fall.rss.doc.tmp");
    std::fs::create_dir(&obstacle).unwrap();
    let error = snapshot.put(document("feeds/all.rss", "new", at(1))).unwrap_err();
    assert!(error.to_string().contains("feeds_2fall.rss.doc cannot be written"), "{error}");
    assert_eq!(snapshot.get("feeds/all.rss").unwrap().identity(), "good");
    std::fs::remove_dir(&obstacle).unwrap();
    assert!(snapshot.put(document("feeds/all.rss", "new", at(1))).unwrap(), "the next put tries again");
    assert_eq!(Snapshot::load(Some(folder.path())).unwrap().get("feeds/all.rss").unwrap().identity(), "new");
}

#[test]
fn readers_see_old_or_new_whole() {
    let snapshot = Snapshot::default();
    let body = |version: u32| format!("{version}-").repeat(1_000);
    snapshot.put(document("feeds/all.rss", &body(0), at(0))).unwrap();
    std::thread::scope(|threads| {
        let reader = || {
            let mut newest = 0;
            while newest < 200 {
                let seen = snapshot.get("feeds/all.rss").unwrap();
                let identity = seen.identity();
                let text = std::str::from_utf8(&identity).unwrap();
                let version: u32 = text.split('-').next().unwrap().parse().unwrap();
                assert_eq!(text, body(version));
                assert_eq!(seen.etag, etags(body(version).as_bytes())[0]);
                assert!(version >= newest, "{version} after {newest}");
                newest = version;
            }
        };
        let readers = [threads.spawn(reader), threads.spawn(reader)];
        // Another writer, of other documents: neither loses what the other one puts.
        let other = threads.spawn(|| {
            for version in 0..100 {
                snapshot.put(document(&format!("feeds/{version}.rss"), "x", at(0))).unwrap();
            }
        });
        for version in 1..=200 {
            snapshot.put(document("feeds/all.rss", &body(version), at(0))).unwrap();
        }
        readers.into_iter().for_each(|reader| reader.join().unwrap());
        other.join().unwrap();
    });
    assert_eq!(snapshot.paths().len(), 101);
}

#[test]
fn conditions_are_kept_and_taken_over_without_a_change_for_readers() {
    let folder = tempfile::tempdir().unwrap();
    let load = || Snapshot::load(Some(folder.path())).unwrap();
    let conditions = |terms: &str, release: Option<u32>, expiry: Option<u32>| Conditions {
        terms: terms.to_owned(),
        release: release.map(at),
        expiry: expiry.map(at),
        noindex: false,
    };
    let snapshot = load();
    let put = |conditions: &Conditions| {
        snapshot.put(PublishedDocument { conditions: conditions.clone(), ..document("feeds/a.rss", "x", at(1)) }).unwrap()
    };
    let first = conditions("one", Some(5), Some(9));
    assert!(put(&first));
    assert_eq!((load().get("feeds/a.rss").unwrap().conditions.clone(), load().next_moment()), (first.clone(), Some(at(5))));
    let before = snapshot.get("feeds/a.rss").unwrap();
    let second = conditions("two", None, Some(9));
    assert!(!put(&second) && !put(&second));
    for snapshot in [&snapshot, &load()] {
        let after = snapshot.get("feeds/a.rss").unwrap();
        assert_eq!((&after.etag, after.modified, &after.conditions), (&before.etag, before.modified, &second));
        assert_eq!(snapshot.next_moment(), Some(at(9)));
    }
    // Another head is a change.
    assert!(put(&Conditions { noindex: true, ..second }));
    assert!(snapshot.get("feeds/a.rss").unwrap().modified > before.modified);
    snapshot.retain(|_, document| document.conditions.terms != "two").unwrap();
    assert_eq!((load().paths().len(), snapshot.next_moment()), (0, None));
}
