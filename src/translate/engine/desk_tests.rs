use std::collections::VecDeque;
use std::sync::Arc;

use url::Url;

use super::super::Desks;
use super::*;
use crate::translate::{Piece, Role};

/// A translator that says nothing but its id and where it is.
pub(in super::super) fn translator(id: &str, url: Option<Url>) -> Translator {
    Translator {
        id: id.to_owned(),
        kind: TranslatorKind::LibreTranslate,
        url,
        key: None,
        model: None,
        output: crate::config::StructuredOutput::JsonSchema,
        glossary: None,
        budget: None,
        rate: None,
        concurrency: 2,
        timeout: Duration::from_secs(60),
        fallback: None,
    }
}

/// What a scripted engine does with one call.
#[derive(Debug, Clone)]
enum Turn {
    Answer { texts: usize, spent: u64 },
    Fail(Trouble, Option<Duration>, u64),
    Hang,
}

const FINE: Turn = Turn::Answer { texts: 1, spent: 7 };

/// An engine that does as it is told, call by call; then it answers. It counts how many ask at once.
#[derive(Debug)]
struct Scripted {
    maker: Maker,
    turns: Mutex<VecDeque<Turn>>,
    /// Now, and at most.
    at_once: Arc<Mutex<(usize, usize)>>,
    slowly: Duration,
}

impl Engine for Scripted {
    fn maker(&self) -> &Maker {
        &self.maker
    }

    fn unit(&self) -> Unit {
        Unit::Characters
    }

    fn translates(&self, from: &str, to: &str) -> bool {
        from != to
    }

    fn fits(&self, _segments: &[&Segment]) -> usize {
        0
    }

    fn cost(&self, _job: &Job<'_>) -> u64 {
        10
    }

    fn translate<'a>(&'a self, _job: Job<'a>) -> Calling<'a> {
        Box::pin(async move {
            let turn = self.turns.lock().expect("turns").pop_front().unwrap_or(FINE);
            {
                let mut at_once = self.at_once.lock().expect("count");
                at_once.0 += 1;
                at_once.1 = at_once.1.max(at_once.0);
            }
            if !self.slowly.is_zero() {
                tokio::time::sleep(self.slowly).await;
            }
            self.at_once.lock().expect("count").0 -= 1;
            match turn {
                Turn::Answer { texts, spent } => Ok(Answer { segments: vec![Ok(Vec::new()); texts], spent }),
                Turn::Fail(trouble, retry_after, spent) => {
                    Err(EngineError { trouble, message: "no luck today".to_owned(), retry_after, spent })
                }
                Turn::Hang => std::future::pending().await,
            }
        })
    }
}

fn manner() -> Manner {
    Manner { rate: None, concurrency: 4, timeout: Duration::from_millis(50), probe_every: Duration::from_secs(60) }
}

fn scripted(id: &str, manner: Manner, turns: &[Turn]) -> Desk {
    let maker = Maker { translator: id.to_owned(), name: "Scripted".to_owned(), version: "1".to_owned() };
    let turns = Mutex::new(turns.iter().cloned().collect());
    Desk::new(Box::new(Scripted { maker, turns, at_once: Arc::default(), slowly: Duration::ZERO }), manner)
}

async fn call(desk: &Desk) -> Result<Answer, EngineError> {
    let segment = Segment { role: Role::Text, pieces: vec![Piece::Text("a".to_owned())] };
    desk.translate(Job { from: "en", to: "fr", segments: &[&segment], terms: &[] }).await
}

#[tokio::test]
async fn calls_and_what_they_cost_are_counted() {
    let turns = [
        FINE,
        Turn::Fail(Trouble::Temporary, None, 10),
        Turn::Answer { texts: 2, spent: 3 },
        Turn::Answer { texts: 1, spent: 1_000 },
        Turn::Hang,
    ];
    let desk = scripted("mill", manner(), &turns);
    assert_eq!(call(&desk).await.expect("an answer").spent, 7);
    assert_eq!(call(&desk).await.expect_err("a failure").message, "no luck today");
    let error = call(&desk).await.expect_err("two texts to one");
    assert_eq!((error.trouble, error.spent), (Trouble::Nonsense, 3), "{error}");
    assert_eq!(call(&desk).await.expect("an answer").spent, 10, "never more than the call can cost");
    let error = call(&desk).await.expect_err("a time-out");
    assert_eq!((error.trouble, error.spent), (Trouble::Temporary, 10), "the work may have been done");
    assert!(error.message.contains("“mill” does not come to an end within 0.05 s"), "{error}");
    let state = desk.state();
    assert_eq!((state.calls, state.failures, state.underway, state.spent, state.open_for), (5, 3, 0, 40, None));
    assert_eq!(state.last_error.map(|(_, error)| error), Some(error));
    assert_eq!(desk.fits(&[]), 1);
}

#[tokio::test]
async fn an_engine_that_fails_is_left_alone_and_probed() {
    let manner = Manner { probe_every: Duration::from_millis(80), ..manner() };
    let desk = scripted("mill", manner, &vec![Turn::Fail(Trouble::Temporary, None, 0); 6]);
    for _ in 0..5 {
        assert_eq!(call(&desk).await.expect_err("a failure").retry_after, None);
    }
    let error = call(&desk).await.expect_err("an open circuit");
    assert_eq!((error.trouble, error.spent, desk.state().calls), (Trouble::Temporary, 0, 5), "{error}");
    assert!(
        error.retry_after.is_some_and(|wait| wait <= manner.probe_every) && error.message.contains("no luck today"),
        "{error}"
    );
    tokio::time::sleep(manner.probe_every).await;
    assert_eq!(call(&desk).await.expect_err("the probe fails").message, "no luck today");
    assert!(call(&desk).await.is_err_and(|error| error.retry_after.is_some()));
    tokio::time::sleep(manner.probe_every).await;
    call(&desk).await.expect("the probe that closes the circuit");
    call(&desk).await.expect("an answer");
    assert_eq!((desk.state().open_for, desk.state().calls), (None, 8));
}

#[tokio::test]
async fn who_gives_up_leaves_no_trace() {
    let manner = Manner { timeout: Duration::from_secs(60), probe_every: Duration::from_millis(30), ..manner() };
    let desk = scripted("mill", manner, &[Turn::Fail(Trouble::Account, None, 0), Turn::Hang]);
    assert_eq!(call(&desk).await.expect_err("a failure").trouble, Trouble::Account);
    let error = call(&desk).await.expect_err("an open circuit");
    assert_eq!(error.trouble, Trouble::Account, "an admin is told what to look for");
    tokio::time::sleep(manner.probe_every).await;
    assert!(timeout(Duration::from_millis(20), call(&desk)).await.is_err(), "the probe hangs");
    assert_eq!(desk.state().underway, 0);
    call(&desk).await.expect("the next probe");
}

#[tokio::test]
async fn no_more_ask_at_once_than_may() {
    let at_once = Arc::new(Mutex::new((0, 0)));
    let maker = Maker { translator: "mill".to_owned(), name: "Scripted".to_owned(), version: "1".to_owned() };
    let engine = Scripted { maker, turns: Mutex::default(), at_once: at_once.clone(), slowly: Duration::from_millis(5) };
    let desk = Desk::new(Box::new(engine), Manner { concurrency: 3, ..manner() });
    let desk = Arc::new(desk);
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let desk = desk.clone();
        calls.spawn(async move { call(&desk).await.is_ok() });
    }
    assert_eq!(calls.join_all().await, [true; 20]);
    assert_eq!(at_once.lock().expect("count").1, 3);
}

#[tokio::test]
async fn an_imposed_wait_is_sat_out_if_it_is_short_and_told_if_it_is_long() {
    let short = Duration::from_millis(60);
    let turns =
        [Turn::Fail(Trouble::Temporary, Some(short), 0), FINE, Turn::Fail(Trouble::Temporary, Some(Duration::from_secs(600)), 0)];
    let desk = scripted("mill", manner(), &turns);
    let start = Instant::now();
    assert_eq!(call(&desk).await.expect_err("asked to wait").retry_after, Some(short));
    call(&desk).await.expect("an answer");
    assert!(start.elapsed() >= short);
    call(&desk).await.expect_err("asked to wait long");
    let error = call(&desk).await.expect_err("not asked");
    assert!(error.retry_after.is_some_and(|wait| wait > Duration::from_secs(590)), "{error}");
    assert!(error.message.contains("asked us to wait"), "{error}");
    assert_eq!((desk.state().calls, desk.state().open_for), (3, None));
}

#[tokio::test]
async fn chains_pass_over_who_cannot() {
    let mut desks = Desks::default();
    desks.add(scripted("first", manner(), &[Turn::Fail(Trouble::Quota, None, 0)]), Some("second".to_owned()));
    desks.add(scripted("second", manner(), &[Turn::Fail(Trouble::Pair, None, 0)]), Some("third".to_owned()));
    desks.add(scripted("third", manner(), &[]), Some("first".to_owned()));
    let ready = |chain: &super::super::Chain| -> Vec<String> {
        chain.ready("en", "fr").map(|desk| desk.maker().translator.clone()).collect()
    };
    let chain = desks.chain("first");
    assert_eq!(ready(&chain), ["first", "second", "third"], "a circle ends where it began");
    assert_eq!(ready(&desks.chain("third")), ["third", "first", "second"]);
    assert!(desks.chain("nobody").desks().is_empty());
    assert_eq!(desks.chain("nobody").wait("en", "fr"), None);
    for desk in chain.desks() {
        let _trouble = call(desk).await;
    }
    assert_eq!(ready(&chain), ["third"]);
    assert_eq!(chain.knowing("en", "fr").count(), 2, "who does not know the pair is not asked again");
    assert_eq!(chain.knowing("en", "de").count(), 3);
    assert_eq!(chain.wait("en", "fr"), Some(Duration::ZERO));
    assert_eq!((chain.wait("en", "en"), chain.ready("en", "en").count()), (None, 0));
    let error = call(&desks.chain("second").desks()[0]).await.expect_err("a pair it does not know");
    assert_eq!((error.trouble, desks.get("second").expect("a desk").state().calls), (Trouble::Pair, 1));
}

#[test]
fn translators_that_cannot_be_used_are_all_named() {
    let all =
        [translator("a", None), translator("b", Some("http://127.0.0.1:5000".parse().expect("url"))), translator("c", None)];
    let errors = Desks::from_config(&all).expect_err("two without url");
    assert!(errors.len() == 2 && errors[0].contains("“a”") && errors[1].contains("“c”"), "{errors:?}");
}
