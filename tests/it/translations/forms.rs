//! What readers get of translations in every form and format: both languages, fallbacks, parts, archives, and what is said while there is none.

use reprint::model::{AttributedArticle, TranslationKind, Verdict};

use super::*;
use crate::harness::{Misbehaviour, Schedule};

fn other_loom(fault: fn(u64) -> Fault) -> Arc<Weaver> {
    let maker = Maker { translator: "other".to_owned(), name: "Other Loom".to_owned(), version: "1".to_owned() };
    Arc::new(Weaver { maker, fault, calls: AtomicU64::new(0), billed: AtomicU64::new(0), texts: Mutex::default() })
}

impl Scene {
    /// With another outlet section, or another rest of the feed.
    async fn of(toml: &str) -> Self {
        Self::with(Arc::new(tempfile::tempdir().expect("a folder")), toml).await
    }

    /// A published document as it is.
    async fn document(&self, name: &str) -> String {
        let publication = pipeline::publish(&self.stages, None, now()).await.expect("published");
        assert!(publication.rejected.is_empty(), "{:?}", publication.rejected);
        let document = self.stages.snapshot.get(&format!("feeds/{name}")).unwrap_or_else(|| panic!("no {name}"));
        String::from_utf8(document.identity().to_vec()).expect("UTF-8")
    }
}

#[tokio::test]
async fn a_fallback_translates_when_the_first_does_not_and_is_named() {
    let scene = Scene::new("").await;
    scene.record("faro", &rss(&item(1, &paragraphs(1, 2)))).await;
    let (first, second) = (Weaver::new(|_| Fault::Busy), other_loom(|_| Fault::None));
    let mut translators = Translators::default();
    let engines = vec![Arc::clone(&first) as Arc<dyn Engine>, Arc::clone(&second) as Arc<dyn Engine>];
    translators.add("weaver", engines, Glossary::default(), 1);
    let round = scene.round(&translators, now).await;
    assert_eq!((round.made, first.calls() > 0, second.calls() > 0), (1, true, true), "{round:?}");
    let feed = scene.json().await;
    let item = &feed["items"][0];
    assert_eq!(item["_reprint"]["translation"]["engine"], "Other Loom");
    let html = item["content_html"].as_str().expect("html");
    assert!(html.contains("Other Loom") && !html.contains("Weaver"), "{html}");
    let ledger = scene.stages.store.spending(now()).await.expect("a ledger");
    let spent: Vec<(&str, u64)> = ledger.iter().map(|row| (row.translator.as_str(), row.spent)).collect();
    assert_eq!(spent, [("other", second.billed()), ("weaver", 0)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_is_down_is_stood_in_for_by_its_fallback() {
    let (down, up) =
        (EngineServer::start(TranslatorKind::LibreTranslate).await, EngineServer::start(TranslatorKind::Apertium).await);
    down.behave(Schedule::Always(Misbehaviour::Unavailable));
    let folder = Arc::new(tempfile::tempdir().expect("a folder"));
    std::fs::write(folder.path().join("engine.key"), KEY).expect("a key");
    let translators = format!(
        "[[translator]]\nid = \"house\"\nkind = \"libretranslate\"\nurl = \"{}\"\nkey_file = \"engine.key\"\nfallback = \"spare\"\n\
         [[translator]]\nid = \"spare\"\nkind = \"apertium\"\nurl = \"{}\"",
        down.url(),
        up.url()
    );
    let items = item(1, &paragraphs(1, 2));
    let (_partner, toml) = relayed("to = \"ca\", engine = \"house\"", &translators, "es", &items).await;
    let program = started(&folder, &toml).await;
    let items = translated(&program).await;
    assert_eq!((&items[0]["language"], &items[0]["_reprint"]["translation"]["engine"]), (&"ca".into(), &"Apertium".into()));
    assert!(!down.calls().is_empty() && up.billed() > 0);

    // What it would cost, before anybody pays.
    let (code, said, words) = program.command(&["check", "--online"]);
    assert_eq!(code, Some(0), "{said} {words}");
    let line = said.lines().find(|line| line.starts_with("other: `house`")).unwrap_or_else(|| panic!("{said}"));
    assert!(line.contains("into ca for") && line.contains("characters at the most: 1 articles of 1 days"), "{line}");
    assert!(line.ends_with("and there is no budget"), "{line}");

    // By the id of the translation the article goes, whatever its language.
    let id = items[0]["id"].as_str().expect("an id");
    let (code, said, words) = program.command(&["withdraw", id, "--reason", "asked for"]);
    assert_eq!(code, Some(0), "{said} {words}");
    let page = items[0]["url"].as_str().and_then(|url| url.rsplit('/').next()).expect("a key");
    assert_eq!(get(&program.url(&format!("a/{page}")), &[]).await.status, 410);
    let feed: serde_json::Value = serde_json::from_str(&get(&program.url("feeds/other.json"), &[]).await.text()).expect("JSON");
    assert_eq!(feed["items"].as_array().map(Vec::len), Some(0));
    assert_eq!(feed["_reprint"]["deleted"][0]["id"], id);
    program.stop().await;
}

/// What our own program makes of one of our feeds, as an outlet of its own.
fn read_again(document: &str, content_type: &str) -> AttributedArticle {
    let toml = "[site]\ntitle = \"Second\"\nurl = \"https://second.example.net\"\n[[outlet]]\nid = \"relay\"\nname = \"Relay\"\n\
                language = \"ca\"\nfeed = \"https://relay.example.net/feeds/catala\"\n";
    let config = config::parse("feeds.toml", toml).expect("a configuration");
    let outlet = config.outlet("relay").expect("an outlet");
    let source = outlet.sources().next().expect("its feed").clone();
    let doc = FetchedDocument::from_bytes(source.clone(), Some(content_type.to_owned()), document.as_bytes().to_vec(), now());
    let read = pipeline::read(outlet, &source, &doc, parse::Bounds { entries: 10 }).expect("a feed");
    match read.verdicts.into_iter().next() {
        Some(Verdict::Ready(ready)) => *ready,
        other => panic!("{content_type}: {other:?}"),
    }
}

#[tokio::test]
async fn both_languages_in_every_format_and_read_again() {
    for (form, in_text) in [("title", false), ("paragraphs", true)] {
        let scene = Scene::new(&format!(", bilingual = \"{form}\"")).await;
        scene.record("faro", &rss(&item(1, &paragraphs(1, 2)))).await;
        scene.round(&scene.translators(&Weaver::new(|_| Fault::None), None), now).await;
        let title = "al acrab 1 evleuv la otreup / La barca 1 vuelve al puerto";
        let key = key(&scene.json().await["items"][0]).to_owned();
        let page = scene.page(&key).await.expect("a page");
        let formats = [
            (scene.document("catala.rss").await, "application/rss+xml"),
            (scene.document("catala.atom").await, "application/atom+xml"),
            (scene.document("catala.json").await, "application/feed+json"),
        ];
        for (document, content_type) in &formats {
            assert!(document.contains(title), "{form} {content_type}: {document}");
            let again = read_again(document, content_type);
            assert_eq!(again.article.title, title, "{form} {content_type}");
            let body = again.article.body.as_str();
            assert_eq!((body.contains("patrona"), body.contains("anortap")), (in_text, true), "{form} {content_type}: {body}");
            assert!(!body.contains("reprint-credit") && !body.contains("Traducció"), "the credit is lifted out: {body}");
            // As XML has it in CDATA or escaped, and JSON in a string.
            let pair = |quote: &str| {
                document.contains(&format!("p lang={quote}es{quote}")) && document.contains(&format!("p lang={quote}ca{quote}"))
            };
            assert_eq!(["\"", "&quot;", "\\\""].into_iter().any(pair), in_text, "{form} {content_type}: {document}");
            assert_eq!(body.matches("href=\"https://faro.example.com/1/0\"").count(), 1 + usize::from(in_text), "{body}");
            let translation = again.provenance.translation.expect("a translation");
            assert_eq!((translation.kind, translation.engine.as_deref()), (TranslationKind::Machine, Some("Weaver")));
            assert_eq!((translation.from.as_deref(), translation.to.as_deref()), (Some("es"), Some("ca")));
            assert!(again.provenance.authors.iter().any(|author| author.name.as_deref() == Some("Rosa Quintal")));
        }
        assert!(page.contains(title) || page.contains("al acrab 1 evleuv la otreup"), "{page}");
        assert_eq!(page.contains("<p lang=\"es\">"), in_text, "{form}: {page}");
    }
}

#[tokio::test]
async fn archives_hold_the_translation_that_readers_know() {
    let toml = toml("", "").replace("size = 1000", "size = 1\nkeep_hours = 0");
    let scene = Scene::of(&toml).await;
    // Archives are of months that are over.
    scene.record_at("faro", &rss(&item(1, &paragraphs(1, 1))), at("2026-03-10T08:00:00Z")).await;
    let weaver = Weaver::new(|_| Fault::None);
    scene.round(&scene.translators(&weaver, None), now).await;
    let first = scene.json().await["items"][0].clone();
    scene.record("faro", &rss(&item(25, &paragraphs(25, 1)))).await;
    scene.round(&scene.translators(&weaver, None), now).await;
    let atom = scene.document("catala.atom").await;
    let id = first["id"].as_str().expect("an id");
    assert!(!atom.contains(id) && atom.contains("al acrab 25 evleuv"), "{atom}");
    let name = atom.split("catala/archive/").nth(1).and_then(|rest| rest.split('"').next()).expect("an archive");
    let Page::Found(archive) = scene.stages.pages.archive("catala", name).await else { panic!("no {name}") };
    let archive = String::from_utf8(archive.identity().to_vec()).expect("UTF-8");
    assert!(archive.contains(id) && archive.contains("al acrab 1 evleuv") && archive.contains("anortap"), "{archive}");
    assert!(archive.contains("Traducció automàtica (IA), sense revisió humana"), "{archive}");
}

#[tokio::test]
async fn a_spent_budget_is_said_in_words_and_the_next_day_goes_on() {
    let scene = Scene::new("").await;
    scene.record("faro", &rss(&format!("{}{}", item(1, &paragraphs(1, 2)), item(2, &paragraphs(2, 2))))).await;
    let probe = Weaver::new(|_| Fault::None);
    let alone = Scene::new("").await;
    alone.record("faro", &rss(&item(2, &paragraphs(2, 2)))).await;
    alone.round(&alone.translators(&probe, None), now).await;
    // Enough for one of them, and not for both.
    let budget = probe.billed() + probe.billed() / 2;

    let weaver = Weaver::new(|_| Fault::None);
    let translators = scene.translators(&weaver, Some(budget));
    let round = scene.round(&translators, now).await;
    assert_eq!((round.made, round.postponed.len()), (1, 1), "{round:?}");
    let feed = scene.json().await;
    let pending: Vec<&serde_json::Value> =
        feed["items"].as_array().expect("items").iter().filter(|item| item["_reprint"]["pending"]["to"] == "ca").collect();
    assert_eq!(pending.len(), 1);
    let words = "Encara sense traduir; aquest és el text original";
    let page = scene.page(key(pending[0])).await.expect("a page");
    for document in [scene.document("catala.rss").await, scene.document("catala.atom").await, scene.document("catala.json").await]
    {
        assert_eq!(document.matches(words).count(), 1, "{document}");
    }
    assert!(!page.contains("anortap"), "{page}");
    let problems = scene.stages.store.untranslated(9).await.expect("the store");
    assert!(problems[0].problem.contains("budget of the translator `weaver` is used up for today"), "{problems:?}");
    // Not even later that day, but on the next.
    scene.round(&translators, || now() + TimeDelta::hours(11)).await;
    assert!(weaver.billed() <= budget);
    let before = weaver.billed();
    let round = scene.round(&translators, tomorrow).await;
    assert_eq!((round.made, round.postponed.len()), (1, 0), "{round:?}");
    assert!(weaver.billed() - before <= budget);
    let feed = scene.document("catala.json").await;
    assert!(!feed.contains(words), "{feed}");
}

#[tokio::test]
async fn a_persons_translation_and_its_original_name_each_other_in_every_format() {
    let toml = format!("{}[[feed]]\nid = \"castella\"\noutlets = [\"faro\"]\n", toml("", ""));
    let scene = Scene::of(&toml).await;
    scene.record("faro", &rss(&item(1, &paragraphs(1, 2)))).await;
    scene.record("port", HUMAN).await;
    let weaver = Weaver::new(|_| Fault::None);
    scene.round(&scene.translators(&weaver, None), now).await;
    assert_eq!(weaver.calls(), 0);
    let address = |json: &str| {
        let feed: serde_json::Value = serde_json::from_str(json).expect("JSON");
        feed["items"][0]["url"].as_str().expect("an address").to_owned()
    };
    let (translation, original) =
        (address(&scene.document("catala.json").await), address(&scene.document("castella.json").await));
    assert_ne!(translation, original);
    for format in ["rss", "atom"] {
        let document = scene.document(&format!("catala.{format}")).await;
        assert!(document.contains("<marcrel:trl>Nil Serra</marcrel:trl>"), "{document}");
        assert!(document.contains("<dcterms:isVersionOf>https://faro.example.com/1</dcterms:isVersionOf>"), "{document}");
        let document = scene.document(&format!("castella.{format}")).await;
        assert!(document.contains(&format!("<dcterms:hasVersion>{translation}</dcterms:hasVersion>")), "{document}");
    }
    for (format, from, to) in [("catala.json", &translation, &original), ("castella.json", &original, &translation)] {
        let feed: serde_json::Value = serde_json::from_str(&scene.document(format).await).expect("JSON");
        assert_eq!(
            (&feed["items"][0]["url"], &feed["items"][0]["_reprint"]["editions"][0]["url"]),
            (&(*from).as_str().into(), &(*to).as_str().into())
        );
        let page = scene.page(from.rsplit('/').next().expect("a key")).await.expect("a page");
        assert!(page.contains(&format!("href=\"{to}\"")), "{page}");
    }
}

#[tokio::test]
async fn what_a_person_translated_stays_theirs_when_an_engine_goes_on() {
    // A person's Spanish translation of an English original, which an engine brings into Catalan.
    let scene = Scene::new("").await;
    let translated = item(1, &paragraphs(1, 2)).replace(
        "</item>",
        "<marcrel:trl>Ona Riba</marcrel:trl><dcterms:isVersionOf>https://beacon.example.org/7</dcterms:isVersionOf>\
         <reprint:translation kind=\"human\" from=\"en\" to=\"es\" source=\"https://beacon.example.org/7\"/>\
         <reprint:hop seq=\"1\" action=\"created\" party=\"The Beacon\" lang=\"en\" href=\"https://beacon.example.org/7\"/>\
         <reprint:hop seq=\"2\" action=\"translated\" party=\"El Faro de Punta\" lang=\"es\" href=\"https://faro.example.com/1\"/></item>",
    );
    let document = rss(&translated).replace(
        "<rss version=\"2.0\"",
        "<rss version=\"2.0\" xmlns:dcterms=\"http://purl.org/dc/terms/\" xmlns:marcrel=\"http://id.loc.gov/vocabulary/relators/\" \
         xmlns:reprint=\"urn:uuid:4486557c-82cf-43f6-b83f-0b3b52c982c6\"",
    );
    scene.record("faro", &document).await;
    scene.round(&scene.translators(&Weaver::new(|_| Fault::None), None), now).await;
    let feed = scene.json().await;
    let item = &feed["items"][0];
    let made = &item["_reprint"]["translation"];
    assert_eq!((&made["kind"], &made["engine"]), (&"machine".into(), &"Weaver".into()));
    assert_eq!(made["translators"], serde_json::Value::Null);
    assert_eq!((&made["earlier"]["kind"], &made["earlier"]["translators"][0]["name"]), (&"human".into(), &"Ona Riba".into()));
    let html = item["content_html"].as_str().expect("html");
    assert!(html.contains("Traducció de: Ona Riba (traducció humana)<br>Traducció: traducció automàtica, Weaver"), "{html:.900}");
    let way: Vec<(&str, &str)> = item["_reprint"]["hops"]
        .as_array()
        .expect("hops")
        .iter()
        .map(|hop| (hop["party"].as_str().expect("a party"), hop["action"].as_str().expect("an action")))
        .collect();
    assert_eq!(way, [("The Beacon", "created"), ("El Faro de Punta", "translated"), ("Relay", "translated")]);
    let atom = scene.feed("atom").await;
    let way = atom.split("<dcterms:provenance>").nth(1).and_then(|rest| rest.split('<').next()).expect("a way");
    assert!(way.starts_with("The Beacon (en) → El Faro de Punta (es, translated, Ona Riba) → Relay (ca, translated"), "{way}");
    let page = scene.page(key(item)).await.expect("a page");
    assert!(page.contains("Ona Riba"), "{page}");
}

#[tokio::test]
async fn of_an_excerpt_only_what_is_shown_is_paid_for() {
    let all = paragraphs(1, 9);
    let scene = Scene::of(&toml("", "[outlet.terms]\npublish = \"excerpt\"\nexcerpt = 120")).await;
    scene.record("faro", &rss(&item(1, &all))).await;
    let weaver = Weaver::new(|_| Fault::None);
    scene.round(&scene.translators(&weaver, None), now).await;
    let texts = weaver.texts.lock().expect("texts").clone();
    assert!(texts.iter().map(|text| text.chars().count()).sum::<usize>() < 200, "{texts:?}");
    let feed = scene.json().await;
    let html = feed["items"][0]["content_html"].as_str().expect("html").to_owned();
    assert_eq!(feed["items"][0]["language"], "ca");
    assert!(html.contains("anortap") && html.contains("reprint-more"), "{html}");
    // A change of what nobody sees is none, one of what is shown is.
    let paid = weaver.billed();
    let mut changed = all.clone();
    changed[8].push_str(" con otra carga");
    scene.record("faro", &rss(&item(1, &changed))).await;
    assert_eq!(scene.json().await["items"][0]["_reprint"]["translation"]["outdated"], serde_json::Value::Null);
    scene.round(&scene.translators(&weaver, None), now).await;
    assert_eq!(weaver.billed(), paid);
    changed[0] = changed[0].replace("muelle", "embarcadero");
    scene.record("faro", &rss(&item(1, &changed))).await;
    assert_eq!(scene.json().await["items"][0]["_reprint"]["translation"]["outdated"], true);
    scene.round(&scene.translators(&weaver, None), now).await;
    assert!(weaver.billed() > paid);
}

#[tokio::test]
async fn translations_are_made_anew_on_command() {
    let server = EngineServer::start(TranslatorKind::Apertium).await;
    let folder = Arc::new(tempfile::tempdir().expect("a folder"));
    let glossary = folder.path().join("terms.csv");
    std::fs::write(&glossary, "from_lang,to_lang,from,to\n").expect("a file");
    let translator =
        format!("[[translator]]\nid = \"house\"\nkind = \"apertium\"\nurl = \"{}\"\nglossary = \"terms.csv\"", server.url());
    let (_partner, toml) = relayed("to = \"ca\", engine = \"house\"", &translator, "es", &item(1, &paragraphs(1, 2))).await;
    let program = started(&folder, &toml).await;
    let before = translated(&program).await;
    let (_, folder) = program.stop().await;
    // Another glossary changes nothing by itself.
    std::fs::write(&glossary, "from_lang,to_lang,from,to\nes,ca,patrona,PATRONA NOVA\n").expect("a file");
    let billed = server.billed();
    let program = started(&folder, &toml).await;
    assert_eq!(translated(&program).await, before);
    let check = |words: &[&str], code: i32, expected: &str| {
        let (ended, said, told) = program.command(&[&["translate"], words].concat());
        assert!(ended == Some(code) && format!("{said}{told}").contains(expected), "{words:?}: {ended:?} {said} {told}");
    };
    check(&["--again", "nothing"], 1, "no article is known by `nothing`");
    check(&["--again", "other"], 0, "1 translation to be made anew within a minute");
    let (_, folder) = program.stop().await;
    let program = started(&folder, &toml).await;
    let mut after = translated(&program).await;
    for _ in 0..400 {
        if after[0]["content_html"].as_str().is_some_and(|html| html.contains("PATRONA NOVA")) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        after = translated(&program).await;
    }
    assert!(after[0]["content_html"].as_str().expect("html").contains("PATRONA NOVA"), "{after:?}");
    assert_eq!(after[0]["id"], before[0]["id"]);
    assert!(server.billed() > billed);
    // An article by its id, and without the daemon.
    let (_, folder) = program.stop().await;
    let program = started(&folder, &toml).await;
    let id = after[0]["id"].as_str().expect("an id");
    let (ended, said, told) = program.command(&["translate", "--again", id]);
    assert!(ended == Some(0) && said.contains("1 translation"), "{said} {told}");
    program.stop().await;
}
