//! Translations: identity, versions, the memory, and budgets that hold.

use std::collections::BTreeSet;

use super::super::{Account, Digest, Form, Remembered, Wanted};
use super::*;

const WANTED: Wanted<'static> = Wanted { source: "00112233445566778899", language: "zh-Hant", form: Form::Alone };

fn titled(title: &str) -> AttributedArticle {
    let mut article = short("a", "1");
    article.article.title = title.to_owned();
    article
}

fn text(markup: &str) -> Remembered {
    Remembered { markup: markup.to_owned(), maker: "Weaver 2".to_owned() }
}

#[test]
fn a_translation_has_an_id_of_its_own_for_ever() {
    let keys: BTreeSet<String> = [
        WANTED,
        Wanted { language: "zh-Hant-TW", ..WANTED },
        Wanted { form: Form::Title, ..WANTED },
        Wanted { form: Form::Paragraphs, ..WANTED },
        Wanted { source: "00112233445566778890", ..WANTED },
    ]
    .iter()
    .map(Wanted::key)
    .collect();
    assert_eq!(keys.len(), 5);
    assert!(keys.iter().all(|key| key.len() == 20));
    assert_eq!(
        WANTED.key(),
        "13399a6a7bf2375c02c6",
        "the bytes are fixed: another key for the same translation is another article"
    );
}

#[tokio::test]
async fn versions_and_tries() {
    let place = Place::new();
    let store = &place.open().await;
    let now = at(10);
    let source = titled("渡轮");
    let version = Digest::of(&source);
    let row = async || store.translations(&[WANTED.source], "zh-Hant", Form::Alone).await.unwrap().remove(WANTED.source);
    assert!(row().await.is_none());

    store.postpone_translation(WANTED, &version, 1, "the engine sleeps", at(20), now).await.unwrap();
    let waiting = row().await.unwrap();
    assert!(waiting.translated.is_none() && waiting.waits(&version, at(19)) && !waiting.waits(&version, at(20)));
    assert_eq!((waiting.tries_of(&version), waiting.identity.key), (1, WANTED.key()));
    let problems = store.untranslated(9).await.unwrap();
    assert_eq!((problems.len(), problems[0].problem.as_str(), problems[0].since), (1, "the engine sleeps", now));

    let translated = titled("渡輪");
    store.record_translation(WANTED, &version, &translated, at(20)).await.unwrap();
    let first = row().await.unwrap();
    assert!(first.is_of(&version) && !first.is_outdated(&version));
    assert_eq!((first.identity.revision, first.identity.changed), (1, at(20)));
    assert_eq!(store.untranslated(9).await.unwrap(), []);

    // The same once more is no change; another version is.
    store.record_translation(WANTED, &version, &translated, at(25)).await.unwrap();
    assert_eq!(row().await.unwrap().identity, first.identity);
    let edited = titled("渡轮!");
    let later = Digest::of(&edited);
    assert!(row().await.unwrap().is_outdated(&later));
    store.record_translation(WANTED, &later, &titled("渡輪!"), at(30)).await.unwrap();
    let second = row().await.unwrap();
    assert_eq!((second.identity.revision, second.identity.changed, &second.identity.id), (2, at(30), &first.identity.id));
    let by_key = store.translation(&WANTED.key()).await.unwrap().unwrap();
    assert_eq!(by_key.translated.unwrap().article.title, "渡輪!");
    let editions = store.editions(&[WANTED.source]).await.unwrap();
    assert_eq!(editions[WANTED.source][0].title, "渡輪!");

    store.translate_again(&[WANTED.source], None).await.unwrap();
    let again = row().await.unwrap();
    assert!(!again.is_of(&later) && !again.is_outdated(&later) && again.translated.is_some());
    assert_eq!(store.translate_again(&[WANTED.source], Some("ja")).await.unwrap(), 0);
}

#[tokio::test]
async fn the_memory_keeps_what_was_paid_for() {
    let place = Place::new();
    let store = place.open().await;
    store.remember(&[([1; 32], text("uno")), ([2; 32], text("dos"))], at(1)).await.unwrap();
    let found = store.remembered(&[[2; 32], [3; 32], [255; 32]]).await.unwrap();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [([2; 32], text("dos"))]);
}

fn account(feed: &'static str) -> Account<'static> {
    Account { translator: "weaver", budget: Some(100), feed, feed_budget: Some(60), unit: "characters" }
}

#[tokio::test]
async fn budgets_hold_to_the_character() {
    let place = Place::new();
    let store = &place.open().await;
    let first = store.reserve(&account("one"), 60, at(1)).await.unwrap().unwrap();
    let refused = store.reserve(&account("one"), 1, at(1)).await.unwrap().unwrap_err();
    assert_eq!((refused.whose, refused.id.as_str(), refused.left, refused.budget), ("feed", "one", 0, 60));
    let refused = store.reserve(&account("two"), 41, at(1)).await.unwrap().unwrap_err();
    assert_eq!((refused.whose, refused.left), ("translator", 40));
    // It came cheaper: the rest can be spent.
    store.settle(first, 50, &[([7; 32], text("siete"))], at(2)).await.unwrap();
    assert_eq!(store.remembered(&[[7; 32]]).await.unwrap().len(), 1);
    // Not settled, as after a crash: it counts as spent.
    drop(store.reserve(&account("one"), 10, at(2)).await.unwrap().unwrap());
    assert!(store.reserve(&account("one"), 1, at(2)).await.unwrap().is_err());
    drop(store.reserve(&account("two"), 40, at(2)).await.unwrap().unwrap());
    assert!(store.reserve(&account("two"), 1, at(2)).await.unwrap().is_err());
    let ledger = store.spending(at(2)).await.unwrap();
    let figures: Vec<_> = ledger.iter().map(|row| (row.feed.as_str(), row.spent, row.reserved, row.calls)).collect();
    assert_eq!(figures, [("one", 50, 10, 2), ("two", 0, 40, 1)]);
    // Another day, another budget.
    assert!(store.reserve(&account("two"), 60, at(2) + chrono::TimeDelta::days(1)).await.unwrap().is_ok());
}

#[tokio::test]
async fn calls_at_once_share_one_budget() {
    let place = Place::new();
    let store = place.open().await;
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let store = store.clone();
        calls.spawn(
            async move { store.reserve(&Account { feed_budget: None, ..account("one") }, 7, at(1)).await.unwrap().is_ok() },
        );
    }
    let granted = calls.join_all().await.into_iter().filter(|granted| *granted).count();
    assert_eq!(granted, 14, "14 of 7 are 98 of 100");
}
