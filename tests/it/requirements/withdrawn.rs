//! Requirements on what feeds tell of the past: tombstones and archives.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use reprint::config;
use reprint::model::{FetchedDocument, PollState, WithdrawnBy};
use reprint::parse::{self, Bounds};
use reprint::pipeline::{self, Own, Stages};
use reprint::publish::{Page, Pages, Prepared, Snapshot};
use reprint::render::Renderer;
use reprint::store::{self, Store};
use tempfile::TempDir;
use url::Url;

use super::ATOM;
use super::read_back::{Element, read};

const TOMBSTONES: &str = "http://purl.org/atompub/tombstones/1.0";
const HISTORY: &str = "http://purl.org/syndication/history/1.0";
const ID: &str = "tag:relay.example.net,2026:";

const TOML: &str = "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\nlanguage = \"en\"\n[[outlet]]\nid = \"weir\"\nname = \"Weir Post\"\n\
    homepage = \"http://weir.example/\"\nfeed = \"http://weir.example/rss\"\nlanguage = \"en\"\n";

/// Long after everything here.
fn clock() -> DateTime<Utc> {
    day(200)
}

/// So many days after 2026-03-10.
fn day(number: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_773_100_000, 0).expect("a time") + TimeDelta::days(number)
}

fn key(number: i64) -> String {
    store::key("weir", &format!("http://weir.example/{number}"))
}

struct Scene {
    stages: Stages,
    _folder: TempDir,
}

impl Scene {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = config::parse("feeds.toml", TOML).expect("a configuration");
        let store = Store::open(&folder.path().join("store.db"), "relay.example.net,2026").await.expect("a store");
        let renderer = Renderer::new(&config, None).expect("templates");
        let client = pipeline::client(&config).expect("a client");
        Self { stages: Stages::new(Arc::new(config), client, store, renderer, Snapshot::default(), clock), _folder: folder }
    }

    /// An article of its number's day comes in on that day.
    async fn record(&self, number: i64) {
        let at = day(number);
        let rss = format!(
            "<rss version=\"2.0\"><channel><title>Weir</title><link>http://weir.example/</link><description>d</description><item><title>Eel {number}</title>\
             <link>http://weir.example/{number}</link><guid>http://weir.example/{number}</guid><pubDate>{}</pubDate>\
             <description>&lt;p&gt;The eel with the number {number} went up the ladder at night.&lt;/p&gt;</description></item></channel></rss>",
            at.to_rfc2822()
        );
        let config = &self.stages.config;
        let outlet = config.outlet("weir").expect("the outlet");
        let source = outlet.sources().next().expect("its feed").clone();
        let doc = FetchedDocument::from_bytes(source.clone(), None, rss.into_bytes(), at);
        let reading = pipeline::read(outlet, &source, &doc, Bounds::default()).expect("a feed");
        let own = Own::new(&config.site.url, None);
        let verdicts: Vec<_> = reading.verdicts.into_iter().map(|verdict| pipeline::recordable(&own, verdict)).collect();
        self.stages.store.record(&PollState::new("weir", source, at), &verdicts, at).await.expect("recorded");
    }

    /// Publishes; the feed in Atom.
    async fn publish(&self, now: DateTime<Utc>) -> Element {
        let publication = pipeline::publish(&self.stages, None, now).await.expect("published");
        assert!(publication.rejected.is_empty(), "{:?}", publication.rejected);
        read(&self.document("atom"))
    }

    fn document(&self, format: &str) -> String {
        text(&self.stages.snapshot.get(&format!("feeds/all.{format}")).expect("the feed"))
    }

    async fn archive(&self, name: &str) -> Arc<Prepared> {
        match self.stages.pages.archive("all", name).await {
            Page::Found(document) => document,
            other => panic!("{name}: {other:?}"),
        }
    }
}

fn text(document: &Prepared) -> String {
    String::from_utf8(document.identity().to_vec()).expect("UTF-8")
}

/// Ids of the entries.
fn entries(feed: &Element) -> BTreeSet<String> {
    feed.all(ATOM, "entry").map(|entry| entry.text(ATOM, "id").to_owned()).collect()
}

/// What our own reader takes a document to declare deleted.
fn declared(document: &str, content_type: &str) -> Vec<(String, String)> {
    let url = Url::parse("https://relay.example.net/feeds/all").expect("an address");
    let doc = FetchedDocument::from_bytes(url, Some(content_type.to_owned()), document.as_bytes().to_vec(), clock());
    let feed = parse::document(&doc, None, Bounds::default()).expect("a feed");
    feed.deleted.into_iter().map(|deleted| (deleted.reference, deleted.when)).collect()
}

#[tokio::test]
async fn r36_deleted_entries_have_ref_and_when_once_for_ninety_days_and_no_entry_beside_them() {
    let scene = Scene::new().await;
    for number in 0..3 {
        scene.record(number).await;
    }
    let store = &scene.stages.store;
    // Withdrawn, restored and withdrawn again: one tombstone, of the last time.
    for (hours, withdraws) in [(1, true), (2, false), (3, true)] {
        let at = day(3) + TimeDelta::hours(hours);
        if withdraws {
            store.withdraw(&key(1), WithdrawnBy::Site, "a slip", at).await.expect("withdrawn");
        } else {
            assert!(store.restore_withdrawn(&key(1), "no slip", at).await.expect("restored"));
        }
    }
    let (id, when) = (format!("{ID}{}", key(1)), day(3) + TimeDelta::hours(3));
    for after in [4, 50, 93] {
        if after > 4 {
            scene.record(after).await;
        }
        let feed = scene.publish(day(after)).await;
        let deleted: Vec<&Element> = feed.all(TOMBSTONES, "deleted-entry").collect();
        assert_eq!(deleted.len(), 1, "after {after} days");
        assert_eq!(deleted[0].attribute("ref"), Some(id.as_str()));
        let said = deleted[0].attribute("when").and_then(|when| when.parse::<DateTime<Utc>>().ok());
        assert_eq!(said, Some(when));
        assert!(!entries(&feed).contains(&id) && entries(&feed).contains(&format!("{ID}{}", key(2))));
        // Another installation of reprint is told by either format.
        let expected = vec![(id.clone(), deleted[0].attribute("when").expect("a time").to_owned())];
        assert_eq!(declared(&scene.document("atom"), "application/atom+xml"), expected);
        assert_eq!(declared(&scene.document("json"), "application/feed+json"), expected);
        assert!(!scene.document("rss").contains(&id));
    }
    assert!(store.restore_withdrawn(&key(1), "no slip", day(94)).await.expect("restored"));
    let feed = scene.publish(day(94)).await;
    assert_eq!((feed.all(TOMBSTONES, "deleted-entry").count(), entries(&feed).contains(&id)), (0, true));
}

#[tokio::test]
async fn r37_archive_documents_say_what_they_are_and_change_by_withdrawals_only() {
    let scene = Scene::new().await;
    // March, April, May.
    for number in [0, 1, 30, 60] {
        scene.record(number).await;
    }
    let live = scene.publish(day(60)).await;
    let link =
        |feed: &Element, relation: &str| feed.links(relation).first().and_then(|link| link.attribute("href").map(str::to_owned));
    let address = |name: &str| Some(format!("https://relay.example.net/feeds/all/archive/{name}.atom"));
    assert_eq!(live.all(HISTORY, "archive").count(), 0);
    assert_eq!(link(&live, "prev-archive"), address("2026-04"));

    let (march, april) = (scene.archive("2026-03.atom").await, scene.archive("2026-04.atom").await);
    for (document, previous, next) in [(&march, None, address("2026-04")), (&april, address("2026-03"), address("2026-05"))] {
        let feed = read(&text(document));
        assert_eq!(feed.all(HISTORY, "archive").count(), 1);
        assert_eq!(link(&feed, "current").as_deref(), Some("https://relay.example.net/feeds/all.atom"));
        assert_eq!((link(&feed, "prev-archive"), link(&feed, "next-archive")), (previous, next));
    }
    assert_eq!(entries(&read(&text(&march))), BTreeSet::from([0, 1].map(|number| format!("{ID}{}", key(number)))));

    // More in later months changes nothing in earlier ones, also where nothing is kept made.
    for number in [61, 90] {
        scene.record(number).await;
    }
    scene.publish(day(90)).await;
    scene.stages.pages.forget([key(0), key(1), key(30)].iter());
    assert_eq!(scene.archive("2026-03.atom").await.etag, march.etag);
    assert_eq!(scene.archive("2026-04.atom").await.etag, april.etag);

    scene.stages.store.withdraw(&key(0), WithdrawnBy::Legal, "an order", day(91)).await.expect("withdrawn");
    pipeline::publish_acts(&scene.stages, 0, day(91)).await.expect("published");
    let after = read(&text(&*scene.archive("2026-03.atom").await));
    assert_eq!(entries(&after), BTreeSet::from([format!("{ID}{}", key(1))]));
    let gone: Vec<_> = after.all(TOMBSTONES, "deleted-entry").map(|entry| entry.attribute("ref").map(str::to_owned)).collect();
    assert_eq!(gone, [Some(format!("{ID}{}", key(0)))]);
}
