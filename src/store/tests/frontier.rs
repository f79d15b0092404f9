//! The queue of pages: what is queued, when it is due, and what becomes of it.

use super::*;
use crate::model::{Fault, Problem};

/// The article as a feed of links has it: held until its page has been read.
fn waits(article: &AttributedArticle) -> Verdict {
    let mut article = article.article.clone();
    article.body = Html::default();
    Verdict::Held { article: Box::new(article), code: "awaiting_page", reason: "its page is to be read".to_owned() }
}

/// Records a poll whose articles all wait for their pages.
async fn follow(store: &Store, verdicts: &[Verdict], minute: i64) -> Change {
    let follow: Vec<&Article> = verdicts.iter().map(article).collect();
    store.record_following(&state("ledger"), verdicts, &follow, at(minute)).await.unwrap()
}

fn article(verdict: &Verdict) -> &Article {
    match verdict {
        Verdict::Ready(ready) => &ready.article,
        Verdict::Held { article, .. } => article,
    }
}

/// Keys due, in order.
async fn due(store: &Store, busy: &[&str], minute: i64) -> Vec<WaitingPage> {
    let busy: Vec<String> = busy.iter().map(|host| (*host).to_owned()).collect();
    store.pages_due(&["ledger".to_owned(), "harbour".to_owned()], &busy, 10, at(minute)).await.unwrap()
}

fn problem(minute: i64) -> Problem {
    Problem { code: "http_404".to_owned(), fault: Fault::Partner, message: "there is nothing".to_owned(), since: at(minute) }
}

#[tokio::test]
async fn a_page_is_queued_once_read_and_not_queued_again() {
    let place = Place::new();
    let store = place.open().await;
    let one = short("ledger", "1");
    let change = follow(&store, &[waits(&one)], 10).await;
    assert_eq!((change.queued, change.held, change.is_visible()), (1, 1, false));
    assert_eq!(follow(&store, &[waits(&one)], 11).await.queued, 0);

    let pages = due(&store, &[], 12).await;
    let [page] = pages.as_slice() else { panic!("{pages:?}") };
    assert_eq!((page.key.as_str(), page.outlet.as_str(), page.tries, page.read_before), (key(&one).as_str(), "ledger", 0, false));
    assert_eq!(page.address.as_str(), "https://ledger.example.com/1");
    assert_eq!((&page.article.title_raw, page.article.body.is_empty()), (&one.article.title_raw, true));

    let change = store.record_page(page, PageOutcome::Read { verdict: &ready(&one), pages: 3 }, at(13)).await.unwrap();
    assert_eq!(change.new, [key(&one)]);
    assert_eq!(stored(&store, &one).await.attributed.article.body, one.article.body);
    assert!(due(&store, &[], 14).await.is_empty());

    // The feed goes on saying the same: nothing is queued, and what was read stays published.
    let change = follow(&store, &[waits(&one)], 20).await;
    assert_eq!((change.queued, change.unchanged, change.held), (0, 1, 0));
    assert_eq!(stored(&store, &one).await.identity.revision, 1);
    let pages = store.pages().await.unwrap();
    assert_eq!(pages["ledger"], PagesOfOutlet { waiting: 0, given_up: 0, read: 1, problems: Vec::new() });
}

#[tokio::test]
async fn a_changed_entry_is_read_again_but_not_within_the_hour() {
    let place = Place::new();
    let store = place.open().await;
    let one = short("ledger", "1");
    follow(&store, &[waits(&one)], 0).await;
    let page = due(&store, &[], 0).await.remove(0);
    store.record_page(&page, PageOutcome::Read { verdict: &ready(&one), pages: 1 }, at(5)).await.unwrap();
    let mut edited = one.clone();
    edited.article.title_raw.push('!');
    assert_eq!(follow(&store, &[waits(&edited)], 10).await.queued, 1);
    assert!(due(&store, &[], 64).await.is_empty());
    assert_eq!(store.next_page(&["ledger".to_owned()], at(10)).await.unwrap(), Some(at(65)));
    let page = due(&store, &[], 65).await.remove(0);
    assert!(page.read_before && page.article.title_raw.ends_with('!'));

    // Another feed of the outlet with the same article and other words does not ask for it again and again.
    let mut other = edited.clone();
    other.article.feed_url = url("https://ledger.example.com/world.rss");
    other.article.title_raw.push('?');
    assert_eq!(follow(&store, &[waits(&other)], 70).await.queued, 0);
}

#[tokio::test]
async fn failures_are_tried_again_and_then_given_up() {
    let place = Place::new();
    let store = place.open().await;
    let one = short("ledger", "1");
    follow(&store, &[waits(&one)], 0).await;
    let page = due(&store, &[], 0).await.remove(0);
    let change = store.record_page(&page, PageOutcome::Again { problem: &problem(1), at: at(6) }, at(1)).await.unwrap();
    assert_eq!(change, Change::default());
    assert!(due(&store, &[], 5).await.is_empty());
    let page = due(&store, &[], 6).await.remove(0);
    assert_eq!((page.tries, page.failing_since), (1, Some(at(1))));
    let pages = store.pages().await.unwrap().remove("ledger").unwrap();
    assert_eq!((pages.waiting, pages.given_up, pages.problems.len()), (1, 0, 1));
    assert_eq!(
        pages.problems[0],
        PageProblem { address: page.address.clone(), tries: 1, next_try: Some(at(6)), problem: problem(1) }
    );

    let verdict = ready(&one);
    let outcome = PageOutcome::GivenUp { problem: &problem(1), verdict: Some(&verdict) };
    assert_eq!(store.record_page(&page, outcome, at(7)).await.unwrap().new, [key(&one)]);
    assert!(due(&store, &[], 1_000).await.is_empty());
    let pages = store.pages().await.unwrap().remove("ledger").unwrap();
    assert_eq!((pages.waiting, pages.given_up, pages.problems[0].tries, pages.problems[0].next_try), (0, 1, 2, None));

    // A new entry begins anew.
    let mut edited = one.clone();
    edited.article.updated = Some(stamp(30));
    assert_eq!(follow(&store, &[waits(&edited)], 30).await.queued, 1);
    let page = due(&store, &[], 30).await.remove(0);
    assert_eq!((page.tries, page.failing_since), (0, None));
    assert!(store.pages().await.unwrap()["ledger"].problems.is_empty());
}

#[tokio::test]
async fn an_entry_that_changed_while_its_page_was_read_stays_queued() {
    let place = Place::new();
    let store = place.open().await;
    let one = short("ledger", "1");
    follow(&store, &[waits(&one)], 0).await;
    let page = due(&store, &[], 0).await.remove(0);
    let mut edited = one.clone();
    edited.article.title_raw.push('!');
    follow(&store, &[waits(&edited)], 1).await;
    store.record_page(&page, PageOutcome::Read { verdict: &ready(&one), pages: 1 }, at(2)).await.unwrap();
    assert_eq!(due(&store, &[], 2).await.len(), 1);
    assert_eq!(stored(&store, &one).await.attributed.article.body, one.article.body);
}

#[tokio::test]
async fn one_page_a_host_and_none_of_a_busy_one() {
    let place = Place::new();
    let store = place.open().await;
    let mut elsewhere = short("ledger", "3");
    elsewhere.article.url = Some(url("https://photos.example.com/3"));
    let articles = [short("ledger", "1"), short("ledger", "2"), elsewhere];
    follow(&store, &articles.iter().map(waits).collect::<Vec<_>>(), 0).await;
    let paths = |pages: Vec<WaitingPage>| pages.iter().map(|page| page.address.path().to_owned()).collect::<Vec<_>>();
    assert_eq!(paths(due(&store, &[], 0).await), ["/1", "/3"]);
    assert_eq!(paths(due(&store, &["ledger.example.com"], 0).await), ["/3"]);
    assert!(store.pages_due(&["nobody".to_owned()], &[], 10, at(0)).await.unwrap().is_empty());
    assert_eq!(paths(store.pages_due(&["ledger".to_owned()], &[], 1, at(0)).await.unwrap()), ["/1"]);
}

#[tokio::test]
async fn what_the_feed_said_of_comments_and_an_article_without_an_address() {
    let place = Place::new();
    let store = place.open().await;
    let mut one = full();
    one.article.outlet = "ledger".to_owned();
    let mut nowhere = short("ledger", "2");
    nowhere.article.url = None;
    assert_eq!(follow(&store, &[waits(&one), waits(&nowhere)], 0).await.queued, 1);
    let page = due(&store, &[], 0).await.remove(0);
    assert_eq!(page.article.comments, one.article.comments);
    assert_eq!(page.article.hints.via, one.article.hints.via);
}

#[tokio::test]
async fn nothing_is_queued_where_nothing_can_be_written() {
    let place = Place::new();
    place.open().await.close().await;
    let store = Store::open_read_only(&place.file()).await.unwrap();
    let verdict = waits(&short("ledger", "1"));
    let refused = store.record_following(&state("ledger"), std::slice::from_ref(&verdict), &[article(&verdict)], at(0)).await;
    assert!(refused.unwrap_err().message.contains("for reading only"));
    assert!(store.pages_due(&["ledger".to_owned()], &[], 10, at(0)).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_page_that_was_read_is_a_change_of_its_source() {
    let place = Place::new();
    let store = place.open().await;
    let one = short("ledger", "1");
    follow(&store, &[waits(&one)], 10).await;
    let last_change = async || store.poll_states().await.unwrap()[0].last_change;
    assert_eq!(last_change().await, None);
    let page = due(&store, &[], 12).await.remove(0);
    store.record_page(&page, PageOutcome::Read { verdict: &ready(&one), pages: 1 }, at(13)).await.unwrap();
    assert_eq!(last_change().await, Some(at(13)));
    // The next poll does not know of it and does not take it back.
    follow(&store, &[waits(&one)], 20).await;
    assert_eq!(last_change().await, Some(at(13)));
}

#[tokio::test]
async fn a_clock_set_back_leaves_no_page_waiting() {
    let place = Place::new();
    let store = place.open().await;
    // A day ahead: one page waits for its first reading, one is to be tried again, one was read.
    let ahead = 24 * 60;
    let [new, failed, read] = ["1", "2", "3"].map(|key| {
        let mut article = short("ledger", key);
        article.article.url = Some(url(&format!("https://{key}.ledger.example.com/")));
        article
    });
    follow(&store, &[waits(&failed), waits(&read)], 0).await;
    for page in due(&store, &[], 1).await {
        let (problem, later) = (problem(1), at(ahead + 5));
        let outcome = if page.key == key(&failed) {
            PageOutcome::Again { problem: &problem, at: later }
        } else {
            PageOutcome::Read { verdict: &ready(&read), pages: 1 }
        };
        store.record_page(&page, outcome, at(ahead)).await.unwrap();
    }
    follow(&store, &[waits(&new)], ahead).await;
    assert!(due(&store, &[], 10).await.is_empty());
    store.bring_pages_forward(at(10), at(10) + TimeDelta::hours(25)).await.unwrap();
    let keys: Vec<String> = due(&store, &[], 10).await.into_iter().map(|page| page.key).collect();
    assert_eq!(keys, [key(&new)], "the other one waits no longer than a page may");
    store.bring_pages_forward(at(10), at(10) + TimeDelta::hours(1)).await.unwrap();
    assert_eq!(due(&store, &[], 10).await.len(), 2);
    // An entry that changes now is not kept from its page by a reading that was made tomorrow.
    let mut changed = read.clone();
    changed.article.title_raw = "Another title".to_owned();
    follow(&store, &[waits(&changed)], 11).await;
    assert_eq!(due(&store, &[], 11).await.len(), 3);
}
