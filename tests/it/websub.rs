//! WebSub over real sockets: the real program as hub, publisher and subscriber, with peers that misbehave. Rows W01 to W08 of the threats and
//! requirements 49 and 58 are tests of those names.

mod leases;
pub mod peer;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::{Url, form_urlencoded};

use super::harness::{Canary, Reprint, get, until};
use peer::{Does, Got, Peer};

const TOPIC: &str = "https://relay.example.net/feeds/all.atom";

pub fn rss(count: usize, head: &str) -> Does {
    let item = |number: usize| {
        format!(
            "<item><title>Ferry number {number}</title><link>http://quay.example/ferry/{number}</link><guid>http://quay.example/ferry/{number}</guid>\
             <author>ana@quay.example (Ana Quay)</author><pubDate>Mon, 01 Jun 2026 08:{number:02}:00 GMT</pubDate>\
             <description>Ferry {number} left the quay at noon with {number} passengers on board.</description></item>"
        )
    };
    let items: String = (0..count).map(item).collect();
    let body = format!(
        "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel><title>Quay</title><link>http://quay.example/</link>\
         <description>d</description>{head}{items}</channel></rss>"
    );
    Does::Serves("Content-Type: application/rss+xml\r\n".to_owned(), body.into_bytes())
}

pub fn toml(websub: &str, schedule: &str, feed: &Url) -> String {
    format!(
        "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\n[limits]\nallow_networks = [\"127.0.0.2/32\"]\n\
         shortest_interval = \"1s\"\nhost_spacing = \"0s\"\nconnect_timeout = \"1s\"\n[websub]\n{websub}\n\
         [[outlet]]\nid = \"quay\"\nname = \"Quay Post\"\nhomepage = \"http://quay.example/\"\nlanguage = \"en\"\nfeed = \"{feed}\"\n\
         schedule = \"{schedule}\"\n"
    )
}

pub const EVERY_SECOND: &str = "* * * * * *";
const YEARLY: &str = "0 0 1 1 *";
pub const HUB: &str = "hub = \"built-in\"";
const SUBSCRIBE: &str = "subscribe = true";

async fn start(folder: &Arc<TempDir>, toml: &str) -> Reprint {
    let started = Reprint::start_in(folder.clone(), toml).await;
    started.unwrap_or_else(|failure| panic!("it ended with {}: {}", failure.status, failure.stderr))
}

fn folder() -> Arc<TempDir> {
    Arc::new(tempfile::tempdir().expect("a temporary folder"))
}

/// A POST: status. `stall` sends so many bytes of the body only and waits for the end of the connection; then the status may be 0.
pub async fn post(url: &Url, fields: &str, body: &[u8], stall: Option<usize>) -> u16 {
    let (host, port) = (url.host_str().expect("a host"), url.port().expect("a port"));
    let mut stream = TcpStream::connect((host, port)).await.expect("a connection");
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n{fields}\r\n",
        url.path(),
        body.len()
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    // It may be refused by its length before it is read.
    let _refused = stream.write_all(&body[..stall.unwrap_or(body.len())]).await;
    let mut answer = Vec::new();
    let _reset = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

async fn ask(program: &Reprint, pairs: &[(&str, &str)]) -> u16 {
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    post(&program.url("hub"), "Content-Type: application/x-www-form-urlencoded\r\n", form.as_bytes(), None).await
}

pub async fn subscribe(program: &Reprint, callback: &Url, more: &[(&str, &str)]) -> u16 {
    let pairs = [("hub.mode", "subscribe"), ("hub.topic", TOPIC), ("hub.callback", callback.as_str())];
    ask(program, &[&pairs, more].concat()).await
}

/// Waits for the feed to have this.
pub async fn shows(program: &Reprint, text: &str) {
    for _ in 0..400 {
        if get(&program.url("feeds/all.atom"), &[]).await.text().contains(text) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the feed never has {text}; the program said:\n{}", program.stderr());
}

pub async fn confirmed(peer: &Peer, path: &str) -> Got {
    until("a verification", || !peer.got("GET", path).is_empty()).await;
    // It counts as confirmed once our answer has been saved.
    tokio::time::sleep(Duration::from_millis(200)).await;
    peer.got("GET", path).pop().expect("a verification")
}

fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn changes_are_delivered_signed_and_whole_and_survive_a_crash() {
    let (peer, folder) = (Peer::start().await, folder());
    peer.does("/rss", rss(1, ""));
    peer.does("/cb", Does::Confirms);
    peer.does("/down", Does::Answers(500));
    let toml = toml(HUB, EVERY_SECOND, &peer.url("/rss"));
    let program = start(&folder, &toml).await;
    shows(&program, "Ferry number 0").await;
    let secret = [("hub.secret", "a secret of the quay"), ("hub.lease_seconds", "10")];
    assert_eq!(subscribe(&program, &peer.url("/cb"), &secret).await, 202);
    assert_eq!(subscribe(&program, &peer.url("/down"), &[]).await, 202);
    let verification = confirmed(&peer, "/cb").await;
    confirmed(&peer, "/down").await;
    assert_eq!(verification.query["hub.topic"], TOPIC);
    assert_eq!(verification.query["hub.lease_seconds"], "3600");
    assert!(verification.query["hub.challenge"].len() >= 32);

    peer.does("/rss", rss(2, ""));
    until("a delivery", || !peer.got("POST", "/cb").is_empty()).await;
    let served = get(&program.url("feeds/all.atom"), &[]).await;
    let delivery = peer.got("POST", "/cb").pop().expect("a delivery");
    assert_eq!(String::from_utf8_lossy(&delivery.body), served.text());
    assert_eq!(delivery.field("content-type"), served.header("content-type"));
    assert_eq!(delivery.field("link"), served.header("link"));
    let expected = format!("sha256={}", signature("a secret of the quay", &delivery.body));
    assert_eq!(delivery.field("x-hub-signature"), Some(expected));
    until("the other delivery", || !peer.got("POST", "/down").is_empty()).await;
    assert_eq!(peer.got("POST", "/down")[0].field("x-hub-signature"), None);

    // Killed while one subscriber has what is new and the other has not; what comes meanwhile reaches both.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let folder = program.crash();
    peer.does("/rss", rss(3, ""));
    peer.does("/down", Does::Confirms);
    let program = start(&folder, &toml).await;
    until("a delivery after the crash", || peer.got("POST", "/cb").len() == 2).await;
    until("one that is tried again", || peer.got("POST", "/down").len() == 2).await;
    shows(&program, "Ferry number 2").await;
    assert!(String::from_utf8_lossy(&peer.got("POST", "/down")[1].body).contains("Ferry number 2"));

    let callback = peer.url("/cb");
    let end = [("hub.mode", "unsubscribe"), ("hub.topic", TOPIC), ("hub.callback", callback.as_str())];
    assert_eq!(ask(&program, &end).await, 202);
    until("the end to be verified", || peer.got("GET", "/cb").iter().any(|got| got.query["hub.mode"] == "unsubscribe")).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    peer.does("/rss", rss(4, ""));
    until("a further delivery", || peer.got("POST", "/down").len() == 3).await;
    assert_eq!(peer.got("POST", "/cb").len(), 2);
}

#[tokio::test]
async fn w05_callbacks_at_private_addresses_are_never_asked() {
    let (peer, canary) = (Peer::start().await, Canary::start().await);
    peer.does("/rss", rss(1, ""));
    peer.does("/cb", Does::Confirms);
    let program = start(&folder(), &toml(HUB, EVERY_SECOND, &peer.url("/rss"))).await;
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433"] {
        let callback: Url = format!("http://{host}:{}/cb", canary.port()).parse().expect("an address");
        assert_eq!(subscribe(&program, &callback, &[]).await, 202, "{host}");
    }
    assert_eq!(subscribe(&program, &peer.url("/cb"), &[]).await, 202);
    confirmed(&peer, "/cb").await;
    canary.assert_untouched().await;
}

#[tokio::test]
async fn w05_an_address_that_became_private_is_not_delivered_to() {
    let (peer, folder) = (Peer::start().await, folder());
    peer.does("/rss", rss(1, ""));
    peer.does("/cb", Does::Confirms);
    let here = toml(HUB, EVERY_SECOND, &peer.url("/rss"));
    let program = start(&folder, &here).await;
    shows(&program, "Ferry number 0").await;
    assert_eq!(subscribe(&program, &peer.url("/cb"), &[]).await, 202);
    confirmed(&peer, "/cb").await;
    drop(program);
    // The network is not allowed any more, and something new comes from elsewhere.
    let other = super::harness::Partner::start_on(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3))).await;
    let Does::Serves(_, body) = rss(3, "") else { unreachable!("a document") };
    other.put("/rss", super::harness::Reply::ok("application/rss+xml", body));
    let program = start(
        &folder,
        &here.replace("127.0.0.2/32", "127.0.0.3/32").replace(peer.url("/rss").as_str(), other.url("/rss").as_str()),
    )
    .await;
    shows(&program, "Ferry number 2").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(peer.got("POST", "/cb").is_empty());
}

#[tokio::test]
async fn w06_callbacks_that_redirect_hang_fail_or_are_gone() {
    let peer = Peer::start().await;
    peer.does("/rss", rss(1, ""));
    for (path, does) in [
        ("/good", Does::Confirms),
        ("/redirects", Does::Answers(307)),
        ("/fails", Does::Answers(500)),
        ("/gone", Does::Answers(410)),
        ("/hangs", Does::Hangs),
        ("/elsewhere", Does::Confirms),
        ("/mumbles", Does::Mumbles),
        ("/missing", Does::Always(404)),
    ] {
        peer.does(path, does);
    }
    let program = start(&folder(), &toml(HUB, EVERY_SECOND, &peer.url("/rss"))).await;
    shows(&program, "Ferry number 0").await;
    for path in ["/hangs", "/redirects", "/fails", "/gone", "/mumbles", "/missing", "/good"] {
        assert_eq!(subscribe(&program, &peer.url(path), &[]).await, 202, "{path}");
        confirmed(&peer, path).await;
    }
    peer.does("/rss", rss(2, ""));
    until("a delivery", || !peer.got("POST", "/good").is_empty()).await;
    peer.does("/rss", rss(3, ""));
    until("a second one", || peer.got("POST", "/good").len() == 2).await;
    for (path, expected) in
        [("/hangs", 1), ("/redirects", 1), ("/fails", 1), ("/gone", 1), ("/elsewhere", 0), ("/mumbles", 0), ("/missing", 0)]
    {
        assert_eq!(peer.got("POST", path).len(), expected, "{path}");
    }
}

#[tokio::test]
async fn w07_a_victim_is_asked_ten_times_a_minute_and_has_fifty_subscriptions() {
    let peer = Peer::start().await;
    peer.does("/rss", rss(1, ""));
    let program = start(&folder(), &toml(HUB, YEARLY, &peer.url("/rss"))).await;
    shows(&program, "Ferry number 0").await;
    let mut taken = 0;
    for number in 0..200 {
        match subscribe(&program, &peer.url(&format!("/victim?{number}")), &[]).await {
            202 => taken += 1,
            status => assert_eq!(status, 429),
        }
    }
    // Ten were refused by the victim, and made room for others.
    assert!((50..=60).contains(&taken), "{taken}");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(peer.got("GET", "/victim").len(), 10);
}

#[tokio::test]
async fn w08_requests_that_are_refused() {
    let peer = Peer::start().await;
    peer.does("/rss", rss(1, ""));
    peer.does("/cb", Does::Confirms);
    let program = start(&folder(), &toml(HUB, YEARLY, &peer.url("/rss"))).await;
    shows(&program, "Ferry number 0").await;
    let callback = peer.url("/cb");
    let sound = [("hub.mode", "subscribe"), ("hub.topic", TOPIC), ("hub.callback", callback.as_str())];
    let with =
        |name: &'static str, value: &'static str| sound.map(|(known, old)| (known, if known == name { value } else { old }));
    for pairs in [
        with("hub.mode", "dance"),
        with("hub.topic", "https://elsewhere.example/feeds/all.atom"),
        with("hub.topic", "https://relay.example.net/feeds/none.atom"),
        with("hub.topic", "https://relay.example.net/outlets"),
        with("hub.topic", "https://relay.example.net/feeds/all"),
        with("hub.callback", "javascript:alert(1)"),
    ] {
        assert_eq!(ask(&program, &pairs).await, 400, "{pairs:?}");
    }
    let long = "x".repeat(200);
    assert_eq!(subscribe(&program, &callback, &[("hub.secret", &long)]).await, 400);
    assert_eq!(post(&program.url("hub"), "", "x".repeat(20_000).as_bytes(), None).await, 413);
    assert_eq!(ask(&program, &[("hub.mode", "publish"), ("hub.url", TOPIC)]).await, 204);
    assert_eq!(ask(&program, &[("hub.mode", "publish"), ("hub.url", "https://elsewhere.example/")]).await, 400);
    assert!(peer.got("GET", "/cb").is_empty());
}

#[tokio::test]
async fn r49_fields_and_documents_name_the_same_hub_and_the_address_served() {
    let peer = Peer::start().await;
    peer.does("/rss", rss(1, ""));
    let program = start(&folder(), &toml(HUB, YEARLY, &peer.url("/rss"))).await;
    shows(&program, "Ferry number 0").await;
    let hub = "https://relay.example.net/hub";
    for format in ["rss", "atom", "json"] {
        let own = format!("https://relay.example.net/feeds/all.{format}");
        let answer = get(&program.url(&format!("feeds/all.{format}")), &[]).await;
        assert_eq!(answer.header("link"), Some(format!("<{hub}>; rel=\"hub\", <{own}>; rel=\"self\"")));
        let text = answer.text();
        if format == "json" {
            let feed: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(feed["hubs"], serde_json::json!([{ "type": "WebSub", "url": hub }]));
            assert_eq!(feed["feed_url"], own);
        } else {
            let head = text.split("<item>").next().and_then(|text| text.split("<entry>").next()).expect("a head");
            assert_eq!(head.matches("rel=\"hub\"").count(), 1, "{head}");
            assert_eq!(head.matches("rel=\"self\"").count(), 1, "{head}");
            assert!(head.contains(&format!("href=\"{hub}\"")) && head.contains(&format!("href=\"{own}\"")), "{head}");
        }
    }
    assert_eq!(get(&program.url(""), &[]).await.header("link"), None);

    let program = start(&folder(), &toml("", YEARLY, &peer.url("/rss"))).await;
    shows(&program, "Ferry number 0").await;
    let answer = get(&program.url("feeds/all.atom"), &[]).await;
    assert_eq!(answer.header("link"), None);
    assert!(!answer.text().contains("rel=\"hub\""));
    assert_eq!(ask(&program, &[("hub.mode", "subscribe")]).await, 404);
}

#[tokio::test]
async fn a_hub_elsewhere_is_told_of_what_changed() {
    let (peer, folder) = (Peer::start().await, folder());
    peer.does("/rss", rss(1, ""));
    peer.does("/hub", Does::Always(204));
    let toml = toml(&format!("hub = \"{}\"", peer.url("/hub")), EVERY_SECOND, &peer.url("/rss"));
    let program = start(&folder, &toml).await;
    shows(&program, "Ferry number 0").await;
    peer.does("/rss", rss(2, ""));
    shows(&program, "Ferry number 1").await;
    let told = |topic: &str| peer.got("POST", "/hub").iter().filter(|got| got.form()["hub.url"] == topic).count();
    until("a ping", || told(TOPIC) >= 1 && told("https://relay.example.net/feeds/quay.json") >= 1).await;
    let ping = peer.got("POST", "/hub").pop().expect("a ping").form();
    assert_eq!(ping["hub.mode"], "publish");
    assert_eq!(ask(&program, &[("hub.mode", "subscribe")]).await, 404);
    let link = get(&program.url("feeds/all.atom"), &[]).await.header("link").expect("links");
    assert!(link.contains(peer.url("/hub").as_str()), "{link}");
}

/// A program that has subscribed at the hub of a partner, with what it asked.
async fn subscribed(peer: &Peer, folder: &Arc<TempDir>, websub: &str) -> (Reprint, Got) {
    let head =
        format!("<atom:link rel=\"hub\" href=\"{}\"/><atom:link rel=\"self\" href=\"{}\"/>", peer.url("/hub"), peer.url("/self"));
    peer.does("/rss", rss(1, &head));
    peer.does("/hub", Does::Always(202));
    let program = start(folder, &toml(websub, YEARLY, &peer.url("/rss"))).await;
    until("a request", || !peer.got("POST", "/hub").is_empty()).await;
    let asked = peer.got("POST", "/hub").pop().expect("a request");
    (program, asked)
}

fn callback(program: &Reprint, asked: &Got) -> Url {
    let callback = asked.form()["hub.callback"].clone();
    let path = callback.strip_prefix("https://relay.example.net/").expect("our address").to_owned();
    assert!(path.len() > "websub/".len() + 30, "{path}");
    program.url(&path)
}

async fn verify(callback: &Url, mode: &str, topic: &Url) -> (u16, String) {
    let mut url = callback.clone();
    let pairs =
        [("hub.mode", mode), ("hub.topic", topic.as_str()), ("hub.challenge", "<b>echo</b>"), ("hub.lease_seconds", "86400")];
    url.query_pairs_mut().extend_pairs(pairs);
    let answer = get(&url, &[]).await;
    (answer.status, answer.text())
}

#[tokio::test]
async fn w04_r58_challenges_are_repeated_for_what_we_asked_for_only() {
    let peer = Peer::start().await;
    let (program, asked) = subscribed(&peer, &folder(), SUBSCRIBE).await;
    let form = asked.form();
    assert_eq!((form["hub.mode"].as_str(), form["hub.topic"].as_str()), ("subscribe", peer.url("/self").as_str()));
    assert!((32..200).contains(&form["hub.secret"].len()));
    let (callback, topic) = (callback(&program, &asked), peer.url("/self"));
    assert_eq!(verify(&callback, "subscribe", &peer.url("/other")).await.0, 404);
    assert_eq!(verify(&callback, "unsubscribe", &topic).await.0, 404);
    assert_eq!(verify(&callback, "", &topic).await.0, 404);
    assert_eq!(verify(&program.url("websub/0123456789abcdef0123456789abcdef"), "subscribe", &topic).await.0, 404);
    assert_eq!(get(&callback, &[]).await.status, 404);
    assert_eq!(verify(&callback, "subscribe", &topic).await, (200, "<b>echo</b>".to_owned()));
    assert_eq!(post(&program.url("websub/0123456789abcdef0123456789abcdef"), "", b"<rss/>", None).await, 404);
}

fn polls(peer: &Peer) -> usize {
    peer.got("GET", "/rss").len()
}

#[tokio::test]
async fn w01_r58_pushes_that_are_not_rightly_signed_change_nothing() {
    let peer = Peer::start().await;
    let (program, asked) = subscribed(&peer, &folder(), SUBSCRIBE).await;
    let callback = callback(&program, &asked);
    assert_eq!(verify(&callback, "subscribe", &peer.url("/self")).await.0, 200);
    let secret = asked.form()["hub.secret"].clone();
    let before = polls(&peer);
    let sha1 = {
        let mut mac = Hmac::<sha1::Sha1>::new_from_slice(secret.as_bytes()).expect("a key");
        mac.update(b"<rss/>");
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    for field in [
        String::new(),
        "X-Hub-Signature: sha256=00\r\n".to_owned(),
        format!("X-Hub-Signature: sha256={}\r\n", signature("another", b"<rss/>")),
        format!("X-Hub-Signature: sha1={sha1}\r\n"),
        format!("X-Hub-Signature: {}\r\n", signature(&secret, b"<rss/>")),
    ] {
        assert_eq!(post(&callback, &field, b"<rss/>", None).await, 202, "{field}");
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(polls(&peer), before);
}

#[tokio::test]
async fn w02_what_a_push_says_is_not_believed_but_looked_after_once_a_minute() {
    let peer = Peer::start().await;
    let (program, asked) = subscribed(&peer, &folder(), SUBSCRIBE).await;
    let callback = callback(&program, &asked);
    assert_eq!(verify(&callback, "subscribe", &peer.url("/self")).await.0, 200);
    shows(&program, "Ferry number 0").await;
    let secret = asked.form()["hub.secret"].clone();
    let Does::Serves(_, body) = rss(9, "") else { unreachable!("a document") };
    let field = format!("X-Hub-Signature: sha256={}\r\n", signature(&secret, &body));

    // The feed has one more: a push brings it at once, long before the schedule.
    let before = polls(&peer);
    peer.does("/rss", rss(2, ""));
    assert_eq!(post(&callback, &field, &body, None).await, 202);
    shows(&program, "Ferry number 1").await;
    assert_eq!(polls(&peer), before + 1);
    // It has no more: one poll, and then quiet.
    for _ in 0..5 {
        assert_eq!(post(&callback, &field, &body, None).await, 202);
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    assert_eq!(polls(&peer), before + 2);
    assert!(!get(&program.url("feeds/all.atom"), &[]).await.text().contains("Ferry number 2"));
}

#[tokio::test]
async fn pushed_content_is_taken_where_the_admin_says_so() {
    let peer = Peer::start().await;
    let (program, asked) = subscribed(&peer, &folder(), "subscribe = true\ntake_pushed = true").await;
    let callback = callback(&program, &asked);
    assert_eq!(verify(&callback, "subscribe", &peer.url("/self")).await.0, 200);
    shows(&program, "Ferry number 0").await;
    let Does::Serves(_, body) = rss(3, "") else { unreachable!("a document") };
    let before = polls(&peer);
    let field = format!("X-Hub-Signature: sha256={}\r\n", signature(&asked.form()["hub.secret"], &body));
    assert_eq!(post(&callback, &field, &body, None).await, 202);
    shows(&program, "Ferry number 2").await;
    assert_eq!(polls(&peer), before);
}

#[tokio::test]
async fn w03_pushes_that_are_too_long_or_too_slow_are_cut() {
    let peer = Peer::start().await;
    let (program, asked) = subscribed(&peer, &folder(), SUBSCRIBE).await;
    let callback = callback(&program, &asked);
    assert_eq!(verify(&callback, "subscribe", &peer.url("/self")).await.0, 200);
    let huge = vec![b' '; (1 << 20) + 1];
    assert_eq!(post(&callback, "", &huge, Some(0)).await, 413);
    let begin = std::time::Instant::now();
    assert_eq!(post(&callback, "", &[b' '; 1000], Some(10)).await, 0);
    let took = begin.elapsed().as_secs();
    assert!((8..=12).contains(&took), "{took} s");
}

#[tokio::test]
async fn an_outlet_that_left_the_configuration_is_unsubscribed_from() {
    let (peer, folder) = (Peer::start().await, folder());
    let (program, asked) = subscribed(&peer, &folder, SUBSCRIBE).await;
    assert_eq!(verify(&callback(&program, &asked), "subscribe", &peer.url("/self")).await.0, 200);
    drop(program);
    peer.does("/other", rss(1, ""));
    let program = start(
        &folder,
        &toml(SUBSCRIBE, YEARLY, &peer.url("/other")).replace("\"quay\"", "\"pier\"").replace("Quay Post", "Pier Post"),
    )
    .await;
    until("the end", || peer.got("POST", "/hub").iter().any(|got| got.form()["hub.mode"] == "unsubscribe")).await;
    let last = peer.got("POST", "/hub").pop().expect("a request").form();
    assert_eq!(last["hub.callback"], asked.form()["hub.callback"]);
    let callback = callback(&program, &asked);
    assert_eq!(verify(&callback, "unsubscribe", &peer.url("/self")).await.0, 200);
    assert_eq!(verify(&callback, "unsubscribe", &peer.url("/self")).await.0, 404);
}
