//! Articles keep their ids whatever their outlet does with its guids: the real program over loopback.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use tokio::time::sleep;

use crate::harness::{Partner, Reply, Reprint, get};

const RSS: &str = "application/rss+xml; charset=utf-8";

/// One entry of the outlet's feed, with its own words.
#[derive(Debug, Clone)]
struct Item {
    number: usize,
    guid: String,
    link: String,
    title: String,
    text: String,
}

const PLACES: [&str; 10] = ["渡口", "旧码头", "灯塔", "盐田", "河湾", "石桥", "集市", "船坞", "北坡", "苇荡"];
const DEEDS: [&str; 10] =
    ["重新开放", "停航检修", "举行义卖", "换了新灯", "涨水过半", "迎来白鹭", "招募渡工", "修好围栏", "清点旧账", "亮起红旗"];

fn items(numbers: std::ops::Range<usize>) -> Vec<Item> {
    numbers
        .map(|number| {
            let (place, deed) = (PLACES[number % 10], DEEDS[number / 10 % 10]);
            Item {
                number,
                guid: format!("hewan-{number}"),
                link: format!("http://hewan.example/news/{number}"),
                title: format!("{place}{deed}(第{number}号)"),
                text: format!("第{number}号记录:{place}的看守人说,{deed}之后,{}户人家写来了信。", number * 7 + 3),
            }
        })
        .collect()
}

fn with(items: Vec<Item>, edit: impl Fn(&mut Item)) -> Vec<Item> {
    let mut items = items;
    items.iter_mut().for_each(edit);
    items
}

/// An RSS 2.0 document.
fn rss(items: &[Item]) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>河湾记录</title><link>http://hewan.example/</link>\
         <description>d</description><language>zh-cn</language>",
    );
    for Item { number, guid, link, title, text: body } in items {
        write!(
            text,
            "<item><title>{title}</title><link>{link}</link><guid isPermaLink=\"false\">{guid}</guid>\
             <pubDate>Mon, 04 May 2026 {:02}:{:02}:00 +0800</pubDate><author>desk@hewan.example (周岸)</author>\
             <description><![CDATA[<p>{body}</p>]]></description></item>",
            number / 60 % 24,
            number % 60
        )
        .expect("a string to write to");
    }
    text + "</channel></rss>"
}

async fn started(partner: &Partner) -> Reprint {
    let toml = format!(
        "[site]\ntitle = \"南十字转载\"\nurl = \"https://relay.example.net\"\n[limits]\nhost_spacing = \"0s\"\n\
         shortest_interval = \"1s\"\nallow_networks = [\"127.0.0.2/32\"]\n\
         [[outlet]]\nid = \"hewan\"\nname = \"河湾日报\"\nhomepage = \"http://hewan.example/\"\nfeed = \"{}\"\nlanguage = \"zh-Hans\"\n\
         schedule = \"* * * * * *\"\n[[feed]]\nid = \"whole\"\noutlets = [\"hewan\"]\nsize = 1000\n",
        partner.url("/rss")
    );
    Reprint::start(&toml).await.unwrap_or_else(|failure| panic!("it ended with {}: {}", failure.status, failure.stderr))
}

/// The Atom feed as readers have it.
async fn published(program: &Reprint) -> String {
    let answer = get(&program.url("feeds/whole.atom"), &[]).await;
    assert_eq!(answer.status, 200);
    answer.text()
}

/// Ids with titles, of every entry of an Atom feed, as often as it is there.
fn entries_of(text: &str) -> Vec<(String, String)> {
    let between = |entry: &str, from: &str, to: &str| {
        let rest = entry.split_once(from).and_then(|(_, rest)| rest.split_once(to));
        rest.map(|(value, _)| value.trim_start_matches(|c| c != '>').trim_start_matches('>').to_owned()).unwrap_or_default()
    };
    text.split("<entry>").skip(1).map(|entry| (between(entry, "<id", "</id>"), between(entry, "<title", "</title>"))).collect()
}

/// Serves a document and waits until it has been polled and published: asked for twice since, as many entries as there should be, and
/// `word` among what is published.
async fn polled(
    partner: &Partner,
    program: &Reprint,
    document: impl Into<Vec<u8>>,
    entries: usize,
    word: &str,
) -> BTreeMap<String, String> {
    partner.put("/rss", Reply::ok(RSS, document));
    let before = partner.seen().len();
    let mut got = Vec::new();
    let mut has_word = false;
    for _ in 0..600 {
        sleep(Duration::from_millis(50)).await;
        if partner.seen().len() >= before + 2 {
            let text = published(program).await;
            got = entries_of(&text);
            has_word = text.contains(word);
            if got.len() == entries && has_word {
                break;
            }
        }
    }
    assert_eq!((got.len(), has_word), (entries, true), "{word}: {}", program.stderr());
    let ids: BTreeMap<String, String> = got.into_iter().collect();
    assert_eq!(ids.len(), entries, "an id twice");
    ids
}

/// The number in a title says which story it is: each is there once, under the id it had before.
#[track_caller]
fn same_stories(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>, numbers: std::ops::Range<usize>) {
    let number = |title: &str| -> usize {
        let digits = title.split_once('第').and_then(|(_, rest)| rest.split_once('号')).expect("a number in the title").0;
        digits.parse().expect("a number in the title")
    };
    let mut told: Vec<usize> = after.values().map(|title| number(title)).collect();
    told.sort_unstable();
    assert!(told.iter().copied().eq(numbers.clone()), "{numbers:?}: {told:?}");
    for (id, title) in before {
        assert_eq!(after.get(id).map(|title| number(title)), Some(number(title)), "{id} {title}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_of_300_entries_is_published_whole_in_any_order() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, rss(&items(0..300))));
    let program = started(&partner).await;
    let before = polled(&partner, &program, rss(&items(0..300)), 300, "第1号").await;
    same_stories(&before, &before, 0..300);
    let turned: Vec<Item> = items(3..303).into_iter().rev().collect();
    let after = polled(&partner, &program, rss(&turned), 303, "第1号").await;
    same_stories(&before, &after, 0..303);
    // Guids that are addresses, which turn from http to https, and back without the slash.
    let addressed = |scheme: &str, end: &str| {
        with(items(300..340), |item| item.guid = format!("{scheme}://www.hewan.example/{}{end}", item.number))
    };
    let turned = polled(&partner, &program, rss(&addressed("http", "/")), 340, "第1号").await;
    same_stories(&after, &turned, 0..340);
    let edited = with(addressed("https", ""), |item| item.title = format!("更正:{}", item.title));
    let edited = polled(&partner, &program, rss(&edited), 340, "更正").await;
    same_stories(&turned, &edited, 0..340);
    assert_eq!(edited.values().filter(|title| title.contains("更正")).count(), 40);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_guid_in_twenty_repeated_loses_and_doubles_nothing() {
    let partner = Partner::start().await;
    let repeated = |numbers| {
        with(items(numbers), |item| {
            if item.number % 20 == 1 {
                item.guid = format!("hewan-{}", item.number - 1);
            }
        })
    };
    partner.put("/rss", Reply::ok(RSS, rss(&repeated(0..300))));
    let program = started(&partner).await;
    let before = polled(&partner, &program, rss(&repeated(0..300)), 300, "第1号").await;
    same_stories(&before, &before, 0..300);
    let turned: Vec<Item> = repeated(10..310).into_iter().rev().collect();
    let after = polled(&partner, &program, rss(&turned), 310, "第1号").await;
    same_stories(&before, &after, 0..310);
    // Only the second of each pair is left in the document; its text is corrected.
    let alone: Vec<Item> = with(repeated(0..310), |item| item.text.push_str("(已更正)"));
    let alone: Vec<Item> = alone.into_iter().filter(|item| item.number % 20 == 1).collect();
    let last = polled(&partner, &program, rss(&alone), 310, "已更正").await;
    same_stories(&after, &last, 0..310);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guids_that_all_change_double_nothing_then_or_later() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, rss(&items(0..300))));
    let program = started(&partner).await;
    let first = polled(&partner, &program, rss(&items(0..300)), 300, "第1号").await;
    let second = polled(&partner, &program, rss(&items(2..302)), 302, "第1号").await;
    same_stories(&first, &second, 0..302);
    let mut before = second;
    for round in 3_usize..6 {
        let changed = with(items(round..300 + round), |item| {
            item.guid = format!("{round}-{}", item.number);
            if item.number == 100 + round {
                item.title = format!("更正:{}", item.title);
                item.text.push_str("(更正)");
            }
        });
        let after = polled(&partner, &program, rss(&changed), 300 + round, "第1号").await;
        same_stories(&before, &after, 0..300 + round);
        let corrected = format!("第{}号", 100 + round);
        assert!(after.values().any(|title| title.contains("更正") && title.contains(&corrected)), "no correction of {corrected}");
        before = after;
    }
    // The old guids come back: they are not believed any more.
    let after = polled(&partner, &program, rss(&items(6..306)), 306, "第1号").await;
    same_stories(&before, &after, 0..306);
    let said = program.stderr();
    assert!(said.contains("have another guid than before") && said.contains("recognised by address"), "{said}");
    assert_eq!(said.matches("recognised by").count(), 1, "decided once: {said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gb18030_under_a_header_that_says_utf_8_makes_no_other_articles() {
    let partner = Partner::start().await;
    let gb18030 = |items: &[Item]| encoding_rs::GB18030.encode(&rss(items)).0.into_owned();
    let bytes = gb18030(&items(0..60));
    assert!(std::str::from_utf8(&bytes).is_err(), "it is not UTF-8 by chance");
    partner.put("/rss", Reply::ok(RSS, bytes.clone()));
    let program = started(&partner).await;
    let before = polled(&partner, &program, bytes, 60, "第1号").await;
    same_stories(&before, &before, 0..60);
    // The outlet repairs its encoding, and changes its guids with it; then it breaks it again.
    let changed = with(items(1..61), |item| item.guid = format!("n-{}", item.number));
    let repaired = polled(&partner, &program, rss(&changed), 61, "第1号").await;
    same_stories(&before, &repaired, 0..61);
    let broken = polled(&partner, &program, gb18030(&items(2..62)), 62, "第1号").await;
    same_stories(&repaired, &broken, 0..62);
}
