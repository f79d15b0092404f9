//! The server against real sockets.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use chrono::DateTime;
use reprint::model::PublishedDocument;
use reprint::publish::{Page, Pages, Snapshot, prepare};
use reprint::serve::{self, Caps, Limits, Listeners, Site, Timeouts};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

mod abuse;
mod forms;
mod handlers;
mod restart;

const KEY: &str = "0123456789abcdef0123";
const SLOW_KEY: &str = "00000000000000000051";
/// How long a page under `SLOW_KEY` takes.
const SLOW: Duration = Duration::from_millis(400);

/// Pages: one at `KEY`, one that takes its time at `SLOW_KEY`.
#[derive(Default)]
struct Shelf {
    asked: AtomicUsize,
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
}

/// A look-up under way, until it ends or is given up.
struct Turn<'a>(&'a Shelf);

impl<'a> Turn<'a> {
    fn new(shelf: &'a Shelf) -> Self {
        let now = shelf.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        shelf.most_under_way.fetch_max(now, Ordering::SeqCst);
        Self(shelf)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Pages for Shelf {
    fn page(&self, key: &str) -> Pin<Box<dyn Future<Output = Page> + Send + '_>> {
        let key = key.to_owned();
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            let _turn = Turn::new(self);
            if key == SLOW_KEY {
                tokio::time::sleep(SLOW).await;
            }
            let known = key == KEY || key == SLOW_KEY;
            let page = || Arc::new(prepare(document("a/page", "text/html; charset=utf-8", "<p>An article.</p>".repeat(50))));
            if known { Page::Found(page()) } else { Page::Missing }
        })
    }

    fn archive(&self, feed: &str, name: &str) -> Pin<Box<dyn Future<Output = Page> + Send + '_>> {
        let (feed, name) = (feed.to_owned(), name.to_owned());
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            let _turn = Turn::new(self);
            let mut document =
                document("feeds/all/archive/2026-05.atom", "application/atom+xml; charset=utf-8", "<feed/>".repeat(50));
            document.conditions.expiry = (name == "2026-04.atom").then(|| DateTime::from_timestamp(4_000_000_000, 0).unwrap());
            let known = feed == "all" && ["2026-04.atom", "2026-05.atom"].contains(&name.as_str());
            if known { Page::Found(Arc::new(prepare(document))) } else { Page::Missing }
        })
    }
}

fn document(path: &str, content_type: &str, body: impl Into<Bytes>) -> PublishedDocument {
    let modified = DateTime::from_timestamp(784_111_777, 0).unwrap();
    PublishedDocument {
        path: path.into(),
        content_type: content_type.into(),
        body: body.into(),
        modified,
        conditions: Default::default(),
    }
}

const FEED: &str = "/feeds/all.rss";

fn snapshot() -> Snapshot {
    let snapshot = Snapshot::load(None).unwrap();
    let rss = format!("<rss>{}</rss>", "<item>An item</item>".repeat(100));
    for document in [
        document("", "text/html; charset=utf-8", "<p>index</p>"),
        document("feeds/all", "text/html; charset=utf-8", "<p>all</p>"),
        document("feeds/all.rss", "application/rss+xml; charset=utf-8", rss),
        document("feeds/all.atom", "application/atom+xml; charset=utf-8", "<feed/>"),
        document("feeds.opml", "text/x-opml; charset=utf-8", "<opml/>"),
    ] {
        snapshot.put(document).unwrap();
    }
    snapshot
}

/// More than the kernel takes off our hands for a client that does not read.
const HUGE: usize = 24 << 20;

fn put_huge(snapshot: &Snapshot) {
    snapshot.put(document("feeds/huge.rss", "application/rss+xml; charset=utf-8", vec![b' '; HUGE])).unwrap();
}

struct Server {
    address: SocketAddr,
    snapshot: Arc<Snapshot>,
    shelf: Arc<Shelf>,
    shutdown: CancellationToken,
    task: JoinHandle<io::Result<()>>,
}

impl Server {
    async fn start(limits: Limits) -> Self {
        Self::start_ready(limits, Ok(())).await
    }

    async fn start_ready(limits: Limits, ready: Result<(), String>) -> Self {
        Self::start_with(snapshot(), limits, ready).await
    }

    async fn start_with(snapshot: Snapshot, limits: Limits, ready: Result<(), String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (snapshot, shelf, shutdown) = (Arc::new(snapshot), Arc::new(Shelf::default()), CancellationToken::new());
        let ready = Arc::new(move || ready.clone());
        let site = Site {
            snapshot: snapshot.clone(),
            pages: shelf.clone(),
            ready,
            remark: None,
            max_age: 300,
            links: None,
            routes: handlers::routes(),
            gate: Some(Arc::new(handlers::Doorkeeper)),
            tally: Arc::default(),
            now: reprint::daemon::now,
        };
        let task = tokio::spawn(serve::run(Listeners { sockets: vec![listener], passed: false }, site, limits, shutdown.clone()));
        Self { address, snapshot, shelf, shutdown, task }
    }

    async fn usual() -> Self {
        Self::start(Limits::default()).await
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// One request on a connection of its own.
    async fn ask(&self, request: &str) -> Answer {
        let mut stream = self.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        read_answer(&mut stream, request.starts_with("HEAD")).await.unwrap()
    }

    async fn get(&self, path: &str, fields: &str) -> Answer {
        self.ask(&get(path, fields)).await
    }
}

fn get(path: &str, fields: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: relay.example\r\n{fields}\r\n")
}

#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        fields.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// Reads one answer by its `Content-Length`, leaving the connection open.
async fn read_answer(stream: &mut TcpStream, head_only: bool) -> io::Result<Answer> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8(head).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let mut answer = Answer { status, head, body: Vec::new() };
    let length = answer.field("content-length").map_or(0, |length| length.parse().unwrap());
    if !head_only && status != 304 {
        answer.body = vec![0; length];
        stream.read_exact(&mut answer.body).await?;
    }
    Ok(answer)
}

/// Waits for the other side to close; how long it took. Panics when it takes longer than `limit`.
async fn closed_after(stream: &mut TcpStream, limit: Duration) -> Duration {
    let start = Instant::now();
    let mut rest = Vec::new();
    // A reset closes, too.
    let _ = tokio::time::timeout(limit, stream.read_to_end(&mut rest)).await.expect("the connection is still open");
    start.elapsed()
}

fn short(timeouts: Timeouts) -> Limits {
    Limits { timeouts, ..Limits::default() }
}

#[tokio::test]
async fn archives_may_be_kept_for_a_day_unless_time_alone_changes_them() {
    let server = Server::usual().await;
    for (path, status, cache_control) in [
        ("/feeds/all/archive/2026-05.atom", 200, "public, max-age=86400, stale-while-revalidate=300, stale-if-error=86400"),
        ("/feeds/all/archive/2026-04.atom", 200, "public, max-age=300, stale-while-revalidate=300, stale-if-error=86400"),
        ("/feeds/all/archive/2026-03.atom", 404, "public, max-age=60"),
        ("/feeds/none/archive/2026-05.atom", 404, "public, max-age=60"),
    ] {
        let answer = server.get(path, "").await;
        assert_eq!((answer.status, answer.field("cache-control")), (status, Some(cache_control)), "{path}");
    }
    let asked = server.shelf.asked.load(Ordering::SeqCst);
    for path in [
        "/feeds/all/archive/2026-05.rss",
        "/feeds/All/archive/2026-05.atom",
        "/feeds/all.rss/archive/2026-05.atom",
        "/feeds/all/archive/",
    ] {
        assert_eq!(server.get(path, "").await.status, 404, "{path}");
    }
    assert_eq!(server.shelf.asked.load(Ordering::SeqCst), asked, "nobody looks for what cannot be there");
}

#[tokio::test]
async fn every_address_of_the_site() {
    let server = Server::usual().await;
    for (path, status, content_type, start) in [
        ("/", 200, "text/html; charset=utf-8", "<p>index"),
        ("/feeds/all", 200, "text/html; charset=utf-8", "<p>all"),
        (FEED, 200, "application/rss+xml; charset=utf-8", "<rss>"),
        ("/feeds/all.atom", 200, "application/atom+xml; charset=utf-8", "<feed/>"),
        ("/feeds.opml", 200, "text/x-opml; charset=utf-8", "<opml/>"),
        (&format!("/a/{KEY}"), 200, "text/html; charset=utf-8", "<p>An article"),
        ("/healthz", 200, "text/plain; charset=utf-8", "ok"),
        ("/readyz", 200, "text/plain; charset=utf-8", "ready"),
        ("/robots.txt", 200, "text/plain; charset=utf-8", "User-agent: *\nAllow: /\n"),
        ("/favicon.ico", 404, "text/plain; charset=utf-8", "There is no icon"),
        ("/feeds/none.rss", 404, "text/html; charset=utf-8", "<!doctype html>"),
        ("/a/ffffffffffffffffffff", 404, "text/html; charset=utf-8", "<!doctype html>"),
        ("/nothing", 404, "text/html; charset=utf-8", "<!doctype html>"),
    ] {
        let answer = server.get(path, "").await;
        assert_eq!((answer.status, answer.field("content-type")), (status, Some(content_type)), "{path}");
        assert!(answer.body.starts_with(start.as_bytes()), "{path}: {}", String::from_utf8_lossy(&answer.body));
        assert_eq!(answer.field("x-content-type-options"), Some("nosniff"), "{path}");
        assert!(answer.field("content-security-policy").unwrap().starts_with("default-src 'none'"), "{path}");
        assert_eq!((answer.field("set-cookie"), answer.field("server")), (None, None), "{path}");
        let head = server.ask(&get(path, "").replacen("GET", "HEAD", 1)).await;
        assert_eq!(head.status, status, "{path}");
        assert_eq!(head.field("content-length"), answer.field("content-length"), "{path}");
        assert_eq!(head.field("etag"), answer.field("etag"), "{path}");
    }
}

#[tokio::test]
async fn what_is_not_ready_says_why() {
    let server = Server::start_ready(Limits::default(), Err("the store does not answer".into())).await;
    let answer = server.get("/readyz", "").await;
    assert_eq!((answer.status, answer.body.as_slice()), (503, &b"not ready: the store does not answer\n"[..]));
    assert!(answer.field("retry-after").is_some());
    assert_eq!(server.get("/healthz", "").await.status, 200);
    assert_eq!(server.get(FEED, "").await.status, 200);
}

#[tokio::test]
async fn a_document_that_is_on_its_way_is_to_be_asked_for_again() {
    let server = Server::usual().await;
    server.snapshot.expect(["feeds/late.rss".to_owned(), "feeds/all.rss".to_owned()].into());
    for _ in 0..2 {
        let answer = server.get("/feeds/late.rss", "").await;
        assert_eq!((answer.status, answer.field("retry-after")), (503, Some("30")));
        assert_eq!(server.get("/feeds/late.atom", "").await.status, 404);
        assert_eq!(server.get(FEED, "").await.status, 200);
        server.snapshot.put(document("feeds/late.rss", "application/rss+xml; charset=utf-8", "<rss/>")).unwrap();
        assert_eq!(server.get("/feeds/late.rss", "").await.status, 200);
        server.snapshot.retain(|path, _| path != "feeds/late.rss").unwrap();
    }
}

#[tokio::test]
async fn the_head_of_a_feed() {
    let server = Server::usual().await;
    let answer = server.get(FEED, "").await;
    let document = server.snapshot.get("feeds/all.rss").unwrap();
    assert_eq!(answer.body, document.identity());
    for (name, expected) in [
        ("etag", document.etag.as_str()),
        ("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("cache-control", "public, max-age=300, stale-while-revalidate=300, stale-if-error=86400"),
        ("vary", "Accept-Encoding"),
        ("access-control-allow-origin", "*"),
        ("referrer-policy", "no-referrer"),
        ("content-security-policy", "default-src 'none'; style-src 'self'; img-src 'self'; sandbox"),
    ] {
        assert_eq!(answer.field(name), Some(expected), "{name}");
    }
    assert!(answer.field("date").is_some());
    assert_eq!(answer.field("content-encoding"), None);
}

#[tokio::test]
async fn a_304_repeats_what_caches_need_and_has_no_length() {
    let server = Server::usual().await;
    let document = server.snapshot.get("feeds/all.rss").unwrap();
    let since = "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    for (fields, etag) in [
        (format!("If-None-Match: {}\r\n", document.etag), &document.etag),
        (format!("If-None-Match: W/{}\r\n", document.etag), &document.etag),
        (format!("If-None-Match: {}\r\n", document.etag_gzip), &document.etag_gzip),
        (format!("If-None-Match: {}\r\nAccept-Encoding: gzip\r\n", document.etag), &document.etag),
        ("If-None-Match: *\r\nAccept-Encoding: gzip\r\n".into(), &document.etag_gzip),
        (since.into(), &document.etag),
    ] {
        let answer = server.get(FEED, &fields).await;
        assert_eq!((answer.status, answer.field("etag")), (304, Some(etag.as_str())), "{fields}");
        assert_eq!(answer.field("content-length"), None, "{fields}");
        for name in ["cache-control", "vary", "date", "access-control-allow-origin"] {
            assert!(answer.field(name).is_some(), "{fields}{name}");
        }
        assert_eq!(answer.field("last-modified"), None, "{fields}the entity tag says it all");
    }
    let answer = server.get(FEED, &format!("If-None-Match: \"old\"\r\n{since}")).await;
    assert_eq!(answer.status, 200, "If-None-Match wins");
}

#[tokio::test]
async fn a_new_document_is_served_at_once_and_the_old_tag_is_no_longer_current() {
    let server = Server::usual().await;
    let old = server.get(FEED, "").await;
    server.snapshot.put(document("feeds/all.rss", "application/rss+xml; charset=utf-8", "<rss>new</rss>")).unwrap();
    let new = server.get(FEED, &format!("If-None-Match: {}\r\n", old.field("etag").unwrap())).await;
    assert_eq!((new.status, new.body.as_slice()), (200, &b"<rss>new</rss>"[..]));
    assert_ne!(new.field("etag"), old.field("etag"));
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_request_and_closed_when_none_comes() {
    let timeouts = Timeouts { head: Duration::from_millis(100), idle: Duration::from_millis(1000), ..Timeouts::default() };
    let server = Server::start(short(timeouts)).await;
    let mut stream = server.connect().await;
    for _ in 0..3 {
        // Longer than a head may take: an idle connection is not a half-sent head.
        tokio::time::sleep(Duration::from_millis(20)).await;
        stream.write_all(get("/healthz", "").as_bytes()).await.unwrap();
        assert_eq!(read_answer(&mut stream, false).await.unwrap().status, 200);
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    let took = closed_after(&mut stream, Duration::from_secs(10)).await;
    assert!(took >= Duration::from_millis(600), "closed {took:?} after the last pause");
}

#[tokio::test]
async fn pages_are_made_a_few_at_a_time_and_nobody_waits_for_ever() {
    let caps = Caps { pages: 2, ..Caps::default() };
    let timeouts = Timeouts { page: SLOW * 3 / 2, ..Timeouts::default() };
    let server = Arc::new(Server::start(Limits { caps, timeouts }).await);
    let asking: Vec<_> = (0..8)
        .map(|_| {
            let server = server.clone();
            tokio::spawn(async move { server.get(&format!("/a/{SLOW_KEY}"), "").await })
        })
        .collect();
    let mut statuses = Vec::new();
    for answer in asking {
        let answer = answer.await.unwrap();
        if answer.status == 503 {
            assert_eq!(answer.field("retry-after"), Some("5"));
        }
        statuses.push(answer.status);
    }
    assert!(statuses.contains(&200) && statuses.contains(&503), "{statuses:?}");
    assert_eq!(server.shelf.most_under_way.load(Ordering::SeqCst), 2);
}
