//! Two processes in place of one: `reprint run --no-http` polls and publishes, `reprint serve` serves, and neither needs the other to be there.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use reprint::model::WithdrawnBy;
use reprint::store::Store;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::time::sleep;

use crate::harness::{Answer, Partner, Reply, Reprint, ended, get, request, until};
use crate::websub::peer::{Does, Peer};
use crate::websub::{self, confirmed, shows, subscribe};

const TOKEN: &str = "skipper-token-in-a-file-01";

/// `reprint run --no-http`; killed when this is dropped.
struct Poller {
    child: Child,
    folder: Arc<TempDir>,
}

impl Poller {
    /// Starts it on the feeds.toml of a folder and waits until it answers at its socket.
    async fn start(folder: &Arc<TempDir>) -> Self {
        let log = File::create(folder.path().join("poller.log")).expect("a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_reprint"));
        command.args(["run", "--no-http", "--config", "feeds.toml"]).current_dir(folder.path());
        command.env_remove("STATE_DIRECTORY").env_remove("NOTIFY_SOCKET").env_remove("RUNTIME_DIRECTORY").env("NO_COLOR", "1");
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().expect("a program to run");
        let mut poller = Self { child, folder: folder.clone() };
        let begun = Instant::now();
        while !poller.said().contains("listening on ") {
            let ended = poller.child.try_wait().expect("a child to ask after");
            assert!(ended.is_none() && begun.elapsed() < Duration::from_secs(20), "{ended:?}: {}", poller.said());
            sleep(Duration::from_millis(10)).await;
        }
        poller
    }

    fn said(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("poller.log")).unwrap_or_default()
    }

    /// SIGTERM.
    async fn stop(mut self) -> ExitStatus {
        Command::new("kill").arg(self.child.id().to_string()).status().expect("kill(1)");
        ended(&mut self.child).await
    }

    /// Inodes of the sockets of the internet that it has open.
    fn ports(&self) -> usize {
        let of = |name: &str| {
            let table = std::fs::read_to_string(format!("/proc/{}/net/{name}", self.child.id())).unwrap_or_default();
            table
                .lines()
                .skip(1)
                .filter(|line| line.split_whitespace().nth(3) == Some("0A"))
                .filter_map(|line| line.split_whitespace().nth(9).map(str::to_owned))
                .collect::<Vec<_>>()
        };
        let listening = [of("tcp"), of("tcp6")].concat();
        let files = std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).expect("its files");
        let own = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok()).map(|link| link.display().to_string());
        own.filter(|link| listening.iter().any(|inode| *link == format!("socket:[{inode}]"))).count()
    }
}

impl Drop for Poller {
    fn drop(&mut self) {
        // SIGKILL. It may have ended by itself.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn feed(articles: usize) -> Reply {
    let item = |number: usize| {
        format!(
            "<item><title>Lantern {number} is lit</title><link>http://skerry.example/{number}</link><guid>http://skerry.example/{number}</guid>\
             <author>ola@skerry.example (Ola Skerry)</author><pubDate>Mon, 04 May 2026 08:{number:02}:00 +0000</pubDate>\
             <description>The keeper of lantern {number} climbed all of its stairs at dusk.</description></item>"
        )
    };
    let items: String = (0..articles).map(item).collect();
    let text = format!(
        "<rss version=\"2.0\"><channel><title>Skerry</title><link>http://skerry.example/</link><description>d</description>{items}</channel></rss>"
    );
    Reply::ok("application/rss+xml", text)
}

/// A folder with a feeds.toml: one outlet, polled each second, with a feed for everybody and one for a partner.
fn folder(partner: &Partner, site: &str, limits: &str) -> Arc<TempDir> {
    let folder = Arc::new(tempfile::tempdir().expect("a folder"));
    let toml = format!(
        "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\n{site}\n[limits]\nallow_networks = [\"127.0.0.2/32\"]\n\
         shortest_interval = \"1s\"\nhost_spacing = \"0s\"\n{limits}\n\
         [[outlet]]\nid = \"skerry\"\nname = \"Skerry Post\"\nlanguage = \"en\"\nfeed = \"{}\"\nschedule = \"* * * * * *\"\n\
         [[feed]]\nid = \"press\"\naccess = \"partners\"\n[[partner]]\nid = \"skipper\"\ntoken_file = \"skipper.token\"\nfeeds = [\"press\"]\n",
        partner.url("/rss")
    );
    std::fs::write(folder.path().join("feeds.toml"), toml).expect("written");
    std::fs::write(folder.path().join("skipper.token"), TOKEN).expect("written");
    std::fs::write(folder.path().join("admin.token"), "beacon-beacon-beacon").expect("written");
    folder
}

async fn serve(folder: &Arc<TempDir>) -> Reprint {
    let started = Reprint::serve_in(folder.clone()).await;
    started.unwrap_or_else(|failure| panic!("it ended with {}: {}", failure.status, failure.stderr))
}

/// Both, once the first article is served.
async fn both(partner: &Partner, site: &str, limits: &str) -> (Poller, Reprint) {
    partner.put("/rss", feed(1));
    let folder = folder(partner, site, limits);
    let poller = Poller::start(&folder).await;
    let server = serve(&folder).await;
    shows(&server, "Lantern 0 is lit").await;
    (poller, server)
}

async fn ask(server: &Reprint, path: &str) -> Answer {
    get(&server.url(path), &[]).await
}

/// Asks until the answer satisfies; fails the test when it does not within this time.
async fn within(time: Duration, server: &Reprint, path: &str, satisfies: impl Fn(&Answer) -> bool) -> Answer {
    let begun = Instant::now();
    loop {
        let answer = ask(server, path).await;
        if satisfies(&answer) {
            return answer;
        }
        assert!(begun.elapsed() < time, "{path} after {time:?}: {} {}\n{}", answer.status, answer.text(), server.stderr());
        sleep(Duration::from_millis(20)).await;
    }
}

const SOON: Duration = Duration::from_secs(10);

/// Path of the page of the first article.
async fn page(server: &Reprint) -> String {
    let atom = ask(server, "feeds/all.atom").await.text();
    let (_, after) = atom.split_once("https://relay.example.net/a/").expect("a page");
    format!("a/{}", &after[..20])
}

/// Validators of everything, by path and form.
async fn validators(server: &Reprint) -> Vec<(String, Option<String>, Vec<u8>)> {
    let mut found = Vec::new();
    for path in
        ["", "outlets", "feeds.opml", "feeds/all", "feeds/all.rss", "feeds/all.atom", "feeds/all.json", "feeds/skerry.atom"]
    {
        for form in ["identity", "gzip", "br", "zstd"] {
            let answer = get(&server.url(path), &[("Accept-Encoding", form)]).await;
            assert_eq!(answer.status, 200, "{path}");
            found.push((format!("{path} {form}"), answer.header("etag"), answer.body));
        }
    }
    found
}

#[tokio::test]
async fn what_one_process_publishes_the_other_serves_also_when_the_first_is_killed() {
    let partner = Partner::start().await;
    let (poller, server) = both(&partner, "", "").await;
    assert_eq!(poller.ports(), 0, "{}", poller.said());
    let article = page(&server).await;
    assert!(ask(&server, &article).await.text().contains("Lantern 0 is lit"));
    assert_eq!(ask(&server, "readyz").await.text(), "ready\n");

    // From the first byte of the new document on the disk to the reader.
    partner.put("/rss", feed(2));
    let document = poller.folder.path().join("published/feeds_2fall.json.doc");
    let before = std::fs::metadata(&document).and_then(|there| there.modified()).expect("a document");
    until("a new version", || std::fs::metadata(&document).and_then(|there| there.modified()).is_ok_and(|now| now > before))
        .await;
    within(Duration::from_secs(1), &server, "feeds/all.json", |answer| answer.text().contains("Lantern 1 is lit")).await;
    within(SOON, &server, "feeds/skerry.atom", |answer| answer.text().contains("Lantern 1 is lit")).await;
    within(SOON, &server, "", |answer| answer.text().contains("Lantern 1 is lit")).await;
    // The list of feeds comes last.
    sleep(Duration::from_millis(500)).await;

    let (before, folder) = (validators(&server).await, poller.folder.clone());
    drop(poller);
    assert!(folder.path().join("desk.sock").exists(), "killed, it cannot take its socket away");
    assert_eq!(validators(&server).await, before);
    assert_eq!(ask(&server, &article).await.status, 200);
    let away = ask(&server, "status").await;
    assert_eq!((away.status, away.header("retry-after").as_deref()), (503, Some("5")));
    let ready = within(SOON, &server, "readyz", |answer| answer.text() != "ready\n").await;
    assert_eq!(ready.status, 200);
    assert!(ready.text().starts_with("ready\nthe process that polls is away"), "{}", ready.text());
    let (status, folder) = server.stop().await;
    assert!(status.success());
    let server = serve(&folder).await;
    assert_eq!(validators(&server).await, before, "a restart without the other process");

    let poller = Poller::start(&folder).await;
    within(SOON, &server, "readyz", |answer| answer.text() == "ready\n").await;
    assert_eq!(ask(&server, "status").await.status, 200);
    assert_eq!(validators(&server).await, before);
    partner.put("/rss", feed(3));
    shows(&server, "Lantern 2 is lit").await;
    assert!(poller.stop().await.success() && !folder.path().join("desk.sock").exists());
}

#[tokio::test]
async fn the_server_may_start_first_and_waits_for_what_is_not_there() {
    let partner = Partner::start().await;
    partner.put("/rss", feed(1));
    let folder = folder(&partner, "", "");
    let server = serve(&folder).await;
    let ready = ask(&server, "readyz").await;
    assert_eq!(ready.status, 503);
    assert!(ready.text().contains("there is no store yet"), "{}", ready.text());
    let early = ask(&server, "feeds/all.atom").await;
    assert_eq!((early.status, early.header("retry-after").as_deref()), (503, Some("30")));
    assert_eq!(ask(&server, "a/0123456789abcdef0123").await.status, 404);
    let _poller = Poller::start(&folder).await;
    shows(&server, "Lantern 0 is lit").await;
    within(SOON, &server, "readyz", |answer| answer.text() == "ready\n").await;
    let article = page(&server).await;
    within(SOON, &server, &article, |answer| answer.text().contains("Lantern 0 is lit")).await;
    assert!(!server.stderr().contains("ERROR"), "{}", server.stderr());
}

#[tokio::test]
async fn what_is_withdrawn_is_gone_from_both_also_when_nobody_polls() {
    let partner = Partner::start().await;
    let (poller, server) = both(&partner, "", "").await;
    partner.put("/rss", feed(2));
    shows(&server, "Lantern 1 is lit").await;
    let articles = |atom: &str| -> Vec<String> {
        let pages = atom.split("https://relay.example.net/a/").skip(1).map(|rest| format!("a/{}", &rest[..20]));
        pages.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    };
    let pages = articles(&ask(&server, "feeds/all.atom").await.text());
    let [first, second] = &pages[..] else { panic!("{pages:?}") };
    for form in ["br", "zstd"] {
        get(&server.url("feeds/all.atom"), &[("Accept-Encoding", form)]).await;
    }
    let titles = [
        ask(&server, first).await.text().contains("Lantern 1 is lit"),
        ask(&server, second).await.text().contains("Lantern 1 is lit"),
    ];
    assert_ne!(titles[0], titles[1]);
    let title = if titles[0] { "Lantern 1" } else { "Lantern 0" };
    let (code, _, said) = server.command(&["withdraw", &format!("https://relay.example.net/{first}"), "--reason", "an error"]);
    assert_eq!(code, Some(0), "{said}");
    within(Duration::from_secs(2), &server, first, |answer| answer.status == 410).await;
    for path in ["feeds/all.atom", "feeds/all.rss", "feeds/all.json", "feeds/skerry.atom", ""] {
        within(Duration::from_secs(2), &server, path, |answer| !answer.text().contains(title)).await;
    }

    // Without the other process the command publishes itself.
    drop(poller);
    let (code, _, said) =
        server.command(&["withdraw", &format!("https://relay.example.net/{second}"), "--reason", "an error", "--legal"]);
    assert_eq!(code, Some(0), "{said}");
    within(Duration::from_secs(2), &server, second, |answer| answer.status == 451).await;
    for path in ["feeds/all.atom", "feeds/all.rss", "feeds/all.json", "feeds/skerry.atom", ""] {
        within(Duration::from_secs(2), &server, path, |answer| answer.status == 200 && !answer.text().contains("Lantern")).await;
    }
}

#[tokio::test]
async fn a_subscription_at_the_server_is_verified_and_delivered_by_the_other_process() {
    let (peer, folder) = (Peer::start().await, Arc::new(tempfile::tempdir().expect("a folder")));
    peer.does("/rss", websub::rss(1, ""));
    peer.does("/cb", Does::Confirms);
    let toml = websub::toml(websub::HUB, websub::EVERY_SECOND, &peer.url("/rss"));
    std::fs::write(folder.path().join("feeds.toml"), toml).expect("written");
    let poller = Poller::start(&folder).await;
    let server = serve(&folder).await;
    shows(&server, "Ferry number 0").await;
    assert_eq!(subscribe(&server, &peer.url("/cb"), &[("hub.lease_seconds", "7200")]).await, 202);
    assert_eq!(confirmed(&peer, "/cb").await.query["hub.lease_seconds"], "7200");
    peer.does("/rss", websub::rss(2, ""));
    until("a delivery", || !peer.got("POST", "/cb").is_empty()).await;
    let delivery = peer.got("POST", "/cb").pop().expect("a delivery");
    let served = within(SOON, &server, "feeds/all.atom", |answer| answer.text().contains("Ferry number 1")).await;
    assert_eq!(
        (String::from_utf8_lossy(&delivery.body).into_owned(), delivery.field("link")),
        (served.text(), served.header("link"))
    );
    // Refused where it comes in, by the same bounds.
    let long = format!("{}x", "hub.mode=subscribe&".repeat(1000));
    assert_eq!(websub::post(&server.url("hub"), "", long.as_bytes(), None).await, 413);
    drop(poller);
    assert_eq!(subscribe(&server, &peer.url("/cb"), &[]).await, 503);
}

#[tokio::test]
async fn s19_who_sees_the_status_is_decided_as_in_one_process() {
    let partner = Partner::start().await;
    for limits in ["", "proxies = []\nrequests_per_minute = 0"] {
        let (_poller, server) = both(&partner, "", limits).await;
        let missing = ask(&server, "nothing/there").await.text();
        for path in ["status", "status.json", "metrics"] {
            let url = server.url(path);
            assert_eq!(ask(&server, path).await.status, 200, "{path}");
            assert_eq!(request("HEAD", &url, &[]).await.expect("an answer").status, 200, "{path}");
            for fields in [
                &[("X-Forwarded-For", "203.0.113.9")][..],
                &[("X-Forwarded-For", "203.0.113.9"), ("X-Reprint-Client", "127.0.0.1")],
                &[("Via", "1.1 proxy"), ("x-reprint-client", "unnamed")],
            ] {
                let answer = get(&url, fields).await;
                assert_eq!((answer.status, answer.text()), (404, missing.clone()), "{path} {fields:?}");
            }
            assert_eq!(request("POST", &url, &[("Content-Length", "0")]).await.expect("an answer").status, 404);
        }
    }
    let (_poller, server) = both(&partner, "admin_token_file = \"admin.token\"", "").await;
    let far = ("X-Forwarded-For", "203.0.113.9");
    assert_eq!(ask(&server, "status").await.status, 401);
    assert_eq!(get(&server.url("status"), &[far, ("Authorization", "Bearer beacon-beacon-beacon")]).await.status, 200);
    assert_eq!(get(&server.url("status"), &[far, ("Authorization", "Bearer beacon-beacon-beacom")]).await.status, 401);
}

#[tokio::test]
async fn requests_are_counted_where_they_are_served_and_shown_by_the_other_process() {
    let partner = Partner::start().await;
    let (poller, server) = both(&partner, "", "").await;
    let counted = |text: &str, name: &str| -> f64 {
        text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok()).unwrap_or_default()
    };
    let feeds = "reprint_http_requests_total{route=\"feed\",status=\"200\"}";
    let before = counted(&ask(&server, "metrics").await.text(), feeds);
    assert!(before >= 1.0);
    for _ in 0..5 {
        ask(&server, "feeds/all.rss").await;
    }
    // A connection is counted as closed when the server has seen that; an answer, when it is written.
    let settled = |answer: &Answer| {
        let text = answer.text();
        counted(&text, feeds) >= before + 5.0 && counted(&text, "reprint_http_connections_open") == 1.0
    };
    let text = within(SOON, &server, "metrics", settled).await.text();
    assert!(counted(&text, "reprint_polls_total{outlet=\"skerry\",result=\"changed\"}") >= 1.0);

    // A program of this machine may ask the other process itself.
    let mut stream = UnixStream::connect(poller.folder.path().join("desk.sock")).await.expect("a connection");
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200") && counted(&answer, feeds) >= before + 5.0, "{answer}");
}

#[tokio::test]
async fn partners_read_at_the_server_and_are_counted() {
    let partner = Partner::start().await;
    let (_poller, server) = both(&partner, "", "").await;
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(ask(&server, "feeds/press.atom").await.status, 401);
    let mut last = None;
    let begun = Instant::now();
    while !get(&server.url("feeds/press.atom"), &[("Authorization", &bearer)]).await.text().contains("Lantern 0 is lit") {
        assert!(begun.elapsed() < SOON, "{}", server.stderr());
        sleep(Duration::from_millis(50)).await;
    }
    for _ in 0..3 {
        let answer = get(&server.url("feeds/press.atom"), &[("Authorization", &bearer)]).await;
        assert_eq!(
            (answer.status, answer.header("cache-control").is_some_and(|value| value.starts_with("private"))),
            (200, true)
        );
        assert!(answer.text().contains("Lantern 0 is lit"));
        last = answer.header("etag");
    }
    let answer =
        get(&server.url("feeds/press.atom"), &[("Authorization", &bearer), ("If-None-Match", &last.expect("a tag"))]).await;
    assert_eq!(answer.status, 304);
    let (status, folder) = server.stop().await;
    assert!(status.success());
    let output = Command::new(env!("CARGO_BIN_EXE_reprint")).args(["partners", "--json"]).current_dir(folder.path()).output();
    let output = output.expect("the program runs");
    let data: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let known = &data["partners"][0];
    assert_eq!(
        (&known["id"], &known["last"]["status"], &known["last"]["how"]),
        (&"skipper".into(), &304.into(), &"bearer".into())
    );
    assert!(known["requests_7_days"].as_u64().is_some_and(|requests| requests >= 5), "{data}");
    assert_eq!(data["refused_unknown_7_days"], 1, "{data}");
}

#[tokio::test]
async fn what_the_other_process_did_not_live_to_take_out_is_not_shown() {
    let partner = Partner::start().await;
    let (poller, server) = both(&partner, "", "").await;
    let article = page(&server).await;
    let folder = poller.folder.clone();
    drop(poller);
    let (status, _) = server.stop().await;
    assert!(status.success());
    // It was killed between the act and the documents.
    let store = Store::open_beside(&folder.path().join("reprint.db")).await.expect("a store");
    let withdrawn =
        store.withdraw(&article[2..], WithdrawnBy::Site, "an error", reprint::daemon::now()).await.expect("withdrawn");
    assert!(withdrawn.is_some());
    store.close().await;
    let server = serve(&folder).await;
    assert_eq!(ask(&server, &article).await.status, 410);
    for path in ["feeds/all.atom", "feeds/skerry.rss", "feeds/all", ""] {
        let answer = ask(&server, path).await;
        assert_eq!((answer.status, answer.text().contains("Lantern")), (503, false), "{path}");
    }
    assert_eq!(ask(&server, "outlets").await.status, 200);
    assert!(server.stderr().contains("documents are not shown"), "{}", server.stderr());
    let _poller = Poller::start(&folder).await;
    let atom = within(SOON, &server, "feeds/all.atom", |answer| answer.status == 200).await.text();
    assert!(!atom.contains("Lantern 0 is lit") && atom.contains("deleted-entry"), "{atom}");
    assert_eq!(ask(&server, &article).await.status, 410);
}

#[tokio::test]
async fn new_terms_hold_from_the_first_answer_though_nobody_published_by_them() {
    let partner = Partner::start().await;
    let (poller, server) = both(&partner, "", "").await;
    let article = page(&server).await;
    let folder = poller.folder.clone();
    drop(poller);
    server.stop().await;
    let path = folder.path().join("feeds.toml");
    let toml = std::fs::read_to_string(&path).expect("written before");
    let terms = "schedule = \"* * * * * *\"\nterms = { publish = \"title\" }";
    std::fs::write(&path, toml.replace("schedule = \"* * * * * *\"", terms)).expect("written");
    let server = serve(&folder).await;
    assert_eq!(ask(&server, "feeds/all.atom").await.status, 503, "{}", server.stderr());
    let answer = ask(&server, &article).await;
    assert!(answer.status == 200 && !answer.text().contains("climbed all of its stairs"), "{}", answer.text());
    let _poller = Poller::start(&folder).await;
    let atom = within(SOON, &server, "feeds/all.atom", |answer| answer.status == 200).await.text();
    assert!(atom.contains("Lantern 0 is lit") && !atom.contains("climbed all of its stairs"), "{atom}");
}

/// Runs `reprint` with these words in a folder; how it ended, and what it said.
fn run(folder: &Path, words: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new("timeout");
    command.arg("10").arg(env!("CARGO_BIN_EXE_reprint")).args(words).current_dir(folder);
    let output = command.env_remove("STATE_DIRECTORY").env_remove("RUNTIME_DIRECTORY").output().expect("timeout(1)");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[tokio::test]
async fn mistakes_are_named_at_the_start_and_secrets_of_others_are_not_needed() {
    let partner = Partner::start().await;
    let folder = folder(&partner, "", "");
    let path = folder.path().join("feeds.toml");
    let good = std::fs::read_to_string(&path).expect("written before");
    std::fs::write(&path, good.replace("title =", "tilte =")).expect("written");
    for words in [&["serve"][..], &["run", "--no-http"]] {
        let (code, said) = run(folder.path(), words);
        assert!(code == Some(78) && said.contains("did you mean"), "{words:?} {code:?}: {said}");
    }
    assert_eq!(run(folder.path(), &["run", "--no-http", "--listen", "127.0.0.1:0"]).0, Some(2));
    assert_eq!(run(folder.path(), &["run", "--desk", "x"]).0, Some(2));

    std::fs::write(&path, good.replace("token_file = \"skipper.token\"", "token_file = \"none.token\"")).expect("written");
    let (code, said) = run(folder.path(), &["serve"]);
    assert!(code == Some(78) && said.contains("none.token"), "{code:?}: {said}");

    let known = "schedule = \"* * * * * *\"\ncredentials = { bearer_file = \"none.key\" }";
    std::fs::write(&path, good.replace("schedule = \"* * * * * *\"", known)).expect("written");
    let (code, said) = run(folder.path(), &["run", "--no-http"]);
    assert!(code == Some(78) && said.contains("none.key"), "{code:?}: {said}");
    let server = serve(&folder).await;
    assert_eq!(ask(&server, "healthz").await.status, 200);
}

#[tokio::test]
async fn it_serves_without_any_network() {
    if !Command::new("unshare").args(["-rn", "true"]).status().is_ok_and(|status| status.success()) {
        eprintln!("not shown: this system gives out no namespaces");
        return;
    }
    let partner = Partner::start().await;
    partner.put("/rss", feed(1));
    let folder = folder(&partner, "", "");
    let _poller = Poller::start(&folder).await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    // In a network of its own, whose loopback is not even up, it can reach nothing; the socket it is passed belongs to ours.
    let script =
        "exec 3<&0 0</dev/null; export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=http; exec \"$0\" serve --config feeds.toml";
    let socket = std::os::fd::OwnedFd::from(listener);
    let mut command = Command::new("unshare");
    command.args(["-rn", "sh", "-c", script, env!("CARGO_BIN_EXE_reprint")]).current_dir(folder.path());
    command.env_remove("STATE_DIRECTORY").env_remove("NOTIFY_SOCKET").env_remove("RUNTIME_DIRECTORY");
    let log = File::create(folder.path().join("server.log")).expect("a file");
    let mut server = command.stdin(Stdio::from(socket)).stdout(Stdio::null()).stderr(log).spawn().expect("unshare(1)");
    let url = |path: &str| url::Url::parse(&format!("http://{address}/{path}")).expect("an address");
    let begun = Instant::now();
    let mut feed = get(&url("feeds/all.atom"), &[]).await;
    while !feed.text().contains("Lantern 0 is lit") && begun.elapsed() < SOON {
        sleep(Duration::from_millis(50)).await;
        feed = get(&url("feeds/all.atom"), &[]).await;
    }
    let alone = std::fs::read_to_string(format!("/proc/{}/net/route", server.id())).expect("its routes");
    let own = std::fs::read_link(format!("/proc/{}/ns/net", server.id())).ok();
    let found = (get(&url("status"), &[]).await.status, get(&url("readyz"), &[]).await.text());
    Command::new("kill").arg(server.id().to_string()).status().expect("kill(1)");
    let ended = tokio::task::spawn_blocking(move || server.wait()).await.expect("no panic").expect("a child to wait for");
    let said = std::fs::read_to_string(folder.path().join("server.log")).unwrap_or_default();
    assert!(feed.text().contains("Lantern 0 is lit"), "{said}");
    assert!(alone.lines().count() <= 1, "it has no routes: {alone}");
    assert!(own.is_some() && own != std::fs::read_link("/proc/self/ns/net").ok());
    assert_eq!(found, (200, "ready\n".to_owned()), "{said}");
    assert!(ended.success(), "{ended}: {said}");
}
