//! The reader alone: bytes of a feed to `ParsedFeed`, in megabytes a second on one core.
//!
//! References in the same run, on the same bytes: feed-rs, which reads the same dialects, and quick-xml finding the tokens and doing
//! nothing with them, which is the least that any reader on top of it can cost. The tokenizer is given its text decoded; the readers
//! decode for themselves. Each is run in turn, round after round, and its best round counts: whatever else the machine does in a
//! round, it does to all three.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use url::Url;

use reprint::model::FetchedDocument;
use reprint::parse::{self, Bounds};

/// Bytes of one feed, about.
const FEED: usize = 190_000;
/// Feeds of each kind.
const KINDS: [(Kind, usize); 4] = [(Kind::Cdata, 5), (Kind::Escaped, 3), (Kind::Gb18030, 1), (Kind::Summaries, 1)];
/// Feeds in all: `ROUNDS` rounds over that many.
const FEEDS: usize = 40;
const ROUNDS: usize = 15;

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// RSS 2.0 with `content:encoded` in CDATA sections.
    Cdata,
    /// Atom with HTML that is escaped.
    Escaped,
    /// RSS 2.0 in GB 18030.
    Gb18030,
    /// RSS 2.0 with a line of text an entry.
    Summaries,
}

fn main() {
    let mut random = Random(0x5eed);
    let kinds: Vec<Kind> = KINDS.iter().flat_map(|(kind, share)| std::iter::repeat_n(*kind, *share)).collect();
    let feeds: Vec<FetchedDocument> =
        (0..FEEDS).map(|number| document(&feed(kinds[number % kinds.len()], &mut random))).collect();
    let texts: Vec<String> = feeds.iter().map(|doc| text(&doc.body)).collect();
    let bytes: usize = feeds.iter().map(|doc| doc.body.len()).sum();

    let (mut ours, mut theirs, mut tokens) = (Duration::MAX, Duration::MAX, Duration::MAX);
    let (mut read, mut read_by_feed_rs, mut events) = (0, 0, 0);
    for _ in 0..ROUNDS {
        let began = Instant::now();
        read = feeds.iter().map(|doc| parse::document(doc, None, Bounds::default()).map_or(0, |feed| feed.entries.len())).sum();
        ours = ours.min(began.elapsed());

        let began = Instant::now();
        read_by_feed_rs =
            feeds.iter().map(|doc| feed_rs::parser::parse(doc.body.as_slice()).map_or(0, |feed| feed.entries.len())).sum();
        theirs = theirs.min(began.elapsed());

        let began = Instant::now();
        events = texts.iter().map(|text| tokenize(text)).sum::<usize>();
        tokens = tokens.min(began.elapsed());
    }

    let speed = |took: Duration| bytes as f64 / took.as_secs_f64() / 1e6;
    println!("{FEEDS} feeds, {:.1} MB, {read} entries, {events} tokens; best of {ROUNDS} rounds", bytes as f64 / 1e6);
    println!(
        "reprint {:.0} MB/s; feed-rs {:.0} MB/s ({read_by_feed_rs} entries); quick-xml alone {:.0} MB/s",
        speed(ours),
        speed(theirs),
        speed(tokens)
    );
    for (kind, _) in KINDS {
        let doc = document(&feed(kind, &mut Random(1)));
        let text = text(&doc.body);
        let best = |run: &dyn Fn() -> usize| {
            let times = (0..ROUNDS).map(|_| {
                let began = Instant::now();
                assert!(std::hint::black_box(run()) > 0, "nothing was read");
                began.elapsed()
            });
            doc.body.len() as f64 / times.min().unwrap_or_default().as_secs_f64() / 1e6
        };
        let own = best(&|| parse::document(&doc, None, Bounds::default()).map_or(0, |feed| feed.entries.len()));
        println!("  {kind:?}: {own:.0} MB/s, tokenizer {:.0} MB/s", best(&|| tokenize(&text)));
    }
    println!(
        "parse mb_s={:.0} vs_feed_rs={:.2} vs_tokenizer={:.2}",
        speed(ours),
        theirs.as_secs_f64() / ours.as_secs_f64(),
        tokens.as_secs_f64() / ours.as_secs_f64()
    );
}

fn tokenize(text: &str) -> usize {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut events = 0;
    loop {
        match reader.read_event().expect("well-formed") {
            quick_xml::events::Event::Eof => return events,
            _ => events += 1,
        }
    }
}

fn document(bytes: &[u8]) -> FetchedDocument {
    let url = Url::parse("https://wire.example/feed.xml").expect("an address");
    let at: DateTime<Utc> = DateTime::UNIX_EPOCH;
    FetchedDocument::from_bytes(url, None, bytes.to_vec(), at)
}

fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::GB18030.decode(bytes).0.into_owned(),
    }
}

/// xorshift64*: the same corpus on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }
}

fn sentence(random: &mut Random) -> String {
    const PIECES: [&str; 16] = [
        "河畔的旧仓库",
        "公共工坊",
        "街坊们",
        "渡轮停航三年",
        "周末的孩子",
        "木船",
        "海港纪事记者",
        "昨天上午",
        "在镇上",
        "又一次",
        "说明了原因",
        "打开了大门",
        "修好了屋顶",
        "等待答复",
        "没有人知道",
        "Harbour Wire 2026",
    ];
    let mut out = String::new();
    for _ in 0..6 + random.below(6) {
        out.push_str(PIECES[random.below(PIECES.len())]);
    }
    out.push('。');
    out
}

/// HTML of an article of about 6 KB.
fn body(random: &mut Random, entry: usize) -> String {
    let mut html = format!(
        "<p>来源:<a href=\"https://daily.example/{entry}?a=1&amp;b=2\">河湾日报</a></p><figure><img src=\"/img/{entry}.jpg\" width=\"800\" alt=\"\"><figcaption>工坊</figcaption></figure>"
    );
    while html.len() < 5_800 {
        html.push_str("<p>");
        for _ in 0..3 {
            html.push_str(&sentence(random));
        }
        if random.below(3) == 0 {
            html.push_str(&format!("<a href=\"/tag/{entry}\">相关</a><strong>{}</strong>&nbsp;", random.below(1_000)));
        }
        html.push_str("</p>\n");
    }
    html
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// One feed of about [`FEED`] bytes.
fn feed(kind: Kind, random: &mut Random) -> Vec<u8> {
    let charset = if matches!(kind, Kind::Gb18030) { "GB18030" } else { "utf-8" };
    let mut xml = format!("<?xml version=\"1.0\" encoding=\"{charset}\"?>\n");
    let atom = matches!(kind, Kind::Escaped);
    xml.push_str(if atom {
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"zh-Hans\"><title>河湾日报</title><id>urn:x:1</id><updated>2026-06-01T08:00:00Z</updated><link href=\"https://wire.example/\"/>\n"
    } else {
        "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel>\n<title>河湾日报</title><link>https://wire.example/</link><description>转载</description><language>zh-cn</language>\n"
    });
    let mut entry = 0;
    while xml.len() < FEED {
        entry += 1;
        let title = sentence(random);
        let (day, minute) = (1 + random.below(28), random.below(60));
        if atom {
            xml.push_str(&format!(
                "<entry>\n<title>{title}</title>\n<link rel=\"alternate\" href=\"https://wire.example/news/{entry}\"/>\n<id>urn:x:{entry}</id>\n<updated>2026-05-{day:02}T08:{minute:02}:00+08:00</updated>\n<author><name>林一川</name></author>\n<category term=\"城市\"/>\n<content type=\"html\">{}</content>\n</entry>\n",
                escaped(&body(random, entry))
            ));
            continue;
        }
        xml.push_str(&format!(
            "<item>\n<title>{title}</title>\n<link>https://wire.example/news/{entry}</link>\n<guid isPermaLink=\"false\">x-{entry}</guid>\n<dc:creator>林一川</dc:creator>\n<pubDate>{day:02} May 2026 08:{minute:02}:00 +0800</pubDate>\n<category>城市</category>\n"
        ));
        match kind {
            Kind::Summaries => xml.push_str(&format!("<description>{}</description>\n", sentence(random))),
            _ => xml.push_str(&format!("<content:encoded><![CDATA[{}]]></content:encoded>\n", body(random, entry))),
        }
        xml.push_str("</item>\n");
    }
    xml.push_str(if atom { "</feed>\n" } else { "</channel></rss>\n" });
    match kind {
        Kind::Gb18030 => encoding_rs::GB18030.encode(&xml).0.into_owned(),
        _ => xml.into_bytes(),
    }
}
