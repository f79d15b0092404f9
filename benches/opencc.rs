//! What script conversion costs on one core, and what the first conversion waits for.
//!
//! `cargo bench --bench opencc` converts articles made for it, 3,000 characters each, in the four configurations that a relay uses most, and
//! prints the slowest of them. `load_ms` is the first conversion of the configuration with the largest dictionaries (zh-Hans to zh-Hant-TW with
//! phrases) in a fresh process. The reference in the same run replaces characters one by one from a hash table with the same number of
//! simplified characters, which is the least that any converter does: `vs_chars` below 1 is how much slower words make it.
//!
//! Of every sample its best round counts.

use std::collections::HashMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use reprint::translate::opencc::Converter;

const ROUNDS: usize = 15;
const ARTICLES: usize = 40;

/// Clauses that articles are put together from; simplified.
const CLAUSES: [&str; 12] = [
    "港务局周四宣布，渡轮的末班船将推迟到午夜以后",
    "编辑部收到三十七封来信，多数读者反对拆除旧码头",
    "她说，软件更新以后，售票机里的打印纸总是不够用",
    "“我们在互联网上找不到时间表，”一名乘客对记者表示",
    "研究人员从海底取回的样本里发现了两种未知的藻类",
    "市长没有回答为什么工程的费用比预算多出一倍",
    "这座灯塔建于1911年，去年才开始对公众开放",
    "天气干燥，面包店门口的队伍却比往日更长",
    "委员会的后续报告认为，问题出在数据库的备份制度",
    "他复述了当时的情况：发动机先是冒烟，接着停了下来",
    "对照之下，邻近城市的出租车司机收入下降了百分之八",
    "本报驻外记者叶轻舟报道（English version: https://quay.example/a/1）",
];

fn main() {
    let configurations = [
        ("zh-Hans", "zh-Hant-TW", true),
        ("zh-Hans", "zh-Hant", false),
        ("zh-Hant-TW", "zh-Hans", true),
        ("zh-Hant", "zh-Hans", false),
    ];
    let converters = configurations.map(|(from, to, phrases)| (from, Converter::new(from, to, phrases).expect("a pair")));

    let begun = Instant::now();
    black_box(converters[0].1.convert("渡轮"));
    let load = begun.elapsed();

    let simplified: Vec<String> = (0..ARTICLES).map(article).collect();
    let traditional: Vec<String> = simplified.iter().map(|text| converters[0].1.convert(text).into_owned()).collect();
    let mut slowest = f64::INFINITY;
    for (from, converter) in &converters {
        let texts = if *from == "zh-Hans" { &simplified } else { &traditional };
        slowest = slowest.min(rate(texts, |text| converter.convert(text).into_owned()));
    }
    let characters = characters(&converters[1].1);
    let reference = rate(&simplified, |text| text.chars().map(|char| characters.get(&char).copied().unwrap_or(char)).collect());
    println!("opencc mb_s={slowest:.0} load_ms={:.1} vs_chars={:.2}", load.as_secs_f64() * 1e3, slowest / reference);
}

/// Clauses in an order that differs from article to article.
fn article(number: usize) -> String {
    let mut text = String::new();
    let mut at = number;
    while text.chars().count() < 3000 {
        at = (at * 7 + number + 5) % 1009;
        text.push_str(CLAUSES[at % CLAUSES.len()]);
        text.push_str(if at.is_multiple_of(5) { "。\n" } else { "，" });
    }
    text
}

/// MB of text a second.
fn rate(texts: &[String], convert: impl Fn(&str) -> String) -> f64 {
    let bytes: usize = texts.iter().map(String::len).sum();
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        for text in texts {
            black_box(convert(black_box(text)));
        }
        best = best.min(begun.elapsed());
    }
    bytes as f64 / 1e6 / best.as_secs_f64()
}

/// What every ideograph of the first plane becomes by itself.
fn characters(converter: &Converter) -> HashMap<char, char> {
    ('\u{4E00}'..='\u{9FFF}')
        .filter_map(|char| {
            let to = converter.convert(&char.to_string()).chars().next()?;
            (to != char).then_some((char, to))
        })
        .collect()
}
