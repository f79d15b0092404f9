//! What a feed costs when the archive behind it grows: a feed of 50 articles, and a month of its archive, over a store of 10,000 articles and
//! over one of 1,000,000. Both stores hold the same newest articles; older ones, one every two hours, fill them up.
//!
//! The reference is the small store, measured in the same run, turn about.

mod support;

use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use reprint::config::{self, Config};
use reprint::model::{FeedFormat, FetchedDocument, PollState};
use reprint::pipeline::{self, Stages};
use reprint::publish::{Page, Pages, Snapshot};
use reprint::render::{Contents, Renderer};
use reprint::store::Store;
use reprint::{daemon, parse};
use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use support::{Folder, feed, median};

const OUTLETS: usize = 10;
/// Outlets whose newest articles are of the usual length: more than the feed holds.
const LIVELY: usize = 2;
const RUNS: usize = 40;
const MONTHS: u32 = 6;

const FILLER: &str = r#"<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>f</title><link>http://filler.example/</link><description>d</description><item><title>河湾旧闻</title><link>http://filler.example/1</link><guid>http://filler.example/1</guid><pubDate>01 May 2026 08:00:00 +0800</pubDate><description>&lt;p&gt;渡口的灯照旧亮着。&lt;/p&gt;</description></item></channel></rss>"#;

fn configuration() -> Config {
    let mut toml = String::from("[site]\ntitle = \"Bench\"\nurl = \"https://bench.example/\"\n");
    for number in 0..OUTLETS {
        toml.push_str(&format!(
            "[[outlet]]\nid = \"o{number}\"\nname = \"城市{number}\"\nfeed = \"http://city{number}.example/rss\"\nlanguage = \"zh-Hans\"\n"
        ));
    }
    // The newest fifty and nothing beside them.
    toml.push_str("[[feed]]\nid = \"all\"\nsize = 50\nkeep_hours = 0\n");
    config::parse("feeds.toml", &toml).expect("a configuration")
}

async fn record(store: &Store, config: &Config, outlet: usize, document: &str, at: DateTime<Utc>) {
    let outlet = config.outlet(&format!("o{outlet}")).expect("an outlet");
    let source = outlet.sources().next().expect("a feed");
    let doc = FetchedDocument::from_bytes(source.clone(), None, document.as_bytes().to_vec(), at);
    let read = pipeline::read(outlet, source, &doc, parse::Bounds { entries: 1_000 }).expect("a feed");
    let state = PollState::new(&outlet.id, source.clone(), at);
    store.record(&state, &read.verdicts, at).await.expect("recorded");
}

/// Stages over a store of so many articles.
async fn stages(folder: &Folder, articles: usize, now: DateTime<Utc>) -> Stages {
    let path = folder.0.join(format!("{articles}.db"));
    let config = configuration();
    let store = Store::open(&path, "bench.example,2026").await.expect("a store");
    // One plain article an outlet is what the rest of the archive is copied from.
    let old = now - TimeDelta::days(70);
    for outlet in 0..OUTLETS {
        record(&store, &config, outlet, FILLER, old).await;
    }
    store.close().await;
    let options =
        SqliteConnectOptions::new().filename(&path).journal_mode(SqliteJournalMode::Off).synchronous(SqliteSynchronous::Off);
    let mut connection = options.connect().await.expect("the file");
    let copy = "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < $1) \
        INSERT INTO article (key, tag, outlet, source_key, feed, first_seen, sort_at, changed_at, revision, content_hash, title, url, record) \
        SELECT printf('%020x', n), printf('tag:bench.example,2026:%020x', n), article.outlet, 'n' || n, feed, \
               $2 - n * 7200000000, $2 - n * 7200000000, $2 - n * 7200000000, 1, content_hash, title, url, record \
        FROM number CROSS JOIN article ON article.id = 1 + n % $3";
    let fill = articles - OUTLETS - LIVELY * support::ENTRIES;
    sqlx::query(copy)
        .bind(fill as i64)
        .bind(old.timestamp_micros())
        .bind(OUTLETS as i64)
        .execute(&mut connection)
        .await
        .expect("copied");
    drop(connection);

    let store = Store::open(&path, "bench.example,2026").await.expect("a store");
    for outlet in 0..LIVELY {
        let at = now - TimeDelta::minutes(10 * outlet as i64);
        record(&store, &config, outlet, &feed(outlet), at).await;
    }
    let renderer = Renderer::new(&config, None).expect("templates");
    let client = pipeline::client(&config).expect("a client");
    Stages::new(Arc::new(config), client, store, renderer, Snapshot::default(), daemon::now)
}

/// Microseconds for a feed in every format: from the store to the bytes.
async fn render(stages: &Stages, now: DateTime<Utc>) -> f64 {
    let start = Instant::now();
    let feed = stages.config.feed("all").expect("the feed");
    let shown = pipeline::window(&stages.store, &stages.config, feed, now).await.expect("a window");
    // What came in the same moment as the newest is there beyond the fifty.
    let articles = shown.articles.get(..50).expect("fifty articles");
    for format in FeedFormat::ALL {
        std::hint::black_box(stages.renderer.feed(feed, format, &Contents::of(articles)));
    }
    start.elapsed().as_secs_f64() * 1e6
}

/// Microseconds for a month of the archive that nobody has asked for yet, read back and compressed.
async fn month(stages: &Stages, name: &str) -> f64 {
    let start = Instant::now();
    let page = stages.pages.archive("all", name).await;
    let elapsed = start.elapsed().as_secs_f64() * 1e6;
    assert!(matches!(page, Page::Found(_)), "no {name}");
    elapsed
}

fn main() {
    let folder = Folder::new("render");
    // A little after the dates of the generated feeds, so that theirs are the newest articles.
    let now = DateTime::from_timestamp(1_780_300_000, 0).expect("a time");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let start = Instant::now();
        let small = stages(&folder, 10_000, now).await;
        let large = stages(&folder, 1_000_000, now).await;
        println!("stores of 10,000 and 1,000,000 articles built in {:.1} s", start.elapsed().as_secs_f64());
        for stages in [&small, &large] {
            let stored: u64 = stages.store.counts().await.expect("counts").values().map(|count| count.ready).sum();
            println!("{stored} articles");
            render(stages, now).await;
        }
        let (mut of_small, mut of_large) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            of_small.push(render(&small, now).await);
            of_large.push(render(&large, now).await);
        }
        let (mut month_of_small, mut month_of_large) = (Vec::new(), Vec::new());
        for back in 0..MONTHS {
            let name = (now - TimeDelta::days(130 + 31 * i64::from(back))).format("%Y-%m.atom").to_string();
            month_of_small.push(month(&small, &name).await);
            month_of_large.push(month(&large, &name).await);
        }
        let (small, large) = (median(of_small), median(of_large));
        let (month_small, month_large) = (median(month_of_small), median(month_of_large));
        println!(
            "render feed50_at_10k_us={small:.0} feed50_at_1m_us={large:.0} ratio={:.2} month_at_10k_us={month_small:.0} month_at_1m_us={month_large:.0} month_ratio={:.2}",
            large / small,
            month_large / month_small
        );
    });
}
