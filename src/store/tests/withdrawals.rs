//! Withdrawn stories stay withdrawn, whoever brings them; outlets withdraw their own.

use super::stories::Copy;
use super::*;
use crate::model::{Deletion, WithdrawnBy};

/// One story at two outlets, under addresses, guids and titles of their own.
fn copies() -> [Copy; 2] {
    ["ayr", "bay"].map(|outlet| Copy::of(outlet, 1).minute(1))
}

#[tokio::test]
async fn what_the_site_withdraws_no_outlet_brings_back() {
    let place = Place::new();
    let store = place.open().await;
    let [ayr, bay] = copies();
    let other = Copy::of("bay", 7).minute(2);
    ayr.arrive(&store, 10).await;
    let withdrawal = store.withdraw(&ayr.key(), WithdrawnBy::Site, "wrong", at(20)).await.unwrap().unwrap();
    assert_eq!((withdrawal.by, withdrawal.reason.as_str(), withdrawal.at), (WithdrawnBy::Site, "wrong", at(20)));
    assert!(store.article(&ayr.key()).await.unwrap().is_none());
    let acts = store.acts_since(0).await.unwrap();
    assert_eq!((acts.outlets, acts.keys), (["ayr".to_owned()].into(), [ayr.key()].into()));
    assert_eq!(store.acts_since(acts.last).await.unwrap().outlets.len(), 0);

    // With a restart between; and what only looks a little like it comes in.
    store.close().await;
    let store = place.open().await;
    for minute in [30, 31] {
        let change = bay.clone().arrive(&store, minute).await;
        assert_eq!((change.is_visible(), change.held), (false, 1), "{minute}");
    }
    let text = ayr.article().article.body.as_str().replace("<p>", "").replace("</p>", "");
    let renamed = Copy::of("cape", 9).text(text).minute(3).titled("another headline");
    assert_eq!(renamed.arrive(&store, 32).await.held, 1);
    assert_eq!(other.arrive(&store, 33).await.new, [other.key()]);
    assert_eq!(store.withdrawals(Some(&["ayr".to_owned()]), 9).await.unwrap().len(), 1);
    assert_eq!(store.withdrawals(Some(&["bay".to_owned()]), 9).await.unwrap(), []);

    assert!(store.restore_withdrawn(&ayr.key(), "right after all", at(40)).await.unwrap());
    assert!(!store.restore_withdrawn(&ayr.key(), "twice", at(41)).await.unwrap());
    let article = store.article(&ayr.key()).await.unwrap().unwrap();
    assert_eq!((article.identity.revision, article.identity.changed), (2, at(40)));
    assert!(article.updated() > withdrawal.at, "newer than its tombstone");
    assert_eq!(store.withdrawal(&ayr.key()).await.unwrap(), None);
    assert_eq!(bay.arrive(&store, 50).await.joined, [ayr.key()]);
}

#[tokio::test]
async fn a_story_of_several_ways_goes_and_comes_back_whole() {
    let place = Place::new();
    let store = place.open().await;
    let [ayr, bay] = copies();
    ayr.arrive(&store, 10).await;
    assert_eq!(bay.arrive(&store, 11).await.joined, [ayr.key()]);
    // By the key of either.
    let withdrawal = store.withdraw(&bay.key(), WithdrawnBy::Legal, "court", at(20)).await.unwrap().unwrap();
    assert_eq!((withdrawal.key, withdrawal.outlets.len()), (ayr.key(), 2));
    let outlets = ["ayr".to_owned(), "bay".to_owned()];
    assert!(store.newest(&outlets, 0, 9).await.unwrap().is_empty());
    assert!(store.restore_withdrawn(&ayr.key(), "x", at(30)).await.unwrap());
    let back = store.newest(&outlets, 0, 9).await.unwrap();
    assert_eq!(back.iter().map(|article| article.identity.key.clone()).collect::<Vec<_>>(), [ayr.key()]);
    assert_eq!(back[0].identity.changed, at(30));
}

#[tokio::test]
async fn tombstones_are_good_for_the_feed_they_come_in() {
    let place = Place::new();
    let store = place.open().await;
    let ayr = Copy::of("ayr", 1).minute(1);
    ayr.arrive(&store, 10).await;
    let article = ayr.article();
    let guid = article.article.marks.guid.clone().unwrap();
    let check = async |outlet: &str, feed: &str, guid: &str, minute: i64, expected: usize| {
        let state = PollState::new(outlet, url(feed), at(60));
        let deletion = Deletion { guid: guid.to_owned(), at: at(minute) };
        let change = store.record_poll(&state, &[], &[], &[deletion], at(60)).await.unwrap();
        assert_eq!(change.changed.len(), expected, "{outlet} {feed} {guid} {minute}");
    };
    let feed = article.article.feed_url.as_str();
    check("bay", feed, &guid, 5, 0).await;
    check("ayr", "https://ayr.example.com/another.atom", &guid, 5, 0).await;
    check("ayr", feed, "urn:another", 5, 0).await;
    check("ayr", feed, &guid, -5, 0).await;
    assert!(store.article(&ayr.key()).await.unwrap().is_some());
    check("ayr", feed, &guid, 5, 1).await;
    assert!(store.article(&ayr.key()).await.unwrap().is_none());
    assert_eq!(store.withdrawal(&ayr.key()).await.unwrap().map(|withdrawal| withdrawal.by), Some(WithdrawnBy::Outlet));
    check("ayr", feed, &guid, 6, 0).await;
    // Declared deleted in the document it comes in: nobody has seen it, so nobody is told.
    let unseen = Copy::of("ayr", 2).minute(1);
    let state = PollState::new("ayr", url(feed), at(70));
    let deletion = Deletion { guid: unseen.article().article.marks.guid.clone().unwrap(), at: at(5) };
    let change = store.record_poll(&state, &[ready(&unseen.article())], &[], &[deletion], at(70)).await.unwrap();
    assert_eq!((change.is_visible(), change.held), (false, 1));
    assert_eq!(store.withdrawals(None, 9).await.unwrap().len(), 1);
    assert!(!unseen.arrive(&store, 80).await.is_visible());
}

#[tokio::test]
async fn articles_are_found_by_address_and_guid() {
    let place = Place::new();
    let store = place.open().await;
    let ayr = Copy::of("ayr", 1).minute(1);
    ayr.arrive(&store, 10).await;
    let check = async |mark: &str, expected: usize| {
        assert_eq!(store.addressed(mark, mark).await.unwrap().len(), expected, "{mark}");
    };
    check("//ayr.example.com/1", 1).await;
    check("1", 1).await;
    check("//ayr.example.com/2", 0).await;
}
