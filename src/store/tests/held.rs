//! Held articles judged anew.

use super::*;

fn held(article: &AttributedArticle, code: &'static str) -> Verdict {
    Verdict::Held { article: Box::new(article.article.clone()), code, reason: "somebody has to look".to_owned() }
}

#[tokio::test]
async fn what_is_released_keeps_its_identity_and_what_is_withdrawn_stays() {
    let place = Place::new();
    let store = place.open().await;
    let (one, two, three) = (short("ledger", "1"), short("ledger", "2"), short("ledger", "3"));
    let verdicts = [held(&one, "no_address"), held(&two, "unclear_origin"), ready(&three)];
    store.record(&state("ledger"), &verdicts, at(10)).await.unwrap();
    let outlets = ["ledger".to_owned()];
    let mut keys = store.held_keys(&outlets, 10).await.unwrap();
    keys.sort();
    let mut expected = vec![key(&one), key(&two)];
    expected.sort();
    assert_eq!(keys, expected);
    assert_eq!(store.held_keys(&outlets, 1).await.unwrap().len(), 1);
    assert!(store.held_keys(&["harbour".to_owned()], 10).await.unwrap().is_empty());
    assert!(store.held_record(&key(&three)).await.unwrap().is_none());

    let record = store.held_record(&key(&one)).await.unwrap().expect("it is held");
    assert_eq!(
        (record.code.as_str(), &record.article.title, record.article.outlet.as_str()),
        ("no_address", &one.article.title, "ledger")
    );
    let change = store.record_held(&key(&one), &ready(&one), at(90)).await.unwrap();
    assert_eq!((change.new, change.held), (vec![key(&one)], 0));
    let released = stored(&store, &one).await;
    assert_eq!((released.identity.first_seen, released.identity.revision), (at(10), 1));
    // Once.
    assert_eq!(store.record_held(&key(&one), &ready(&one), at(91)).await.unwrap(), Change::default());
    // Of another article than was asked about, nothing changes.
    assert_eq!(store.record_held(&key(&one), &ready(&two), at(91)).await.unwrap(), Change::default());
    assert_eq!(store.held_keys(&outlets, 10).await.unwrap(), [key(&two)]);

    let change = store.record_held(&key(&two), &held(&two, "uncertain_origin"), at(92)).await.unwrap();
    assert!(!change.is_visible());
    assert_eq!(store.held().await.unwrap()[0].code, "uncertain_origin");

    store.take_back("ledger", &key(&one), "asked for", at(93)).await.unwrap();
    assert_eq!(store.held_keys(&outlets, 10).await.unwrap(), [key(&two)]);
    assert_eq!(store.record_held(&key(&one), &ready(&one), at(94)).await.unwrap(), Change::default());
}
