//! Where the time of the poll and publish lanes goes: microseconds an entry, stage by stage, on one core.
//!
//! Reference in the same run: bare quick-xml tokenizing of the same bytes.

mod support;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use reprint::attribute;
use reprint::config;
use reprint::model::{AttributedArticle, FeedFormat, FetchedDocument, Identity, PollState, StoredArticle, Verdict};
use reprint::normalize::{self, Setting};
use reprint::parse::{self, Bounds};
use reprint::publish;
use reprint::render::{Contents, Renderer};
use reprint::store::Store;
use support::{ENTRIES, Folder, feed, median};
use url::Url;

const FEEDS: usize = 40;
const ROUNDS: usize = 5;

fn main() {
    let folder = Folder::new("stages");
    let config = config::parse(
        "bench",
        "[site]\ntitle = \"Bench\"\nurl = \"https://bench.example/\"\n[[outlet]]\nid = \"o\"\nname = \"城市\"\nfeed = \"https://city.example/rss\"\nlanguage = \"zh-Hans\"\n",
    )
    .expect("a configuration");
    let outlet = config.outlets[0].clone();
    let source = outlet.feeds[0].clone();
    let now = DateTime::<Utc>::from_timestamp(1_780_000_000, 0).expect("a time");
    let documents: Vec<FetchedDocument> = (0..FEEDS)
        .map(|number| FetchedDocument::from_bytes(source.clone(), Some("text/xml".to_owned()), feed(number).into_bytes(), now))
        .collect();
    let bytes: usize = documents.iter().map(|doc| doc.body.len()).sum();
    let entries = (FEEDS * ENTRIES) as f64;

    let tokenize = timed(|| {
        for doc in &documents {
            let text = std::str::from_utf8(&doc.body).expect("UTF-8");
            let mut reader = quick_xml::Reader::from_str(text);
            while !matches!(reader.read_event().expect("well-formed"), quick_xml::events::Event::Eof) {}
        }
    });
    let parse_s = timed(|| {
        for doc in &documents {
            black_box(parse::document(doc, None, Bounds::default()).expect("a feed"));
        }
    });
    let feeds: Vec<_> = documents.iter().map(|doc| parse::document(doc, None, Bounds::default()).expect("a feed")).collect();
    let base = Url::parse("https://city.example/rss").expect("an address");
    let normalized = || {
        feeds.iter().flat_map(|feed| {
            let setting = Setting { outlet: &outlet, feed_url: &source, base: &base, fetched_at: now, head: &feed.head };
            feed.entries.iter().map(move |entry| normalize::entry(&setting, entry)).collect::<Vec<_>>()
        })
    };
    let normalize_s = timed(|| normalized().for_each(|article| drop(black_box(article))));
    let articles: Vec<_> = normalized().collect();
    let attribute_s = timed(|| {
        for article in &articles {
            black_box(attribute::article(&outlet, article.clone()));
        }
    });
    let verdicts: Vec<Verdict> = articles.iter().map(|article| attribute::article(&outlet, article.clone())).collect();
    let ready: Vec<AttributedArticle> = verdicts
        .iter()
        .map(|verdict| match verdict {
            Verdict::Ready(ready) => (**ready).clone(),
            Verdict::Held { reason, .. } => panic!("held: {reason}"),
        })
        .collect();

    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let mut round = 0;
    let store_s = timed(|| {
        round += 1;
        runtime.block_on(async {
            let store = Store::open(&folder.0.join(format!("{round}.db")), "bench.example,2026").await.expect("a store");
            for poll in verdicts.chunks(ENTRIES) {
                store.record(&PollState::new("o", source.clone(), now), poll, now).await.expect("recorded");
            }
            store.close().await;
        });
    });

    let config = Arc::new(config);
    let renderer = Renderer::new(&config, None).expect("templates");
    let stored: Vec<StoredArticle> = ready
        .into_iter()
        .enumerate()
        .map(|(number, attributed)| StoredArticle {
            identity: Identity {
                key: format!("{number:020x}"),
                id: format!("tag:bench.example,2026:{number:020x}"),
                first_seen: now,
                changed: now,
                revision: 1,
            },
            attributed,
            beside: Default::default(),
        })
        .collect();
    let feed_config = &config.feeds[0];
    let render_s = timed(|| {
        for window in stored.chunks(ENTRIES) {
            for format in FeedFormat::ALL {
                black_box(renderer.feed(feed_config, format, &Contents::of(window)));
            }
        }
    });
    let prepare_s = timed(|| {
        for window in stored.chunks(ENTRIES).take(8) {
            black_box(publish::prepare(renderer.feed(feed_config, FeedFormat::Rss, &Contents::of(window))));
        }
    });
    let micros = |seconds: f64| seconds / entries * 1e6;
    println!("{FEEDS} feeds of {ENTRIES} entries, {:.1} MB, medians of {ROUNDS} rounds; µs an entry:", bytes as f64 / 1e6);
    println!(
        "tokenize {:.1}, parse {:.1}, normalize {:.1}, attribute {:.1}, store {:.1}",
        micros(tokenize),
        micros(parse_s),
        micros(normalize_s),
        micros(attribute_s),
        micros(store_s)
    );
    println!(
        "render both formats {:.1}; render and compress RSS {:.1}",
        micros(render_s),
        prepare_s / (8.0 * ENTRIES as f64) * 1e6
    );
    println!(
        "stages parse_us={:.1} normalize_us={:.1} attribute_us={:.1} store_us={:.1} render_us={:.1} parse_vs_tokenizer={:.2}",
        micros(parse_s),
        micros(normalize_s),
        micros(attribute_s),
        micros(store_s),
        micros(render_s),
        tokenize / parse_s
    );
}

fn timed(mut work: impl FnMut()) -> f64 {
    median(
        (0..ROUNDS)
            .map(|_| {
                let start = Instant::now();
                work();
                start.elapsed().as_secs_f64()
            })
            .collect(),
    )
}
