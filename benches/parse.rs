//! The reader alone: bytes of a feed to `ParsedFeed`, in megabytes a second on one core.
//!
//! `cargo bench --bench parse` measures it on feeds made for that, `cargo bench --bench parse -- FOLDER` on the files of a folder.
//!
//! References in the same run, on the same documents, all in megabytes of what came over the wire:
//!
//! - feed-rs, which reads the same dialects, from bytes;
//! - quick-xml of today (0.42) finding the tokens and doing nothing with them. It gives tokens as text, so it checks that they are
//!   UTF-8. The documents are decoded for it beforehand; the readers decode for themselves;
//! - quick-xml of the year before (0.41, which this reader stands on) doing the same, but giving tokens as bytes that nobody checks: the
//!   least that a reader on top of it can cost, before it has looked at one character or kept one.
//!
//! Each reads every document once a round, and of every document its best round counts: whatever else the machine does meanwhile, it
//! does in some rounds and not in all.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::DateTime;
use url::Url;

use reprint::model::FetchedDocument;
use reprint::parse::{self, Bounds};

/// Feeds of each kind, of ten.
const KINDS: [(Kind, usize); 4] = [(Kind::Cdata, 5), (Kind::Escaped, 3), (Kind::Gb18030, 1), (Kind::Summaries, 1)];
/// Feeds in all, entries of a feed, and rounds over all.
const FEEDS: usize = 60;
const ENTRIES: usize = 30;
const ROUNDS: usize = 15;

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// RSS 2.0 with `content:encoded` in CDATA sections.
    Cdata,
    /// Atom with HTML that is escaped.
    Escaped,
    /// RSS 2.0 with CDATA sections, in GB 18030.
    Gb18030,
    /// RSS 2.0 with a paragraph of text an entry, most of it English.
    Summaries,
}

/// A document, and its text for those that cannot decode.
struct Sample {
    doc: FetchedDocument,
    text: String,
}

impl Sample {
    fn new(bytes: Vec<u8>) -> Self {
        let url = Url::parse("https://wire.example/feed.xml").expect("an address");
        let text = text(&bytes);
        Self { doc: FetchedDocument::from_bytes(url, None, bytes, DateTime::UNIX_EPOCH), text }
    }

    fn read(&self) -> usize {
        parse::document(&self.doc, None, Bounds::default()).map_or(0, |feed| black_box(feed).entries.len())
    }

    fn read_by_feed_rs(&self) -> usize {
        feed_rs::parser::parse(self.doc.body.as_slice()).map_or(0, |feed| black_box(feed).entries.len())
    }

    fn tokens(&self) -> usize {
        use quick_xml_042::{Reader, events::Event};
        let mut reader = Reader::from_str(&self.text);
        let mut events = 0;
        loop {
            match black_box(reader.read_event()) {
                Ok(Event::Eof) | Err(_) => return events,
                Ok(_) => events += 1,
            }
        }
    }

    fn unchecked_tokens(&self) -> usize {
        use quick_xml::{Reader, events::Event};
        let mut reader = Reader::from_str(&self.text);
        let mut events = 0;
        loop {
            match black_box(reader.read_event()) {
                Ok(Event::Eof) | Err(_) => return events,
                Ok(_) => events += 1,
            }
        }
    }
}

/// A way of reading a document; gives how many entries or tokens there were.
type Run = fn(&Sample) -> usize;

/// What is measured.
const RUNS: [(&str, Run); 4] = [
    ("reprint", Sample::read),
    ("feed-rs", Sample::read_by_feed_rs),
    ("tokens", Sample::tokens),
    ("unchecked tokens", Sample::unchecked_tokens),
];

fn main() {
    // cargo adds flags of its own
    let folder = std::env::args_os()
        .skip(1)
        .map(PathBuf::from)
        .find(|argument| !argument.as_os_str().as_encoded_bytes().starts_with(b"--"));
    let groups: Vec<(String, Vec<Sample>)> = match folder {
        Some(folder) => {
            let feeds: Vec<Sample> =
                files(&folder).into_iter().filter_map(|path| std::fs::read(path).ok()).map(Sample::new).collect();
            vec![(folder.display().to_string(), feeds)]
        }
        None => {
            let mut random = Random(0x5eed);
            let mut made = |kind: Kind, share: usize| {
                (0..FEEDS / 10 * share).map(|number| Sample::new(feed(kind, number, &mut random))).collect::<Vec<_>>()
            };
            KINDS.iter().map(|(kind, share)| (format!("{kind:?}"), made(*kind, *share))).collect()
        }
    };
    let all: Vec<&Sample> = groups.iter().flat_map(|(_, feeds)| feeds).collect();
    let bytes = all.iter().map(|sample| sample.doc.body.len()).sum::<usize>();
    if bytes == 0 {
        eprintln!("there is no file to read");
        std::process::exit(2);
    }
    if groups.len() > 1 {
        for (name, feeds) in &groups {
            let feeds: Vec<&Sample> = feeds.iter().collect();
            print(&format!("{name}, {} feeds", feeds.len()), &measure(&feeds), &feeds);
        }
    }
    let measured = measure(&all);
    print(&format!("all, {} feeds, {:.1} MB, best of {ROUNDS} rounds", all.len(), bytes as f64 / 1e6), &measured, &all);
    let against = |other: usize| measured[other].0.as_secs_f64() / measured[0].0.as_secs_f64();
    println!(
        "parse mb_s={:.0} vs_feed_rs={:.2} vs_tokenizer={:.2} vs_unchecked_tokenizer={:.2}",
        bytes as f64 / measured[0].0.as_secs_f64() / 1e6,
        against(1),
        against(2),
        against(3)
    );
}

/// Time of each run, the best round of every sample, and what it counted.
fn measure(samples: &[&Sample]) -> [(Duration, usize); RUNS.len()] {
    RUNS.map(|(_, run)| {
        // every sample in turn, so that each is read again only when the caches have seen all the others
        let mut best = vec![(Duration::MAX, 0); samples.len()];
        for _ in 0..ROUNDS {
            for (sample, (time, counted)) in samples.iter().zip(&mut best) {
                let began = Instant::now();
                *counted = run(sample);
                *time = (*time).min(began.elapsed());
            }
        }
        (best.iter().map(|(time, _)| *time).sum(), best.iter().map(|(_, counted)| *counted).sum())
    })
}

fn print(title: &str, measured: &[(Duration, usize)], samples: &[&Sample]) {
    let bytes = samples.iter().map(|sample| sample.doc.body.len()).sum::<usize>() as f64;
    println!("{title}");
    for ((name, _), (time, counted)) in RUNS.iter().zip(measured) {
        println!("  {name:<17} {:>5.0} MB/s ({counted})", bytes / time.as_secs_f64() / 1e6);
    }
}

/// Files of a folder and of the folders in it, by name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// A document's text, by its own declaration when it is not UTF-8.
fn text(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    let label = head.split_once("encoding=").map_or("", |(_, rest)| rest[1..].split(['"', '\'']).next().unwrap_or(""));
    encoding_rs::Encoding::for_label(label.as_bytes()).unwrap_or(encoding_rs::WINDOWS_1252).decode(bytes).0.into_owned()
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

    fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

const WORDS: [&str; 24] = [
    "河畔",
    "旧仓库",
    "公共工坊",
    "街坊",
    "渡轮",
    "停航",
    "孩子",
    "木船",
    "镇上",
    "屋顶",
    "大门",
    "答复",
    "图书馆",
    "灯塔",
    "市集",
    "码头",
    "船匠",
    "潮汐",
    "说明",
    "打开",
    "修好",
    "等待",
    "昨天上午",
    "海港纪事",
];
const CHARACTERS: [&str; 16] = ["的", "是", "在", "又", "也", "把", "被", "和", "都", "就", "先", "再", "给", "向", "由", "才"];
const ENGLISH: [&str; 16] = [
    "harbour",
    "ferry",
    "workshop",
    "roof",
    "tide",
    "keeper",
    "market",
    "library",
    "boat",
    "gate",
    "answer",
    "neighbours",
    "opened",
    "repaired",
    "waited",
    "explained",
];
const OUTLETS: [&str; 4] = ["河湾日报", "渡口新闻网", "灯塔周刊", "北岸晚报"];

/// Chinese text of about that many characters.
fn chinese(random: &mut Random, characters: usize) -> String {
    let mut out = String::with_capacity(characters * 3 + 64);
    while out.len() < characters * 3 {
        out.push_str(if random.percent(45) { random.of(&WORDS) } else { random.of(&CHARACTERS) });
        match random.below(100) {
            0..10 => out.push(','),
            10..14 => out.push('。'),
            14 => out.push_str(&format!("“{}”", random.of(&WORDS))),
            _ => {}
        }
    }
    out.push('。');
    out
}

fn english(random: &mut Random, characters: usize) -> String {
    let mut out = String::new();
    while out.len() < characters {
        out.push_str(random.of(&ENGLISH));
        out.push(' ');
    }
    out
}

/// HTML of an article, about 5 KB in UTF-8: a note on its origin at both ends, paragraphs with links, two pictures, a list.
fn body(random: &mut Random, outlet: &str, page: &str, number: usize) -> String {
    let note = format!("<p><em>本页转自{outlet},写的是原作者的看法,供街坊参考,与本站无涉。</em></p>");
    let mut html = note.clone();
    for paragraph in 0..random.between(6, 8) {
        let length = random.between(130, 230);
        html.push_str(&format!("\n<p>{}", chinese(random, length)));
        if random.percent(30) {
            html.push_str(&format!(" <a href=\"https://wire.example/tag/{number}.html?a=1&amp;b=2\">{}</a>", chinese(random, 8)));
        }
        if random.percent(15) {
            html.push_str(&format!(" <strong>{}</strong>&nbsp;&mdash; “{}”", chinese(random, 10), chinese(random, 12)));
        }
        html.push_str("</p>");
        if paragraph == 1 || paragraph == 4 {
            html.push_str(&format!(
                "\n<figure><img src=\"https://wire.example/img/{number}-{paragraph}.jpg\" alt=\"{}\" width=\"800\" height=\"533\"><figcaption>{paragraph}. {} ({outlet}/图)</figcaption></figure>",
                chinese(random, 10),
                chinese(random, 28)
            ));
        }
        if paragraph == 3 {
            html.push_str(&format!("\n<h3>{}</h3>", chinese(random, 12)));
        }
    }
    let list: String = (0..3).map(|_| format!("<li>{}</li>", chinese(random, 14))).collect();
    html.push_str(&format!("\n<ul>{list}</ul>\n<p>来源: {outlet} <a href=\"{page}\">看原文</a></p>\n{note}"));
    html
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// One feed of [`ENTRIES`] entries, about 190 KB with texts and 30 KB without.
fn feed(kind: Kind, number: usize, random: &mut Random) -> Vec<u8> {
    let charset = if matches!(kind, Kind::Gb18030) { "gb18030" } else { "utf-8" };
    let outlet = OUTLETS[number % OUTLETS.len()];
    let about = chinese(random, 24);
    let mut xml = format!("<?xml version=\"1.0\" encoding=\"{charset}\"?>\n");
    let atom = matches!(kind, Kind::Escaped);
    xml.push_str(&if atom {
        format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"zh-CN\">\n<title>{outlet} {number}</title>\n<subtitle>{about}</subtitle>\n<id>tag:wire.example,2026:feed</id>\n<link rel=\"self\" href=\"https://wire.example/{number}.atom\"/>\n<link href=\"https://wire.example/\"/>\n<updated>2026-06-01T08:00:00Z</updated>\n"
        )
    } else {
        format!(
            "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:atom=\"http://www.w3.org/2005/Atom\" xmlns:media=\"http://search.yahoo.com/mrss/\">\n<channel>\n<title>{outlet} {number}</title>\n<link>https://wire.example/</link>\n<description>{about}</description>\n<language>zh-CN</language>\n<ttl>30</ttl>\n<lastBuildDate>Mon, 01 Jun 2026 08:00:00 +0000</lastBuildDate>\n"
        )
    });
    for entry in 1..=ENTRIES {
        let length = random.between(14, 26);
        let (title, tags) = (chinese(random, length), [0; 3].map(|_| random.of(&WORDS)));
        let length = random.between(60, 90);
        let summary = chinese(random, length);
        let (day, minute) = (random.between(1, 28), random.below(60));
        let page = format!("https://wire.example/news/{number:05}-{entry:04}.html");
        let id = format!("tag:wire.example,2026:{number}-{entry}");
        let list = |form: fn(&str) -> String| tags.iter().map(|tag| form(tag)).collect::<String>();
        if atom {
            let categories = list(|tag| format!("<category term=\"{tag}\"/>\n"));
            let content = escaped(&body(random, outlet, &page, entry));
            xml.push_str(&format!(
                "<entry>\n<title>{title}</title>\n<link href=\"{page}\"/>\n<id>{id}</id>\n<published>2026-05-{day:02}T08:{minute:02}:00Z</published>\n<updated>2026-05-{day:02}T08:{minute:02}:00Z</updated>\n<author><name>林一川</name></author>\n<contributor><name>何渡</name></contributor>\n{categories}<summary>{summary}</summary>\n<content type=\"html\">{content}</content>\n</entry>\n"
            ));
            continue;
        }
        let categories = list(|tag| format!("<category>{tag}</category>\n"));
        let (title, summary) = match kind {
            Kind::Summaries => (english(random, 60), format!("{}{summary}", english(random, 300))),
            _ => (title, summary),
        };
        xml.push_str(&format!(
            "<item>\n<title>{title}</title>\n<link>{page}</link>\n<guid isPermaLink=\"false\">{id}</guid>\n<pubDate>{day:02} May 2026 08:{minute:02}:00 +0000</pubDate>\n<dc:creator>林一川</dc:creator>\n{categories}<description>{summary}</description>\n"
        ));
        if !matches!(kind, Kind::Summaries) {
            let content = body(random, outlet, &page, entry);
            xml.push_str(&format!(
                "<content:encoded><![CDATA[{content}]]></content:encoded>\n<media:content url=\"https://wire.example/img/{entry}.jpg\" medium=\"image\" type=\"image/jpeg\"/>\n"
            ));
        }
        xml.push_str("</item>\n");
    }
    xml.push_str(if atom { "</feed>\n" } else { "</channel>\n</rss>\n" });
    match kind {
        Kind::Gb18030 => encoding_rs::GB18030.encode(&xml).0.into_owned(),
        _ => xml.into_bytes(),
    }
}
