//! Older articles: archived feeds (RFC 5005 § 4), the pages of JSON Feed, and that nothing is lost between a feed and its archive.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reprint::config::{self, Config};
use reprint::model::{FetchedDocument, PollState, WithdrawnBy};
use reprint::pipeline::{self, Own, Stages};
use reprint::publish::{Page, Pages, Prepared, Snapshot};
use reprint::render::Renderer;
use reprint::store::Store;
use reprint::{daemon, parse};
use tempfile::TempDir;
use tokio::time::sleep;
use url::Url;

use crate::harness::{Partner, Reply, Reprint, get, request};

fn date(text: &str) -> DateTime<Utc> {
    format!("{text}:00Z").parse().expect("a date")
}

/// An RSS document of articles by number, each dated an hour before `at`; `edition` is part of every text.
fn rss(numbers: &[usize], at: DateTime<Utc>, edition: &str) -> String {
    let items: String = numbers
        .iter()
        .map(|number| {
            format!(
                "<item><title>Lamp {number}</title><link>http://tarn.example/{number}</link><guid>http://tarn.example/{number}</guid>\
                 <pubDate>{}</pubDate><author>desk@tarn.example (Una Reed)</author><category>harbour</category>\
                 <enclosure url=\"http://tarn.example/{number}.mp3\" type=\"audio/mpeg\" length=\"77\"/>\
                 <description>&lt;p&gt;The lamp with the number {number} was lit by the keeper, {edition}.&lt;/p&gt;</description></item>",
                (at - TimeDelta::hours(1)).format("%a, %d %b %Y %H:%M:%S +0000")
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Tarn</title><link>http://tarn.example/</link><description>d</description>\
         <language>en</language>{items}</channel></rss>"
    )
}

fn toml(feed: &str, terms: &str) -> String {
    format!(
        "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\nlanguage = \"en\"\n[limits]\nallow_networks = [\"127.0.0.2/32\"]\n\
         [[outlet]]\nid = \"tarn\"\nname = \"Tarn Post\"\nhomepage = \"http://tarn.example/\"\nfeed = \"{feed}\"\nlanguage = \"en\"\n\
         schedule = \"0 0 1 1 *\"\n[outlet.terms]\n{terms}\n"
    )
}

const FEED: &str = "http://tarn.example/rss";

async fn record(store: &Store, config: &Config, numbers: &[usize], at: DateTime<Utc>, edition: &str) {
    let outlet = config.outlet("tarn").expect("the outlet");
    let source = outlet.sources().next().expect("its feed").clone();
    let doc = FetchedDocument::from_bytes(source.clone(), None, rss(numbers, at, edition).into_bytes(), at);
    let read = pipeline::read(outlet, &source, &doc, parse::Bounds { entries: 10_000 }).expect("a feed");
    let own = Own::new(&config.site.url, None);
    let verdicts: Vec<_> = read.verdicts.into_iter().map(|verdict| pipeline::recordable(&own, verdict)).collect();
    store.record(&PollState::new("tarn", source, at), &verdicts, at).await.expect("recorded");
}

/// The stages over a store of their own, with a clock that the test sets.
struct Scene {
    stages: Stages,
    _folder: TempDir,
}

impl Scene {
    async fn new(terms: &str, clock: fn() -> DateTime<Utc>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = config::parse("feeds.toml", &toml(FEED, terms)).expect("a configuration");
        let store = Store::open(&folder.path().join("store.db"), "relay.example.net,2026").await.expect("a store");
        let renderer = Renderer::new(&config, None).expect("templates");
        let client = pipeline::client(&config).expect("a client");
        let stages = Stages::new(Arc::new(config), client, store, renderer, Snapshot::default(), clock);
        Self { stages, _folder: folder }
    }

    async fn record(&self, numbers: &[usize], at: &str) {
        record(&self.stages.store, &self.stages.config, numbers, date(at), "as ever").await;
    }

    async fn archive(&self, name: &str) -> Option<Arc<Prepared>> {
        match self.stages.pages.archive("all", name).await {
            Page::Found(document) => Some(document),
            Page::Restricted(..) | Page::Gone | Page::Withdrawn(_) | Page::Missing => None,
        }
    }

    /// The feed in a format, published now.
    async fn feed(&self, format: &str, now: DateTime<Utc>) -> String {
        let publication = pipeline::publish(&self.stages, None, now).await.expect("published");
        assert!(publication.rejected.is_empty(), "{:?}", publication.rejected);
        text(&self.stages.snapshot.get(&format!("feeds/all.{format}")).expect("the feed"))
    }

    /// Names of the archive documents from the newest to the oldest, and the numbers of the articles in each.
    async fn chain(&self, feed: &str) -> Vec<(String, Vec<usize>)> {
        let mut chain = Vec::new();
        let mut next = link(feed, "prev-archive");
        while let Some(address) = next {
            let name = address.strip_prefix("https://relay.example.net/feeds/all/archive/").expect("an archive").to_owned();
            let document = text(&self.archive(&name).await.unwrap_or_else(|| panic!("no {name}")));
            assert!(document.contains("<fh:archive"), "{document}");
            assert_eq!(link(&document, "current").as_deref(), Some("https://relay.example.net/feeds/all.atom"));
            assert_eq!(link(&document, "self"), Some(address));
            chain.push((name.replace(".atom", ""), numbers(&document)));
            next = link(&document, "prev-archive");
            assert!(chain.len() < 100, "endless: {chain:?}");
        }
        chain
    }
}

fn text(document: &Prepared) -> String {
    String::from_utf8(document.identity().to_vec()).expect("UTF-8")
}

/// Address of the document's own link of that relation.
fn link(document: &str, relation: &str) -> Option<String> {
    let head = document.split("<entry").next()?.split("<item>").next()?;
    let tag = head.split('<').find(|tag| tag.contains(&format!("rel=\"{relation}\"")))?;
    tag.split_once("href=\"")?.1.split('"').next().map(str::to_owned)
}

/// Which articles a document holds, in ascending order.
fn numbers(document: &str) -> Vec<usize> {
    let mut numbers: Vec<usize> = document
        .split("The lamp with the number ")
        .skip(1)
        .map(|rest| rest.split(' ').next().and_then(|number| number.parse().ok()).expect("a number"))
        .collect();
    numbers.sort_unstable();
    numbers
}

#[tokio::test]
async fn months_that_are_over_have_a_document_and_the_month_under_way_has_its_days() {
    static NOW: AtomicI64 = AtomicI64::new(0);
    let scene = Scene::new("", || DateTime::from_timestamp(NOW.load(Ordering::SeqCst), 0).expect("a time")).await;
    let at = |now: &str| NOW.store(date(now).timestamp(), Ordering::SeqCst);
    scene.record(&[1, 2], "2026-03-10T08:00").await;
    scene.record(&[3], "2026-03-31T23:59").await;
    scene.record(&[4], "2026-05-01T00:00").await;
    scene.record(&[5], "2026-06-01T10:00").await;
    scene.record(&[6], "2026-06-03T10:00").await;
    scene.record(&[7], "2026-06-03T11:00").await;
    at("2026-06-03T12:00");
    let feed = scene.feed("atom", date("2026-06-03T12:00")).await;
    let expected: [(&str, &[usize]); 3] = [("2026-06-01", &[5]), ("2026-05", &[4]), ("2026-03", &[1, 2, 3])];
    let named = |expected: &[(&str, &[usize])]| -> Vec<(String, Vec<usize>)> {
        expected.iter().map(|(name, numbers)| ((*name).to_owned(), numbers.to_vec())).collect()
    };
    assert_eq!(scene.chain(&feed).await, named(&expected));
    for format in ["rss", "json"] {
        let feed = scene.feed(format, date("2026-06-03T12:00")).await;
        let extension = if format == "json" { "json" } else { "atom" };
        assert!(feed.contains(&format!("https://relay.example.net/feeds/all/archive/2026-06-01.{extension}")), "{feed}");
    }
    for name in [
        "2026-06.atom",
        "2026-06-03.atom",
        "2026-07.atom",
        "2026-02.atom",
        "2026-05.rss",
        "2026-5.atom",
        "2026-13.atom",
        "x.atom",
    ] {
        assert!(scene.archive(name).await.is_none(), "{name}");
    }
    assert!(matches!(scene.stages.pages.archive("none", "2026-05.atom").await, Page::Missing));
    // Nothing came in April: a document without articles, in its place in the chain.
    let april = text(&scene.archive("2026-04.atom").await.expect("a month between others"));
    assert_eq!(
        (numbers(&april), link(&april, "prev-archive").is_some(), link(&april, "next-archive").is_some()),
        (vec![], true, true)
    );
    let next = async |name: &str| link(&text(&scene.archive(name).await.expect(name)), "next-archive");
    let address = |name: &str| Some(format!("https://relay.example.net/feeds/all/archive/{name}.atom"));
    assert_eq!(next("2026-03.atom").await, address("2026-05"));
    assert_eq!(next("2026-05.atom").await, address("2026-06-01"));
    assert_eq!(next("2026-06-01.atom").await, None, "a day under way is not linked");

    // An old article comes late: it is in the document of the month it came in.
    let march = scene.archive("2026-03.atom").await.expect("March");
    scene.record(&[8], "2026-07-02T10:00").await;
    at("2026-07-02T12:00");
    let feed = scene.feed("atom", date("2026-07-02T12:00")).await;
    let expected: [(&str, &[usize]); 3] = [("2026-06", &[5, 6, 7]), ("2026-05", &[4]), ("2026-03", &[1, 2, 3])];
    assert_eq!(scene.chain(&feed).await, named(&expected));
    assert_eq!(next("2026-05.atom").await, address("2026-06"));
    assert_eq!(scene.archive("2026-03.atom").await.expect("March").etag, march.etag, "what is over stays as it is");
    assert_eq!(scene.feed("atom", date("2026-09-02T12:00")).await, feed, "by the data, not by the clock");
}

#[tokio::test]
async fn a_month_with_too_many_articles_is_told_in_days_and_hours_and_none_is_lost() {
    static NOW: AtomicI64 = AtomicI64::new(0);
    let scene = Scene::new("", || DateTime::from_timestamp(NOW.load(Ordering::SeqCst), 0).expect("a time")).await;
    scene.record(&[1], "2026-04-30T08:00").await;
    scene.record(&(2..300).collect::<Vec<_>>(), "2026-05-10T08:59").await;
    scene.record(&(300..504).collect::<Vec<_>>(), "2026-05-10T09:00").await;
    scene.record(&(600..610).collect::<Vec<_>>(), "2026-05-11T09:00").await;
    scene.record(&[504], "2026-06-02T09:00").await;
    NOW.store(date("2026-06-02T12:00").timestamp(), Ordering::SeqCst);
    let feed = scene.feed("atom", date("2026-06-02T12:00")).await;
    let chain = scene.chain(&feed).await;
    let names: Vec<&str> = chain.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["2026-05-11", "2026-05-10-09", "2026-05-10-08", "2026-04"]);
    let all: BTreeSet<usize> = chain.iter().flat_map(|(_, numbers)| numbers).copied().chain(numbers(&feed)).collect();
    assert_eq!(all, (1..=504).chain(600..610).collect());
    let may = text(&scene.archive("2026-05.atom").await.expect("the month itself"));
    assert_eq!(
        (numbers(&may), link(&may, "prev-archive")),
        (vec![], Some("https://relay.example.net/feeds/all/archive/2026-05-11.atom".to_owned()))
    );
    let forward = link(&text(&scene.archive("2026-04.atom").await.expect("April")), "next-archive");
    assert_eq!(forward.as_deref(), Some("https://relay.example.net/feeds/all/archive/2026-05-10-08.atom"));

    // The same in JSON, page by page.
    let mut page: serde_json::Value = serde_json::from_str(&scene.feed("json", date("2026-06-02T12:00")).await).expect("JSON");
    let (mut seen, mut addresses) = (BTreeSet::new(), BTreeSet::from([page["feed_url"].as_str().expect("feed_url").to_owned()]));
    loop {
        seen.extend(page["items"].as_array().expect("items").iter().map(|item| item["id"].as_str().expect("an id").to_owned()));
        let Some(next) = page["next_url"].as_str().map(str::to_owned) else { break };
        assert!(addresses.insert(next.clone()), "{next} again");
        let document = scene.archive(next.rsplit('/').next().expect("a name")).await.unwrap_or_else(|| panic!("no {next}"));
        assert_eq!(document.content_type, "application/feed+json");
        page = serde_json::from_slice(&document.identity()).expect("JSON");
    }
    assert_eq!(seen.len(), 514);
}

#[tokio::test]
async fn corrections_and_withdrawals_make_a_document_anew_and_nothing_else_does() {
    static NOW: AtomicI64 = AtomicI64::new(0);
    let scene = Scene::new("", || DateTime::from_timestamp(NOW.load(Ordering::SeqCst), 0).expect("a time")).await;
    scene.record(&[1, 2, 3], "2026-05-10T08:00").await;
    NOW.store(date("2026-06-02T12:00").timestamp(), Ordering::SeqCst);
    let first = scene.archive("2026-05.atom").await.expect("May");
    assert!(Arc::ptr_eq(&first, &scene.archive("2026-05.atom").await.expect("May")), "kept");
    scene.record(&[9], "2026-06-01T08:00").await;
    assert_ne!(first.etag, scene.archive("2026-05.atom").await.expect("May").etag, "a document after it to name");
    let first = scene.archive("2026-05.atom").await.expect("May");

    let store = &scene.stages.store;
    let key = |number: usize| {
        let text = text(&first);
        let entry =
            text.split("<entry").find(|entry| entry.contains(&format!("number {number} "))).expect("the entry").to_owned();
        entry.split_once("https://relay.example.net/a/").expect("its page").1[..20].to_owned()
    };
    let later = date("2026-06-01T09:00");
    record(store, &scene.stages.config, &[2], later, "in the rain").await;
    scene.stages.pages.forget([key(2)].iter());
    let corrected = scene.archive("2026-05.atom").await.expect("May");
    assert!(corrected.etag != first.etag && corrected.modified > first.modified && text(&corrected).contains("in the rain"));
    assert_eq!(numbers(&text(&corrected)), [1, 2, 3]);

    store.take_back("tarn", &key(1), "asked to", later).await.expect("taken back");
    scene.stages.pages.forget([key(1)].iter());
    let withdrawn = scene.archive("2026-05.atom").await.expect("May");
    assert_eq!(numbers(&text(&withdrawn)), [2, 3]);
    assert!(withdrawn.etag != corrected.etag && withdrawn.modified > corrected.modified, "whoever asks by date gets it, too");
    assert_eq!(deleted(&text(&withdrawn)), [(key(1), "Tarn Post", "asked to")]);

    // The site withdraws: in every document of the month, in the feed, and in no other month.
    let acts = store.acts_since(0).await.expect("acts").last;
    store.withdraw(&key(2), WithdrawnBy::Site, "a slip", date("2026-06-01T10:00")).await.expect("withdrawn");
    pipeline::publish_acts(&scene.stages, acts, date("2026-06-02T12:00")).await.expect("published");
    let document = scene.archive("2026-05.atom").await.expect("May");
    assert_eq!(numbers(&text(&document)), [3]);
    let told = [(key(2), "Relay", "a slip"), (key(1), "Tarn Post", "asked to")];
    assert_eq!(deleted(&text(&document)), told);
    let day = scene.archive("2026-06-01.atom").await.expect("the first of June");
    assert_eq!((numbers(&text(&day)), deleted(&text(&day)).len()), (vec![9], 0));
    for json in [
        text(&scene.archive("2026-05.json").await.expect("May")),
        text(&scene.stages.snapshot.get("feeds/all.json").expect("the feed")),
    ] {
        let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        let entries = json["_reprint"]["deleted"].as_array().expect("a list");
        let named = entries.iter().map(|entry| ["id", "by", "reason"].map(|member| entry[member].as_str().expect("a text")));
        let expected = told
            .iter()
            .map(|(key, by, reason)| [format!("tag:relay.example.net,2026:{key}"), (*by).to_owned(), (*reason).to_owned()]);
        assert_eq!(named.map(|entry| entry.map(str::to_owned)).collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    }

    // And takes it back.
    let acts = store.acts_since(0).await.expect("acts").last;
    assert!(store.restore_withdrawn(&key(2), "no slip", date("2026-06-01T11:00")).await.expect("restored"));
    pipeline::publish_acts(&scene.stages, acts, date("2026-06-02T12:00")).await.expect("published");
    let document = scene.archive("2026-05.atom").await.expect("May");
    assert_eq!((numbers(&text(&document)), deleted(&text(&document))), (vec![2, 3], vec![(key(1), "Tarn Post", "asked to")]));
}

/// Key, by whom and why of every tombstone.
fn deleted(atom: &str) -> Vec<(String, &str, &str)> {
    atom.split("<at:deleted-entry ")
        .skip(1)
        .map(|entry| {
            let of = |before: &str, after: &str| {
                let (_, rest) = entry.split_once(before).expect("what comes before");
                rest.split_once(after).expect("what comes after").0
            };
            (
                of("ref=\"tag:relay.example.net,2026:", "\"").to_owned(),
                of("<name>", "</name>"),
                of("<at:comment>", "</at:comment>"),
            )
        })
        .collect()
}

#[tokio::test]
async fn terms_hold_in_the_archive() {
    static NOW: AtomicI64 = AtomicI64::new(0);
    let clock: fn() -> DateTime<Utc> = || DateTime::from_timestamp(NOW.load(Ordering::SeqCst), 0).expect("a time");
    let at = |now: &str| NOW.store(date(now).timestamp(), Ordering::SeqCst);
    let scene = Scene::new("expire = \"30d\"\nembargo = \"2h\"\npublish = \"title\"", clock).await;
    scene.record(&[1], "2026-05-10T08:00").await;
    scene.record(&[2], "2026-05-31T23:30").await;
    let shown = async || {
        let document = scene.archive("2026-05.atom").await.expect("May");
        let titles = [1, 2].map(|number| text(&document).contains(&format!("<title>Lamp {number}</title>")));
        assert!(!text(&document).contains("The lamp with"), "only titles may be shown");
        (titles, document.conditions.until())
    };
    // The second one is released an hour and a half after its month was over.
    at("2026-06-01T00:10");
    assert_eq!(shown().await, ([true, false], Some(date("2026-06-01T00:30"))));
    at("2026-06-01T00:31");
    assert_eq!(shown().await, ([true, true], Some(date("2026-06-09T07:00"))));
    at("2026-06-09T07:00");
    assert_eq!(shown().await, ([false, true], Some(date("2026-06-30T22:30"))));
    at("2026-07-01T00:00");
    assert_eq!(shown().await, ([false, false], None));
}

/// A program that has relayed two articles in an earlier year and one today.
async fn program() -> (Reprint, Partner) {
    let partner = Partner::start().await;
    let now = daemon::now();
    partner.put("/rss", Reply::ok("application/rss+xml; charset=utf-8", rss(&[3], now, "today")));
    let toml = toml(partner.url("/rss").as_str(), "");
    let folder = Arc::new(tempfile::tempdir().expect("a folder"));
    let config = config::parse("feeds.toml", &toml).expect("a configuration");
    let place = folder.path().join(&config.site.database);
    let store = Store::open(&place, "relay.example.net,2024").await.expect("a store");
    record(&store, &config, &[1], date("2024-11-04T08:00"), "long ago").await;
    record(&store, &config, &[2], date("2024-12-04T08:00"), "long ago").await;
    store.close().await;
    let program = Reprint::start_in(folder, &toml)
        .await
        .unwrap_or_else(|failure| panic!("it ended with {}: {}", failure.status, failure.stderr));
    for _ in 0..500 {
        if get(&program.url("feeds/all.json"), &[]).await.text().contains("number 3 ") {
            return (program, partner);
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("the article of today never came: {}", program.stderr());
}

fn python() -> std::path::PathBuf {
    let python = std::env::var_os("REPRINT_TEST_PYTHON")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-python/bin/python"), Into::into);
    assert!(python.exists(), "no {}: `tests/run` sets it up", python.display());
    python
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_walks_back_over_http_and_every_page_is_valid() {
    let (program, _partner) = program().await;
    let here = |address: &str| program.url(address.strip_prefix("https://relay.example.net/").expect("an address of ours"));
    let feed = get(&program.url("feeds/all.atom"), &[]).await;
    let december = link(&feed.text(), "prev-archive").expect("the last archive");
    assert_eq!(december, "https://relay.example.net/feeds/all/archive/2024-12.atom");
    let archive = get(&here(&december), &[]).await;
    assert_eq!((archive.status, numbers(&archive.text())), (200, vec![2]));
    assert_eq!(archive.header("content-type").as_deref(), Some("application/atom+xml; charset=utf-8"));
    assert!(archive.header("cache-control").expect("how long it may be kept").starts_with("public, max-age=86400,"));
    assert_eq!(archive.header("access-control-allow-origin").as_deref(), Some("*"));
    let etag = archive.header("etag").expect("an ETag");
    let again = get(&here(&december), &[("If-None-Match", &etag)]).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    let head = request("HEAD", &here(&december), &[]).await.expect("an answer");
    assert_eq!((head.status, head.header("etag"), head.body.len()), (200, Some(etag), 0));
    for path in [
        "feeds/all/archive/2024-11.rss",
        "feeds/all/archive/1999-01.atom",
        "feeds/none/archive/2024-12.atom",
        "feeds/all/archive/",
        "feeds/all/archive/..%2fall.atom",
    ] {
        assert_eq!(get(&program.url(path), &[]).await.status, 404, "{path}");
    }

    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Vec::new();
    let mut next = Some("https://relay.example.net/feeds/all.json".to_owned());
    let mut seen = BTreeMap::new();
    while let Some(address) = next {
        let answer = get(&here(&address), &[]).await;
        assert_eq!((answer.status, answer.header("content-type").as_deref()), (200, Some("application/feed+json")), "{address}");
        let page: serde_json::Value = serde_json::from_slice(&answer.body).expect("JSON");
        for item in page["items"].as_array().expect("items") {
            let number = numbers(item["content_html"].as_str().expect("a text"));
            seen.insert(number[0], item["attachments"][0]["size_in_bytes"].as_u64());
        }
        let file = folder.path().join(format!("{}.json", files.len()));
        std::fs::write(&file, &answer.body).expect("written");
        files.push(file);
        next = page["next_url"].as_str().map(str::to_owned);
    }
    assert_eq!(seen, BTreeMap::from([(1, Some(77)), (2, Some(77)), (3, Some(77))]));
    assert_eq!(files.len(), 3, "today, December, November");
    let broken = folder.path().join("broken.json");
    std::fs::write(&broken, "{\"version\": \"https://jsonfeed.org/version/1.1\", \"title\": \"t\", \"items\": [{\"id\": 1}]}")
        .expect("written");
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/jsonfeed-1.1.schema.json");
    let check = |files: &[std::path::PathBuf]| {
        let script = "import json, sys, jsonschema\n\
                      schema = json.load(open(sys.argv[1], encoding='utf-8'))\n\
                      jsonschema.Draft202012Validator.check_schema(schema)\n\
                      for name in sys.argv[2:]: jsonschema.validate(json.load(open(name, encoding='utf-8')), schema)\n";
        let output = Command::new(python()).args(["-c", script]).arg(&schema).args(files).output().expect("Python runs");
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (is_valid, said) = check(&files);
    assert!(is_valid, "{said}");
    let (is_valid, said) = check(&[broken]);
    assert!(!is_valid && said.contains("ValidationError"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_extension_is_explained_where_the_feed_says() {
    let (program, _partner) = program().await;
    let feed: serde_json::Value = serde_json::from_slice(&get(&program.url("feeds/all.json"), &[]).await.body).expect("JSON");
    let about = Url::parse(feed["_reprint"]["about"].as_str().expect("about")).expect("an address");
    let page = get(&program.url(about.path().trim_start_matches('/')), &[]).await;
    assert_eq!((page.status, page.header("content-type").as_deref()), (200, Some("text/html; charset=utf-8")));
    for member in feed["items"][0]["_reprint"].as_object().expect("members").keys() {
        assert!(page.text().contains(member.as_str()), "{member} is not explained");
    }
    let index = get(&program.url(""), &[]).await.text();
    assert!(index.contains("<link rel=\"alternate\" type=\"application/feed+json\""), "{index}");
}
