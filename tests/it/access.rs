//! Who may read what: every route and every kind of credentials, against the real program.

use std::collections::BTreeSet;
use std::sync::Arc;

use reprint::serve::signature;
use tempfile::TempDir;

use crate::harness::{Answer, Partner, Reply, Reprint, get, request};

const GULL: &str = "gull-token-in-a-file-0001";
const GULL_NEW: &str = "gull-token-in-a-file-0002";
const HERON: &str = "heron-token-in-a-file-0003";
const STALE: &str = "stale-token-in-a-file-0004";
const FENCED: &str = "fenced-token-in-a-file-0005";
const REVOKED: &str = "revoked-token-of-nobody-0006";

/// Later than any clock that runs this.
const FAR: i64 = 4_000_000_000;

fn rss(outlet: &str) -> Reply {
    let text = format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>{outlet}</title><link>http://{outlet}.example/</link><description>d</description>\
         <item><title>News of {outlet}</title><link>http://{outlet}.example/1</link><guid>http://{outlet}.example/1</guid>\
         <author>desk@{outlet}.example (Una Reed)</author><pubDate>Mon, 02 Mar 2026 08:00:00 +0000</pubDate>\
         <description>&lt;p&gt;The lamp at {outlet} was lit by its keeper again.&lt;/p&gt;</description></item></channel></rss>"
    );
    Reply::ok("application/rss+xml; charset=utf-8", text)
}

fn toml(partner: &Partner) -> String {
    let outlet = |id: &str| {
        format!(
            "[[outlet]]\nid = \"{id}\"\nname = \"The {id} Post\"\nhomepage = \"http://{id}.example/\"\nfeed = \"{}\"\nlanguage = \"en\"\n",
            partner.url(&format!("/{id}"))
        )
    };
    let member = |id: &str, rest: &str| format!("[[partner]]\nid = \"{id}\"\n{rest}\n");
    [
        "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\n[limits]\nallow_networks = [\"127.0.0.2/32\"]\nhost_spacing = \"0s\"\n".to_owned(),
        outlet("tarn"),
        outlet("cove"),
        "[[feed]]\nid = \"all\"\noutlets = [\"tarn\"]\n[[feed]]\nid = \"cove\"\naccess = \"partners\"\n".to_owned(),
        "[[feed]]\nid = \"club\"\ntitle = \"Club of few\"\noutlets = [\"cove\"]\naccess = \"partners\"\n".to_owned(),
        "[[feed]]\nid = \"press\"\naccess = \"partners\"\n".to_owned(),
        member("gull", "token_files = [\"gull.token\", \"gull-2.token\"]\nfeeds = [\"club\", \"cove\"]"),
        member("heron", "token_file = \"heron.token\"\nfeeds = [\"press\"]"),
        member("stale", "token_file = \"stale.token\"\nfeeds = [\"club\"]\nexpires = \"2026-01-01\""),
        member("fenced", "token_file = \"fenced.token\"\nfeeds = [\"club\"]\nallow = [\"192.0.2.0/24\"]"),
    ]
    .concat()
}

fn folder() -> Arc<TempDir> {
    let folder = tempfile::tempdir().expect("a folder");
    for (file, token) in [
        ("gull.token", GULL),
        ("gull-2.token", GULL_NEW),
        ("heron.token", HERON),
        ("stale.token", STALE),
        ("fenced.token", FENCED),
    ] {
        std::fs::write(folder.path().join(file), token).expect("written");
    }
    Arc::new(folder)
}

async fn start() -> (Partner, Reprint) {
    let partner = Partner::start().await;
    partner.put("/tarn", rss("tarn"));
    partner.put("/cove", rss("cove"));
    let reprint = Reprint::start_in(folder(), &toml(&partner)).await.unwrap_or_else(|error| panic!("{error:?}"));
    let gull = format!("Bearer {GULL}");
    for _ in 0..400 {
        // A feed's forms are put in place one after another.
        let mut all_there = true;
        for (feed, news) in [("club", "News of cove"), ("all", "News of tarn")] {
            for format in ["rss", "atom", "json"] {
                let path = format!("/feeds/{feed}.{format}");
                all_there &= get(&reprint.url(&path), &[("Authorization", &gull)]).await.text().contains(news);
            }
        }
        if all_there {
            return (partner, reprint);
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the articles do not come: {}", reprint.stderr());
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in text.as_bytes().chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let digit = DIGITS[usize::try_from(bits >> (18 - 6 * place) & 63).unwrap()];
            out.push(if place <= three.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

/// Kinds of credentials: what stands in `Authorization`, what in the path, and where the client is.
struct Shown {
    name: &'static str,
    authorization: Option<String>,
    segment: Option<String>,
    network: &'static str,
}

fn shown() -> Vec<Shown> {
    let kind =
        |name, authorization: Option<String>, segment: Option<String>, network| Shown { name, authorization, segment, network };
    let bearer = |token: &str| Some(format!("Bearer {token}"));
    let basic = |user: &str, token: &str| Some(format!("Basic {}", base64(&format!("{user}:{token}"))));
    let here = "198.51.100";
    vec![
        kind("none", None, None, here),
        kind("wrong bearer", bearer("wrong-wrong-wrong-wrong"), None, here),
        kind("wrong password", basic("gull", "wrong-wrong-wrong-wrong"), None, here),
        kind("unknown scheme", Some("Digest username=\"gull\"".into()), None, here),
        kind("no base64", Some("Basic !!!!".into()), None, here),
        kind("revoked", bearer(REVOKED), None, here),
        kind("expired", bearer(STALE), None, here),
        kind("other partner", bearer(HERON), None, here),
        kind("name of another", basic("heron", GULL), None, here),
        kind("wrong network", bearer(FENCED), None, here),
        kind("right network", bearer(FENCED), None, "192.0.2"),
        kind("bearer", bearer(GULL), None, here),
        kind("new bearer", bearer(GULL_NEW), None, here),
        kind("password", basic("gull", GULL), None, here),
        kind("link", None, Some(signature(GULL, "gull", "club", FAR)), here),
        kind("link, new token", None, Some(signature(GULL_NEW, "gull", "club", FAR)), here),
        kind("link expired", None, Some(signature(GULL, "gull", "club", 1_700_000_000)), here),
        kind("link, other feed", None, Some(signature(GULL, "gull", "cove", FAR)), here),
        kind("link, other name", None, Some(signature(GULL, "heron", "club", FAR)), here),
        kind("link, no mac", None, Some(format!("~gull.{FAR}.00")), here),
    ]
}

/// Status by route and kind of credentials. One column a kind, in the order of [`shown`]; `-`: the path cannot be signed.
const MATRIX: &str = "
route                                none wrB wrP sch b64 rev exp oth nam wnt rnt brr brr2 pas lnk lnk2 lex lof lon lnm
/                                    200  200 200 200 200 200 200 200 200 200 200 200 200  200 -   -    -   -   -   -
/outlets                             200  200 200 200 200 200 200 200 200 200 200 200 200  200 -   -    -   -   -   -
/feeds.opml                          200  200 200 200 200 200 200 200 200 200 200 200 200  200 -   -    -   -   -   -
/robots.txt                          200  200 200 200 200 200 200 200 200 200 200 200 200  200 -   -    -   -   -   -
/rsl.xml                             200  200 200 200 200 200 200 200 200 200 200 200 200  200 -   -    -   -   -   -
/.well-known/tdmrep.json             200  200 200 200 200 200 200 200 200 200 200 200 200  200 -   -    -   -   -   -
/ns/1.0                              200  200 200 200 200 200 200 200 200 200 200 200 200  200 -   -    -   -   -   -
/healthz                             200  200 200 200 200 200 200 200 200 200 200 200 200  200 -   -    -   -   -   -
/readyz                              200  200 200 200 200 200 200 200 200 200 200 200 200  200 -   -    -   -   -   -
/favicon.ico                         404  404 404 404 404 404 404 404 404 404 404 404 404  404 -   -    -   -   -   -
/static/none.css                     404  404 404 404 404 404 404 404 404 404 404 404 404  404 -   -    -   -   -   -
/nowhere                             404  404 404 404 404 404 404 404 404 404 404 404 404  404 -   -    -   -   -   -
/a/00000000000000000000              404  404 404 404 404 404 404 404 404 404 404 404 404  404 -   -    -   -   -   -
{page of tarn}                       200  200 200 200 200 200 200 200 200 200 200 200 200  200 -   -    -   -   -   -
{page of cove}                       401  401 401 401 401 401 401 200 401 403 200 200 200  200 -   -    -   -   -   -
/feeds/all                           200  200 200 200 200 200 200 200 200 200 200 200 200  200 401 401  401 401 401 401
/feeds/all.rss                       200  200 200 200 200 200 200 200 200 200 200 200 200  200 401 401  401 401 401 401
/feeds/all.atom                      200  200 200 200 200 200 200 200 200 200 200 200 200  200 401 401  401 401 401 401
/feeds/tarn.json                     200  200 200 200 200 200 200 200 200 200 200 200 200  200 401 401  401 401 401 401
/feeds/all/archive/1999-01.atom      404  404 404 404 404 404 404 404 404 404 404 404 404  404 401 401  401 401 401 401
/feeds/club                          401  401 401 401 401 401 401 403 401 403 200 200 200  200 200 200  401 401 401 401
/feeds/club.rss                      401  401 401 401 401 401 401 403 401 403 200 200 200  200 200 200  401 401 401 401
/feeds/club.atom                     401  401 401 401 401 401 401 403 401 403 200 200 200  200 200 200  401 401 401 401
/feeds/club.json                     401  401 401 401 401 401 401 403 401 403 200 200 200  200 200 200  401 401 401 401
/feeds/club/archive/1999-01.atom     401  401 401 401 401 401 401 403 401 403 404 404 404  404 404 404  401 401 401 401
/feeds/cove.rss                      401  401 401 401 401 401 401 403 401 403 403 200 200  200 401 401  401 200 401 401
/feeds/press.atom                    401  401 401 401 401 401 401 200 401 403 403 403 403  403 401 401  401 401 401 401
/feeds/press/archive/1999-01.json    401  401 401 401 401 401 401 404 401 403 403 403 403  403 401 401  401 401 401 401
/feeds/none.rss                      401  401 401 401 401 401 401 404 401 404 404 404 404  404 401 401  401 401 401 401
/feeds/none/archive/1999-01.atom     401  401 401 401 401 401 401 404 401 404 404 404 404  404 401 401  401 401 401 401
";

/// The page of an article, from the address of a document's entry.
fn page_of(feed: &str) -> String {
    let (_, after) = feed.split_once("https://relay.example.net/a/").unwrap_or_else(|| panic!("no page in {feed}"));
    format!("/a/{}", &after[..20])
}

#[tokio::test]
async fn s17_every_route_and_every_kind_of_credentials() {
    let (_partner, reprint) = start().await;
    let gull = format!("Bearer {GULL}");
    let public = get(&reprint.url("/"), &[]).await.text();
    let index =
        public.clone() + &get(&reprint.url("/feeds.opml"), &[]).await.text() + &get(&reprint.url("/outlets"), &[]).await.text();
    for secret in ["club", "Club of few", "press", "News of cove", "feeds/cove", "cove Post"] {
        assert!(!index.contains(secret), "{secret} is shown: {index}");
    }
    let tarn = page_of(&get(&reprint.url("/feeds/all.json"), &[]).await.text());
    let keyed = get(&reprint.url("/feeds/club.json"), &[("Authorization", &gull)]).await.text();
    let cove = page_of(&keyed);

    let kinds = shown();
    let mut rows = MATRIX.trim().lines();
    assert_eq!(rows.next().map(|head| head.split_whitespace().count()), Some(kinds.len() + 1));
    let (mut wrong, mut client) = (Vec::new(), 0_u32);
    for row in rows {
        let (route, expected) = row.split_at(37);
        let route = match route.trim() {
            "{page of tarn}" => &tarn,
            "{page of cove}" => &cove,
            route => route,
        };
        let expected: Vec<&str> = expected.split_whitespace().collect();
        assert_eq!(expected.len(), kinds.len(), "{row}");
        for (kind, expected) in kinds.iter().zip(expected) {
            let path = match (&kind.segment, route.strip_prefix("/feeds/")) {
                (Some(_), None) => {
                    assert_eq!(expected, "-", "{row}");
                    continue;
                }
                (Some(segment), Some(name)) => format!("/feeds/{segment}/{name}"),
                (None, _) => route.to_owned(),
            };
            client += 1;
            for method in ["GET", "HEAD"] {
                // Each from an address of its own, so that nothing is answered 429.
                let address = format!("{}.{}", kind.network, client % 250 + 1);
                let mut fields = vec![("X-Forwarded-For", address.as_str())];
                fields.extend(kind.authorization.as_ref().map(|value| ("Authorization", value.as_str())));
                let answer = request(method, &reprint.url(&path), &fields).await.expect("an answer");
                if answer.status.to_string() != expected {
                    wrong.push(format!("{method} {route} with {}: {} and not {expected}", kind.name, answer.status));
                }
                let is_private = ["club", "cove", "press", "none"].iter().any(|feed| route.contains(&format!("/feeds/{feed}")))
                    || *route == cove;
                let cache = answer.header("cache-control").unwrap_or_default();
                if is_private {
                    assert!(!cache.contains("public") || answer.status == 404, "{path}: {cache}");
                    assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
                }
                if is_private && answer.status == 200 {
                    assert!(
                        cache.starts_with("private") && answer.header("vary").is_some_and(|vary| vary.contains("Authorization"))
                    );
                }
                assert_eq!(answer.status == 401, answer.header("www-authenticate").is_some(), "{path}");
                assert!(!answer.text().contains("token-in-a-file"), "{path}");
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn ask(reprint: &Reprint, path: &str, fields: &[(&str, &str)]) -> Answer {
    get(&reprint.url(path), fields).await
}

#[tokio::test]
async fn who_pulled_what_is_known_and_no_secret_is_written_anywhere() {
    let (partner, reprint) = start().await;
    let gull = format!("Bearer {GULL}");
    let from = ("X-Forwarded-For", "198.51.100.77");
    let whole = ask(&reprint, "/feeds/club.rss", &[("Authorization", &gull), from]).await;
    let etag = whole.header("etag").expect("an ETag");
    let agent = ("User-Agent", "Puller/2 \t\u{1b}[31mred");
    let again = ask(&reprint, "/feeds/club.rss", &[("Authorization", &gull), ("If-None-Match", &etag), from, agent]).await;
    assert!(again.status == 304 || again.status == 400, "{}", again.status);
    let segment = signature(GULL, "gull", "club", FAR);
    let linked =
        ask(&reprint, &format!("/feeds/{segment}/club.rss"), &[("If-None-Match", &etag), from, ("User-Agent", "Puller/3")]).await;
    assert_eq!(linked.status, 304, "the validators are the same by whatever way");
    for _ in 0..3 {
        ask(&reprint, "/feeds/club.rss", &[("Authorization", "Bearer guessed-guessed-guessed"), from]).await;
    }
    let first = ask(&reprint, "/feeds/club.rss", &[("Authorization", &format!("Bearer {HERON}")), from]).await;
    assert_eq!(first.status, 403);
    for n in 1..=4 {
        let address = format!("203.0.113.{n}");
        ask(&reprint, "/feeds/all.rss", &[("X-Forwarded-For", &address), ("User-Agent", "Reader/1")]).await;
    }
    ask(&reprint, "/feeds/all.rss", &[("User-Agent", "Feedbarn/1.0 (like Feedly; 40 subscribers)")]).await;
    // A link that the command makes opens its feed.
    let (code, links, _) = reprint.command(&["partners", "link", "gull", "club", "--days", "2"]);
    assert_eq!(code, Some(0));
    let link = links.lines().find(|line| line.ends_with(".rss")).expect("a link").to_owned();
    let path = link.strip_prefix("https://relay.example.net").expect("of the site");
    assert_eq!(ask(&reprint, path, &[]).await.status, 200, "{path}");
    let (code, _, words) = reprint.command(&["partners", "link", "gull", "press"]);
    assert!(code == Some(1) && words.contains("may not read"), "{words}");

    let log = reprint.stderr();
    let (_, folder) = reprint.stop().await;
    let reprint = Reprint::start_in(folder, &toml(&partner)).await.unwrap_or_else(|error| panic!("{error:?}"));
    let (code, table, _) = reprint.command(&["partners"]);
    assert_eq!(code, Some(0), "{table}");
    let line = table.lines().find(|line| line.starts_with("gull")).expect("a line").to_owned();
    assert!(line.contains("club,cove") && line.contains("link"), "{table}");
    let (_, data, _) = reprint.command(&["partners", "--json"]);
    let data: serde_json::Value = serde_json::from_str(&data).expect("JSON");
    let known = &data["partners"][0];
    assert!(known["requests_today"].as_u64().is_some_and(|n| n >= 3), "{data}");
    assert_eq!(data["partners"][1]["refused_7_days"], 1, "{data}");
    assert!(data["refused_unknown_7_days"].as_u64().is_some_and(|n| n >= 3), "{data}");
    let (_, feeds, _) = reprint.command(&["feeds", "--json"]);
    let feeds: serde_json::Value = serde_json::from_str(&feeds).expect("JSON");
    let of = |id: &str| {
        feeds["feeds"].as_array().and_then(|feeds| feeds.iter().find(|feed| feed["id"] == id)).cloned().expect("a feed")
    };
    // Four readers, whoever waited at the start, and forty elsewhere.
    assert!(of("all")["subscribers"].as_u64().is_some_and(|n| (44..=46).contains(&n)), "{feeds}");
    assert_eq!((&of("club")["access"], &of("club")["subscribers"]), (&"partners".into(), &serde_json::Value::Null));

    let mac = segment.rsplit('.').next().expect("a mac").to_owned();
    let mut written = vec![log, reprint.stderr(), table, data.to_string(), feeds.to_string()];
    for file in ["reprint.db", "reprint.db-wal"] {
        let bytes = std::fs::read(reprint.folder().join(file)).unwrap_or_default();
        written.push(String::from_utf8_lossy(&bytes).into_owned());
    }
    for secret in [GULL, GULL_NEW, HERON, STALE, FENCED, "guessed-guessed", &mac, "198.51.100.77"] {
        assert!(written.iter().all(|text| !text.contains(secret)), "{secret} is written somewhere");
    }
    assert!(written.iter().all(|text| !text.contains('\u{1b}') || text.contains("SQLite")));
}

#[tokio::test]
async fn s17_guessing_over_the_wire_is_told_to_wait() {
    let (_partner, reprint) = start().await;
    let mut statuses = BTreeSet::new();
    let mut waits = None;
    for n in 0..40 {
        let token = format!("Bearer guess-number-{n}");
        let answer = ask(&reprint, "/feeds/club.atom", &[("Authorization", &token), ("X-Forwarded-For", "198.51.100.9")]).await;
        statuses.insert(answer.status);
        waits = waits.or(answer.header("retry-after"));
    }
    assert_eq!(statuses, BTreeSet::from([401, 429]));
    assert!(waits.is_some_and(|wait| wait.parse::<u32>().is_ok()));
}

/// What a client can tell two answers apart by.
fn told(answer: &Answer) -> String {
    let fields =
        answer.headers.iter().filter(|(name, _)| name != "date").map(|(name, value)| (name, String::from_utf8_lossy(value)));
    format!("{} {:?} {}", answer.status, fields.collect::<Vec<_>>(), answer.text())
}

#[tokio::test]
async fn a_feed_of_partners_that_is_gone_is_gone_for_them_and_unknown_to_others() {
    let partner = Partner::start().await;
    partner.put("/tarn", rss("tarn"));
    partner.put("/cove", rss("cove"));
    let club = "[[feed]]\nid = \"club\"\ntitle = \"Club of few\"\noutlets = [\"cove\"]\naccess = \"partners\"\n";
    let without = toml(&partner).replace(club, "").replace("\"club\", ", "").replace("[\"club\"]", "[\"press\"]");
    let with = format!("{}[[feed]]\nid = \"tide\"\noutlets = [\"tarn\"]\n", toml(&partner));
    let gull = format!("Bearer {GULL}");
    let reprint = Reprint::start_in(folder(), &with).await.unwrap_or_else(|error| panic!("{error:?}"));
    for (path, status) in [("/feeds/club.atom", 200), ("/feeds/tide.atom", 200)] {
        let mut found = 0;
        for _ in 0..400 {
            found = ask(&reprint, path, &[("Authorization", &gull)]).await.status;
            if found == status {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(found, status, "{path}");
    }
    let (_, folder) = reprint.stop().await;
    // Also after a second start, when no document of it is left to tell.
    let mut kept = folder;
    for _ in 0..2 {
        let reprint = Reprint::start_in(kept, &without).await.unwrap_or_else(|error| panic!("{error:?}"));
        for rest in ["", ".rss", ".atom", ".json", "/archive/1999-01.atom"] {
            let (club, none) = (format!("/feeds/club{rest}"), format!("/feeds/none{rest}"));
            for fields in [&[][..], &[("Authorization", "Bearer wrong-wrong-wrong-wrong"), ("X-Forwarded-For", "198.51.100.9")]] {
                let (gone, unknown) = (ask(&reprint, &club, fields).await, ask(&reprint, &none, fields).await);
                assert!([401, 429].contains(&gone.status), "{club}: {}", gone.status);
                if gone.status == unknown.status && gone.status == 401 {
                    assert_eq!(told(&gone), told(&unknown), "{club}");
                }
            }
            assert_eq!(ask(&reprint, &club, &[("Authorization", &gull)]).await.status, 410, "{club}");
            assert_eq!(ask(&reprint, &none, &[("Authorization", &gull)]).await.status, 404, "{none}");
            let tide = format!("/feeds/tide{rest}");
            assert_eq!(ask(&reprint, &tide, &[]).await.status, 410, "{tide} was for everybody");
        }
        kept = reprint.stop().await.1;
    }
    // Where nothing is for partners any more, an unknown name is 404, and so is this one.
    let (open, _) = without.split_once("[[feed]]\nid = \"cove\"").expect("the first of them");
    let reprint = Reprint::start_in(kept, open).await.unwrap_or_else(|error| panic!("{error:?}"));
    for fields in [&[][..], &[("Authorization", gull.as_str())]] {
        let (gone, unknown) = (ask(&reprint, "/feeds/club.rss", fields).await, ask(&reprint, "/feeds/none.rss", fields).await);
        assert_eq!((gone.status, told(&gone)), (404, told(&unknown)));
        assert_eq!(ask(&reprint, "/feeds/tide.rss", fields).await.status, 410);
    }
}
