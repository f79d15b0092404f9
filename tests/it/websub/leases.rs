//! How subscriptions begin to end: leases, denials, feeds that name another hub or none, and what operators see of it.

use chrono::{DateTime, Utc};
use reprint::daemon::now;
use serde_json::Value;

use super::*;

async fn edit(folder: &TempDir, statement: &'static str, moments: &[i64]) {
    let path = folder.path().join("reprint.db");
    let database = sqlx::SqlitePool::connect(&format!("sqlite:{}", path.display())).await.expect("a database");
    let query = moments.iter().fold(sqlx::query(statement), |query, offset| query.bind(now().timestamp_millis() + offset));
    query.execute(&database).await.expect("an update");
    database.close().await;
}

const OUR_LEASE: &str = "UPDATE source_subscription SET asked_at = $1, lease_until = $2";
const THEIR_LEASE: &str = "UPDATE hub_subscription SET lease_until = $1";

async fn websub(program: &Reprint) -> Value {
    let status: Value = serde_json::from_str(&get(&program.url("status.json"), &[]).await.text()).expect("JSON");
    status["websub"].clone()
}

/// Waits for `/status.json` to say this of WebSub.
async fn says(program: &Reprint, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let mut seen = Value::Null;
    for _ in 0..400 {
        seen = websub(program).await;
        if is_so(&seen) {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("never {what}: {seen}\n{}", program.stderr());
}

fn states(websub: &Value) -> Vec<&str> {
    let subscriptions = websub["subscriptions"].as_array().expect("a list");
    let mut states: Vec<&str> = subscriptions.iter().filter_map(|subscription| subscription["state"].as_str()).collect();
    states.sort_unstable();
    states
}

fn asked(peer: &Peer, hub: &str, mode: &str) -> Vec<Got> {
    peer.got("POST", hub).into_iter().filter(|got| got.form()["hub.mode"] == mode).collect()
}

async fn push(callback: &Url, asked: &Got) -> u16 {
    let body = b"<rss/>";
    let field = format!("X-Hub-Signature: sha256={}\r\n", signature(&asked.form()["hub.secret"], body));
    post(callback, &field, body, None).await
}

fn head(peer: &Peer, hub: &str) -> String {
    format!("<atom:link rel=\"hub\" href=\"{}\"/><atom:link rel=\"self\" href=\"{}\"/>", peer.url(hub), peer.url("/self"))
}

#[tokio::test]
async fn a_subscription_is_renewed_before_its_lease_ends() {
    let (peer, folder) = (Peer::start().await, folder());
    let (program, first) = subscribed(&peer, &folder, SUBSCRIBE).await;
    assert_eq!(states(&websub(&program).await), ["pending"]);
    assert_eq!(verify(&callback(&program, &first), "subscribe", &peer.url("/self")).await.0, 200);
    let standing = websub(&program).await;
    assert_eq!(states(&standing), ["active"]);
    assert!(standing["subscriptions"][0]["lease_until"].is_string() && standing["subscriptions"][0]["next_request"].is_null());
    assert!(!standing.to_string().contains(&first.form()["hub.secret"]), "no secret is shown");
    let (_, kept) = program.stop().await;
    // A minute is left of an hour.
    edit(&kept, OUR_LEASE, &[-3_540_000, 60_000]).await;
    let program = start(&folder, &toml(SUBSCRIBE, YEARLY, &peer.url("/rss"))).await;
    until("a renewal", || asked(&peer, "/hub", "subscribe").len() == 2).await;
    let second = asked(&peer, "/hub", "subscribe").pop().expect("a renewal");
    for field in ["hub.callback", "hub.secret"] {
        assert_ne!(first.form()[field], second.form()[field], "{field}");
    }
    // Until the hub has confirmed it, the old one holds; then it is ended.
    let (old, new) = (callback(&program, &first), callback(&program, &second));
    let before = polls(&peer);
    assert_eq!((push(&old, &first).await, push(&new, &second).await), (202, 202));
    until("a poll", || polls(&peer) == before + 1).await;
    assert_eq!(verify(&new, "subscribe", &peer.url("/self")).await.0, 200);
    until("the end of the old one", || !asked(&peer, "/hub", "unsubscribe").is_empty()).await;
    let end = asked(&peer, "/hub", "unsubscribe").pop().expect("an end");
    assert_eq!(end.form()["hub.callback"], first.form()["hub.callback"]);
    assert_eq!(verify(&old, "unsubscribe", &peer.url("/self")).await.0, 200);
    assert_eq!((push(&old, &first).await, push(&new, &second).await), (404, 202));
    let standing = websub(&program).await;
    assert_eq!(states(&standing), ["active"]);
    let pushes = ["taken", "hints", "ignored", "bad_signature", "unknown"].map(|key| standing["pushes"][key].as_u64());
    assert_eq!(pushes, [0, 2, 1, 0, 1].map(Some), "{standing}");
}

#[tokio::test]
async fn a_lease_that_cannot_be_renewed_ends_and_the_hub_is_asked_again() {
    let (peer, folder) = (Peer::start().await, folder());
    let (program, first) = subscribed(&peer, &folder, SUBSCRIBE).await;
    assert_eq!(verify(&callback(&program, &first), "subscribe", &peer.url("/self")).await.0, 200);
    let (_, kept) = program.stop().await;
    edit(&kept, OUR_LEASE, &[-3_600_000, 2_000]).await;
    peer.does("/hub", Does::Always(500));
    let program = start(&folder, &toml(SUBSCRIBE, YEARLY, &peer.url("/rss"))).await;
    until("a renewal", || asked(&peer, "/hub", "subscribe").len() == 2).await;
    let standing = says(&program, "over", |standing| states(standing) == ["pending"]).await;
    assert_eq!(standing["subscriptions"][0]["problem"], "it answered 500");
    assert_eq!(standing["pushes"]["hub_failures"], 1);
    assert_eq!(push(&callback(&program, &first), &first).await, 404);
    let page = get(&program.url("status"), &[("Accept-Language", "zh-TW")]).await.text();
    assert!(page.contains("Hub未接受請求") && page.contains("it answered 500"), "{page}");
}

#[tokio::test]
async fn a_hub_that_denies_is_left_alone_for_a_day() {
    let peer = Peer::start().await;
    let (program, first) = subscribed(&peer, &folder(), SUBSCRIBE).await;
    let (callback, topic) = (callback(&program, &first), peer.url("/self"));
    let denied = |callback: &Url| {
        let mut url = callback.clone();
        url.query_pairs_mut().extend_pairs([("hub.mode", "denied"), ("hub.topic", topic.as_str()), ("hub.reason", "full")]);
        url
    };
    // Also one that held before.
    assert_eq!(verify(&callback, "subscribe", &topic).await.0, 200);
    assert_eq!(get(&denied(&callback), &[]).await.status, 200);
    let standing = websub(&program).await;
    assert_eq!(states(&standing), ["denied"]);
    let next = standing["subscriptions"][0]["next_request"].as_str().and_then(|next| next.parse::<DateTime<Utc>>().ok());
    assert!(next.is_some_and(|next| (23..=24).contains(&(next - now()).num_hours())), "{standing}");
    let before = polls(&peer);
    assert_eq!(push(&callback, &first).await, 202);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!((polls(&peer), asked(&peer, "/hub", "subscribe").len()), (before, 1));
    assert_eq!(websub(&program).await["pushes"]["ignored"], 1);
    shows(&program, "Ferry number 0").await;
    // A hub that was not asked again has nothing to confirm.
    assert_eq!(verify(&callback, "subscribe", &topic).await.0, 404);
}

#[tokio::test]
async fn a_feed_that_names_no_hub_any_more_is_unsubscribed_from() {
    let peer = Peer::start().await;
    peer.does("/rss", rss(1, &head(&peer, "/hub")));
    peer.does("/hub", Does::Always(202));
    let program = start(&folder(), &toml(SUBSCRIBE, EVERY_SECOND, &peer.url("/rss"))).await;
    until("a request", || !peer.got("POST", "/hub").is_empty()).await;
    let first = peer.got("POST", "/hub").pop().expect("a request");
    let callback = callback(&program, &first);
    assert_eq!(verify(&callback, "subscribe", &peer.url("/self")).await.0, 200);
    // Once is not enough: it may come from a cache.
    peer.does("/rss", rss(2, ""));
    shows(&program, "Ferry number 1").await;
    peer.does("/rss", rss(2, &head(&peer, "/hub")));
    let before = polls(&peer);
    until("two polls", || polls(&peer) >= before + 2).await;
    let before = polls(&peer);
    peer.does("/rss", rss(3, ""));
    until("the end", || !asked(&peer, "/hub", "unsubscribe").is_empty()).await;
    assert!(polls(&peer) >= before + 3, "{} polls", polls(&peer) - before);
    let end = asked(&peer, "/hub", "unsubscribe").pop().expect("an end");
    assert_eq!(end.form()["hub.callback"], first.form()["hub.callback"]);
    assert_eq!(verify(&callback, "unsubscribe", &peer.url("/self")).await.0, 200);
    assert_eq!(push(&callback, &first).await, 404);
    says(&program, "forgotten", |standing| states(standing).is_empty()).await;
    assert_eq!(asked(&peer, "/hub", "subscribe").len(), 1);
    // It names it again.
    peer.does("/rss", rss(4, &head(&peer, "/hub")));
    until("a new request", || asked(&peer, "/hub", "subscribe").len() == 2).await;
}

#[tokio::test]
async fn a_feed_that_names_another_hub_is_followed_there() {
    let peer = Peer::start().await;
    peer.does("/rss", rss(1, &head(&peer, "/hub")));
    peer.does("/hub", Does::Always(202));
    peer.does("/other", Does::Always(202));
    let program = start(&folder(), &toml(SUBSCRIBE, EVERY_SECOND, &peer.url("/rss"))).await;
    until("a request", || !peer.got("POST", "/hub").is_empty()).await;
    let first = peer.got("POST", "/hub").pop().expect("a request");
    assert_eq!(verify(&callback(&program, &first), "subscribe", &peer.url("/self")).await.0, 200);
    peer.does("/rss", rss(2, &head(&peer, "/other")));
    until("a request there", || asked(&peer, "/other", "subscribe").len() == 1).await;
    until("the end here", || asked(&peer, "/hub", "unsubscribe").len() == 1).await;
    let second = asked(&peer, "/other", "subscribe").pop().expect("a request");
    assert_eq!(verify(&callback(&program, &second), "subscribe", &peer.url("/self")).await.0, 200);
    says(&program, "both", |standing| states(standing) == ["active", "leaving"]).await;
}

#[tokio::test]
async fn subscriptions_at_our_hub_are_seen_and_end_with_their_lease() {
    let (peer, folder) = (Peer::start().await, folder());
    peer.does("/rss", rss(1, ""));
    peer.does("/cb", Does::Confirms);
    peer.does("/down", Does::Answers(500));
    let toml = toml(HUB, EVERY_SECOND, &peer.url("/rss"));
    let program = start(&folder, &toml).await;
    shows(&program, "Ferry number 0").await;
    for path in ["/cb", "/down"] {
        assert_eq!(subscribe(&program, &peer.url(path), &[]).await, 202);
        confirmed(&peer, path).await;
    }
    let standing = websub(&program).await;
    assert_eq!((&standing["hub"]["subscriptions"], &standing["hub"]["behind"]), (&2.into(), &0.into()));
    assert_eq!((&standing["subscriptions"], &standing["pushes"]), (&Value::Null, &Value::Null));
    peer.does("/rss", rss(2, ""));
    until("the deliveries", || ["/cb", "/down"].iter().all(|path| !peer.got("POST", path).is_empty())).await;
    let standing = says(&program, "one arrived", |standing| standing["hub"]["failing"] == 1).await;
    assert_eq!(standing["hub"]["requests"]["subscribed"], 2);
    let deliveries = ["arrived", "failed", "given_up", "gone"].map(|key| standing["hub"]["deliveries"][key].as_u64());
    assert_eq!(deliveries, [1, 1, 0, 0].map(Some), "{standing}");
    // What a feed shows is noted once all of them have been made.
    let mut metrics = String::new();
    for _ in 0..200 {
        metrics = get(&program.url("metrics"), &[]).await.text();
        if metrics.contains("reprint_feed_articles{feed=\"quay\"} 2\n") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for sample in [
        "reprint_websub_subscriptions{feed=\"all\"} 2\n",
        "reprint_websub_subscriptions{feed=\"quay\"} 0\n",
        "reprint_websub_deliveries_due{feed=\"all\",state=\"failing\"} 1\n",
        "reprint_websub_deliveries_total{result=\"arrived\"} 1\n",
        "reprint_websub_deliveries_total{result=\"failed\"} 1\n",
        "reprint_feed_articles{feed=\"all\"} 2\n",
        "reprint_feed_newest_timestamp_seconds{feed=\"quay\"} 1780300860\n",
    ] {
        assert!(metrics.contains(sample), "{sample}{metrics}");
    }
    let (_, kept) = program.stop().await;
    edit(&kept, THEIR_LEASE, &[-1_000]).await;
    peer.does("/rss", rss(3, ""));
    let program = start(&folder, &toml).await;
    shows(&program, "Ferry number 2").await;
    let standing = says(&program, "over", |standing| standing["hub"]["requests"]["expired"] == 2).await;
    assert_eq!(standing["hub"]["subscriptions"], 0);
    assert_eq!(peer.got("POST", "/cb").len(), 1);
}
