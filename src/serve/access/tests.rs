//! The gate without sockets, by a clock that the test sets.

use std::cell::Cell;

use bytes::Bytes;
use http::{HeaderMap, Method};

use super::*;
use crate::serve::signature;

const TOKEN: &str = "gull-token-of-the-test-0001";
const FENCED: &str = "tern-token-of-the-test-0002";

thread_local! {
    static MILLIS: Cell<i64> = const { Cell::new(0) };
}

fn clock() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_780_000_000_000 + MILLIS.get()).unwrap()
}

fn member(id: &str, token: &str) -> Member {
    Member {
        id: id.into(),
        tokens: vec![Secret::new(token)],
        feeds: ["club".to_owned()].into(),
        allow: Vec::new(),
        per_minute: None,
        expires: None,
    }
}

fn access(members: Vec<Member>) -> Access {
    MILLIS.set(0);
    let private = ["club".to_owned(), "press".to_owned()].into();
    Access::new(Rules { realm: "A \"relay\"\n海".into(), public: ["all".to_owned()].into(), private, members }, clock)
}

fn request(path: &str, authorization: Option<&str>, client: Option<&str>) -> Request {
    let mut fields = HeaderMap::new();
    if let Some(value) = authorization {
        fields.insert(header::AUTHORIZATION, value.parse().unwrap());
    }
    let client = client.map(|client| client.parse().unwrap());
    Request { method: Method::GET, path: path.into(), query: None, fields, client, body: Bytes::new() }
}

/// The status of a refusal; 200 where the request is let pass.
fn status(access: &Access, path: &str, authorization: Option<&str>, client: Option<&str>) -> u16 {
    let plain = match path.strip_prefix("/feeds/~").and_then(|rest| rest.split_once('/')) {
        Some((_, name)) => format!("feeds/{name}"),
        None => path.trim_start_matches('/').to_owned(),
    };
    match access.admit(&plain, &request(path, authorization, client)) {
        Admittance::Refused(reply) => reply.status.as_u16(),
        _ => 200,
    }
}

#[test]
fn s17_wrong_tokens_are_counted_by_address() {
    let access = access(vec![member("gull", TOKEN)]);
    let (guesser, other) = (Some("198.51.100.1"), Some("198.51.100.2"));
    let right = format!("Bearer {TOKEN}");
    let mut seen = BTreeMap::new();
    for n in 0..10_000 {
        MILLIS.set(n / 10); // 10,000 in a second
        *seen.entry(status(&access, "/feeds/club.rss", Some(&format!("Bearer wrong-{n}")), guesser)).or_insert(0) += 1;
    }
    let tried = seen[&401];
    assert!((5..=10).contains(&tried) && seen[&429] == 10_000 - tried, "{seen:?}");
    // Nor is a right one among the wrong ones found.
    assert_eq!(status(&access, "/feeds/club.rss", Some(&right), guesser), 429);
    assert_eq!(status(&access, "/feeds/club.rss", Some(&right), other), 200);
    // Whoever shows nothing is not guessing; what is public stays so.
    assert_eq!(status(&access, "/feeds/club.rss", None, guesser), 401);
    assert_eq!(status(&access, "/feeds/all.rss", Some("Bearer wrong"), guesser), 200);
    MILLIS.set(3_000);
    assert_eq!(status(&access, "/feeds/club.rss", Some(&right), guesser), 200);
    // Behind a proxy that names nobody, one who guesses locks nobody out.
    for n in 0..100 {
        status(&access, "/feeds/club.rss", Some(&format!("Bearer wrong-{n}")), None);
    }
    assert_eq!(status(&access, "/feeds/club.rss", Some("Bearer wrong"), None), 429);
    assert_eq!(status(&access, "/feeds/club.rss", Some(&right), None), 200);
}

#[test]
fn refusals_say_what_is_needed() {
    let access = access(vec![member("gull", TOKEN)]);
    let reply =
        |authorization: Option<&str>| match access.admit("feeds/club.rss", &request("/feeds/club.rss", authorization, None)) {
            Admittance::Refused(reply) => reply,
            other => panic!("{other:?}"),
        };
    let challenges = |reply: &Reply| -> Vec<String> {
        reply.fields.get_all(header::WWW_AUTHENTICATE).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
    };
    let basic = "Basic realm=\"A relay\", charset=\"UTF-8\"";
    assert_eq!(challenges(&reply(None)), ["Bearer realm=\"A relay\"", basic]);
    let wrong = challenges(&reply(Some("Bearer wrong")));
    assert_eq!(wrong[0], "Bearer realm=\"A relay\", error=\"invalid_token\", error_description=\"The token is not valid\"");
    assert_eq!(wrong[1], basic);
    assert_eq!(reply(None).fields[header::CACHE_CONTROL], "no-store");
}

#[test]
fn a_partner_has_its_networks_its_pace_and_its_time() {
    let fenced = Member {
        allow: vec!["192.0.2.0/24".parse().unwrap(), "2001:db8::/32".parse().unwrap()],
        per_minute: Some(2),
        expires: Some(DateTime::from_timestamp_millis(1_780_000_600_000).unwrap()),
        ..member("tern", FENCED)
    };
    let access = access(vec![member("gull", TOKEN), fenced]);
    let ask = |client: Option<&str>| status(&access, "/feeds/club.rss", Some(&format!("Bearer {FENCED}")), client);
    for (client, expected) in [
        (Some("198.51.100.1"), 403),
        (None, 403),
        (Some("192.0.2.9"), 200),
        (Some("2001:db8::1"), 200),
        (Some("::ffff:192.0.2.10"), 429),
    ] {
        assert_eq!(ask(client), expected, "{client:?}");
    }
    // Another partner has a pace of its own.
    assert_eq!(status(&access, "/feeds/club.rss", Some(&format!("bearer  {TOKEN}")), None), 200);
    MILLIS.set(61_000);
    assert_eq!(ask(Some("192.0.2.9")), 200);
    MILLIS.set(600_000);
    assert_eq!(ask(Some("192.0.2.9")), 401);
}

#[test]
fn a_link_opens_one_feed_until_it_expires() {
    let access = access(vec![Member { feeds: ["club".to_owned(), "press".to_owned()].into(), ..member("gull", TOKEN) }]);
    let now = clock().timestamp();
    let check = |segment: &str, name: &str, expected: u16| {
        let path = format!("/feeds/{segment}/{name}");
        MILLIS.set(MILLIS.get() + 1_000);
        assert_eq!(status(&access, &path, None, Some("198.51.100.1")), expected, "{path}");
    };
    let good = signature(TOKEN, "gull", "club", now + 1_000);
    for name in ["club.rss", "club.atom", "club.json", "club", "club/archive/2026-05.atom"] {
        check(&good, name, 200);
    }
    check(&good, "press.rss", 401);
    check(&good, "all.rss", 401);
    check(&good.replace("gull", "tern"), "club.rss", 401);
    check(&good.replacen('1', "2", 1), "club.rss", 401);
    check(&signature(TOKEN, "gull", "club", now), "club.rss", 401);
    check(&signature("another-token-of-the-test", "gull", "club", now + 1_000), "club.rss", 401);
    // The right one is no longer when its token has been replaced.
    let replaced = self::access(vec![member("gull", FENCED)]);
    assert_eq!(status(&replaced, &format!("/feeds/{good}/club.rss"), None, None), 401);
}

#[test]
fn without_feeds_for_partners_there_is_nothing_to_guard() {
    let access = Access::new(Rules { public: ["all".to_owned()].into(), ..Rules::default() }, clock);
    assert!(!access.guards("feeds/all.rss") && !access.guards("feeds/none.rss") && !access.guards("feeds.opml"));
    let access = self::access(Vec::new());
    assert!(!access.guards("feeds/all.rss") && !access.guards("outlets") && !access.guards("feeds.opml"));
    assert!(access.guards("feeds/club.rss") && access.guards("feeds/club") && access.guards("feeds/none.rss"));
    assert!(access.guards("feeds/club/archive/2026-05.atom"));
}
