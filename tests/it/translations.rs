//! Translations through the whole relay: a feed that asks for a language, engines that work and engines that do not, and what it costs.

mod forms;
mod paid;
mod second_hop;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use reprint::config::{self, Config, TranslatorKind};
use reprint::model::{FetchedDocument, PollState};
use reprint::parse;
use reprint::pipeline::translate::{self, Round, Translators};
use reprint::pipeline::{self, Own, Stages};
use reprint::publish::{Page, Pages, Snapshot};
use reprint::render::Renderer;
use reprint::store::Store;
use reprint::translate::{
    Answer, Engine, EngineError, Glossary, Job, Maker, Malformed, Piece, Segment, Trouble, Unit, engine::Calling,
};
use tempfile::TempDir;

use crate::harness::{Apertium, EngineServer, KEY, Partner, Reply, Reprint, get};

const NOW: &str = "2026-05-04T12:00:00Z";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn now() -> DateTime<Utc> {
    at(NOW)
}

fn tomorrow() -> DateTime<Utc> {
    now() + TimeDelta::days(1)
}

/// How an engine of the tests misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    Drop,
    Double,
    Empty,
    Same,
    Number,
    Short,
    Long,
    Link,
    Malformed,
    Script,
    Busy,
    Account,
    Fewer,
    Nul,
}

const FAULTS: [Fault; 15] = [
    Fault::None,
    Fault::Drop,
    Fault::Double,
    Fault::Empty,
    Fault::Same,
    Fault::Number,
    Fault::Short,
    Fault::Long,
    Fault::Link,
    Fault::Malformed,
    Fault::Script,
    Fault::Busy,
    Fault::Account,
    Fault::Fewer,
    Fault::Nul,
];

/// An engine that writes every word backwards, as another alphabet would look to a check of the script: letters stay Latin.
#[derive(Debug)]
struct Weaver {
    maker: Maker,
    fault: fn(u64) -> Fault,
    calls: AtomicU64,
    /// What it would have sent a bill for.
    billed: AtomicU64,
    texts: Mutex<Vec<String>>,
}

impl Weaver {
    fn new(fault: fn(u64) -> Fault) -> Arc<Self> {
        let maker = Maker { translator: "weaver".to_owned(), name: "Weaver".to_owned(), version: "1".to_owned() };
        Arc::new(Self { maker, fault, calls: AtomicU64::new(0), billed: AtomicU64::new(0), texts: Mutex::default() })
    }

    fn billed(&self) -> u64 {
        self.billed.load(Ordering::SeqCst)
    }

    fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }
}

/// A word in the language of the tests: told apart from the source, of the same length, numbers as they are.
fn woven(text: &str) -> String {
    let word = |word: &str| match word.chars().all(char::is_alphabetic) {
        true => word.chars().rev().collect::<String>().to_lowercase(),
        false => word.to_owned(),
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn answer(segment: &Segment, fault: Fault) -> Result<Vec<Piece>, Malformed> {
    let mut pieces: Vec<Piece> = segment
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) if fault != Fault::Same => Piece::Text(woven(text)),
            other => other.clone(),
        })
        .collect();
    let edit = |pieces: &mut Vec<Piece>, edit: &dyn Fn(&str) -> String| {
        for piece in pieces {
            if let Piece::Text(text) = piece {
                *text = edit(text);
            }
        }
    };
    match fault {
        Fault::Drop => pieces.retain(|piece| matches!(piece, Piece::Text(_))),
        Fault::Double => pieces = pieces.iter().flat_map(|piece| [piece.clone(), piece.clone()]).collect(),
        Fault::Empty => edit(&mut pieces, &|_| " ".to_owned()),
        Fault::Number => edit(&mut pieces, &|text| text.replace('4', "7")),
        Fault::Short => edit(&mut pieces, &|text| text.chars().take(text.chars().count() / 8).collect()),
        Fault::Long => edit(&mut pieces, &|text| format!("{text} ").repeat(9)),
        Fault::Link => edit(&mut pieces, &|text| format!("{text} https://evil.example/x")),
        Fault::Script => edit(&mut pieces, &|text| format!("{text} <script>alert(1)</script> ]]>")),
        Fault::Nul => edit(&mut pieces, &|text| format!("{text}\u{0}\u{b}")),
        Fault::Malformed => return Err(Malformed("a tag that is no placeholder".to_owned())),
        _ => {}
    }
    Ok(pieces)
}

impl Engine for Weaver {
    fn maker(&self) -> &Maker {
        &self.maker
    }

    fn unit(&self) -> Unit {
        Unit::Characters
    }

    fn translates(&self, from: &str, to: &str) -> bool {
        (from, to) == ("es", "ca")
    }

    fn fits(&self, segments: &[&Segment]) -> usize {
        segments.len().min(3)
    }

    fn cost(&self, job: &Job<'_>) -> u64 {
        job.segments.iter().map(|segment| segment.markup().chars().count() as u64).sum()
    }

    fn translate<'a>(&'a self, job: Job<'a>) -> Calling<'a> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        let fault = (self.fault)(call);
        let spent = self.cost(&job);
        let error = |trouble, spent| EngineError { trouble, message: "weaver is down".to_owned(), retry_after: None, spent };
        self.texts.lock().expect("texts").extend(job.segments.iter().map(|segment| segment.text()));
        let result = match fault {
            Fault::Busy => Err(error(Trouble::Temporary, 0)),
            Fault::Account => Err(error(Trouble::Account, 0)),
            Fault::Fewer => Err(error(Trouble::Nonsense, spent)),
            fault => Ok(Answer { segments: job.segments.iter().map(|segment| answer(segment, fault)).collect(), spent }),
        };
        let billed = result.as_ref().map_or_else(|error| error.spent, |answer| answer.spent);
        self.billed.fetch_add(billed, Ordering::SeqCst);
        Box::pin(async move { result })
    }
}

fn toml(translate: &str, terms: &str) -> String {
    format!(
        "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\n\
         [[outlet]]\nid = \"faro\"\nname = \"El Faro de Punta\"\nlanguage = \"es\"\nfeed = \"https://faro.example.com/rss\"\n{terms}\n\
         [[outlet]]\nid = \"port\"\nname = \"El Port\"\nlanguage = \"ca\"\nfeed = \"https://port.example.com/rss\"\n\
         [[translator]]\nid = \"weaver\"\nkind = \"apertium\"\nurl = \"http://127.0.0.1:9\"\n\
         [[feed]]\nid = \"catala\"\noutlets = [\"faro\"]\nsize = 1000\ntranslate = {{ to = \"ca\", engine = \"weaver\"{translate} }}\n"
    )
}

/// One item of the outlet: number and paragraphs.
fn item(number: usize, paragraphs: &[String]) -> String {
    let text: String = paragraphs.iter().map(|text| format!("<p>{text}</p>")).collect();
    format!(
        "<item><title>La barca {number} vuelve al puerto</title><link>https://faro.example.com/{number}</link>\
         <guid>https://faro.example.com/{number}</guid><pubDate>Mon, 04 May 2026 0{}:0{}:00 GMT</pubDate>\
         <dc:creator>Rosa Quintal</dc:creator><description><![CDATA[{text}]]></description></item>",
        number / 10 % 10,
        number % 10,
    )
}

fn rss(items: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>El Faro</title>\
         <link>https://faro.example.com/</link><language>es</language>{items}</channel></rss>"
    )
}

fn paragraphs(number: usize, count: usize) -> Vec<String> {
    let paragraph = |place: usize| {
        format!(
            "En el muelle {number} la <a href=\"https://faro.example.com/{number}/{place}\">patrona de la barca</a> cuenta {} cajas de \
             pescado antes de salir de nuevo al mar",
            4000 + place
        )
    };
    (0..count).map(paragraph).collect()
}

struct Scene {
    stages: Stages,
    _folder: Arc<TempDir>,
}

impl Scene {
    async fn new(translate: &str) -> Self {
        Self::with(Arc::new(tempfile::tempdir().expect("a folder")), &toml(translate, "")).await
    }

    async fn with(folder: Arc<TempDir>, toml: &str) -> Self {
        let config: Config = config::parse("feeds.toml", toml).expect("a configuration");
        let store = Store::open(&folder.path().join("store.db"), "relay.example.net,2026").await.expect("a store");
        let renderer = Renderer::new(&config, None).expect("templates");
        let client = pipeline::client(&config).expect("a client");
        let stages = Stages::new(Arc::new(config), client, store, renderer, Snapshot::default(), now);
        Self { stages, _folder: folder }
    }

    async fn record(&self, outlet: &str, document: &str) {
        self.record_at(outlet, document, now()).await;
    }

    async fn record_at(&self, outlet: &str, document: &str, at: DateTime<Utc>) {
        let outlet = self.stages.config.outlet(outlet).expect("an outlet");
        let source = outlet.sources().next().expect("its feed").clone();
        let doc = FetchedDocument::from_bytes(source.clone(), None, document.as_bytes().to_vec(), at);
        let read = pipeline::read(outlet, &source, &doc, parse::Bounds { entries: 10_000 }).expect("a feed");
        let own = Own::new(&self.stages.config.site.url, None);
        let verdicts: Vec<_> = read.verdicts.into_iter().map(|verdict| pipeline::recordable(&own, verdict)).collect();
        self.stages.store.record(&PollState::new(&outlet.id, source, at), &verdicts, at).await.expect("recorded");
    }

    fn translators(&self, engine: &Arc<Weaver>, budget: Option<u64>) -> Translators {
        let mut translators = Translators::default();
        translators.add("weaver", vec![Arc::clone(engine) as Arc<dyn Engine>], Glossary::default(), 1);
        budget.into_iter().for_each(|budget| translators.bound("weaver", budget));
        translators
    }

    async fn round(&self, translators: &Translators, clock: fn() -> DateTime<Utc>) -> Round {
        translate::round(&self.stages, translators, clock).await.expect("a round")
    }

    async fn feed(&self, format: &str) -> String {
        let publication = pipeline::publish(&self.stages, None, now()).await.expect("published");
        assert!(publication.rejected.is_empty(), "{:?}", publication.rejected);
        let document = self.stages.snapshot.get(&format!("feeds/catala.{format}")).expect("the feed");
        String::from_utf8(document.identity().to_vec()).expect("UTF-8")
    }

    async fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.feed("json").await).expect("JSON")
    }

    async fn page(&self, key: &str) -> Option<String> {
        match self.stages.pages.page(key).await {
            Page::Found(document) => Some(String::from_utf8(document.identity().to_vec()).expect("UTF-8")),
            _ => None,
        }
    }
}

fn key(item: &serde_json::Value) -> &str {
    item["url"].as_str().and_then(|url| url.rsplit('/').next()).expect("a key")
}

#[tokio::test]
async fn a_feed_in_another_language_says_what_made_it() {
    let scene = Scene::new("").await;
    scene.record("faro", &rss(&item(1, &paragraphs(1, 2)))).await;
    let before = scene.json().await;
    let original = &before["items"][0];
    assert_eq!(original["_reprint"]["pending"]["to"], "ca");
    assert!(original["content_html"].as_str().expect("html").contains("Encara sense traduir; aquest és el text original"));
    assert_eq!(original["language"], "es");

    let weaver = Weaver::new(|_| Fault::None);
    let round = scene.round(&scene.translators(&weaver, None), now).await;
    assert_eq!((round.made, round.postponed.len()), (1, 0), "{round:?}");
    let after = scene.json().await;
    let item = &after["items"][0];
    assert_eq!(item["title"], "al acrab 1 evleuv la otreup");
    assert_eq!(item["language"], "ca");
    assert_ne!(item["id"], original["id"]);
    let html = item["content_html"].as_str().expect("html");
    assert!(
        html.starts_with("<div class=\"reprint-credit\"><p><strong>Traducció automàtica (IA), sense revisió humana"),
        "{html:.300}"
    );
    assert!(html.contains("href=\"https://faro.example.com/1/0\"") && html.contains("4000"), "{html}");
    assert!(html.contains("El Faro de Punta") && html.contains("Rosa Quintal"), "{html:.900}");
    let made = &item["_reprint"]["translation"];
    assert_eq!(
        (&made["kind"], &made["from"], &made["to"], &made["engine"]),
        (&"machine".into(), &"es".into(), &"ca".into(), &"Weaver".into())
    );
    assert_eq!(made["source"], "https://faro.example.com/1");
    let hops = item["_reprint"]["hops"].as_array().expect("hops");
    let last = hops.last().expect("a hop");
    assert_eq!((&last["action"], &last["party"], &last["language"]), (&"translated".into(), &"Relay".into(), &"ca".into()));
    assert_eq!(hops.iter().filter(|hop| hop["party"] == "Relay").count(), 1);

    let atom = scene.feed("atom").await;
    assert!(atom.contains("xml:lang=\"ca-t-es-t0-und\""), "{atom}");
    assert!(atom.contains("<dcterms:isVersionOf>https://faro.example.com/1</dcterms:isVersionOf>"), "{atom}");
    let page = scene.page(key(item)).await.expect("a page");
    assert!(!page.contains("rel=\"canonical\""), "{page}");
    assert!(page.contains("TrainedAlgorithmicMediaDigitalSource"));
    // Both ways.
    let (own, source) = (key(item).to_owned(), key(original).to_owned());
    assert!(page.contains(&format!("hreflang=\"es\" href=\"https://relay.example.net/a/{source}\"")), "{page}");
    let of_source = scene.page(&source).await.expect("a page");
    assert!(of_source.contains(&format!("hreflang=\"ca\" href=\"https://relay.example.net/a/{own}\"")), "{of_source}");
    assert!(of_source.contains("\"workTranslation\""), "{of_source}");
}

#[tokio::test]
async fn nothing_is_paid_for_twice() {
    let scene = Scene::new("").await;
    let mut text = paragraphs(1, 20);
    scene.record("faro", &rss(&item(1, &text))).await;
    let weaver = Weaver::new(|_| Fault::None);
    scene.round(&scene.translators(&weaver, None), now).await;
    let paid = weaver.billed();
    assert!(paid > 1_000);
    let first = scene.json().await;

    // A second round, then a restart with a new engine of the same kind.
    scene.round(&scene.translators(&weaver, None), now).await;
    assert_eq!(weaver.billed(), paid);
    let folder = scene._folder.clone();
    scene.stages.store.close().await;
    drop(scene);
    let scene = Scene::with(folder, &toml("", "")).await;
    let again = Weaver::new(|_| Fault::None);
    scene.round(&scene.translators(&again, None), now).await;
    assert_eq!(again.calls(), 0);
    assert_eq!(scene.json().await, first);

    // One paragraph of twenty changes: its text is the only one that goes out, and meanwhile readers are told.
    text[7] = text[7].replace("cajas", "cestas grandes");
    scene.record("faro", &rss(&item(1, &text))).await;
    let meanwhile = scene.json().await;
    assert_eq!(meanwhile["items"][0]["_reprint"]["translation"]["outdated"], true);
    assert_eq!(meanwhile["items"][0]["id"], first["items"][0]["id"]);
    scene.round(&scene.translators(&again, None), now).await;
    let texts = again.texts.lock().expect("texts").clone();
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(texts[0].contains("cestas grandes"));
    let after = scene.json().await;
    assert_eq!(after["items"][0]["id"], first["items"][0]["id"]);
    assert_eq!(after["items"][0]["_reprint"]["translation"]["outdated"], serde_json::Value::Null);
    assert!(after["items"][0]["content_html"].as_str().expect("html").contains("satsec sednarg"));
}

#[tokio::test]
async fn a_thousand_articles_through_engines_that_misbehave_lose_nothing() {
    let scene = Scene::new(", budget = 60_000").await;
    let items: String = (0..1_000).map(|number| item(number, &paragraphs(number, 1))).collect();
    scene.record("faro", &rss(&items)).await;
    // Each fault for a while, then a mixture of them all.
    let fault = |call: u64| match call {
        0..1_500 => FAULTS[usize::try_from(call / 100).unwrap_or(0) % FAULTS.len()],
        _ => FAULTS[usize::try_from(call.wrapping_mul(2_654_435_761) >> 7).unwrap_or(0) % FAULTS.len()],
    };
    let weaver = Weaver::new(fault);
    let budget = 90_000;
    let clocks: [fn() -> DateTime<Utc>; 2] = [now, tomorrow];
    for (day, clock) in clocks.into_iter().enumerate() {
        let before = weaver.billed();
        scene.round(&scene.translators(&weaver, Some(budget)), clock).await;
        let billed = weaver.billed() - before;
        let ledger: u64 = scene.stages.store.spending(clock()).await.expect("a ledger").iter().map(|row| row.spent).sum();
        assert_eq!(billed, ledger, "day {day}: the ledger says what was billed");
        assert!(billed <= 60_000, "day {day}: {billed} of the 60000 of the feed");
        assert!(billed > 55_000, "day {day}: the budget was there to be used: {billed}");
    }
    let feed = scene.json().await;
    let items = feed["items"].as_array().expect("items");
    assert_eq!(items.len(), 1_000, "none is lost");
    let mut translated = 0;
    for item in items {
        let html = item["content_html"].as_str().expect("html");
        let number = item["title"].as_str().expect("a title").split(' ').nth(2).expect("a number");
        assert_eq!(html.matches("https://faro.example.com/").count(), 2, "{html}");
        assert!(html.contains(&format!("href=\"https://faro.example.com/{number}/0\"")), "{html}");
        assert!(html.contains("4000") && !html.contains("<script") && !html.contains("evil.example"), "{html}");
        if item["language"] == "ca" {
            translated += 1;
            assert!(html.contains("anortap") && !html.contains("patrona"), "half a translation: {html}");
        } else {
            assert!(html.contains("patrona") && !html.contains("anortap"), "half a translation: {html}");
            assert_eq!(item["_reprint"]["pending"]["to"], "ca");
        }
    }
    assert!((50..1_000).contains(&translated), "{translated}");
}

#[tokio::test]
async fn a_call_that_is_cut_off_counts_as_paid_and_no_more_than_that() {
    #[derive(Debug)]
    struct Hangs(Arc<Weaver>);
    impl Engine for Hangs {
        fn maker(&self) -> &Maker {
            self.0.maker()
        }
        fn unit(&self) -> Unit {
            self.0.unit()
        }
        fn translates(&self, from: &str, to: &str) -> bool {
            self.0.translates(from, to)
        }
        fn fits(&self, segments: &[&Segment]) -> usize {
            self.0.fits(segments)
        }
        fn cost(&self, job: &Job<'_>) -> u64 {
            self.0.cost(job)
        }
        fn translate<'a>(&'a self, job: Job<'a>) -> Calling<'a> {
            let paid = self.0.translate(job);
            Box::pin(async move {
                let _ = paid.await;
                std::future::pending().await
            })
        }
    }
    let scene = Scene::new("").await;
    scene.record("faro", &rss(&item(1, &paragraphs(1, 2)))).await;
    let weaver = Weaver::new(|_| Fault::None);
    let budget = 1_000;
    let mut hanging = Translators::default();
    hanging.add("weaver", vec![Arc::new(Hangs(weaver.clone()))], Glossary::default(), 1);
    hanging.bound("weaver", budget);
    let cut_off = tokio::time::timeout(std::time::Duration::from_millis(300), scene.round(&hanging, now)).await;
    assert!(cut_off.is_err());
    let paid = weaver.billed();
    let ledger = scene.stages.store.spending(now()).await.expect("a ledger");
    assert_eq!((ledger[0].spent, ledger[0].reserved, weaver.calls()), (0, paid, 1));
    // What is left is what may still be spent.
    let round = scene.round(&scene.translators(&weaver, Some(paid)), now).await;
    assert_eq!((weaver.calls(), weaver.billed()), (1, paid));
    assert!(round.postponed[0].contains("budget of the translator `weaver` is used up for today: 0 of"), "{round:?}");
    let round = scene.round(&scene.translators(&weaver, Some(2 * paid)), tomorrow).await;
    assert_eq!((round.made, weaver.billed()), (1, 2 * paid), "{round:?}");
}

#[tokio::test]
async fn terms_hold_for_translations() {
    let folder = || Arc::new(tempfile::tempdir().expect("a folder"));
    let weaver = Weaver::new(|_| Fault::None);
    // The outlet gives its articles in Spanish only.
    let scene = Scene::with(folder(), &toml("", "[outlet.terms]\nlanguages = [\"es\"]")).await;
    scene.record("faro", &rss(&item(1, &paragraphs(1, 2)))).await;
    scene.round(&scene.translators(&weaver, None), now).await;
    assert_eq!(weaver.calls(), 0);
    assert_eq!(scene.json().await["items"][0]["language"], "es");
    // Titles only: nothing else is paid for or shown.
    let scene = Scene::with(folder(), &toml("", "[outlet.terms]\npublish = \"title\"")).await;
    scene.record("faro", &rss(&item(1, &paragraphs(1, 2)))).await;
    scene.round(&scene.translators(&weaver, None), now).await;
    assert_eq!(*weaver.texts.lock().expect("texts"), ["La barca 1 vuelve al puerto"]);
    let feed = scene.json().await;
    assert_eq!(feed["items"][0]["title"], "al acrab 1 evleuv la otreup");
    assert!(!feed["items"][0]["content_html"].as_str().expect("html").contains("anortap"));
    // Waiting feeds show nothing until then.
    let scene = Scene::new(", pending = \"wait\"").await;
    scene.record("faro", &rss(&item(1, &paragraphs(1, 2)))).await;
    assert_eq!(scene.json().await["items"].as_array().map(Vec::len), Some(0));
    scene.round(&scene.translators(&weaver, None), now).await;
    assert_eq!(scene.json().await["items"].as_array().map(Vec::len), Some(1));
}

/// What a person made of the first article for another outlet of ours.
const HUMAN: &str = "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
    xmlns:atom=\"http://www.w3.org/2005/Atom\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
    xmlns:marcrel=\"http://id.loc.gov/vocabulary/relators/\" xmlns:reprint=\"urn:uuid:4486557c-82cf-43f6-b83f-0b3b52c982c6\">\
    <channel><title>El Port</title><link>https://port.example.com/</link><language>ca</language><item>\
    <title>La barca torna al port</title><link>https://port.example.com/a</link><guid>https://port.example.com/a</guid>\
    <pubDate>Mon, 04 May 2026 10:00:00 GMT</pubDate><dc:creator>Rosa Quintal</dc:creator><marcrel:trl>Nil Serra</marcrel:trl>\
    <atom:link rel=\"related\" hreflang=\"es\" href=\"https://faro.example.com/1\"/>\
    <dcterms:isVersionOf>https://faro.example.com/1</dcterms:isVersionOf>\
    <reprint:translation kind=\"human\" from=\"es\" to=\"ca\" source=\"https://faro.example.com/1\"/>\
    <reprint:hop seq=\"1\" action=\"created\" party=\"El Faro de Punta\" lang=\"es\" href=\"https://faro.example.com/1\"/>\
    <reprint:hop seq=\"2\" action=\"translated\" party=\"El Port\" lang=\"ca\" href=\"https://port.example.com/a\"/>\
    <description><![CDATA[<p>La patrona compta les caixes de peix abans de tornar a sortir a la mar, com cada dia de l'any.</p>]]></description>\
    </item></channel></rss>";

#[tokio::test]
async fn the_disclaimer_of_an_outlet_is_in_the_language_of_the_text() {
    let terms = "[outlet.terms]\ndisclaimer = \"Texto tomado de {source} y ajeno a este sitio\"";
    let scene = Scene::with(Arc::new(tempfile::tempdir().expect("a folder")), &toml("", terms)).await;
    scene.record("faro", &rss(&item(1, &paragraphs(1, 1)))).await;
    let disclaimer = async || {
        let html = scene.json().await["items"][0]["content_html"].as_str().expect("html").to_owned();
        assert_eq!(html.matches("reprint-disclaimer").count(), 2);
        html
    };
    assert!(disclaimer().await.contains("Texto tomado de El Faro de Punta y ajeno a este sitio"));
    scene.round(&scene.translators(&Weaver::new(|_| Fault::None), None), now).await;
    let translated = disclaimer().await;
    assert_eq!(translated.matches("odamot").count(), 2, "{translated}");
    assert_eq!(translated.matches("Texto tomado").count(), 0);
    assert!(!translated.contains("{source}"));
}

#[tokio::test]
async fn what_a_person_translated_goes_before_what_an_engine_would_make() {
    let scene = Scene::new("").await;
    scene.record("faro", &rss(&item(1, &paragraphs(1, 2)))).await;
    scene.record("port", HUMAN).await;
    let weaver = Weaver::new(|_| Fault::None);
    scene.round(&scene.translators(&weaver, None), now).await;
    assert_eq!(weaver.calls(), 0);
    let feed = scene.json().await;
    let items = feed["items"].as_array().expect("items");
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["title"], "La barca torna al port");
    assert!(items[0]["content_html"].as_str().expect("html").contains("Nil Serra"));
    let edition = &items[0]["_reprint"]["editions"][0];
    assert_eq!((&edition["language"], &edition["kind"]), (&"es".into(), &serde_json::Value::Null));
    let original =
        scene.page(edition["url"].as_str().and_then(|url| url.rsplit('/').next()).expect("a key")).await.expect("a page");
    assert!(original.contains(&format!("hreflang=\"ca\" href=\"{}\"", items[0]["url"].as_str().expect("url"))), "{original}");
}

#[tokio::test]
async fn what_is_withdrawn_is_withdrawn_in_every_language() {
    let scene = Scene::new("").await;
    scene.record("faro", &rss(&item(1, &paragraphs(1, 2)))).await;
    let weaver = Weaver::new(|_| Fault::None);
    scene.round(&scene.translators(&weaver, None), now).await;
    let feed = scene.json().await;
    let (made, id) = (key(&feed["items"][0]).to_owned(), feed["items"][0]["id"].clone());
    let row = scene.stages.store.translation(&made).await.expect("the store").expect("a row");
    assert!(scene.page(&made).await.is_some());
    scene.stages.store.withdraw(&row.source, reprint::model::WithdrawnBy::Site, "wrong", now()).await.expect("withdrawn");
    pipeline::publish_acts(&scene.stages, 0, now()).await.expect("followed");
    let feed = scene.json().await;
    assert_eq!(feed["items"].as_array().map(Vec::len), Some(0));
    assert_eq!(feed["_reprint"]["deleted"][0]["id"], id);
    assert!(matches!(scene.stages.pages.page(&made).await, Page::Withdrawn(_)));
    assert!(matches!(scene.stages.pages.page(&row.source).await, Page::Withdrawn(_)));
}

/// A partner's feed of two Spanish articles, and a relay that brings them into another language.
async fn relayed(translate: &str, translator: &str, language: &str, items: &str) -> (Partner, String) {
    let partner = Partner::start().await;
    let document = rss(items).replace("<language>es</language>", &format!("<language>{language}</language>"));
    partner.put("/rss", Reply::ok("application/rss+xml; charset=utf-8", document));
    let toml = format!(
        "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\n[limits]\nallow_networks = [\"127.0.0.2/32\"]\n\
         shortest_interval = \"1s\"\nhost_spacing = \"0s\"\n\
         [[outlet]]\nid = \"faro\"\nname = \"El Faro de Punta\"\nlanguage = \"{language}\"\nfeed = \"{}\"\nschedule = \"* * * * * *\"\n\
         {translator}\n[[feed]]\nid = \"other\"\ntranslate = {{ {translate} }}\n",
        partner.url("/rss")
    );
    (partner, toml)
}

/// Waits until the feed has articles and none of them is pending; gives its items.
async fn translated(program: &Reprint) -> Vec<serde_json::Value> {
    for _ in 0..600 {
        let answer = get(&program.url("/feeds/other.json"), &[]).await;
        let feed: serde_json::Value = serde_json::from_str(&answer.text()).unwrap_or_default();
        let items = feed["items"].as_array().cloned().unwrap_or_default();
        if !items.is_empty() && items.iter().all(|item| item["_reprint"]["pending"].is_null()) {
            return items;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("nothing was translated: {}", program.stderr());
}

async fn started(folder: &Arc<TempDir>, toml: &str) -> Reprint {
    let started = Reprint::start_in(folder.clone(), toml).await;
    started.unwrap_or_else(|failure| panic!("it ended with {}: {}", failure.status, failure.stderr))
}

#[tokio::test]
async fn the_daemon_translates_beside_everything_else_and_a_restart_pays_nothing() {
    let server = EngineServer::start(TranslatorKind::LibreTranslate).await;
    let folder = Arc::new(tempfile::tempdir().expect("a folder"));
    std::fs::write(folder.path().join("engine.key"), KEY).expect("a key");
    let translator = format!(
        "[[translator]]\nid = \"house\"\nkind = \"libretranslate\"\nurl = \"{}\"\nkey_file = \"engine.key\"\nbudget = 5000",
        server.url()
    );
    let items = format!("{}{}", item(1, &paragraphs(1, 2)), item(2, &paragraphs(2, 2)));
    let (_partner, toml) = relayed("to = \"ca\", engine = \"house\"", &translator, "es", &items).await;
    let program = started(&folder, &toml).await;
    let items = translated(&program).await;
    assert_eq!(items.len(), 2);
    assert!(
        items.iter().all(|item| item["language"] == "ca" && item["_reprint"]["translation"]["kind"] == "machine"),
        "{items:?}"
    );
    let billed = server.billed();
    assert!(billed > 0);
    let (code, listed, words) = program.command(&["feeds"]);
    assert_eq!(code, Some(0), "{words}");
    assert!(listed.contains("translator house") && listed.contains(&billed.to_string()) && listed.contains("5000"), "{listed}");
    let (_, listed, _) = program.command(&["feeds", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed).expect("JSON");
    assert_eq!((&listed["spending"][0]["spent"], &listed["spending"][0]["translator"]), (&billed.into(), &"house".into()));

    let (_, folder) = program.stop().await;
    let program = started(&folder, &toml).await;
    assert_eq!(translated(&program).await, items);
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert_eq!(server.billed(), billed);
    program.stop().await;
}

#[tokio::test]
async fn one_line_changes_the_script_of_a_feed() {
    let text = "<p>这个网络<b>软件</b>的用户说，渡轮从<a href=\"https://faro.example.com/x\">海港</a>出发，共 4000 人。</p>";
    let item = format!(
        "<item><title>渡轮软件开始运行</title><link>https://faro.example.com/1</link><guid>https://faro.example.com/1</guid>\
         <dc:creator>林书白</dc:creator><description><![CDATA[{text}]]></description></item>"
    );
    let (_partner, toml) = relayed("to = \"zh-Hant-TW\"", "", "zh-Hans", &item).await;
    let program = started(&Arc::new(tempfile::tempdir().expect("a folder")), &toml).await;
    let items = translated(&program).await;
    assert_eq!(items[0]["title"], "渡輪軟體開始執行");
    assert_eq!(items[0]["language"], "zh-Hant-TW");
    let html = items[0]["content_html"].as_str().expect("html");
    assert!(
        html.contains("<b>軟體</b>") && html.contains("href=\"https://faro.example.com/x\"") && html.contains("林书白"),
        "{html}"
    );
    assert!(html.contains("文字：繁簡轉換、OpenCC"), "{html}");
    assert_eq!(items[0]["_reprint"]["translation"]["kind"], "script-conversion");
    let atom = get(&program.url("/feeds/other.atom"), &[]).await.text();
    assert!(atom.contains("xml:lang=\"zh-Hant-TW-t-zh-hans\"") && atom.contains("<dcterms:isFormatOf>"), "{atom}");
    program.stop().await;
}

#[tokio::test]
async fn a_spanish_feed_becomes_a_catalan_one_through_apertium() {
    let apertium = Apertium::start().await;
    let translator = format!("[[translator]]\nid = \"apertium\"\nkind = \"apertium\"\nurl = \"{}\"", apertium.url());
    let text = vec![
        "La <b>barca</b> de la isla sale del puerto todos los días a las 8 con 4000 cajas de pescado".to_owned(),
        "Los vecinos de la <a href=\"https://faro.example.com/plaza\">plaza</a> esperan la noticia desde hace 12 años".to_owned(),
    ];
    let (_partner, toml) = relayed("to = \"ca\", engine = \"apertium\"", &translator, "es", &item(1, &text)).await;
    let program = started(&Arc::new(tempfile::tempdir().expect("a folder")), &toml).await;
    let items = translated(&program).await;
    assert_eq!(items[0]["title"], "La barca 1 torna al port");
    let html = items[0]["content_html"].as_str().expect("html");
    assert!(html.contains("<b>barca</b> de l'illa surt del port"), "{html}");
    assert!(html.contains("<a href=\"https://faro.example.com/plaza\"") && html.contains(">plaça</a>"), "{html}");
    assert!(html.contains("4000") && html.contains("Traducció automàtica (IA), sense revisió humana"), "{html}");
    assert_eq!(items[0]["_reprint"]["translation"]["engine"], "Apertium");
    program.stop().await;
}
