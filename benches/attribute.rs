//! From a parsed entry, or from an article's page, to an article with its provenance: what normalizing and attributing cost on one core.
//!
//! `cargo bench --bench attribute` measures three things, all on text made for it:
//!
//! - entries of feeds in seven languages, 2 to 32 KB each, with source lines, notices, bylines, figures: normalize, then attribute;
//! - pages of articles, 4 to 400 KB: parse (which finds the main text), normalize, attribute;
//! - shapes that bring out a cost that grows faster than the length: each at 1×, 4× and 16× of its length, in time per byte of 1×.
//!
//! References in the same run, on the same sources: ammonia alone on the bodies of the entries, dom_smoothie (Readability) alone on the
//! pages, and for every shape the sanitizer of this crate alone, or dom_smoothie where the shape is a page. A shape that is no more than
//! proportional has a ratio near 1; below 1 what is done once an article weighs less on a longer one.
//!
//! Of every sample its best round counts: whatever else the machine does meanwhile, it does in some rounds and not in all.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use reprint::model::{FeedHead, FetchedDocument, PageSelectors, ParsedEntry, ParsedFeed, ParsedPage, Text, TextKind};
use reprint::normalize::{self, Setting, page::Pages};
use reprint::parse::{self, Bounds, html::Asked};
use reprint::{attribute, config, config::Outlet};
use url::Url;

/// Rounds over all samples; rounds of a shape, of which the long ones take long.
const ROUNDS: usize = 9;
const SHAPE_ROUNDS: usize = 5;
/// Entries of each language, and pages.
const ENTRIES: usize = 24;
const PAGES: usize = 28;
/// How much longer the longer texts of a shape are.
const LENGTHS: [usize; 3] = [1, 4, 16];

fn main() {
    let config = config::parse(
        "bench",
        "[site]\ntitle = \"Bench\"\nurl = \"https://bench.example/\"\n[[outlet]]\nid = \"quay\"\nname = \"Quay Mirror\"\nfeed = \"https://quay.example/rss\"\n",
    )
    .expect("a configuration");
    let bench = Bench {
        outlet: config.outlets[0].clone(),
        feed: config.outlets[0].feeds[0].clone(),
        base: Url::parse("https://quay.example/a/1").expect("an address"),
        now: DateTime::<Utc>::from_timestamp(1_780_000_000, 0).expect("a time"),
    };
    let (entries_s, vs_ammonia) = bench.entries();
    let (pages_s, vs_readability) = bench.pages();
    let linear = bench.shapes();
    println!(
        "attribute entries_s={entries_s:.0} pages_s={pages_s:.0} linear_16x={linear:.2} vs_ammonia={vs_ammonia:.2} vs_readability={vs_readability:.2}"
    );
}

struct Bench {
    outlet: Outlet,
    feed: Url,
    base: Url,
    now: DateTime<Utc>,
}

impl Bench {
    fn setting<'a>(&'a self, head: &'a FeedHead) -> Setting<'a> {
        Setting { outlet: &self.outlet, feed_url: &self.feed, base: &self.base, fetched_at: self.now, head }
    }

    fn document(&self, kind: &str, source: &str) -> FetchedDocument {
        FetchedDocument::from_bytes(self.base.clone(), Some(kind.to_owned()), source.as_bytes().to_vec(), self.now)
    }

    fn page(&self, doc: &FetchedDocument) -> ParsedPage {
        let selectors = PageSelectors::default();
        let asked = Asked { first: &self.base, number: 1, selectors: &selectors, bounded: normalize::html::bounded, rules: None };
        parse::html::page(doc, None, &asked).expect("a page with a text")
    }

    /// Entries a second, and how long ammonia takes in parts of it.
    fn entries(&self) -> (f64, f64) {
        let mut random = Random(0x5eed);
        let mut all = [0.0; 3];
        println!("entries, µs each (best of {ROUNDS} rounds): normalize, attribute; ammonia alone on the body");
        for language in &LANGUAGES {
            let bodies: Vec<String> = (0..ENTRIES)
                .map(|number| {
                    let length = 2_048 << (number % 5);
                    body(language, length, number, &mut random)
                })
                .collect();
            let feed = self.document("application/rss+xml", &feed(language, &bodies));
            let feed: ParsedFeed = parse::document(&feed, None, Bounds::default()).expect("a feed");
            let setting = self.setting(&feed.head);
            let articles: Vec<_> = feed.entries.iter().map(|entry| normalize::entry(&setting, entry)).collect();
            let times = [
                best(&feed.entries, |entry| drop(black_box(normalize::entry(&setting, entry)))),
                // of the copy that is judged, the copying does not count
                best(&articles, |article| drop(black_box(attribute::article(&self.outlet, article.clone()))))
                    - best(&articles, |article| drop(black_box(article.clone()))),
                best(&bodies, |body| drop(black_box(ammonia::clean(body)))),
            ];
            let micros = times.map(|time: f64| time / bodies.len() as f64 * 1e6);
            let bytes = bodies.iter().map(String::len).sum::<usize>() / bodies.len();
            println!("  {:<3} {bytes:>6} bytes: {:>6.0} {:>5.1}; {:>6.0}", language.tag, micros[0], micros[1], micros[2]);
            all.iter_mut().zip(times).for_each(|(all, time)| *all += time);
        }
        let entries = (LANGUAGES.len() * ENTRIES) as f64;
        (entries / (all[0] + all[1]), all[2] / (all[0] + all[1]))
    }

    /// Pages a second, and how long dom_smoothie takes in parts of it.
    fn pages(&self) -> (f64, f64) {
        let mut random = Random(0xfeed);
        let sources: Vec<String> = (0..PAGES)
            .map(|number| {
                let length = [4_096, 12_288, 32_768, 65_536, 131_072, 409_600][number % 6];
                page(&LANGUAGES[number % LANGUAGES.len()], length, number, &mut random)
            })
            .collect();
        let docs: Vec<FetchedDocument> = sources.iter().map(|source| self.document("text/html", source)).collect();
        let parsed: Vec<[(Url, ParsedPage); 1]> = docs.iter().map(|doc| [(self.base.clone(), self.page(doc))]).collect();
        let alone = |pages: &[(Url, ParsedPage); 1]| {
            normalize::page::alone(&Pages { outlet: &self.outlet, pages, fetched_at: self.now }, &self.base)
        };
        let articles: Vec<_> = parsed.iter().filter_map(alone).collect();
        let parse_s = best(&docs, |doc| drop(black_box(self.page(doc))));
        let normalize_s = best(&parsed, |page| drop(black_box(alone(page))));
        let attribute_s = best(&articles, |article| drop(black_box(attribute::article(&self.outlet, article.clone()))));
        let reference_s = best(&sources, |source| readability(source));
        let micros = |time: f64| time / PAGES as f64 * 1e6;
        let bytes = sources.iter().map(String::len).sum::<usize>() / PAGES;
        println!(
            "pages of {bytes} bytes, µs each: parse {:.0}, normalize {:.0}, attribute {:.1}; dom_smoothie alone {:.0}",
            micros(parse_s),
            micros(normalize_s),
            micros(attribute_s),
            micros(reference_s)
        );
        let whole = parse_s + normalize_s + attribute_s;
        (PAGES as f64 / whole, reference_s / whole)
    }

    /// The worst ratio of the time per byte at the greatest length to that at the smallest.
    fn shapes(&self) -> f64 {
        println!("µs a KB at {LENGTHS:?} times the length, and ratio of the last to the first; the reference's");
        let mut worst = 0.0_f64;
        let head = FeedHead::default();
        let setting = self.setting(&head);
        for shape in &SHAPES {
            let sources = LENGTHS.map(|times| shape.source(times));
            let per_kb = |run: &dyn Fn(&str)| {
                let times = [0, 1, 2].map(|at| {
                    let source = sources[at].as_str();
                    let rounds = (0..SHAPE_ROUNDS).map(|_| timed(|| run(source)));
                    rounds.min().unwrap_or_default().as_secs_f64() * 1e6 / (source.len() as f64 / 1024.0)
                });
                (times, times[2] / times[0])
            };
            let (ours, reference) = if shape.is_page {
                let whole = |source: &str| {
                    let page = self.page(&self.document("text/html", source));
                    let pages = [(self.base.clone(), page)];
                    let pages = Pages { outlet: &self.outlet, pages: &pages, fetched_at: self.now };
                    let article = normalize::page::alone(&pages, &self.base).expect("there is a page");
                    black_box(attribute::article(&self.outlet, article));
                };
                (per_kb(&whole), per_kb(&readability))
            } else {
                let whole = |source: &str| {
                    let content = vec![Text { value: source.to_owned(), kind: TextKind::Html, ..Text::default() }];
                    let entry = ParsedEntry { content, complete: true, ..ParsedEntry::default() };
                    black_box(attribute::article(&self.outlet, normalize::entry(&setting, &entry)));
                };
                (per_kb(&whole), per_kb(&|source| drop(black_box(normalize::html::sanitize(source, &self.base)))))
            };
            let show = |((times, ratio), name): (([f64; 3], f64), &str)| {
                format!("{name} {:.1} {:.1} {:.1} ×{ratio:.2}", times[0], times[1], times[2])
            };
            let name = if shape.is_page { "dom_smoothie" } else { "sanitizer" };
            println!(
                "  {:<28} {:>5} KB: {}; {}",
                shape.name,
                sources[0].len() >> 10,
                show((ours, "all")),
                show((reference, name))
            );
            worst = worst.max(ours.1);
        }
        worst
    }
}

fn readability(source: &str) {
    let reader = dom_smoothie::Readability::new(source, None, None);
    let _ = black_box(reader.and_then(|mut reader| reader.parse()));
}

/// Seconds that the samples take, each in its best round.
fn best<T>(samples: &[T], run: impl Fn(&T)) -> f64 {
    let mut times = vec![Duration::MAX; samples.len()];
    for _ in 0..ROUNDS {
        // every sample in turn, so that each is seen again only when the caches have seen all the others
        for (sample, time) in samples.iter().zip(&mut times) {
            *time = (*time).min(timed(|| run(sample)));
        }
    }
    times.iter().sum::<Duration>().as_secs_f64()
}

fn timed(run: impl FnOnce()) -> Duration {
    let began = Instant::now();
    run();
    began.elapsed()
}

/// A text whose length is a multiple.
struct Shape {
    name: &'static str,
    is_page: bool,
    /// What comes once, in front.
    head: &'static str,
    /// What comes again and again; `#` is its number.
    part: &'static str,
    tail: &'static str,
    /// How often it comes at the smallest length.
    count: usize,
}

impl Shape {
    fn source(&self, times: usize) -> String {
        let mut source = self.head.to_owned();
        for number in 0..self.count * times {
            let mut parts = self.part.split('#');
            source.push_str(parts.next().unwrap_or_default());
            for part in parts {
                let _ = write!(source, "{number}{part}");
            }
        }
        source.push_str(self.tail);
        source
    }
}

const fn shape(name: &'static str, part: &'static str, count: usize) -> Shape {
    Shape { name, is_page: false, head: "", part, tail: "", count }
}

const fn page_shape(name: &'static str, part: &'static str, count: usize) -> Shape {
    Shape {
        name,
        is_page: true,
        head: "<!DOCTYPE html><html lang=en><head><title>Ferry waits for the tide | Quay Mirror</title></head><body><article><h1>Ferry waits for the tide</h1><p class=byline>By Nora Whitfield</p><p>The ferry waits at the lower quay, and nobody in the harbour office says how long the tide will take to turn.</p>",
        part,
        tail: "</article></body></html>",
        count,
    }
}

const SHAPES: [Shape; 16] = [
    shape(
        "paragraphs",
        "<p>The keeper opened the gate, number #, and the neighbours waited at the market for an answer.</p>",
        400,
    ),
    shape("short lines", "渡轮#<br>", 2_000),
    shape("short paragraphs", "<p>tide #</p>", 2_000),
    shape("one paragraph", "街坊们把旧仓库改成了公共工坊,周末常有孩子来学做木船#。", 700),
    shape("one paragraph, Latin", "The boats were repaired by the library; number # leaks. ", 1_000),
    shape("links", "<a href=\"https://lamp.example/n/#?utm_source=x\">Lamp #</a> ", 800),
    shape("links in lines", "<p><a href=\"/n/#\">The lamp of pier #</a></p>", 800),
    shape("pictures", "<p><img src=\"/p/#.jpg\" width=800></p><p>图为#号渡轮</p>", 500),
    shape("figures", "<figure><img src=\"/p/#.jpg\"><figcaption>Pier #. Photo: Tomas Reed</figcaption></figure>", 400),
    shape("notices", "<p>本文转载自海港纪事#,仅代表作者观点,不代表本网立场。</p>", 400),
    shape("labels", "<p>作者:林书白# | 译者:周念# | 来源:海港纪事#</p>", 400),
    shape("brackets", "(译者 周念 #) [图] ", 1_500),
    shape("table", "<tr><td>pier #</td><td>tide</td></tr>", 900),
    page_shape(
        "page: paragraphs",
        "<p>The keeper opened the gate, number #, and the neighbours waited for an answer, or for a boat.</p>",
        200,
    ),
    page_shape("page: short lines", "渡轮#停在码头<br>", 1_000),
    page_shape("page: links", "<p>Behind pier #, says <a href=\"/n/#\">the lamp of #</a>, there is a market.</p>", 250),
];

/// What one language has for an article.
struct Language {
    tag: &'static str,
    words: &'static [&'static str],
    /// Between words, and at the end of a sentence.
    between: &'static str,
    stop: &'static str,
    title: &'static str,
    source: &'static str,
    byline: &'static str,
    notice: &'static str,
    caption: &'static str,
    related: &'static str,
}

const LANGUAGES: [Language; 7] = [
    Language {
        tag: "zh",
        words: &[
            "河畔",
            "旧仓库",
            "公共工坊",
            "街坊",
            "渡轮",
            "停航",
            "孩子",
            "木船",
            "镇上",
            "的",
            "是",
            "在",
            "把",
            "屋顶",
            "修好",
            "昨天",
        ],
        between: "",
        stop: "。",
        title: "河畔的旧仓库成为公共工坊(组图)",
        source: "来源: 河湾日报 <a href=\"https://bend.example/n/1?utm_source=rss\">原文链接</a>",
        byline: "作者：林书白 | 译者：周念",
        notice: "本文转载自河湾日报,仅代表原作者观点,不代表本网立场。",
        caption: "工坊里的木工台。摄影：周岸",
        related: "相关阅读",
    },
    Language {
        tag: "en",
        words: &[
            "harbour",
            "ferry",
            "workshop",
            "the",
            "roof",
            "tide",
            "of",
            "keeper",
            "market",
            "library",
            "boat",
            "to",
            "gate",
            "answer",
            "neighbours",
            "opened",
            "repaired",
            "waited",
        ],
        between: " ",
        stop: ". ",
        title: "Old warehouse becomes a workshop",
        source: "Source: <a href=\"https://bend.example/n/1\">The Bend Ledger</a>",
        byline: "By Nora Whitfield and Tomas Reed",
        notice: "This article was originally published in The Bend Ledger. The views expressed are those of the author.",
        caption: "The bench at noon. Photo: Tomas Reed",
        related: "Related articles",
    },
    Language {
        tag: "ru",
        words: &[
            "гавань",
            "паром",
            "мастерская",
            "крыша",
            "прилив",
            "смотритель",
            "рынок",
            "библиотека",
            "лодка",
            "ворота",
            "соседи",
            "в",
            "и",
            "на",
            "ждали",
        ],
        between: " ",
        stop: ". ",
        title: "Старый склад стал мастерской",
        source: "Источник: <a href=\"https://bend.example/n/1\">Речная газета</a>",
        byline: "Автор: Анна Бор",
        notice: "Мнение редакции может не совпадать с мнением автора.",
        caption: "Верстак в полдень. Фото: Пётр Вал",
        related: "Читайте также",
    },
    Language {
        tag: "de",
        words: &[
            "Hafen",
            "Fähre",
            "Werkstatt",
            "Dach",
            "Flut",
            "Wärter",
            "Markt",
            "Bücherei",
            "Boot",
            "Tor",
            "die",
            "der",
            "und",
            "Nachbarn",
            "warteten",
        ],
        between: " ",
        stop: ". ",
        title: "Aus dem Lager wird eine Werkstatt",
        source: "Quelle: <a href=\"https://bend.example/n/1\">Buchtbote</a>",
        byline: "Von Uwe Tamm",
        notice: "Dieser Artikel erschien zuerst im Buchtboten.",
        caption: "Die Werkbank am Mittag. Foto: Uwe Tamm",
        related: "Lesen Sie auch",
    },
    Language {
        tag: "fr",
        words: &[
            "port",
            "bac",
            "atelier",
            "toit",
            "marée",
            "gardien",
            "marché",
            "bibliothèque",
            "bateau",
            "grille",
            "les",
            "voisins",
            "ont",
            "attendu",
            "l’eau",
        ],
        between: " ",
        stop: ". ",
        title: "Un vieil entrepôt devient atelier",
        source: "Source : <a href=\"https://bend.example/n/1\">Le Méandre</a>",
        byline: "Par Solène Abgrall",
        notice: "Cet article a été publié pour la première fois dans Le Méandre.",
        caption: "L’établi à midi. Photo : Basile Nour",
        related: "À lire aussi",
    },
    Language {
        tag: "ja",
        words: &[
            "港",
            "渡し船",
            "工房",
            "屋根",
            "潮",
            "番人",
            "市場",
            "図書館",
            "小舟",
            "門",
            "の",
            "を",
            "は",
            "に",
            "待った",
            "直した",
        ],
        between: "",
        stop: "。",
        title: "古い倉庫が工房に【写真】",
        source: "出典：<a href=\"https://bend.example/n/1\">湾日報</a>",
        byline: "文：早川葉子 翻訳：佐藤ゆき",
        notice: "この記事は湾日報に掲載されたものです。",
        caption: "正午の作業台＝早川葉子撮影",
        related: "関連記事",
    },
    Language {
        tag: "ko",
        words: &[
            "항구",
            "나룻배",
            "공방",
            "지붕",
            "밀물",
            "지기",
            "시장",
            "도서관",
            "조각배",
            "대문",
            "이웃들이",
            "고쳤다",
            "기다렸다",
        ],
        between: " ",
        stop: ". ",
        title: "[포토] 낡은 창고가 공방으로",
        source: "출처: <a href=\"https://bend.example/n/1\">물굽이일보</a>",
        byline: "문가온 기자 gaon@bend.example",
        notice: "저작권자 © 물굽이일보, 무단 전재 및 재배포 금지",
        caption: "한낮의 작업대. 사진=물굽이일보",
        related: "관련기사",
    },
];

/// Sentences of at least so many bytes.
fn sentences(language: &Language, bytes: usize, random: &mut Random) -> String {
    let mut text = String::with_capacity(bytes + 200);
    while text.len() < bytes {
        for _ in 0..8 + random.below(14) {
            text.push_str(language.words[random.below(language.words.len())]);
            text.push_str(language.between);
        }
        text.truncate(text.trim_end().len());
        text.push_str(language.stop);
    }
    text
}

/// The paragraphs of an article, with what travels with them.
fn body(language: &Language, bytes: usize, number: usize, random: &mut Random) -> String {
    let mut html = format!("<p>{}</p><p>{}</p>", language.source, language.byline);
    let mut paragraphs = 0;
    while html.len() < bytes {
        let length = 150 + random.below(600);
        let text = sentences(language, length, random);
        match random.below(12) {
            0 => {
                let _ = write!(
                    html,
                    "<figure><img src=\"/img/{number}-{paragraphs}.jpg\" width=\"800\" height=\"600\"><figcaption>{}</figcaption></figure>",
                    language.caption
                );
            }
            1 => {
                let _ = write!(html, "<p><img src=\"/img/{number}-{paragraphs}.png\"></p><p>{}</p>", language.caption);
            }
            2 => {
                let _ = write!(html, "<h3>{}</h3>", language.title);
            }
            3 => {
                let _ = write!(html, "<blockquote><p>{text}</p></blockquote>");
            }
            4 => {
                let _ = write!(html, "<p>{text}<br>{}</p>", language.words.join(language.between));
            }
            5 => {
                let _ =
                    write!(html, "<p>{text} <a href=\"/tag/{paragraphs}?utm_medium=feed\"><b>{}</b></a></p>", language.words[0]);
            }
            _ => {
                let _ = writeln!(html, "<p>{text}</p>");
            }
        }
        paragraphs += 1;
    }
    let _ = write!(html, "<p>{}</p><h4>{}</h4><ul>", language.notice, language.related);
    for other in 0..3 {
        let _ = write!(html, "<li><a href=\"/n/{other}\">{}</a></li>", language.title);
    }
    html.push_str("</ul>");
    html
}

/// RSS 2.0 of these bodies.
fn feed(language: &Language, bodies: &[String]) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Quay Mirror</title><link>https://quay.example/</link><language>{}</language>",
        language.tag
    );
    for (number, body) in bodies.iter().enumerate() {
        let _ = write!(
            xml,
            "<item><title>{} {number}</title><link>https://quay.example/n/{number}</link><guid isPermaLink=\"false\">n{number}</guid><dc:creator>{}</dc:creator><pubDate>{:02} May 2026 08:00:00 +0800</pubDate><category>{}</category><content:encoded><![CDATA[{body}]]></content:encoded></item>",
            language.title,
            language.byline,
            number % 28 + 1,
            language.words[0],
        );
    }
    xml.push_str("</channel></rss>");
    xml
}

/// A page with its site around the article: a third of its bytes are the article.
fn page(language: &Language, bytes: usize, number: usize, random: &mut Random) -> String {
    let title = language.title;
    let mut html = format!(
        "<!DOCTYPE html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title} | Quay Mirror</title><meta property=\"og:title\" content=\"{title}\"><meta property=\"og:site_name\" content=\"Quay Mirror\"><meta property=\"article:published_time\" content=\"2026-05-04T08:00:00+08:00\"><link rel=\"canonical\" href=\"https://quay.example/a/{number}\"><script type=\"application/ld+json\">{{\"@context\":\"https://schema.org\",\"@type\":\"NewsArticle\",\"headline\":\"{title}\",\"datePublished\":\"2026-05-04T08:00:00+08:00\"}}</script><style>body{{margin:0}}</style></head><body><header><a href=\"/\">Quay Mirror</a><nav><ul>",
        language.tag
    );
    for section in 0..12 {
        let _ = write!(html, "<li><a href=\"/s/{section}\">{}</a></li>", language.words[section % language.words.len()]);
    }
    let _ = write!(
        html,
        "</ul></nav></header><main><article class=\"article\"><h1>{title}</h1><div class=\"meta\"><span class=\"date\">2026-05-04 08:00</span> <span class=\"author\">{}</span></div><div class=\"content\">",
        language.byline
    );
    html.push_str(&body(language, bytes / 3, number, random));
    html.push_str("</div><div class=\"tags\">");
    for word in language.words.iter().take(4) {
        let _ = write!(html, "<a rel=\"tag\" href=\"/tag/{word}\">{word}</a> ");
    }
    html.push_str("</div></article><aside><ul>");
    while html.len() < bytes * 2 / 3 {
        let teaser = sentences(language, 60, random);
        let _ = write!(
            html,
            "<li class=\"teaser\"><a href=\"/n/{0}\"><img src=\"/t/{0}.jpg\" width=\"80\"><span>{teaser}</span></a></li>",
            html.len()
        );
    }
    html.push_str("</ul></aside></main><script>var w=[");
    while html.len() < bytes {
        let _ = write!(html, "\"{:08x}\",", random.below(usize::MAX >> 34));
    }
    html.push_str("0];</script><footer><p>© 2026 Quay Mirror. All rights reserved.</p></footer></body></html>");
    html
}

/// xorshift64*: the same text on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }
}
