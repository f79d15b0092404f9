//! Requirements on what is served, asked of the real program over loopback; and on ids, asked of the store.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use reprint::model::{PollState, StoredArticle, Verdict};
use reprint::render::CACHE_MINUTES;
use reprint::store::{Store, Window};
use tempfile::TempDir;
use tokio::time::sleep;

use super::ATOM;
use super::articles::{at, body, plain, url};
use super::read_back::read;
use crate::harness::{Answer, Partner, Reply, Reprint, get};

const FEEDS: [&str; 2] = ["feeds/all.rss", "feeds/all.atom"];

/// A feed of one article with so many comments.
fn feed(comments: u32) -> Reply {
    let text = format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:slash=\"http://purl.org/rss/1.0/modules/slash/\"><channel><title>Brede</title>\
         <link>http://brede.example/</link><description>d</description><language>en</language><item><title>Radio of the keeper</title>\
         <link>http://brede.example/1</link><guid>http://brede.example/1</guid><pubDate>Mon, 01 Jun 2026 02:30:00 +0000</pubDate>\
         <comments>http://brede.example/1#talk</comments><slash:comments>{comments}</slash:comments>\
         <description>He listened to it every night until the fog lifted.</description></item></channel></rss>"
    );
    Reply::ok("application/rss+xml; charset=utf-8", text)
}

fn toml(partner: &Partner, more: &str) -> String {
    format!(
        "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\n[limits]\nhost_spacing = \"0s\"\nshortest_interval = \"1s\"\n\
         allow_networks = [\"127.0.0.2/32\"]\n[[outlet]]\nid = \"brede\"\nname = \"Brede Observer\"\nhomepage = \"http://brede.example/\"\n\
         feed = \"{}\"\nschedule = \"* * * * * *\"\n{more}",
        partner.url("/rss")
    )
}

async fn start(folder: &Arc<TempDir>, toml: &str) -> Reprint {
    Reprint::start_in(folder.clone(), toml)
        .await
        .unwrap_or_else(|failure| panic!("it ended with {}: {}", failure.status, failure.stderr))
}

/// The program with that article published, and its partner.
async fn relay() -> (Partner, Arc<TempDir>, Reprint) {
    let partner = Partner::start().await;
    partner.put("/rss", feed(3));
    let folder = Arc::new(tempfile::tempdir().expect("a folder"));
    let program = start(&folder, &toml(&partner, "")).await;
    for path in FEEDS {
        let mut published = false;
        for _ in 0..400 {
            published = get(&program.url(path), &[]).await.text().contains("Radio of the keeper");
            if published {
                break;
            }
            sleep(Duration::from_millis(20)).await;
        }
        assert!(published, "{path}: {}", program.stderr());
    }
    (partner, folder, program)
}

fn field(answer: &Answer, name: &str) -> String {
    answer.header(name).unwrap_or_else(|| panic!("no {name}: {:?}", answer.headers))
}

/// 1,000 edits of titles, texts and dates in random places, in any order of the document, over several starts.
#[tokio::test]
async fn r04_ids_never_change_whatever_is_edited_and_in_what_order_it_comes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.db");
    let mut articles: Vec<StoredArticle> = (0..20).map(|number| plain(number, "brede", "布雷德观察", "zh-Hans")).collect();
    let mut first: Option<BTreeMap<String, (String, String)>> = None;
    // A linear congruential generator (Knuth): the same edits in every run.
    let mut random = 7_u64;
    let mut next = |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).unwrap() % below
    };
    for start in 0..4 {
        let store = Store::open(&path, "relay.example.net,2026").await.expect("a store");
        for round in 0..50 {
            let now = at(-30) + TimeDelta::minutes(start * 60 + round);
            let verdicts: Vec<_> = articles.iter().map(|article| Verdict::Ready(Box::new(article.attributed.clone()))).collect();
            let state = PollState::new("brede", url("https://brede.example/rss.xml"), now);
            store.record(&state, &verdicts, now).await.expect("recorded");
            let outlets = ["brede".to_owned()];
            let window = Window { outlets: &outlets, size: 100, since: at(0), ceiling: 100 };
            let stored = store.window(&window).await.expect("a window");
            let ids: BTreeMap<_, _> = stored
                .into_iter()
                .map(|stored| (stored.attributed.article.source_key.clone(), (stored.identity.id, stored.identity.key)))
                .collect();
            assert_eq!(ids.len(), 20);
            assert_eq!(*first.get_or_insert_with(|| ids.clone()), ids, "round {round} after start {start}");
            for edit in 0..5 {
                let (one, other) = (next(20), next(20));
                articles.swap(one, other);
                let article = &mut articles[one].attributed.article;
                match next(3) {
                    0 => article.title = format!("改过的标题 {start}-{round}-{edit}"),
                    1 => article.body = body(&format!("<p>改过的正文 {start}-{round}-{edit}。</p>")),
                    _ => {
                        article.updated = article.published.map(|mut time| {
                            time.at += TimeDelta::seconds(i64::try_from(next(9000)).unwrap());
                            time
                        })
                    }
                }
            }
        }
        store.close().await;
    }
}

#[tokio::test]
async fn r02_r13_r24_r41_r42_r43_r44_r48_r49_feeds_as_they_are_served() {
    let (_partner, _folder, program) = relay().await;
    for path in FEEDS {
        let answer = get(&program.url(path), &[]).await;
        // r02
        let kind =
            if path.ends_with("rss") { "application/rss+xml; charset=utf-8" } else { "application/atom+xml; charset=utf-8" };
        assert_eq!(field(&answer, "content-type"), kind);
        // r13: the document says where it is
        let document = read(&answer.text());
        let root = document.children.first().filter(|_| path.ends_with("rss")).unwrap_or(&document);
        assert_eq!(root.links("self")[0].attribute("href"), Some(format!("https://relay.example.net/{path}").as_str()));
        // r24, r44
        let cache = field(&answer, "cache-control");
        assert!(cache.contains(&format!("max-age={}", CACHE_MINUTES * 60)), "{cache}");
        assert!(cache.contains("stale-while-revalidate=") && cache.contains("stale-if-error="), "{cache}");
        if path.ends_with("rss") {
            assert_eq!(root.text("", "ttl"), CACHE_MINUTES.to_string());
        }
        // r41, r42
        let (etag, modified) = (field(&answer, "etag"), field(&answer, "last-modified"));
        for fields in [vec![("If-None-Match", etag.as_str())], vec![("If-Modified-Since", modified.as_str())]] {
            let unchanged = get(&program.url(path), &fields).await;
            assert_eq!((unchanged.status, unchanged.body.len()), (304, 0), "{fields:?}");
            for name in ["etag", "cache-control", "vary"] {
                field(&unchanged, name);
            }
        }
        let both = [("If-None-Match", "\"another\""), ("If-Modified-Since", modified.as_str())];
        assert_eq!(get(&program.url(path), &both).await.status, 200);
        // r43
        assert_eq!(field(&answer, "vary"), "Accept-Encoding");
        let packed = get(&program.url(path), &[("Accept-Encoding", "gzip")]).await;
        assert_eq!(field(&packed, "content-encoding"), "gzip");
        assert_ne!(field(&packed, "etag"), etag);
        // r48
        assert!(field(&answer, "content-security-policy").contains("sandbox"));
        assert_eq!((field(&answer, "x-content-type-options").as_str(), answer.header("set-cookie")), ("nosniff", None));
        // r49: what is said of a hub is said in both places, or in neither
        let hubs: Vec<_> = root.links("hub").iter().filter_map(|link| link.attribute("href").map(str::to_owned)).collect();
        let header = answer.header("link").unwrap_or_default();
        assert_eq!(header.contains("rel=\"hub\""), !hubs.is_empty());
        assert!(hubs.iter().all(|hub| header.contains(&format!("<{hub}>"))));
    }
}

#[tokio::test]
async fn r33_r45_another_count_of_comments_or_a_restart_changes_neither_dates_nor_tags() {
    let (partner, folder, program) = relay().await;
    let mut before = Vec::new();
    for path in FEEDS {
        before.push(get(&program.url(path), &[]).await);
    }
    partner.put("/rss", feed(4000));
    let polls = partner.seen().len();
    for _ in 0..400 {
        if partner.seen().len() > polls + 2 {
            break;
        }
        sleep(Duration::from_millis(20)).await;
    }
    assert!(partner.seen().len() > polls + 2, "it was not polled again");
    for (path, before) in FEEDS.iter().zip(&before) {
        let after = get(&program.url(path), &[]).await;
        assert_eq!(field(&after, "etag"), field(before, "etag"), "{path}");
    }
    let feed = read(&before[1].text());
    assert_eq!(feed.one(ATOM, "entry").text(ATOM, "updated"), "2026-06-01T02:30:00Z");

    let (status, _) = program.stop().await;
    assert!(status.success());
    let program = start(&folder, &toml(&partner, "").replace("* * * * * *", "0 0 1 1 *")).await;
    for (path, before) in FEEDS.iter().zip(&before) {
        let after = get(&program.url(path), &[]).await;
        assert_eq!((after.body == before.body, field(&after, "etag")), (true, field(before, "etag")), "{path}");
    }
}

#[tokio::test]
async fn r47_the_page_of_an_article_whose_life_has_ended_is_gone() {
    let (partner, folder, program) = relay().await;
    let feed = read(&get(&program.url("feeds/all.atom"), &[]).await.text());
    let address = feed.one(ATOM, "entry").links("alternate")[0].attribute("href").unwrap_or_default().to_owned();
    let path = address.strip_prefix("https://relay.example.net/").expect("a page of ours");
    assert_eq!(get(&program.url(path), &[]).await.status, 200);
    let (status, _) = program.stop().await;
    assert!(status.success());
    let program = start(&folder, &toml(&partner, "[outlet.terms]\nexpire = \"1d\"\n")).await;
    assert_eq!(get(&program.url(path), &[]).await.status, 410);
    for path in FEEDS {
        assert!(!get(&program.url(path), &[]).await.text().contains("Radio of the keeper"), "{path}");
    }
}

#[tokio::test]
async fn r47_a_feed_that_left_the_configuration_is_gone_for_good_until_it_is_back() {
    let partner = Partner::start().await;
    partner.put("/rss", feed(3));
    let folder = Arc::new(tempfile::tempdir().expect("a folder"));
    let with = toml(&partner, "[[feed]]\nid = \"coast\"\n");
    let without = toml(&partner, "");
    let its = ["feeds/coast.rss", "feeds/coast.atom", "feeds/coast.json", "feeds/coast"];
    // Never there, there, gone over two starts, there again.
    for (toml, expected) in [(&without, 404), (&with, 200), (&without, 410), (&without, 410), (&with, 200)] {
        let program = start(&folder, toml).await;
        for path in its {
            let mut status = 0;
            for _ in 0..400 {
                status = get(&program.url(path), &[]).await.status;
                if status == expected {
                    break;
                }
                sleep(Duration::from_millis(20)).await;
            }
            assert_eq!(status, expected, "{path}");
        }
        if expected == 410 {
            let answer = get(&program.url("feeds/coast/archive/2026-05.atom"), &[]).await;
            assert_eq!((answer.status, field(&answer, "content-type").as_str()), (410, "text/html; charset=utf-8"));
        }
        for (path, status) in
            [("feeds/all.atom", 200), ("feeds/never.atom", 404), ("feeds/never", 404), ("feeds/Coast.atom", 404)]
        {
            assert_eq!(get(&program.url(path), &[]).await.status, status, "{path}");
        }
        let (status, _) = program.stop().await;
        assert!(status.success());
    }
}

#[tokio::test]
async fn r46_who_asks_too_often_gets_429_and_whole_seconds() {
    let partner = Partner::start().await;
    partner.put("/rss", feed(1));
    let limits = "[limits]\nproxies = []\nrequests_per_minute = 6\n";
    let program =
        start(&Arc::new(tempfile::tempdir().expect("a folder")), &toml(&partner, "").replace("[limits]\n", limits)).await;
    let mut statuses = Vec::new();
    let mut last = None;
    for _ in 0..8 {
        let answer = get(&program.url("feeds/all.atom"), &[]).await;
        statuses.push(answer.status);
        last = Some(answer);
    }
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 429, 429]);
    let answer = last.expect("an answer");
    let seconds: u64 = field(&answer, "retry-after").parse().expect("whole seconds, as readers understand them");
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert_eq!(get(&program.url("feeds/all.rss"), &[]).await.status, 200, "the limit is one of an address");
}
