//! What translating costs beside the engine: cutting an article into segments, holding the answers against them, putting it together again.
//!
//! `cargo bench --bench translate` measures it on bodies like those of articles (2 to 60 KB, English and Chinese, with links, figures, lists,
//! tables), with an engine that answers its input. The reference in the same run is the sanitizer that every body has been through before.
//! A shape of 16 times the length is measured in time per byte of its short form: near 1 is proportional.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use chrono::DateTime;
use reprint::config::{self, Bilingual};
use reprint::model::{AttributedArticle, FetchedDocument, Html, Party, TranslationKind, Verdict};
use reprint::normalize::html::sanitize;
use reprint::translate::{Glossary, Making, Piece, check, cut};
use reprint::{parse, pipeline};
use url::Url;

const ROUNDS: usize = 9;
const ARTICLES: usize = 40;

const FEED: &str = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Quay Mirror</title><link>https://quay.example/</link>\
    <description>d</description><item><title>The lamps of the old ferry</title><link>https://quay.example/1</link>\
    <guid>https://quay.example/1</guid><description>text</description></item></channel></rss>";

fn empty() -> AttributedArticle {
    let toml = "[site]\ntitle = \"Bench\"\nurl = \"https://bench.example/\"\n[[outlet]]\nid = \"quay\"\nname = \"Quay Mirror\"\nfeed = \"https://quay.example/rss\"\n";
    let config = config::parse("bench", toml).expect("a configuration");
    let outlet = config.outlet("quay").expect("the outlet");
    let source = outlet.sources().next().expect("its feed");
    let at = DateTime::from_timestamp(1_780_000_000, 0).expect("a time");
    let doc = FetchedDocument::from_bytes(source.clone(), None, FEED.as_bytes().to_vec(), at);
    let read = pipeline::read(outlet, source, &doc, parse::Bounds { entries: 10 }).expect("a feed");
    match read.verdicts.into_iter().next() {
        Some(Verdict::Ready(article)) => *article,
        _ => panic!("no article"),
    }
}

fn body(number: usize) -> String {
    let chinese = number % 2 == 1;
    let sentence = if chinese {
        "守灯人在涨潮之前把十二盏灯搬到旧水门，街坊们站在堤上看着，谁也没有说话。"
    } else {
        "The keeper carried the lamps down to the old water gate before the tide came in, and nobody on the quay said a word. "
    };
    let mut html = String::new();
    for paragraph in 0..4 + number * 3 {
        if paragraph % 6 == 3 {
            let _ = write!(
                html,
                "<h3>Part {paragraph}</h3><figure><img src='/img/{number}-{paragraph}.jpg' alt='{sentence}'><figcaption>{sentence}</figcaption></figure>"
            );
        }
        if paragraph % 9 == 5 {
            html.push_str("<ul><li>First &amp; <b>best</b> lamp</li><li>Second lamp, 12.5 %</li></ul><table><tr><td>Tide</td><td>3.5 m</td></tr></table>");
        }
        let _ = write!(
            html,
            "<p>{}<a href='/tag/{paragraph}?a=1&amp;b=2'>background {paragraph}</a> and <em>{sentence}</em> https://quay.example/{number}</p>",
            sentence.repeat(3)
        );
    }
    html
}

/// Seconds of cutting, of checking, of putting together.
fn measure(article: &AttributedArticle, glossary: &Glossary, making: &Making) -> [f64; 3] {
    let start = Instant::now();
    let cut = cut(article, glossary, "fr");
    let cutting = start.elapsed().as_secs_f64();
    let answers: Vec<Vec<Piece>> = cut.segments().iter().map(|segment| segment.pieces.clone()).collect();
    let start = Instant::now();
    for (segment, answer) in cut.segments().iter().zip(&answers) {
        let _ = black_box(check::answer(segment, answer, "en", "en-GB"));
    }
    let checking = start.elapsed().as_secs_f64();
    let start = Instant::now();
    black_box(cut.assemble(&answers, making).expect("the same article"));
    [cutting, checking, start.elapsed().as_secs_f64()]
}

fn main() {
    let base = Url::parse("https://quay.example/1").expect("an address");
    let empty = empty();
    let making = Making {
        kind: TranslationKind::Machine,
        engine: Some("bench".to_owned()),
        by: Party { name: "Bench".to_owned(), url: None },
        at: None,
        bilingual: Bilingual::No,
    };
    let glossary = "from_lang,to_lang,from,to\n,,water gate,water gate\n,fr,keeper,gardien\n,,水门,水门\n";
    let glossary = Glossary::read("bench.csv", glossary).expect("a glossary");
    let with = |html: Html| {
        let mut article = empty.clone();
        article.article.body = html;
        article
    };
    let sources: Vec<String> = (0..ARTICLES).map(body).collect();
    let articles: Vec<AttributedArticle> = sources.iter().map(|source| with(sanitize(source, &base))).collect();
    let bytes: usize = articles.iter().map(|article| article.article.body.as_str().len()).sum();
    let mut best = [f64::MAX; 4];
    for _ in 0..ROUNDS {
        let mut sums = [0.0; 4];
        for (source, article) in sources.iter().zip(&articles) {
            let start = Instant::now();
            black_box(sanitize(source, &base));
            sums[3] += start.elapsed().as_secs_f64();
            for (sum, seconds) in sums.iter_mut().zip(measure(article, &glossary, &making)) {
                *sum += seconds;
            }
        }
        for (best, sum) in best.iter_mut().zip(sums) {
            *best = best.min(sum);
        }
    }
    let [cutting, checking, assembling, sanitizing] = best;
    let megabytes = bytes as f64 / 1e6;
    println!(
        "{ARTICLES} bodies, {bytes} bytes: cut {:.1} MB/s, check {:.1} MB/s, assemble {:.1} MB/s, sanitize {:.1} MB/s",
        megabytes / cutting,
        megabytes / checking,
        megabytes / assembling,
        megabytes / sanitizing
    );

    let mut linear: f64 = 0.0;
    let shapes: [(&str, &str); 7] = [
        ("paragraphs", "<p>The tide came in at 5:30, see <a href='/x'>the page</a> and <b>more</b>.</p>"),
        ("one paragraph", "The tide came in at 5:30. "),
        ("without ends", "潮水"),
        ("lines", "tide<br>"),
        ("elements", "<b>a</b> <i>b</i> "),
        ("addresses", "a.b@c.d/e:f "),
        ("numbers", "1,234.5 12 3 三百 "),
    ];
    for (name, shape) in shapes {
        let time = |times: usize| {
            let article = with(sanitize(&shape.repeat(times), &base));
            (0..5).map(|_| measure(&article, &glossary, &making).iter().sum::<f64>()).fold(f64::MAX, f64::min)
        };
        let short = 64_000 / shape.len();
        let ratio = time(16 * short) / time(short) / 16.0;
        println!("{name}: 16 times the length takes {ratio:.2} times as long a byte");
        linear = linear.max(ratio);
    }
    println!(
        "translate cut_assemble_mb_s={:.1} check_mb_s={:.1} vs_sanitize={:.2} linear_16x={linear:.2}",
        megabytes / (cutting + assembling),
        megabytes / checking,
        (cutting + assembling) / sanitizing
    );
}
