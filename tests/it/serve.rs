//! The server against real sockets. S and P numbers are rows of the threat table.

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
use reprint::publish::{Prepared, Snapshot, prepare};
use reprint::serve::{self, Caps, Limits, Pages, Site, Timeouts};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

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
    fn page(&self, key: &str) -> Pin<Box<dyn Future<Output = Option<Arc<Prepared>>> + Send + '_>> {
        let key = key.to_owned();
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            let _turn = Turn::new(self);
            if key == SLOW_KEY {
                tokio::time::sleep(SLOW).await;
            }
            let known = key == KEY || key == SLOW_KEY;
            known.then(|| Arc::new(prepare(document("a/page", "text/html; charset=utf-8", "<p>An article.</p>".repeat(50)))))
        })
    }
}

fn document(path: &str, content_type: &str, body: impl Into<Bytes>) -> PublishedDocument {
    let modified = DateTime::from_timestamp(784_111_777, 0).unwrap();
    PublishedDocument { path: path.into(), content_type: content_type.into(), body: body.into(), modified }
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
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (snapshot, shelf, shutdown) = (Arc::new(snapshot()), Arc::new(Shelf::default()), CancellationToken::new());
        let ready = Arc::new(move || ready.clone());
        let site = Site { snapshot: snapshot.clone(), pages: shelf.clone(), ready, max_age: 300 };
        let task = tokio::spawn(serve::run_with(listener, site, limits, shutdown.clone()));
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
async fn the_head_of_a_feed() {
    let server = Server::usual().await;
    let answer = server.get(FEED, "").await;
    let document = server.snapshot.get("feeds/all.rss").unwrap();
    assert_eq!(answer.body, document.identity);
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
        for name in ["cache-control", "vary", "last-modified", "date", "access-control-allow-origin"] {
            assert!(answer.field(name).is_some(), "{fields}{name}");
        }
    }
    let answer = server.get(FEED, &format!("If-None-Match: \"old\"\r\n{since}")).await;
    assert_eq!(answer.status, 200, "If-None-Match wins");
}

#[tokio::test]
async fn gzip_is_the_same_document_under_another_tag() {
    let server = Server::usual().await;
    let document = server.snapshot.get("feeds/all.rss").unwrap();
    let answer = server.get(FEED, "Accept-Encoding: gzip, br\r\n").await;
    assert_eq!(answer.field("content-encoding"), Some("gzip"));
    assert_eq!(answer.field("etag"), Some(document.etag_gzip.as_str()));
    assert_ne!(document.etag, document.etag_gzip);
    let mut text = Vec::new();
    io::Read::read_to_end(&mut flate2::read::GzDecoder::new(answer.body.as_slice()), &mut text).unwrap();
    assert_eq!(text, document.identity);
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
async fn s01_s02_silent_and_half_sent_connections_are_closed_while_others_are_served() {
    let timeouts = Timeouts { head: Duration::from_millis(300), ..Timeouts::default() };
    let server = Server::start(short(timeouts)).await;
    let mut slow = Vec::new();
    for n in 0..100 {
        let mut stream = server.connect().await;
        if n % 2 == 0 {
            stream.write_all(b"GET /feeds/all.rss HTTP/1.1\r\nHost: rel").await.unwrap();
        }
        slow.push(stream);
    }
    assert_eq!(server.get(FEED, "").await.status, 200);
    for stream in &mut slow {
        closed_after(stream, Duration::from_secs(5)).await;
    }
}

#[tokio::test]
async fn s01_a_head_that_drips_is_closed_all_the_same() {
    let timeouts = Timeouts { head: Duration::from_millis(300), ..Timeouts::default() };
    let server = Server::start(short(timeouts)).await;
    let stream = server.connect().await;
    let (mut read, mut write) = stream.into_split();
    let drip = tokio::spawn(async move {
        let _ = write.write_all(b"GET / HTTP/1.1\r\nX: ").await;
        while write.write_all(b"a").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let mut rest = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(5), read.read_to_end(&mut rest)).await.expect("closed");
    drip.abort();
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
async fn s03_a_client_that_stops_reading_is_closed() {
    let timeouts = Timeouts { stall: Duration::from_millis(400), ..Timeouts::default() };
    let server = Server::start(short(timeouts)).await;
    put_huge(&server.snapshot);
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(16 * 1024).unwrap();
    let mut stream = socket.connect(server.address).await.unwrap();
    stream.write_all(get("/feeds/huge.rss", "").as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let mut sink = vec![0; 1 << 20];
    let mut total = 0;
    while let Ok(read @ 1..) = stream.read(&mut sink).await {
        total += read;
    }
    assert!(total < HUGE, "the whole document came through");
}

#[tokio::test]
async fn s04_connections_beyond_the_cap_of_an_address_are_refused_and_the_others_served() {
    let caps = Caps { per_address: 3, loopback_is_proxy: false, ..Caps::default() };
    let server = Server::start(Limits { caps, ..Limits::default() }).await;
    let mut first = Vec::new();
    for _ in 0..3 {
        let mut stream = server.connect().await;
        stream.write_all(get("/healthz", "").as_bytes()).await.unwrap();
        assert_eq!(read_answer(&mut stream, false).await.unwrap().status, 200);
        first.push(stream);
    }
    for _ in 0..20 {
        closed_after(&mut server.connect().await, Duration::from_secs(2)).await;
    }
    for stream in &mut first {
        stream.write_all(get("/healthz", "").as_bytes()).await.unwrap();
        assert_eq!(read_answer(stream, false).await.unwrap().status, 200);
    }
    let elsewhere = TcpSocket::new_v4().unwrap();
    elsewhere.bind((IpAddr::from([127, 0, 0, 2]), 0).into()).unwrap();
    let mut stream = elsewhere.connect(server.address).await.unwrap();
    stream.write_all(get("/healthz", "").as_bytes()).await.unwrap();
    assert_eq!(read_answer(&mut stream, false).await.unwrap().status, 200, "another address");
    drop(first.pop());
    let freed = async {
        loop {
            let mut stream = server.connect().await;
            if stream.write_all(get("/healthz", "").as_bytes()).await.is_ok() && read_answer(&mut stream, false).await.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), freed).await.expect("a place given back can be taken");
}

#[tokio::test]
async fn s04_connections_beyond_the_cap_of_the_server_are_refused() {
    let caps = Caps { connections: 2, ..Caps::default() };
    let server = Server::start(Limits { caps, ..Limits::default() }).await;
    let mut kept = Vec::new();
    for _ in 0..2 {
        let mut stream = server.connect().await;
        stream.write_all(get("/healthz", "").as_bytes()).await.unwrap();
        read_answer(&mut stream, false).await.unwrap();
        kept.push(stream);
    }
    closed_after(&mut server.connect().await, Duration::from_secs(2)).await;
}

#[tokio::test]
async fn s05_heads_that_are_too_large() {
    let server = Server::usual().await;
    for (name, request, expected) in [
        ("a field of 20 KB", get("/", &format!("X: {}\r\n", "a".repeat(20_000))), 431),
        ("150 fields", get("/", &"X: a\r\n".repeat(150)), 431),
        ("a path of 70 KB", get(&format!("/{}", "a".repeat(70_000)), ""), 431),
        ("90 fields", get("/", &"X: a\r\n".repeat(90)), 200),
        ("a path of 7 KB", get(&format!("/{}", "a".repeat(7_000)), ""), 404),
    ] {
        assert_eq!(server.ask(&request).await.status, expected, "{name}");
    }
}

#[tokio::test]
async fn s06_s07_requests_that_can_be_read_in_two_ways() {
    let server = Server::usual().await;
    for (name, request) in [
        ("no Host", "GET / HTTP/1.1\r\n\r\n".to_owned()),
        ("two Hosts", get("/", "Host: other.example\r\n")),
        ("the same Host twice", get("/", "Host: relay.example\r\n")),
        ("length, then coding", get("/", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")),
        ("coding, then length", get("/", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n")),
        ("two lengths", get("/", "Content-Length: 3\r\nContent-Length: 4\r\n")),
        ("+5", get("/", "Content-Length: +5\r\n")),
        ("a folded field", get("/", "X: a\r\n b\r\n")),
        ("NUL in the path", get("/\0", "")),
        ("NUL in a field", get("/", "X: a\0b\r\n")),
        ("a space before the colon", get("/", "X : a\r\n")),
        ("an unknown coding", get("/", "Transfer-Encoding: gzip\r\n")),
        ("no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n".to_owned()),
    ] {
        let mut stream = server.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        assert_eq!(read_answer(&mut stream, false).await.unwrap().status, 400, "{name}");
        closed_after(&mut stream, Duration::from_secs(3)).await;
    }
    assert_eq!(server.ask("GET /healthz HTTP/1.0\r\n\r\n").await.status, 200, "HTTP/1.0 has no Host");
}

#[tokio::test]
async fn s08_only_reading() {
    let server = Server::usual().await;
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"] {
        let answer = server.ask(&get(FEED, "Content-Length: 0\r\n").replacen("GET", method, 1)).await;
        assert_eq!((answer.status, answer.field("allow")), (405, Some("GET, HEAD")), "{method}");
    }
    let answer = server.ask("CONNECT relay.example:443 HTTP/1.1\r\nHost: relay.example\r\n\r\n").await;
    assert_eq!(answer.status, 405);
}

#[tokio::test]
async fn s08_a_body_is_ignored_and_what_follows_it_is_no_request() {
    let server = Server::usual().await;
    let smuggled = get("/healthz", "");
    let request = format!("{}{smuggled}", get("/robots.txt", &format!("Content-Length: {}\r\n", smuggled.len())));
    let mut stream = server.connect().await;
    stream.write_all(request.as_bytes()).await.unwrap();
    let answer = read_answer(&mut stream, false).await.unwrap();
    assert_eq!((answer.status, answer.field("connection")), (200, Some("close")));
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&rest), "");
}

#[tokio::test]
async fn s08_the_refusal_of_a_large_body_reaches_its_sender() {
    let server = Server::usual().await;
    let mut stream = server.connect().await;
    let head = get(FEED, "Content-Length: 200000\r\n").replacen("GET", "POST", 1);
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&[b'x'; 200_000]).await.unwrap();
    assert_eq!(read_answer(&mut stream, false).await.expect("no reset").status, 405);
}

#[tokio::test]
async fn s09_paths_that_lead_nowhere() {
    let server = Server::usual().await;
    for path in [
        "/..%2f..%2fetc/passwd",
        "/../../etc/passwd",
        "/feeds/../feeds/all.rss",
        "/feeds/..",
        "/feeds/all.rss%00",
        "/feeds/%61ll.rss",
        "/feeds/all%2erss",
        "/feeds%2fall.rss",
        "/feeds/All.rss",
        "/feeds/all.RSS",
        "/feeds/all.rss;x=1",
        "/feeds/all.rss/",
        "//feeds/all.rss",
        "//",
        "/feeds/",
        "/a/",
        "/a/0123456789ABCDEF0123",
        "/a/0123456789abcdef012",
        "/a/0123456789abcdef01234",
        "/a/0123456789abcdef012g",
        "/a/..%2f..%2f0123456789ab",
    ] {
        assert_eq!(server.get(path, "").await.status, 404, "{path}");
    }
    assert_eq!(server.shelf.asked.load(Ordering::SeqCst), 0, "no such key was looked up");
}

#[tokio::test]
async fn s10_s12_queries_and_ranges_are_ignored() {
    let server = Server::usual().await;
    let plain = server.get(FEED, "").await;
    for n in 0..50 {
        let answer = server.get(&format!("{FEED}?a={n}"), "Range: bytes=0-0,2-3\r\n").await;
        assert_eq!((answer.status, answer.field("etag")), (200, plain.field("etag")));
        assert_eq!(answer.body, plain.body);
    }
}

#[tokio::test]
async fn s15_a_connection_is_good_for_so_many_requests_also_when_they_come_at_once() {
    let caps = Caps { requests_per_connection: 5, ..Caps::default() };
    let server = Server::start(Limits { caps, ..Limits::default() }).await;
    let mut stream = server.connect().await;
    stream.write_all(get("/healthz", "").repeat(50).as_bytes()).await.unwrap();
    for n in 1..=5 {
        let answer = read_answer(&mut stream, false).await.unwrap();
        assert_eq!((answer.status, answer.field("connection")), (200, (n == 5).then_some("close")), "request {n}");
    }
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    assert!(rest.is_empty(), "{}", String::from_utf8_lossy(&rest));
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

#[tokio::test]
async fn p01_requests_under_way_finish_after_the_stop_and_nobody_is_reset() {
    let Server { address, shutdown, task, .. } = Server::usual().await;
    let mut under_way = Vec::new();
    for n in 0..100 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let path = if n % 25 == 0 { format!("/a/{SLOW_KEY}") } else { FEED.to_owned() };
        stream.write_all(get(&path, "").as_bytes()).await.unwrap();
        under_way.push(stream);
    }
    // Some of these are accepted already, some are still in the backlog.
    shutdown.cancel();
    for mut stream in under_way {
        let answer = read_answer(&mut stream, false).await.expect("an answer, not a reset");
        assert_eq!(answer.status, 200);
        let mut rest = Vec::new();
        assert_eq!(stream.read_to_end(&mut rest).await.expect("a close, not a reset"), 0);
    }
    tokio::time::timeout(Duration::from_secs(5), task).await.expect("stopped").unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "the port is free");
}

#[tokio::test]
async fn p01_what_does_not_finish_in_time_is_dropped() {
    let timeouts = Timeouts { drain: Duration::from_millis(300), ..Timeouts::default() };
    let Server { address, shutdown, task, snapshot, .. } = Server::start(short(timeouts)).await;
    put_huge(&snapshot);
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(get("/feeds/huge.rss", "").as_bytes()).await.unwrap();
    stream.read_u8().await.unwrap();
    shutdown.cancel();
    tokio::time::timeout(Duration::from_secs(5), task).await.expect("stopped").unwrap().unwrap();
}

#[tokio::test]
async fn p01_idle_connections_do_not_hold_up_the_stop() {
    let Server { address, shutdown, task, .. } = Server::usual().await;
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(get("/healthz", "").as_bytes()).await.unwrap();
    read_answer(&mut idle, false).await.unwrap();
    let _silent = TcpStream::connect(address).await.unwrap();
    shutdown.cancel();
    tokio::time::timeout(Duration::from_secs(5), task).await.expect("stopped long before the drain ends").unwrap().unwrap();
}
