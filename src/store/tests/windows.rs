//! Which articles a feed shows, in which order, and that it costs the same however much is stored.

use proptest::prelude::*;
use sqlx::{AssertSqlSafe, Row};

use super::*;

fn dated(outlet: &str, source_key: &str, published: Option<i64>) -> AttributedArticle {
    let mut article = short(outlet, source_key);
    article.article.published = published.map(stamp);
    article
}

async fn shown(store: &Store, outlets: &[&str], size: usize, since: i64, ceiling: usize) -> Vec<String> {
    let outlets: Vec<String> = outlets.iter().map(|outlet| (*outlet).to_owned()).collect();
    let articles = store.window(&Window { outlets: &outlets, size, since: at(since), ceiling }).await.unwrap();
    articles
        .iter()
        .map(|article| format!("{}/{}", article.attributed.article.outlet, article.attributed.article.source_key))
        .collect()
}

#[tokio::test]
async fn newest_first_and_what_was_seen_lately() {
    let place = Place::new();
    let store = place.open().await;
    record(&store, &[ready(&dated("a", "1", Some(1))), ready(&dated("a", "2", Some(2))), ready(&dated("a", "5", Some(5)))], 10)
        .await;
    record(&store, &[ready(&dated("b", "3", Some(3))), ready(&dated("b", "4", Some(4))), held(&dated("b", "held", Some(9)))], 10)
        .await;
    let check = async |outlets: &[&str], size, since, ceiling, expected: &[&str]| {
        assert_eq!(shown(&store, outlets, size, since, ceiling).await, expected, "{outlets:?} {size} {since} {ceiling}");
    };
    check(&["a", "b"], 10, 11, 10, &["a/5", "b/4", "b/3", "a/2", "a/1"]).await;
    check(&["a", "b"], 2, 11, 10, &["a/5", "b/4"]).await;
    check(&["a"], 2, 11, 10, &["a/5", "a/2"]).await;
    check(&["a", "a", "nobody"], 10, 11, 10, &["a/5", "a/2", "a/1"]).await;
    // Everything was first seen since then, but at the first poll of each.
    check(&["a", "b"], 2, 10, 10, &["a/5", "b/4"]).await;
    check(&["a", "b"], 10, 11, 3, &["a/5", "b/4", "b/3"]).await;
    check(&["a", "b"], 10, 11, 0, &[]).await;
    check(&["a", "b"], 0, 11, 10, &[]).await;
    check(&[], 10, 10, 10, &[]).await;
    // An old article that came today is there, the newest by date are too.
    record(&store, &[ready(&dated("b", "old", Some(-9000)))], 20).await;
    check(&["a", "b"], 2, 15, 10, &["a/5", "b/4", "b/old"]).await;
    check(&["a", "b"], 2, 10, 10, &["a/5", "b/4", "b/old"]).await;
    check(&["a", "b"], 2, 21, 10, &["a/5", "b/4"]).await;
    record(&store, &[ready(&dated("a", "2", Some(2))), ready(&dated("a", "older", Some(-9001)))], 30).await;
    check(&["a", "b"], 2, 15, 10, &["a/5", "b/4", "b/old", "a/older"]).await;
    check(&["a", "b"], 2, 15, 3, &["a/5", "b/4", "a/older"]).await;
}

#[tokio::test]
async fn dates_that_are_the_same_are_ordered_by_key() {
    let place = Place::new();
    let store = place.open().await;
    let articles: Vec<_> = (0..20).map(|number| dated("a", &number.to_string(), Some(0))).collect();
    let verdicts: Vec<_> = articles.iter().map(ready).collect();
    record(&store, &verdicts, 10).await;
    let mut expected: Vec<_> =
        articles.iter().map(|article| (key(article), format!("a/{}", article.article.source_key))).collect();
    expected.sort();
    let expected: Vec<_> = expected.into_iter().map(|(_, name)| name).collect();
    assert_eq!(shown(&store, &["a"], 20, 99, 20).await, expected);
    assert_eq!(shown(&store, &["a"], 7, 99, 20).await, expected[..7]);
    // A date in the future, or none, counts as first seen.
    record(&store, &[ready(&dated("a", "future", Some(999))), ready(&dated("a", "none", None))], 11).await;
    assert_eq!(shown(&store, &["a"], 2, 99, 20).await.len(), 2);
    assert!(shown(&store, &["a"], 2, 99, 20).await.iter().all(|name| name == "a/future" || name == "a/none"));
}

/// What a window is, without an index: the newest by date, then what was first seen since and after the outlet's first poll, last first,
/// until the ceiling.
fn expected(articles: &[(AttributedArticle, i64)], outlets: &[String], size: usize, since: i64, ceiling: usize) -> Vec<String> {
    let mut all: Vec<_> = articles
        .iter()
        .filter(|(article, _)| outlets.contains(&article.article.outlet))
        .map(|(article, seen)| {
            let date = article.article.published.map_or(at(*seen), |published| published.at.min(at(*seen)));
            let first =
                articles.iter().filter(|(other, _)| other.article.outlet == article.article.outlet).map(|(_, seen)| *seen).min();
            (std::cmp::Reverse(date), key(article), std::cmp::Reverse(at(*seen)), Some(*seen) > first)
        })
        .collect();
    all.sort();
    let rest = all.split_off(size.min(ceiling).min(all.len()));
    let mut recent: Vec<_> = rest.into_iter().filter(|(_, _, seen, later)| *later && seen.0 >= at(since)).collect();
    recent.sort_by(|a, b| (a.2, a.0, &a.1).cmp(&(b.2, b.0, &b.1)));
    recent.truncate(ceiling - all.len());
    all.extend(recent);
    all.sort();
    all.into_iter().map(|(_, key, _, _)| key).collect()
}

#[test]
fn merging_outlets_is_sorting_them() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let article = (0..6_usize, proptest::option::weighted(0.9, -20..20_i64), 0..4_i64);
    let windows = proptest::collection::vec((0_u8..64, 0..30_usize, -1..5_i64, 0..40_usize), 30);
    proptest!(ProptestConfig::with_cases(12), |(rows in proptest::collection::vec(article, 0..120), windows in windows)| {
        runtime.block_on(async {
            let place = Place::new();
            let store = place.open().await;
            let mut articles = Vec::new();
            for minute in 0..4 {
                let seen: Vec<_> = rows
                    .iter()
                    .enumerate()
                    .filter(|(_, (_, _, seen))| *seen == minute)
                    .map(|(number, (outlet, published, seen))| {
                        // Most articles are of the first outlets, so that some are read deeper than others.
                        (dated(&format!("o{}", outlet * outlet / 6), &number.to_string(), *published), *seen)
                    })
                    .collect();
                let verdicts: Vec<_> = seen.iter().map(|(article, _)| ready(article)).collect();
                store.record(&state("o"), &verdicts, at(minute)).await.unwrap();
                articles.extend(seen);
            }
            for (set, size, since, ceiling) in windows {
                let outlets: Vec<String> = (0..6).filter(|bit| set & (1 << bit) != 0).map(|bit| format!("o{bit}")).collect();
                let window = Window { outlets: &outlets, size, since: at(since), ceiling };
                let shown: Vec<_> = store.window(&window).await.unwrap().into_iter().map(|article| article.identity.key).collect();
                assert_eq!(shown, expected(&articles, &outlets, size, since, ceiling), "{outlets:?} {size} {since} {ceiling}");
            }
        });
    });
}

pub(super) async fn plan(store: &Store, statement: &'static str) -> Vec<String> {
    let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}")))
        .bind("[]")
        .bind(1)
        .bind(1)
        .bind(1)
        .fetch_all(store.shared.writer.as_ref().unwrap())
        .await
        .unwrap();
    rows.iter().map(|row| row.get("detail")).collect()
}

/// Every step is a look-up in an index, and nothing is sorted but the few rows taken from each outlet.
#[tokio::test]
async fn plans_do_not_depend_on_how_much_is_stored() {
    let place = Place::new();
    let store = place.open().await;
    for analysed in [false, true] {
        for (statement, index) in [
            (sql::NEWEST, "SEARCH newest USING COVERING INDEX article_by_date (outlet=?)"),
            (sql::RECENT, "SEARCH recent USING COVERING INDEX article_by_first_seen (outlet=? AND first_seen>?)"),
        ] {
            let plan = plan(&store, statement).await;
            assert!(plan.iter().any(|step| step == index), "{plan:#?}");
            assert!(plan.iter().any(|step| step == "SEARCH article USING INTEGER PRIMARY KEY (rowid=?)"), "{plan:#?}");
            assert!(!plan.iter().any(|step| step.starts_with("SCAN article")), "{plan:#?}");
            let sorts: Vec<_> = plan.iter().filter(|step| step.contains("TEMP B-TREE")).collect();
            assert_eq!(sorts, <[&String; 0]>::default(), "{plan:#?}");
        }
        for (statement, step) in [
            (sql::MARKS, "SEARCH article_mark USING PRIMARY KEY (outlet=? AND mark=?)"),
            (sql::KEYS, "SEARCH article USING COVERING INDEX sqlite_autoindex_article_1 (key=?)"),
            (sql::KEYS, "SEARCH article_mark USING COVERING INDEX article_mark_of (article=?)"),
            (sql::KNOWN, "SEARCH article USING INTEGER PRIMARY KEY (rowid=?)"),
            (sql::KNOWN, "SEARCH article_mark USING COVERING INDEX article_mark_of (article=?)"),
            (sql::COMPARED, "SEARCH article USING INTEGER PRIMARY KEY (rowid=?)"),
            (sql::FORGET_CONTENT, "SEARCH article_mark USING COVERING INDEX article_mark_of (article=?)"),
            (sql::ARTICLES, "SEARCH article USING INTEGER PRIMARY KEY (rowid=?)"),
            (sql::ARTICLE, "SEARCH article USING INDEX sqlite_autoindex_article_1 (key=?)"),
            (sql::ARTICLE, "SEARCH story USING INDEX sqlite_autoindex_story_1 (key=?)"),
            (sql::STORY_MARKS, "SEARCH story_mark USING PRIMARY KEY (mark=?)"),
            (sql::STORY_MARKS, "SEARCH article USING INTEGER PRIMARY KEY (rowid=?)"),
            (sql::STORY_OUTLETS, "SEARCH way USING COVERING INDEX story_way_of (story=?)"),
            (sql::WAYS, "SEARCH way USING COVERING INDEX story_way_of (story=?)"),
            (sql::SORT_WAYS, "SEARCH way USING COVERING INDEX story_way_of (story=?)"),
            (sql::RECENT, "SEARCH other USING COVERING INDEX story_way_of (story=?)"),
            (sql::HELD, "SCAN article USING INDEX article_held"),
            (sql::COUNT_READY, "SCAN article USING COVERING INDEX article_by_date"),
        ] {
            let plan = plan(&store, statement).await;
            assert!(plan.iter().any(|found| found == step), "{statement}: {plan:#?}");
        }
        if !analysed {
            // Statistics that an admin's tool may leave in the file.
            let verdicts: Vec<_> = (0..500).map(|number| ready(&dated("a", &number.to_string(), Some(number)))).collect();
            store.record(&state("a"), &verdicts, at(0)).await.unwrap();
            sqlx::query("ANALYZE").execute(store.shared.writer.as_ref().unwrap()).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_window_of_many_outlets() {
    let place = Place::new();
    let store = place.open().await;
    let mut outlets = Vec::new();
    for number in 0..300_i64 {
        let name = format!("o{number}");
        store.record(&state(&name), &[ready(&dated(&name, "1", Some(number)))], at(1_000)).await.unwrap();
        outlets.push(name);
    }
    let outlets: Vec<&str> = outlets.iter().map(String::as_str).collect();
    assert_eq!(shown(&store, &outlets, 3, 2_000, 10).await, ["o299/1", "o298/1", "o297/1"]);
    assert_eq!(shown(&store, &outlets, 300, 2_000, 300).await.len(), 300);
}
