//! Engines that are paid and misbehave, on loopback: nothing they do damages an article, and nothing costs more than its budget.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use reprint::config::TranslatorKind;
use reprint::pipeline::translate::{Made, Wanting};
use reprint::translate::Desk;
use reprint::translate::engine::Manner;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::*;
use crate::harness::{Misbehaviour, Schedule, until};

/// Engines, the languages they are asked for, and what each may cost on a day in its unit.
const ENGINES: [(&str, TranslatorKind, &str, u64); 4] = [
    ("apertium", TranslatorKind::Apertium, "ca", 60_000),
    ("libre", TranslatorKind::LibreTranslate, "ru", 45_000),
    ("deepl", TranslatorKind::DeepL, "de", 45_000),
    ("model", TranslatorKind::OpenAi, "zh-Hans", 900_000),
];

/// Articles of each engine.
const ARTICLES: usize = 250;

/// Seconds since [`NOW`] on the clock of the thousand articles.
static ELAPSED: AtomicI64 = AtomicI64::new(0);

fn simulated() -> DateTime<Utc> {
    now() + TimeDelta::seconds(ELAPSED.load(Ordering::SeqCst))
}

/// An article with everything that can be lost: links, pictures, numbers, elements in elements, a list, a table, code.
fn rich(outlet: &str, number: usize) -> String {
    let text = format!(
        "<h2>Las cajas del muelle {number}</h2>\
         <p>En el muelle {number} la <a href=\"https://{outlet}.example.com/{number}/a?x=1&amp;y=2\">patrona <b>de la barca</b></a> \
         cuenta {} cajas de pescado &amp; sal antes de salir <i>de nuevo</i> al mar.</p>\
         <p><img src=\"https://{outlet}.example.com/{number}.jpg\" alt=\"La barca del puerto viejo\"></p>\
         <ul><li>La primera marea trae {} kilos de sardinas para el mercado</li>\
         <li>La segunda sale a las 18:45 con <code>code_{number}</code> y con <a href=\"https://{outlet}.example.com/b\">los vecinos</a></li></ul>",
        4_000 + number,
        7 * number + 11,
    );
    format!(
        "<item><title>La barca {number} vuelve al puerto con la marea</title><link>https://{outlet}.example.com/{number}</link>\
         <guid>https://{outlet}.example.com/{number}</guid><pubDate>Mon, 04 May 2026 0{}:{:02}:00 GMT</pubDate>\
         <description><![CDATA[{text}]]></description></item>",
        number / 60 % 10,
        number % 60,
    )
}

/// What a text must not lose, found by a scanner of its own: its tags in their order with the addresses they lead to, and its digits.
#[derive(Debug, PartialEq, Eq)]
struct Bones {
    tags: Vec<String>,
    numbers: Vec<String>,
}

fn bones(html: &str) -> Bones {
    let (mut tags, mut words) = (Vec::new(), String::new());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        words.push_str(before);
        words.push(' ');
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        let mut bone = tag.split(' ').next().unwrap_or_default().to_owned();
        for name in [" href=\"", " src=\""] {
            if let Some((_, value)) = tag.split_once(name) {
                let _ = write!(bone, "{name}{}", value.split('"').next().unwrap_or_default());
            }
        }
        tags.push(bone);
        rest = after;
    }
    words.push_str(rest);
    let mut numbers: Vec<String> =
        words.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty()).map(str::to_owned).collect();
    numbers.sort_unstable();
    Bones { tags, numbers }
}

/// The text of an item as published, without what reprint puts around it.
fn text_of(item: &serde_json::Value) -> &str {
    let html = item["content_html"].as_str().expect("html");
    let html = html.split_once("<h2>").map_or(html, |(before, _)| &html[before.len()..]);
    html.split_once("</ul>").map_or(html, |(text, _)| &html[..text.len() + "</ul>".len()])
}

/// Letters only.
fn letters(html: &str) -> usize {
    let mut inside = false;
    let mut count = 0;
    for character in html.chars() {
        inside = (inside || character == '<') && character != '>';
        count += usize::from(!inside && character.is_alphabetic());
    }
    count
}

impl Scene {
    async fn publish_all(&self) {
        let publication = pipeline::publish(&self.stages, None, simulated()).await.expect("published");
        assert!(publication.rejected.is_empty(), "{:?}", publication.rejected);
    }

    /// The items of a feed as it was published last, by the number of the article.
    fn items(&self, feed: &str) -> BTreeMap<String, serde_json::Value> {
        let document = self.stages.snapshot.get(&format!("feeds/{feed}.json")).expect("the feed");
        let feed: serde_json::Value = serde_json::from_slice(&document.identity()).expect("JSON");
        let number = |item: &serde_json::Value| {
            let title = item["title"].as_str().expect("a title");
            title.split(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty()).expect("a number").to_owned()
        };
        feed["items"].as_array().expect("items").iter().map(|item| (number(item), item.clone())).collect()
    }

    /// Translates what feeds lack now, eight articles of each at once.
    async fn concurrent_round(&self, translators: &Arc<Translators>) -> (usize, usize) {
        let mut tasks = JoinSet::new();
        for feed in &self.stages.config.feeds {
            let turns = Arc::new(Semaphore::new(8));
            let lacking = translate::lacking(&self.stages, feed, simulated()).await.expect("what is lacking");
            for wanting in lacking.now {
                let (stages, translators, turns) = (self.stages.clone(), translators.clone(), turns.clone());
                tasks.spawn(async move {
                    let _turn = turns.acquire().await.expect("a turn");
                    let wanting: Wanting = wanting;
                    translate::translate(&stages, &translators, &wanting, simulated).await.expect("a store")
                });
            }
        }
        let (mut made, mut postponed) = (0, 0);
        while let Some(done) = tasks.join_next().await {
            match done.expect("no panic") {
                Made::Postponed(..) => postponed += 1,
                Made::Translated | Made::Untouched => made += 1,
            }
        }
        (made, postponed)
    }
}

/// Every service that is asked over HTTP, in every way they are known to go wrong, until the last article is translated.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_articles_through_services_that_misbehave() {
    let mut toml = "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\n".to_owned();
    let mut translators = Translators::default();
    let mut servers = Vec::new();
    for (at, (id, kind, to, budget)) in ENGINES.into_iter().enumerate() {
        let _ = write!(
            toml,
            "[[outlet]]\nid = \"{id}\"\nname = \"El {id}\"\nlanguage = \"es\"\nfeed = \"https://{id}.example.com/rss\"\n\
             [[translator]]\nid = \"{id}\"\nkind = \"apertium\"\nurl = \"http://127.0.0.1:9\"\n\
             [[feed]]\nid = \"{id}-out\"\noutlets = [\"{id}\"]\nsize = 500\ntranslate = {{ to = \"{to}\", engine = \"{id}\" }}\n"
        );
        let server = EngineServer::start(kind).await;
        server.behave(Schedule::random(71 + at as u64, if kind == TranslatorKind::Apertium { 8 } else { 3 }, &Misbehaviour::ALL));
        let mut translator = server.translator(id);
        translator.timeout = Duration::from_millis(400);
        translator.concurrency = 8;
        // The desk of a real start, but for how long it leaves an engine alone that failed.
        let manner = Manner { probe_every: Duration::from_millis(40), ..Manner::of(&translator) };
        let desk = Desk::in_manner(&translator, manner).expect("a desk");
        translators.add(id, vec![Arc::new(desk) as Arc<dyn Engine>], Glossary::default(), 8);
        translators.bound(id, budget);
        servers.push(server);
    }
    let translators = Arc::new(translators);
    let scene = Scene::with(Arc::new(tempfile::tempdir().expect("a folder")), &toml).await;
    let mut before = Vec::new();
    for (id, ..) in ENGINES {
        let items: String = (0..ARTICLES).map(|number| rich(id, number)).collect();
        let document = rss(&items);
        scene.record(id, &document).await;
    }
    scene.publish_all().await;
    for (id, ..) in ENGINES {
        let items = scene.items(&format!("{id}-out"));
        assert_eq!(items.len(), ARTICLES);
        before.push(items);
    }

    let mut days = 0;
    let mut missing = usize::MAX;
    while missing > 0 {
        assert!(days < 40, "{missing} articles are not translated after {days} days");
        let billed: Vec<u64> = servers.iter().map(EngineServer::billed).collect();
        let (mut made, mut postponed) = (0, 0);
        for hour in [0, 5, 11] {
            ELAPSED.store((days * 24 + hour) * 3_600, Ordering::SeqCst);
            let round = scene.concurrent_round(&translators).await;
            made += round.0;
            postponed += round.1;
        }
        let ledger = scene.stages.store.spending(simulated()).await.expect("a ledger");
        let mut line = format!("day {days}: {made} translated, {postponed} put off;");
        for ((server, before), (id, _, _, budget)) in servers.iter().zip(billed).zip(ENGINES) {
            let billed = server.billed() - before;
            let booked: u64 = ledger.iter().filter(|row| row.translator == id).map(|row| row.spent + row.reserved).sum();
            assert!(billed <= booked, "{id}, day {days}: {billed} billed and {booked} booked");
            assert!(booked <= budget, "{id}, day {days}: {booked} of {budget}");
            let _ = write!(line, " {id} {billed} billed, {booked} booked of {budget};");
        }
        println!("{line}");
        days += 1;
        missing = 0;
        let mut cut = 0;
        scene.publish_all().await;
        for ((id, _, to, _), before) in ENGINES.into_iter().zip(&before) {
            let after = scene.items(&format!("{id}-out"));
            assert_eq!(after.len(), ARTICLES, "{id}: none is lost");
            for (number, item) in &after {
                let (original, text) = (text_of(&before[number]), text_of(item));
                assert_eq!(bones(text), bones(original), "{id} {number}");
                if item["language"] == to {
                    let shrink = if to == "zh-Hans" { 7 } else { 3 };
                    assert!(!text.contains("barca") && !text.contains("marea") && !text.contains("vecinos"), "{id}: {text}");
                    assert!(letters(text) * shrink > letters(original), "{id}: cut short: {text}");
                    assert!(!text.contains("<script") && !text.contains("ads.example") && !text.contains("&amp;amp;"), "{text}");
                    cut += usize::from(text.contains("]]>"));
                } else {
                    assert_eq!(item["_reprint"]["pending"]["to"], to, "{id} {number}");
                    assert_eq!(text, original, "{id} {number}: half a translation");
                    missing += 1;
                }
            }
        }
        assert_eq!(cut, 0);
    }
    for (server, (id, ..)) in servers.iter().zip(ENGINES) {
        let calls = server.calls();
        let wrong = calls.iter().filter(|call| call.misbehaviour.is_some()).count();
        println!("{id}: {} calls, {wrong} of them wrong, {} billed", calls.len(), server.billed());
        assert!(wrong > 30, "{id}: {wrong}");
    }
    println!("{} articles, 0 damaged, 0 lost, {days} days", ENGINES.len() * ARTICLES);
}

/// A partner, an engine that bills and then hangs, and a relay that is killed while it waits for the answer.
async fn killed_while_paying(budget: u64) -> (Partner, EngineServer, Arc<TempDir>, String) {
    let server = EngineServer::start(TranslatorKind::LibreTranslate).await;
    server.behave(Schedule::calls([Some(Misbehaviour::Hang)]));
    let folder = Arc::new(tempfile::tempdir().expect("a folder"));
    std::fs::write(folder.path().join("engine.key"), KEY).expect("a key");
    let translator = format!(
        "[[translator]]\nid = \"house\"\nkind = \"libretranslate\"\nurl = \"{}\"\nkey_file = \"engine.key\"\nbudget = {budget}",
        server.url()
    );
    let (partner, toml) = relayed("to = \"ca\", engine = \"house\"", &translator, "es", &item(1, &paragraphs(1, 2))).await;
    let program = started(&folder, &toml).await;
    until("a call that is paid", || server.billed() > 0).await;
    let folder = program.crash();
    (partner, server, folder, toml)
}

/// What is booked today, with what nobody heard the end of.
fn ledger(program: &Reprint) -> u64 {
    let (_, listed, words) = program.command(&["feeds", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap_or_else(|_| panic!("JSON: {listed} {words}"));
    let number = |name: &str| listed["spending"][0][name].as_u64().unwrap_or_default();
    number("spent") + number("reserved")
}

#[tokio::test]
async fn a_kill_between_a_paid_call_and_its_booking_costs_that_call_and_no_more() {
    let (_partner, server, folder, toml) = killed_while_paying(5_000).await;
    let once = server.billed();
    let program = started(&folder, &toml).await;
    let items = translated(&program).await;
    assert_eq!(items[0]["language"], "ca");
    assert_eq!(server.billed(), 2 * once, "one call is paid twice");
    assert_eq!(ledger(&program), 2 * once, "what nobody heard the end of counts as paid");
    program.stop().await;

    // A budget that the second call would exceed by one character is not touched.
    let (_partner, server, folder, toml) = killed_while_paying(2 * once - 1).await;
    assert_eq!(server.billed(), once);
    let program = started(&folder, &toml).await;
    until("the budget is told of", || program.stderr().contains("budget of the translator `house` is used up for today")).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!((server.billed(), ledger(&program)), (once, once));
    let feed = get(&program.url("feeds/other.json"), &[]).await;
    let feed: serde_json::Value = serde_json::from_str(&feed.text()).expect("JSON");
    assert_eq!(feed["items"][0]["_reprint"]["pending"]["to"], "ca");
    program.stop().await;
}
