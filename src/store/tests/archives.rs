//! What a feed got in a span of time, and that it costs what is in the span.

use super::windows::plan;
use super::*;

async fn names(store: &Store, outlets: &[&str], from: i64, until: i64, most: usize) -> (Vec<String>, bool) {
    let outlets: Vec<String> = outlets.iter().map(|outlet| (*outlet).to_owned()).collect();
    let received = store.received(&outlets, at(from), at(until), most).await.unwrap();
    let articles = store.read_received(&received).await.unwrap();
    let mut names: Vec<String> = articles
        .iter()
        .map(|article| format!("{}/{}", article.attributed.article.outlet, article.attributed.article.source_key))
        .collect();
    names.sort();
    (names, received.is_cut)
}

#[tokio::test]
async fn a_span_holds_what_was_first_seen_in_it_whatever_its_date() {
    let place = Place::new();
    let store = place.open().await;
    record(&store, &[ready(&short("a", "1")), held(&short("a", "held"))], 10).await;
    record(&store, &[ready(&short("b", "1")), ready(&short("a", "1"))], 20).await;
    let mut old = short("a", "old");
    old.article.published = Some(stamp(-90_000));
    record(&store, &[ready(&old)], 30).await;
    let check = async |outlets: &[&str], from, until, most, expected: &[&str], is_cut| {
        let (names, cut) = names(&store, outlets, from, until, most).await;
        assert_eq!((names.iter().map(String::as_str).collect::<Vec<_>>(), cut), (expected.to_vec(), is_cut), "{from}..{until}");
    };
    check(&["a", "b"], 0, 99, 9, &["a/1", "a/old", "b/1"], false).await;
    check(&["a", "a", "nobody"], 0, 99, 9, &["a/1", "a/old"], false).await;
    check(&["a", "b"], 10, 20, 9, &["a/1"], false).await;
    check(&["a", "b"], 11, 21, 9, &["b/1"], false).await;
    check(&["a", "b"], 31, 99, 9, &[], false).await;
    check(&[], 0, 99, 9, &[], false).await;
    check(&["a"], 0, 99, 2, &["a/1", "a/old"], false).await;
    assert!(names(&store, &["a", "b"], 0, 99, 2).await.1);

    let moments = async |outlets: &[&str], minute| {
        let outlets: Vec<String> = outlets.iter().map(|outlet| (*outlet).to_owned()).collect();
        let (before, since) =
            (store.received_before(&outlets, at(minute)).await, store.received_since(&outlets, at(minute)).await);
        (before.unwrap(), since.unwrap())
    };
    assert_eq!(moments(&["a", "b"], 20).await, (Some(at(10)), Some(at(20))));
    assert_eq!(moments(&["a"], 20).await, (Some(at(10)), Some(at(30))));
    assert_eq!(moments(&["a", "b"], 10).await, (None, Some(at(10))));
    assert_eq!(moments(&["a", "b"], 31).await, (Some(at(30)), None));
    assert_eq!(moments(&["nobody"], 31).await, (None, None));
}

#[tokio::test]
async fn plans_of_the_archive_do_not_depend_on_how_much_is_stored() {
    let place = Place::new();
    let store = place.open().await;
    for analysed in [false, true] {
        for (statement, step) in [
            (
                sql::RECEIVED,
                "SEARCH given USING COVERING INDEX article_by_first_seen (outlet=? AND first_seen>? AND first_seen<?)",
            ),
            (sql::RECEIVED, "SEARCH other USING COVERING INDEX story_way_of (story=?)"),
            (sql::RECEIVED_BEFORE, "SEARCH given USING COVERING INDEX article_by_first_seen (outlet=? AND first_seen<?)"),
            (sql::RECEIVED_SINCE, "SEARCH given USING COVERING INDEX article_by_first_seen (outlet=? AND first_seen>?)"),
        ] {
            let plan = plan(&store, statement).await;
            assert!(plan.iter().any(|found| found == step), "{statement}: {plan:#?}");
            assert!(!plan.iter().any(|found| found.starts_with("SCAN article") || found.contains("TEMP B-TREE")), "{plan:#?}");
        }
        if !analysed {
            let articles: Vec<_> = (0..500).map(|number| short("a", &number.to_string())).collect();
            let verdicts: Vec<_> = articles.iter().map(ready).collect();
            store.record(&state("a"), &verdicts, at(0)).await.unwrap();
            sqlx::query("ANALYZE").execute(store.shared.writer.as_ref().unwrap()).await.unwrap();
        }
    }
}
