//! Translation engines against services that speak the published interfaces, behave or misbehave, and against the real Apertium.

use std::time::{Duration, Instant};

use reprint::config::{StructuredOutput, TranslatorKind};
use reprint::model::Secret;
use reprint::translate::{Answer, Desk, Desks, Engine, EngineError, Job, Piece, Role, Segment, Term, Trouble, Unit};

use crate::harness::{Apertium, Canary, EngineServer, KEY, Misbehaviour, Schedule, until};

const KINDS: [TranslatorKind; 4] =
    [TranslatorKind::Apertium, TranslatorKind::LibreTranslate, TranslatorKind::DeepL, TranslatorKind::OpenAi];

fn text(text: &str) -> Piece {
    Piece::Text(text.to_owned())
}

fn segment(pieces: &[Piece]) -> Segment {
    Segment { role: Role::Text, pieces: pieces.to_vec() }
}

/// A sentence with everything that can be lost: an element in an element, a point, a number, an entity.
fn rich() -> Segment {
    segment(&[
        text("The bridge of "),
        Piece::Open(1),
        text("Upper "),
        Piece::Open(2),
        text("Mill"),
        Piece::Close(2),
        Piece::Close(1),
        text(" cost 4,250 euros & opened"),
        Piece::Point(3),
        text(" on Monday."),
    ])
}

fn plain() -> Segment {
    segment(&[text("Nobody in the valley knew of the plan.")])
}

async fn ask(desk: &Desk, segments: &[&Segment]) -> Result<Answer, EngineError> {
    desk.translate(Job { from: "en", to: "es", segments, terms: &[] }).await
}

/// Tags without the texts between them.
fn skeleton(pieces: &[Piece]) -> Vec<Piece> {
    pieces.iter().filter(|piece| !matches!(piece, Piece::Text(_))).cloned().collect()
}

fn words(pieces: &[Piece]) -> String {
    segment(pieces).text()
}

/// A server that behaves so, and a desk that asks it.
async fn open(kind: TranslatorKind, schedule: Schedule) -> (EngineServer, Desk) {
    let server = EngineServer::start(kind).await;
    server.behave(schedule);
    let desk = Desk::from_config(&server.translator("mill")).expect("a desk");
    (server, desk)
}

#[tokio::test]
async fn services_translate_and_bill_what_was_expected() {
    for kind in KINDS {
        let (server, desk) = open(kind, Schedule::Well).await;
        let (rich, plain) = (rich(), plain());
        let all = [&rich, &plain, &plain];
        let (mut asked, mut cost) = (0, 0);
        while asked < all.len() {
            let segments = &all[asked..asked + desk.fits(&all[asked..])];
            cost += desk.cost(&Job { from: "en", to: "es", segments, terms: &[] });
            let answer = ask(&desk, segments).await.unwrap_or_else(|error| panic!("{kind:?}: {error}"));
            for (segment, pieces) in segments.iter().zip(&answer.segments) {
                let pieces = pieces.as_ref().expect("sound markup");
                assert_eq!(skeleton(pieces), skeleton(&segment.pieces), "{kind:?}");
                assert_ne!(words(pieces), segment.text(), "{kind:?}");
                assert_eq!(words(pieces).contains("4,250"), segment.text().contains("4,250"), "{kind:?}: {pieces:?}");
            }
            asked += segments.len();
        }
        let state = desk.state();
        assert_eq!(state.calls, if kind == TranslatorKind::Apertium { 3 } else { 1 }, "{kind:?}");
        assert_eq!((state.spent, state.failures), (server.billed(), 0), "{kind:?}");
        match desk.unit() {
            Unit::Characters => assert_eq!(server.billed(), cost, "{kind:?}: what is reserved is what is billed"),
            _ => assert!(server.billed() < cost, "{kind:?}"),
        }
    }
}

#[tokio::test]
async fn requests_are_what_the_services_publish() {
    let (rich, plain) = (rich(), plain());
    let terms = [Term { from: "Upper Mill".to_owned(), to: "Molino Alto".to_owned() }];
    let job = Job { from: "en-GB", to: "es", segments: &[&rich, &plain], terms: &terms };

    let (server, desk) = open(TranslatorKind::DeepL, Schedule::Well).await;
    desk.translate(job).await.expect("an answer");
    let call = &server.calls()[0];
    let body: serde_json::Value = serde_json::from_str(&call.body).expect("JSON");
    assert_eq!(
        body["text"][0],
        "The bridge of <g id=\"1\">Upper <g id=\"2\">Mill</g></g> cost 4,250 euros &amp; opened<x id=\"3\"/> on Monday."
    );
    assert_eq!((&body["source_lang"], &body["target_lang"]), (&"EN".into(), &"ES".into()));
    assert_eq!((&body["tag_handling"], &body["split_sentences"]), (&"xml".into(), &"nonewlines".into()));
    assert_eq!(body["show_billed_characters"], true);
    assert_eq!(call.texts, [rich.markup(), plain.markup()]);
    assert!(call.head.header("user-agent").is_some_and(|agent| agent.starts_with(b"reprint/")));

    let (server, desk) = open(TranslatorKind::OpenAi, Schedule::Well).await;
    desk.translate(job).await.expect("an answer");
    let body: serde_json::Value = serde_json::from_str(&server.calls()[0].body).expect("JSON");
    assert_eq!((&body["temperature"], &body["model"]), (&0.into(), &"tiny".into()));
    assert_eq!((&body["response_format"]["type"], &body["messages"][0]["role"]), (&"json_schema".into(), &"system".into()));
    let document = body["messages"][1]["content"].as_str().expect("a document");
    let document: serde_json::Value = serde_json::from_str(document).expect("JSON");
    assert_eq!((&document["segments"][1]["id"], &document["segments"][1]["text"]), (&2.into(), &plain.text().into()));
    assert_eq!(document["terms"][0]["to"], "Molino Alto");
    let instructions = body["messages"][0]["content"].as_str().expect("instructions");
    assert!(!instructions.contains("Mill"), "what is translated is never among the instructions");
}

#[tokio::test]
async fn lists_of_pairs_are_read() {
    let (_server, desk) = open(TranslatorKind::Apertium, Schedule::Well).await;
    let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    assert_eq!(desk.pairs().await, Ok(Some(vec![pair("es", "ca"), pair("es", "ca-valencia"), pair("en", "es")])));
    let (_server, desk) = open(TranslatorKind::LibreTranslate, Schedule::Well).await;
    let pairs = desk.pairs().await.expect("a list").expect("a list");
    assert!(pairs.contains(&pair("en", "zh-Hant")) && !pairs.contains(&pair("en", "en")), "{pairs:?}");
    let (_server, desk) = open(TranslatorKind::DeepL, Schedule::Well).await;
    assert_eq!(desk.pairs().await, Ok(None));
}

#[tokio::test]
async fn a_pair_that_a_service_does_not_know_is_asked_for_once() {
    for kind in [TranslatorKind::Apertium, TranslatorKind::LibreTranslate, TranslatorKind::DeepL] {
        let (server, desk) = open(kind, Schedule::Well).await;
        let (from, to) = ("en", if kind == TranslatorKind::Apertium { "eu" } else { "sv" });
        assert!(desk.translates(from, to), "{kind:?}");
        for _ in 0..3 {
            let error = desk.translate(Job { from, to, segments: &[&plain()], terms: &[] }).await.expect_err("no such pair");
            assert_eq!((error.trouble, error.spent), (Trouble::Pair, 0), "{kind:?}: {error}");
        }
        assert!(!desk.translates(from, to), "{kind:?}");
        assert_eq!((server.calls().len(), desk.state().open_for), (1, None), "{kind:?}");
        assert!(ask(&desk, &[&plain()]).await.is_ok(), "{kind:?}: others are translated as before");
    }
}

/// What each misbehaviour comes to; `None`: an answer whose texts are for the check of each segment.
fn expected(misbehaviour: Misbehaviour, kind: TranslatorKind) -> Option<Trouble> {
    use Misbehaviour as M;
    match misbehaviour {
        M::FewerTexts if kind == TranslatorKind::OpenAi => None,
        M::OutOfTokens if kind != TranslatorKind::OpenAi => None,
        M::Busy(_) | M::BusyUntil(_) | M::ServerError | M::Unavailable => Some(Trouble::Temporary),
        M::Hang | M::Drip | M::Reset | M::CutShort => Some(Trouble::Temporary),
        M::QuotaUsedUp => Some(Trouble::Quota),
        M::Forbidden | M::Redirect(_) | M::LeakKey => Some(Trouble::Account),
        M::FewerTexts | M::OutOfTokens | M::InvalidJson | M::Html | M::WrongCharset | M::Flood => Some(Trouble::Nonsense),
        _ => None,
    }
}

/// One call each, of one kind: what it is told as, that nothing is spent unnoticed, that no key is told.
async fn each_misbehaviour(kind: TranslatorKind) {
    let (rich, plain) = (rich(), plain());
    let all = [&rich, &plain];
    for misbehaviour in Misbehaviour::ALL {
        let what = format!("{kind:?} {misbehaviour:?}");
        let server = EngineServer::start(kind).await;
        server.behave(Schedule::Always(misbehaviour));
        let mut translator = server.translator("mill");
        if matches!(misbehaviour, Misbehaviour::Hang | Misbehaviour::Drip) {
            translator.timeout = Duration::from_millis(500);
        }
        let desk = Desk::from_config(&translator).expect("a desk");
        let segments = &all[..desk.fits(&all)];
        let cost = desk.cost(&Job { from: "en", to: "es", segments, terms: &[] });
        let result = ask(&desk, segments).await;
        let told = format!("{result:?} {desk:?} {:?}", desk.state());
        assert!(!told.contains(KEY), "{what}: {told}");
        let spent = match &result {
            Ok(answer) => {
                assert_eq!(answer.segments.len(), segments.len(), "{what}");
                let same =
                    answer.segments.iter().zip(segments).all(|(pieces, segment)| {
                        pieces.as_ref().is_ok_and(|pieces| skeleton(pieces) == skeleton(&segment.pieces))
                    });
                let changes_tags = matches!(
                    misbehaviour,
                    Misbehaviour::DropPlaceholder
                        | Misbehaviour::CrossPlaceholders
                        | Misbehaviour::DoublePlaceholder
                        | Misbehaviour::InventPlaceholder
                        | Misbehaviour::AddLink
                        | Misbehaviour::Script
                );
                assert!(!(same && changes_tags), "{what}: {answer:?}");
                answer.spent
            }
            Err(error) => {
                assert!(error.message.contains("translator “mill”"), "{what}: {error}");
                error.spent
            }
        };
        assert_eq!(result.err().map(|error| error.trouble), expected(misbehaviour, kind), "{what}");
        assert_eq!((spent, server.calls().len()), (desk.state().spent, 1), "{what}");
        assert!(server.billed() <= spent && spent <= cost, "{what}: billed {}, spent {spent}, cost {cost}", server.billed());
    }
}

#[tokio::test]
async fn misbehaviour_of_apertium_is_told_and_never_spends_unnoticed() {
    each_misbehaviour(TranslatorKind::Apertium).await;
}

#[tokio::test]
async fn misbehaviour_of_libretranslate_is_told_and_never_spends_unnoticed() {
    each_misbehaviour(TranslatorKind::LibreTranslate).await;
}

#[tokio::test]
async fn misbehaviour_of_deepl_is_told_and_never_spends_unnoticed() {
    each_misbehaviour(TranslatorKind::DeepL).await;
}

#[tokio::test]
async fn misbehaviour_of_openai_is_told_and_never_spends_unnoticed() {
    each_misbehaviour(TranslatorKind::OpenAi).await;
}

#[tokio::test]
async fn a_random_course_never_bills_more_than_was_spent() {
    for kind in KINDS {
        let (server, desk) = open(kind, Schedule::Well).await;
        // All but what takes its time or opens the circuit for a minute.
        server.behave(Schedule::random(7, 2, &Misbehaviour::OF_TEXTS));
        let (rich, mut spent, mut cost) = (rich(), 0, 0);
        for _ in 0..60 {
            cost += desk.cost(&Job { from: "en", to: "es", segments: &[&rich], terms: &[] });
            spent += ask(&desk, &[&rich]).await.map_or_else(|error| error.spent, |answer| answer.spent);
        }
        let wrong = server.calls().iter().filter(|call| call.misbehaviour.is_some()).count();
        assert!((15..45).contains(&wrong), "{kind:?}: {wrong}");
        assert!(server.billed() <= spent && spent <= cost, "{kind:?}");
    }
}

#[tokio::test]
async fn a_wait_imposed_on_one_is_sat_out_by_all() {
    let check = |misbehaviour: Misbehaviour| async move {
        let (server, desk) = open(TranslatorKind::DeepL, Schedule::calls([Some(misbehaviour)])).await;
        let start = Instant::now();
        let error = ask(&desk, &[&plain()]).await.expect_err("too many requests");
        assert_eq!((error.retry_after, error.spent), (Some(Duration::from_secs(1)), 0), "{error}");
        let plain = plain();
        let all = [&plain];
        let (first, second, third) = tokio::join!(ask(&desk, &all), ask(&desk, &all), ask(&desk, &all));
        assert!(first.is_ok() && second.is_ok() && third.is_ok());
        assert!(start.elapsed() >= Duration::from_secs(1), "{misbehaviour:?}");
        assert!(server.calls()[1..].iter().all(|call| call.head.at - start >= Duration::from_millis(990)), "{misbehaviour:?}");
        assert_eq!(desk.state().open_for, None);
    };
    tokio::join!(check(Misbehaviour::Busy(1)), check(Misbehaviour::BusyUntil(1)));
}

#[tokio::test]
async fn a_service_that_is_down_is_left_alone() {
    let server = EngineServer::start(TranslatorKind::LibreTranslate).await;
    let translator = server.translator("mill");
    drop(server);
    let desk = Desk::from_config(&translator).expect("a desk");
    until("the port to be closed", || std::net::TcpStream::connect(host(&translator)).is_err()).await;
    for _ in 0..5 {
        let error = ask(&desk, &[&plain()]).await.expect_err("nobody is there");
        assert_eq!((error.trouble, error.spent), (Trouble::Temporary, 0), "{error}");
        assert!(error.message.contains("refuses the connection"), "{error}");
    }
    let error = ask(&desk, &[&plain()]).await.expect_err("an open circuit");
    assert!(error.retry_after.is_some_and(|wait| wait > Duration::from_secs(50)), "{error}");
    assert!(desk.state().open_for.is_some() && desk.state().calls == 5);
}

fn host(translator: &reprint::config::Translator) -> String {
    let url = translator.url.as_ref().expect("a url");
    format!("{}:{}", url.host_str().expect("a host"), url.port().expect("a port"))
}

#[tokio::test]
async fn keys_go_nowhere_else() {
    let canary = Canary::start().await;
    let (_server, desk) = open(TranslatorKind::DeepL, Schedule::Always(Misbehaviour::Redirect(canary.port()))).await;
    let error = ask(&desk, &[&plain()]).await.expect_err("a redirect");
    assert!(error.trouble == Trouble::Account && error.message.contains("final address"), "{error}");
    canary.assert_untouched().await;

    for kind in [TranslatorKind::LibreTranslate, TranslatorKind::DeepL, TranslatorKind::OpenAi] {
        let server = EngineServer::start(kind).await;
        let mut translator = server.translator("mill");
        translator.key = Some(Secret::new("another-key"));
        let desk = Desk::from_config(&translator).expect("a desk");
        let error = ask(&desk, &[&plain()]).await.expect_err("a wrong key");
        assert_eq!((error.trouble, error.spent), (Trouble::Account, 0), "{kind:?}: {error}");
        assert!(!format!("{error:?} {desk:?}").contains("another-key"), "{kind:?}");
    }
}

#[tokio::test]
async fn a_server_without_schemas_is_told_of_by_its_configuration() {
    let server = EngineServer::start(TranslatorKind::OpenAi).await;
    server.knows_no_schemas();
    let mut translator = server.translator("mill");
    let error = ask(&Desk::from_config(&translator).expect("a desk"), &[&plain()]).await.expect_err("schemas are refused");
    assert!(error.trouble == Trouble::Account && error.message.contains("output = \"json_object\""), "{error}");
    translator.output = StructuredOutput::JsonObject;
    let answer = ask(&Desk::from_config(&translator).expect("a desk"), &[&rich(), &plain()]).await.expect("an answer");
    assert!(answer.segments.iter().all(Result::is_ok), "{answer:?}");
}

#[tokio::test]
async fn texts_belong_to_segments_by_their_order_or_id() {
    let (rich, plain) = (rich(), plain());
    for kind in [TranslatorKind::LibreTranslate, TranslatorKind::DeepL, TranslatorKind::OpenAi] {
        let (_server, desk) = open(kind, Schedule::Always(Misbehaviour::WrongOrder)).await;
        let answer = ask(&desk, &[&rich, &plain]).await.expect("an answer");
        let found: Vec<Vec<Piece>> = answer.segments.into_iter().map(|pieces| skeleton(&pieces.expect("sound markup"))).collect();
        assert_eq!(found, [vec![], skeleton(&rich.pieces)], "{kind:?}: the tags show it");
    }
}

#[tokio::test]
async fn the_next_in_the_chain_is_asked_when_one_cannot() {
    let first = EngineServer::start(TranslatorKind::DeepL).await;
    first.behave(Schedule::Always(Misbehaviour::QuotaUsedUp));
    let second = EngineServer::start(TranslatorKind::LibreTranslate).await;
    let mut translator = first.translator("first");
    translator.fallback = Some("second".to_owned());
    let desks = Desks::from_config(&[translator, second.translator("second")]).expect("desks");
    let chain = desks.chain("first");
    let ready = || chain.ready("en", "es").map(|desk| desk.maker().translator.clone()).collect::<Vec<_>>();
    assert_eq!(ready(), ["first", "second"]);
    assert_eq!(ask(&chain.desks()[0], &[&plain()]).await.expect_err("no quota").trouble, Trouble::Quota);
    assert_eq!(ready(), ["second"]);
    ask(chain.ready("en", "es").next().expect("a desk"), &[&plain()]).await.expect("an answer");
    assert_eq!((first.billed(), first.calls().len(), second.calls().len()), (0, 1, 1));
}

#[tokio::test]
async fn the_real_apertium_translates_and_keeps_tags() {
    let apertium = Apertium::start().await;
    let server = EngineServer::start(TranslatorKind::Apertium).await;
    let mut translator = server.translator("apertium");
    (translator.url, translator.timeout) = (Some(apertium.url().clone()), Duration::from_secs(20));
    let desk = Desk::from_config(&translator).expect("a desk");

    let pairs = desk.pairs().await.expect("a list").expect("a list");
    let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    assert!(pairs.contains(&pair("es", "ca")) && pairs.contains(&pair("en", "es")), "{pairs:?}");

    let one = async |from: &str, to: &str, segment: &Segment| -> Vec<Piece> {
        let mut answer = desk.translate(Job { from, to, segments: &[segment], terms: &[] }).await.expect("an answer");
        answer.segments.remove(0).expect("sound markup")
    };
    let spanish = segment(&[
        text("El "),
        Piece::Open(1),
        text("viejo puente"),
        Piece::Close(1),
        text(" se cerró el lunes."),
        Piece::Point(2),
        text(" Costó 3.500 euros & <nada> más."),
    ]);
    let catalan = one("es", "ca", &spanish).await;
    assert_eq!(skeleton(&catalan), skeleton(&spanish.pieces));
    let found = words(&catalan);
    assert!(found.contains("vell pont") && found.contains("dilluns") && found.contains("3.500 euros & <"), "{found}");

    let rich = rich();
    let spanish = one("en", "es", &rich).await;
    assert_eq!(skeleton(&spanish), skeleton(&rich.pieces), "{spanish:?}");
    let found = words(&spanish);
    assert!(found.contains("puente") && found.contains("4,250") && found.contains('&') && !found.contains("  "), "{found}");

    // Longer than the buffers of its pipes, in three ways to be cut.
    let long = segment(
        &(1..=200)
            .flat_map(|number| {
                [Piece::Open(number), text("La ciudad"), Piece::Close(number), text(" publicó 1.234 páginas sobre el agua.")]
            })
            .collect::<Vec<_>>(),
    );
    let catalan = one("es", "ca", &long).await;
    assert_eq!(skeleton(&catalan), skeleton(&long.pieces));
    assert_eq!(words(&catalan).matches("1.234 pàgines").count(), 200);

    let error = desk.translate(Job { from: "es", to: "eu", segments: &[&long], terms: &[] }).await.expect_err("not installed");
    assert_eq!((error.trouble, error.spent), (Trouble::Pair, 0), "{error}");
}
