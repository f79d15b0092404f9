//! What every function promises.

use super::*;
use crate::model::{Fault, Moved, Problem, Validators};

fn change(new: &[&AttributedArticle], changed: &[&AttributedArticle], held: usize, unchanged: usize) -> Change {
    Change {
        new: new.iter().map(|article| key(article)).collect(),
        changed: changed.iter().map(|article| key(article)).collect(),
        held,
        unchanged,
        ..Change::default()
    }
}

#[tokio::test]
async fn new_unchanged_changed() {
    let place = Place::new();
    let store = place.open().await;
    let (one, two) = (short("ledger", "1"), full());
    assert_eq!(record(&store, &[ready(&one), ready(&two)], 10).await, change(&[&one, &two], &[], 0, 0));
    assert_eq!(record(&store, &[ready(&one), ready(&two)], 20).await, change(&[], &[], 0, 2));
    let corrected = edited(&one, "The ferry sailed late.");
    assert_eq!(record(&store, &[ready(&two), ready(&corrected)], 30).await, change(&[], &[&one], 0, 1));

    let article = stored(&store, &one).await;
    assert_eq!(article.attributed.article.body.as_str(), "<p>The ferry sailed late.</p>");
    assert_eq!(
        article.identity,
        crate::model::Identity {
            key: key(&one),
            id: format!("tag:{AUTHORITY}:{}", key(&one)),
            first_seen: at(10),
            changed: at(30),
            revision: 2
        }
    );
    let untouched = stored(&store, &two).await;
    assert_eq!((untouched.identity.revision, untouched.identity.changed), (1, at(10)));
    assert_eq!(format!("{:?}", untouched.attributed), format!("{two:?}"));
    assert!(store.article("0123456789abcdef0123").await.unwrap().is_none());
}

#[tokio::test]
async fn an_id_never_changes() {
    let place = Place::new();
    let store = place.open().await;
    let mut article = full();
    record(&store, &[ready(&article)], 0).await;
    let first = stored(&store, &article).await.identity;
    for round in 1..=300_u32 {
        article = edited(&article, &format!("version {round}"));
        article.article.title = format!("标题 {round}");
        article.article.url = Some(url(&format!("https://harbour.example.com/{round}")));
        article.article.published = Some(stamp(i64::from(round)));
        assert_eq!(record(&store, &[ready(&article)], i64::from(round)).await, change(&[], &[&article], 0, 0));
        let identity = stored(&store, &article).await.identity;
        assert_eq!((&identity.key, &identity.id, identity.first_seen), (&first.key, &first.id, first.first_seen));
        assert_eq!((identity.revision, identity.changed), (round + 1, at(i64::from(round))));
    }
}

/// A store begun anew, or restored from yesterday, mints the ids that readers have.
#[tokio::test]
async fn another_store_mints_the_same_ids() {
    let (one, other) = (Place::new(), Place::new());
    let (one, other) = (one.open().await, other.open().await);
    let articles = [short("ledger", "1"), short("harbour", "1"), full()];
    for (place, article) in articles.iter().enumerate() {
        record(&one, &[ready(article)], 5 + i64::try_from(place).unwrap()).await;
    }
    for article in articles.iter().rev() {
        record(&other, &[ready(article)], 500).await;
    }
    for article in &articles {
        let (a, b) = (stored(&one, article).await.identity, stored(&other, article).await.identity);
        assert_eq!((a.key, a.id), (b.key, b.id));
    }
}

#[tokio::test]
async fn a_date_of_publication_stays() {
    let place = Place::new();
    let store = place.open().await;
    let mut article = short("ledger", "1");
    article.article.published = Some(stamp(3));
    article.provenance.hops = vec![Hop { action: HopAction::Reposted, party: Party::default(), at: Some(at(3)), language: None }];
    let mut undated = short("ledger", "2");
    undated.article.published = None;
    record(&store, &[ready(&article), ready(&undated)], 10).await;

    // The outlet dates every answer anew: no change, whatever else it says of dates.
    article.article.published = Some(stamp(8));
    article.article.updated = Some(stamp(9));
    article.provenance.hops[0].at = Some(at(8));
    undated.article.published = Some(stamp(1));
    assert_eq!(record(&store, &[ready(&article), ready(&undated)], 20).await, change(&[], &[], 0, 2));
    assert_eq!(stored(&store, &article).await.updated(), at(3));

    // Nor does a change of the text move it; what was dated by it moves with it.
    let [article, undated] = [edited(&article, "x"), edited(&undated, "x")];
    assert_eq!(record(&store, &[ready(&article), ready(&undated)], 30).await, change(&[], &[&article, &undated], 0, 0));
    let dated = stored(&store, &article).await;
    assert_eq!((dated.attributed.article.published, dated.date()), (Some(stamp(3)), at(3)));
    assert_eq!(dated.attributed.provenance.hops[0].at, Some(at(3)));
    assert_eq!(dated.attributed.article.updated, Some(stamp(9)));
    let undated = stored(&store, &undated).await;
    assert_eq!((undated.attributed.article.published, undated.date()), (None, at(10)));
}

#[tokio::test]
async fn a_clock_set_back_takes_no_change_back() {
    let place = Place::new();
    let store = place.open().await;
    let article = short("ledger", "1");
    record(&store, &[ready(&article)], 100).await;
    record(&store, &[ready(&edited(&article, "a"))], 50).await;
    let identity = stored(&store, &article).await.identity;
    assert_eq!((identity.revision, identity.changed), (2, at(100)));
}

#[tokio::test]
async fn comments_move_without_a_change() {
    let place = Place::new();
    let store = place.open().await;
    let mut article = full();
    record(&store, &[ready(&article)], 0).await;
    let before = stored(&store, &article).await.identity;
    let more = Comments { url: Some(url("https://harbour.example.com/1/comments")), count: Some(u64::MAX) };
    article.article.comments = Some(more.clone());
    assert_eq!(record(&store, &[ready(&article)], 5).await, change(&[], &[], 0, 1));
    let after = stored(&store, &article).await;
    assert_eq!(after.identity, before);
    assert_eq!(after.attributed.article.comments, Some(more.clone()));
    article.article.comments = None;
    record(&store, &[ready(&article)], 6).await;
    assert_eq!(stored(&store, &article).await.attributed.article.comments, Some(more));
}

#[tokio::test]
async fn held_then_ready_is_new() {
    let place = Place::new();
    let store = place.open().await;
    let article = short("ledger", "1");
    assert_eq!(record(&store, &[held(&article)], 10).await, change(&[], &[], 1, 0));
    assert_eq!(record(&store, &[held(&article)], 20).await, change(&[], &[], 1, 0));
    assert!(store.article(&key(&article)).await.unwrap().is_none());
    let expected = HeldArticle {
        outlet: "ledger".to_owned(),
        title: "Harbour ferry 1".to_owned(),
        url: Some(url("https://ledger.example.com/1")),
        code: "no_address".to_owned(),
        reason: "it links to no page".to_owned(),
        first_seen: at(10),
    };
    assert_eq!(store.held().await.unwrap(), [expected]);

    // The date as first resolved is the one that counts, also when the article was not to be seen yet.
    let mut later = article.clone();
    later.article.published = Some(stamp(7));
    assert_eq!(record(&store, &[ready(&later)], 30).await, change(&[&article], &[], 0, 0));
    let released = stored(&store, &article).await;
    assert_eq!((released.identity.first_seen, released.identity.changed, released.identity.revision), (at(10), at(10), 1));
    assert_eq!(released.date(), at(0));
    assert_eq!(store.held().await.unwrap(), []);
}

#[tokio::test]
async fn another_reason_replaces_the_reason() {
    let place = Place::new();
    let store = place.open().await;
    let article = short("ledger", "1");
    record(&store, &[held(&article)], 10).await;
    let other = Verdict::Held { article: Box::new(edited(&article, "x").article), code: "no_text", reason: "空".to_owned() };
    assert_eq!(record(&store, &[other], 20).await, change(&[], &[], 1, 0));
    let held = store.held().await.unwrap();
    assert_eq!((held.len(), held[0].code.as_str(), held[0].reason.as_str(), held[0].first_seen), (1, "no_text", "空", at(10)));
}

#[tokio::test]
async fn what_is_published_is_not_held_again() {
    let place = Place::new();
    let store = place.open().await;
    let article = short("ledger", "1");
    record(&store, &[ready(&article)], 10).await;
    assert_eq!(record(&store, &[held(&edited(&article, ""))], 20).await, change(&[], &[], 0, 1));
    assert_eq!(stored(&store, &article).await.attributed.article.body.as_str(), "<p>The ferry sailed.</p>");
    assert_eq!(store.held().await.unwrap(), []);
    assert_eq!(store.counts().await.unwrap()["ledger"], Count { ready: 1, held: 0 });
}

#[tokio::test]
async fn one_article_a_key_in_a_document() {
    let place = Place::new();
    let store = place.open().await;
    let (one, two) = (short("ledger", "1"), short("ledger", "2"));
    let last = edited(&one, "the last one");
    let verdicts = [ready(&one), ready(&two), ready(&edited(&one, "another")), ready(&last), held(&one)];
    assert_eq!(record(&store, &verdicts, 0).await, change(&[&one, &two], &[], 0, 0));
    assert_eq!(stored(&store, &one).await.attributed.article.body, last.article.body);
    assert_eq!(record(&store, &verdicts, 1).await, change(&[], &[], 0, 2));
    let (three, four) = (short("ledger", "3"), short("ledger", "4"));
    assert_eq!(record(&store, &[held(&three), ready(&three), held(&four), held(&four)], 2).await, change(&[&three], &[], 1, 0));
}

#[tokio::test]
async fn a_cut_off_article_is_left_out() {
    let place = Place::new();
    let store = place.open().await;
    let (known, unknown) = (short("ledger", "1"), short("ledger", "2"));
    record(&store, &[ready(&known)], 0).await;
    let mut verdicts = Vec::new();
    for article in [&known, &unknown] {
        let mut cut = edited(article, "The fer");
        cut.article.complete = false;
        verdicts.extend([ready(&cut), held(&cut)]);
    }
    assert_eq!(record(&store, &verdicts, 1).await, Change::default());
    assert_eq!(stored(&store, &known).await.attributed.article.body.as_str(), "<p>The ferry sailed.</p>");
    assert_eq!(store.counts().await.unwrap()["ledger"], Count { ready: 1, held: 0 });
}

/// Full text in one feed of the outlet, an excerpt in the other: they do not take turns.
#[tokio::test]
async fn two_feeds_of_an_outlet_carry_one_article() {
    let place = Place::new();
    let store = place.open().await;
    let full_text = short("ledger", "1");
    let in_other = |body: &str| {
        let mut article = edited(&full_text, body);
        article.article.feed_url = url("https://ledger.example.com/excerpts");
        article
    };
    let body = async || stored(&store, &full_text).await.attributed.article.body.as_str().to_owned();
    assert_eq!(record(&store, &[ready(&full_text)], 0).await, change(&[&full_text], &[], 0, 0));
    for minute in 1..4 {
        assert_eq!(record(&store, &[ready(&in_other("The f…"))], minute).await, change(&[], &[], 0, 1));
        assert_eq!(record(&store, &[ready(&full_text)], minute).await, change(&[], &[], 0, 1));
    }
    assert_eq!(body().await, "<p>The ferry sailed.</p>");

    // A correction is one, whichever feed brings it first; then the other one brings it too.
    assert_eq!(record(&store, &[ready(&in_other("Corrected f…"))], 5).await, change(&[], &[&full_text], 0, 0));
    assert_eq!(body().await, "<p>Corrected f…</p>");
    assert_eq!(record(&store, &[ready(&full_text)], 6).await, change(&[], &[], 0, 1));
    assert_eq!(record(&store, &[ready(&edited(&full_text, "Corrected ferry."))], 7).await, change(&[], &[&full_text], 0, 0));
    for minute in 8..10 {
        assert_eq!(record(&store, &[ready(&in_other("Corrected f…"))], minute).await, change(&[], &[], 0, 1));
        assert_eq!(record(&store, &[ready(&edited(&full_text, "Corrected ferry."))], minute).await, change(&[], &[], 0, 1));
    }
    assert_eq!(body().await, "<p>Corrected ferry.</p>");
    assert_eq!(stored(&store, &full_text).await.identity.revision, 3);

    // The same text in both, then a correction in the second alone: the feed's address may have changed in feeds.toml.
    let moved = in_other("Corrected ferry.");
    assert_eq!(record(&store, &[ready(&moved)], 11).await, change(&[], &[], 0, 1));
    assert_eq!(record(&store, &[ready(&in_other("Corrected twice."))], 12).await, change(&[], &[&full_text], 0, 0));
}

#[tokio::test]
async fn poll_states_come_back() {
    let place = Place::new();
    let store = place.open().await;
    assert_eq!(store.poll_states().await.unwrap(), []);
    let fresh = state("harbour");
    let mut failing = state("ledger");
    store.record(&fresh, &[], at(0)).await.unwrap();
    store.record(&failing, &[], at(0)).await.unwrap();
    failing.next_poll = at(60) + TimeDelta::microseconds(7);
    failing.validators = Validators {
        etag: Some(b"W/\"\xff\"".to_vec()),
        last_modified: Some(b"yesterday".to_vec()),
        site: Some(url("https://cdn.example.com:8443/")),
    };
    failing.body_hash = Some([7; 32]);
    failing.settings = Some([8; 32]);
    failing.last_attempt = Some(at(1));
    failing.last_success = Some(at(2));
    failing.last_change = Some(at(3));
    failing.failures = u32::MAX;
    failing.problem = Some(Problem {
        code: "http_500".to_owned(),
        fault: Fault::Partner,
        message: "the partner's server failed".to_owned(),
        since: at(4),
    });
    failing.moved = Some(Moved { to: url("https://new.ledger.example.com/rss"), polls: 2 });
    failing.entries = 40;
    failing.ttl = Some(std::time::Duration::from_secs(3_600));
    failing.settings = Some([9; 32]);
    store.record(&failing, &[], at(1)).await.unwrap();
    let mut second = state("ledger");
    second.source = url("https://ledger.example.com/a");
    second.moved = Some(Moved { to: url("https://ledger.example.com/b"), polls: Moved::FOR_GOOD });
    store.record(&second, &[], at(1)).await.unwrap();
    let expected = [fresh.clone(), second.clone(), failing.clone()];
    assert_eq!(store.poll_states().await.unwrap(), expected);
    store.close().await;
    let store = place.open().await;
    assert_eq!(store.poll_states().await.unwrap(), expected);
    let recovered = PollState { problem: None, failures: 0, validators: Validators::default(), body_hash: None, ..failing };
    store.record(&recovered, &[], at(2)).await.unwrap();
    assert_eq!(store.poll_states().await.unwrap(), [fresh, second, recovered]);
}

#[tokio::test]
async fn the_last_change_is_saved_with_what_changed() {
    let place = Place::new();
    let store = place.open().await;
    let one = short("ledger", "1");
    let last_change = async || store.poll_states().await.unwrap()[0].last_change;
    store.record(&state("ledger"), &[held(&one)], at(5)).await.unwrap();
    assert_eq!(last_change().await, None, "readers saw nothing of it");
    for (verdicts, minute, expected) in [
        (vec![ready(&one)], 10, at(10)),
        (vec![ready(&one)], 20, at(10)),
        (vec![], 30, at(10)),
        (vec![ready(&edited(&one, "It sailed again."))], 40, at(40)),
    ] {
        // What the caller has of it may be of before.
        store.record(&state("ledger"), &verdicts, at(minute)).await.unwrap();
        assert_eq!(last_change().await, Some(expected), "after minute {minute}");
    }
}

/// Everything stored goes with an outlet to its new id, and nothing of it is new or changed by that.
#[tokio::test]
async fn an_outlet_that_is_renamed_keeps_its_articles() {
    let place = Place::new();
    let store = place.open().await;
    let (one, other) = (short("ledger", "1"), short("harbour", "1"));
    record(&store, &[ready(&one)], 10).await;
    record(&store, &[ready(&other)], 10).await;
    let before = stored(&store, &one).await;
    assert!(!store.rename_outlet("ledger", "harbour").await.unwrap(), "there is one of that name");
    assert!(store.rename_outlet("ledger", "the-ledger").await.unwrap());
    assert!(!store.rename_outlet("ledger", "the-ledger").await.unwrap());

    let after = store.article(&before.identity.key).await.unwrap().unwrap();
    assert_eq!(after.identity, before.identity);
    assert_eq!(after.attributed.article.outlet, "the-ledger");
    let outlets = ["the-ledger".to_owned()];
    let window = Window { outlets: &outlets, size: 10, since: at(0), ceiling: 10 };
    let shown = store.window(&window).await.unwrap();
    assert_eq!(shown.iter().map(|article| &article.identity).collect::<Vec<_>>(), [&after.identity]);
    let states: Vec<String> = store.poll_states().await.unwrap().into_iter().map(|state| state.outlet).collect();
    assert_eq!(states, ["harbour", "the-ledger"]);

    let mut again = one.clone();
    again.article.outlet = "the-ledger".to_owned();
    let mut polled = state("ledger");
    polled.outlet = "the-ledger".to_owned();
    assert_eq!(store.record(&polled, &[ready(&again)], at(20)).await.unwrap().unchanged, 1);
    assert_eq!(stored(&store, &other).await.attributed.article.outlet, "harbour");
}

#[tokio::test]
async fn preview_writes_nothing() {
    let place = Place::new();
    let store = place.open().await;
    let article = short("ledger", "1");
    for _ in 0..2 {
        let mut previewed = store.preview(&[ready(&article)]).await.unwrap();
        assert_eq!(previewed.titles.remove(&key(&article)).as_deref(), Some("Harbour ferry 1"));
        assert_eq!(previewed, change(&[&article], &[], 0, 0));
    }
    assert!(store.counts().await.unwrap().is_empty() && store.poll_states().await.unwrap().is_empty());
}

#[tokio::test]
async fn counts_are_per_outlet() {
    let place = Place::new();
    let store = place.open().await;
    record(&store, &[ready(&short("a", "1")), ready(&short("a", "2")), held(&short("a", "3"))], 0).await;
    record(&store, &[held(&short("b", "1"))], 0).await;
    record(&store, &[ready(&short("c", "1"))], 0).await;
    let counts: Vec<_> =
        store.counts().await.unwrap().into_iter().map(|(outlet, count)| (outlet, count.ready, count.held)).collect();
    assert_eq!(counts, [("a".to_owned(), 2, 1), ("b".to_owned(), 0, 1), ("c".to_owned(), 1, 0)]);
}

#[tokio::test]
async fn a_restart_keeps_everything() {
    let place = Place::new();
    let store = place.open().await;
    let (one, two) = (full(), short("harbour", "2"));
    record(&store, &[ready(&one), held(&two)], 10).await;
    record(&store, &[ready(&edited(&one, "x"))], 20).await;
    let window = |store: Store| async move {
        let outlets = ["harbour".to_owned()];
        let window = Window { outlets: &outlets, size: 10, since: at(0), ceiling: 10 };
        format!(
            "{:?} {:?} {:?}",
            store.window(&window).await.unwrap(),
            store.held().await.unwrap(),
            store.counts().await.unwrap()
        )
    };
    let before = window(store.clone()).await;
    assert!(before.contains("revision: 2"), "{before}");
    store.close().await;
    assert!(!place.folder.path().join("reprint.db-wal").exists(), "the log is emptied");
    // Another authority in the configuration is for new stores only.
    let store = Store::open(&place.file(), "elsewhere.example.org,2030").await.unwrap();
    assert_eq!(store.authority(), AUTHORITY);
    assert_eq!(window(store.clone()).await, before);
    let three = short("harbour", "3");
    record(&store, &[ready(&three)], 30).await;
    assert!(stored(&store, &three).await.identity.id.starts_with("tag:relay.example.net,2026:"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_polls_and_readers_at_once() {
    let place = Place::new();
    let store = place.open().await;
    let mut tasks = tokio::task::JoinSet::new();
    for outlet in 0..16 {
        let store = store.clone();
        tasks.spawn(async move {
            let name = format!("outlet-{outlet}");
            let articles: Vec<_> = (0..20).map(|number| ready(&short(&name, &number.to_string()))).collect();
            for minute in 0..3 {
                store.record(&state(&name), &articles, at(minute)).await.unwrap();
                let outlets = [name.clone()];
                let seen = store.window(&Window { outlets: &outlets, size: 50, since: at(0), ceiling: 50 }).await.unwrap();
                assert_eq!(seen.len(), 20);
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    assert_eq!(store.counts().await.unwrap().values().map(|count| count.ready).sum::<u64>(), 320);
    assert_eq!(store.poll_states().await.unwrap().len(), 16);
}
