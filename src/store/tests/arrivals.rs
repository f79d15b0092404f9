//! What came lately.

use super::*;
use crate::store::activity::ARRIVED;

/// Outlet, minute of first sight and lag in minutes of what came since a minute.
async fn came(store: &Store, outlets: &[&str], since: i64) -> Vec<(usize, i64, Option<i64>)> {
    let arrivals = store.arrivals(outlets, at(since)).await.unwrap();
    let minutes = |span: TimeDelta| span.num_minutes();
    arrivals.into_iter().map(|arrival| (arrival.outlet, minutes(arrival.at - at(0)), arrival.lag.map(minutes))).collect()
}

#[tokio::test]
async fn lags_are_those_of_articles_somebody_waited_for() {
    let place = Place::new();
    let store = place.open().await;
    record(&store, &[ready(&short("ledger", "a")), ready(&short("ledger", "b"))], 10).await;
    let mut undated = short("ledger", "undated");
    undated.article.published = None;
    let mut early = short("ledger", "early");
    early.article.published = Some(stamp(900));
    record(&store, &[ready(&short("ledger", "c")), ready(&undated), ready(&early), held(&short("ledger", "held"))], 40).await;
    record(&store, &[ready(&short("bell", "z"))], 50).await;
    let mut found = came(&store, &["bell", "nobody", "ledger"], 0).await;
    found.sort();
    let expected = [(0, 50, None), (2, 10, None), (2, 10, None), (2, 40, None), (2, 40, None), (2, 40, Some(40))];
    assert_eq!(found, expected);
    assert_eq!(came(&store, &["ledger"], 41).await, []);
    assert_eq!(came(&store, &[], 0).await, []);
}

#[tokio::test]
async fn no_article_is_read_for_a_chart() {
    let place = Place::new();
    let store = place.open().await;
    for analysed in [false, true] {
        let plan = super::windows::plan(&store, ARRIVED).await;
        let given = "SEARCH given USING COVERING INDEX article_by_first_seen (outlet=? AND first_seen>?)";
        let oldest = "SEARCH oldest USING COVERING INDEX article_by_first_seen (outlet=?)";
        assert!([given, oldest].iter().all(|step| plan.iter().any(|found| found == step)), "{analysed}: {plan:#?}");
        if !analysed {
            sqlx::query("ANALYZE").execute(store.writer().unwrap()).await.unwrap();
        }
    }
}
