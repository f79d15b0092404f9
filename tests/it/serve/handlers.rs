//! Routes with handlers, and documents that are for some only.

use bytes::Bytes;
use http::{Method, StatusCode};
use reprint::serve::{Admittance, Answering, Gate, Handler, Reply, Request, Route};

use super::*;

/// Says what it was asked.
struct Echo;

impl Handler for Echo {
    fn answer(&self, request: Request) -> Answering<'_, Reply> {
        Box::pin(async move {
            if request.query.as_deref() == Some("slow") {
                tokio::time::sleep(SLOW).await;
            }
            let body = String::from_utf8_lossy(&request.body).into_owned();
            let agent = request.fields.get("user-agent").and_then(|agent| agent.to_str().ok()).unwrap_or("-");
            let query = request.query.as_deref().unwrap_or("-");
            Reply::text(StatusCode::ACCEPTED, Bytes::from(format!("{} {} {query} {agent} {body}", request.method, request.path)))
        })
    }
}

/// For who has the word, and nowhere for others.
struct Hidden;

impl Handler for Hidden {
    fn answer(&self, _request: Request) -> Answering<'_, Reply> {
        Box::pin(async { Reply::text(StatusCode::OK, "hidden") })
    }

    fn turns_away(&self, request: &Request) -> Option<Reply> {
        let knows = request.fields.get("authorization").is_some_and(|word| word == "Bearer right");
        (!knows).then(|| Reply::text(StatusCode::NOT_FOUND, "Nothing.\n"))
    }
}

pub fn routes() -> Vec<Route> {
    let echo: Arc<dyn Handler> = Arc::new(Echo);
    vec![
        Route::new("/status", &[Method::GET], echo.clone()),
        Route::new("/hub", &[Method::POST], echo.clone()).with_body(1000),
        Route::new("/hidden", &[Method::GET], Arc::new(Hidden)).with_body(10),
        Route::new("/mute", &[Method::POST], echo.clone()),
        Route::new("/websub/", &[Method::GET, Method::POST], echo.clone()).with_body(1000),
        // Never reached: it is a document's.
        Route::new("/feeds/all.atom", &[Method::GET], echo),
    ]
}

/// `members.rss` is for who has the word, and gets the OPML with another one.
pub struct Doorkeeper;

impl Gate for Doorkeeper {
    fn guards(&self, path: &str) -> bool {
        path == "feeds/members.rss"
    }

    fn admit(&self, path: &str, request: &Request) -> Admittance {
        match request.fields.get("authorization").map(|value| value.as_bytes()) {
            Some(b"Bearer other") => Admittance::Instead("feeds.opml".into()),
            Some(b"Bearer right") => Admittance::Private,
            _ if self.guards(path) => Admittance::Refused(Box::new(Reply::text(StatusCode::UNAUTHORIZED, "Who are you?\n"))),
            _ => Admittance::Public,
        }
    }
}

const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";

fn post(path: &str, fields: &str, body: &str) -> String {
    format!("{}{body}", get(path, &format!("User-Agent: tester\r\n{fields}")).replacen("GET", "POST", 1))
}

#[tokio::test]
async fn handlers_get_the_whole_request() {
    let server = Server::usual().await;
    for (request, status, body) in [
        (get("/status?a=1", ""), 202, "GET /status a=1 - "),
        (post("/hub", "Content-Length: 5\r\n", "a=b&c"), 202, "POST /hub - tester a=b&c"),
        (post("/hub", "", ""), 202, "POST /hub - tester "),
        (get("/websub/x/y", ""), 202, "GET /websub/x/y - - "),
        (post("/websub/x", "Content-Length: 2\r\n", "hi"), 202, "POST /websub/x - tester hi"),
        (post("/status", "Content-Length: 2\r\n", "hi"), 405, "This"),
        (get("/hub", ""), 405, "This"),
        (get("/websub", ""), 404, "<!doctype"),
        (get("/websubx", ""), 404, "<!doctype"),
        (get("/status/", ""), 404, "<!doctype"),
        (get("/feeds/all.atom", ""), 200, "<feed/>"),
        (post("/hub", "Content-Length: 1001\r\n", ""), 413, "The body"),
        (post("/hub", CHUNKED, "0\r\n\r\n"), 202, "POST /hub - tester "),
        (post("/hub", CHUNKED, "5;x=y\r\na=b&c\r\n2\r\n=d\r\n0\r\nX: y\r\n\r\n"), 202, "POST /hub - tester a=b&c=d"),
        (post("/hub", CHUNKED, &format!("3e8\r\n{}\r\n0\r\n\r\n", "x".repeat(1000))), 202, "POST /hub - tester xxx"),
        (post("/hub", CHUNKED, "3e9\r\n"), 413, "The body is longer than 1000"),
        (post("/hub", CHUNKED, &format!("3e8\r\n{}\r\n1\r\n", "x".repeat(1000))), 413, "The body is longer than 1000"),
        (post("/hub", CHUNKED, "+5\r\nheron\r\n0\r\n\r\n"), 400, "The size of a chunk"),
        (post("/hub", CHUNKED, "5\nheron\n0\n\n"), 400, "A line between"),
        (post("/hub", CHUNKED, "5\r\nheron!\r\n"), 400, "A chunk of the body"),
        (post("/hub", CHUNKED, "0\r\nX: y\r\n z\r\n\r\n"), 400, "A trailer"),
        (post("/hub", "Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501, "The only"),
        (post("/hub", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400, "The Transfer"),
        (post("/hub", CHUNKED, "0\r\n\r\n").replace("HTTP/1.1", "HTTP/1.0"), 400, "The Transfer"),
        (post("/mute", CHUNKED, "0\r\n\r\n"), 411, "The request"),
        (post("/status", CHUNKED, "0\r\n\r\n"), 405, "This"),
        (post("/nowhere", CHUNKED, "0\r\n\r\n"), 404, "<!doctype"),
    ] {
        let answer = server.ask(&request).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, status, "{request}");
        assert!(text.starts_with(body), "{request}: {text}");
        assert_eq!(answer.field("x-content-type-options"), Some("nosniff"), "{request}");
    }
    let head = server.ask(&get("/status?a=1", "").replacen("GET", "HEAD", 1)).await;
    assert_eq!((head.status, head.field("content-length")), (202, Some("19")));
}

#[tokio::test]
async fn a_body_may_come_in_pieces_and_be_followed_by_the_next_request() {
    let server = Server::usual().await;
    let mut stream = server.connect().await;
    let body = "x".repeat(900);
    let text = format!("{}{}", post("/hub", "Content-Length: 900\r\n", &body), get("/healthz", ""));
    for piece in text.as_bytes().chunks(100) {
        stream.write_all(piece).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let answer = read_answer(&mut stream, false).await.unwrap();
    assert!(answer.body.ends_with(body.as_bytes()));
    assert_eq!(read_answer(&mut stream, false).await.unwrap().body, b"ok\n");
}

#[tokio::test]
async fn a_body_in_chunks_is_the_same_however_it_is_cut_and_the_next_request_follows_it() {
    let server = Server::usual().await;
    let chunks = "5;a=\"b\"\r\nheron\r\n00b\r\n gull\r\ntern\r\n0\r\nX: y\r\n\r\n";
    let text = format!("{}{}", post("/hub", CHUNKED, chunks), get("/healthz", ""));
    let head = text.find("\r\n\r\n").unwrap();
    for cut in head..text.len() {
        let mut stream = server.connect().await;
        stream.set_nodelay(true).unwrap();
        stream.write_all(&text.as_bytes()[..cut]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2)).await;
        stream.write_all(&text.as_bytes()[cut..]).await.unwrap();
        let answer = read_answer(&mut stream, false).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&answer.body), "POST /hub - tester heron gull\r\ntern", "cut at {cut}");
        assert_eq!(read_answer(&mut stream, false).await.unwrap().body, b"ok\n", "cut at {cut}");
    }
}

#[tokio::test]
async fn s07_after_a_body_that_is_refused_nothing_is_a_request() {
    let server = Server::usual().await;
    for (fields, body, status) in [
        (CHUNKED, "0x0\r\n\r\n", 400),
        (CHUNKED, "7d1\r\n\r\n", 413),
        ("Content-Length: 1001\r\n", "", 413),
        ("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n", 501),
        ("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n", 400),
    ] {
        let mut stream = server.connect().await;
        stream.write_all(format!("{}{}", post("/hub", fields, body), get("/healthz", "")).as_bytes()).await.unwrap();
        let answer = read_answer(&mut stream, false).await.unwrap();
        assert_eq!((answer.status, answer.field("connection")), (status, Some("close")), "{fields}{body}");
        let mut rest = String::new();
        stream.read_to_string(&mut rest).await.unwrap();
        assert_eq!(rest, "", "{fields}{body}");
    }
}

#[tokio::test]
async fn a_client_that_asks_first_is_told_to_go_on() {
    let server = Server::usual().await;
    let expect = "Expect: 100-Continue\r\n";
    for (framing, body) in [("Content-Length: 2\r\n", "hi"), (CHUNKED, "2\r\nhi\r\n0\r\n\r\n")] {
        let mut stream = server.connect().await;
        stream.write_all(post("/hub", &format!("{framing}{expect}"), "").as_bytes()).await.unwrap();
        let mut go_on = [0; 25];
        stream.read_exact(&mut go_on).await.unwrap();
        assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        stream.write_all(body.as_bytes()).await.unwrap();
        assert_eq!(read_answer(&mut stream, false).await.unwrap().status, 202);
        // Whoever has sent it already, or speaks HTTP/1.0, is not told: the first answer is the last.
        let whole = post("/hub", &format!("{framing}{expect}"), body);
        assert_eq!(server.ask(&whole).await.status, 202);
    }
    let old = post("/hub", &format!("Content-Length: 2\r\n{expect}"), "").replace("HTTP/1.1", "HTTP/1.0");
    let mut stream = server.connect().await;
    stream.write_all(old.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    stream.write_all(b"hi").await.unwrap();
    assert_eq!(read_answer(&mut stream, false).await.unwrap().status, 202);
    // Nobody sends what will be refused.
    for (path, fields, status) in [("/hub", "Content-Length: 1001\r\n", 413), ("/status", "Content-Length: 2\r\n", 405)] {
        assert_eq!(server.ask(&post(path, &format!("{fields}{expect}"), "")).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn s19_who_may_not_know_of_an_address_learns_nothing_by_any_method() {
    let server = Server::usual().await;
    for method in ["GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE"] {
        for fields in ["", "Content-Length: 100\r\n", CHUNKED, "Authorization: Bearer wrong\r\n"] {
            let expected = if ["GET", "HEAD"].contains(&method) && fields == CHUNKED { 400 } else { 404 };
            for path in ["/hidden", "/nowhere"] {
                let answer = server.ask(&get(path, fields).replacen("GET", method, 1)).await;
                assert_eq!((answer.status, answer.field("allow")), (expected, None), "{method} {path} {fields}");
            }
        }
    }
    let word = "Authorization: Bearer right\r\n";
    assert_eq!(server.get("/hidden", word).await.body, b"hidden");
    assert_eq!(server.ask(&post("/hidden", word, "")).await.status, 405);
}

#[tokio::test]
async fn a_body_that_never_comes_and_a_handler_that_never_ends_have_their_time() {
    let timeouts = Timeouts { stall: Duration::from_millis(300), page: SLOW / 2, ..Timeouts::default() };
    let server = Server::start(short(timeouts)).await;
    let mut stream = server.connect().await;
    stream.write_all(post("/hub", "Content-Length: 200\r\n", "half").as_bytes()).await.unwrap();
    closed_after(&mut stream, Duration::from_secs(5)).await;
    // W03: nor does one that drips last longer, however much of it comes.
    let (mut read, mut write) = server.connect().await.into_split();
    let drip = tokio::spawn(async move {
        let _ = write.write_all(post("/hub", CHUNKED, "").as_bytes()).await;
        while write.write_all(b"1\r\nx\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let mut rest = Vec::new();
    let begun = Instant::now();
    let _ = tokio::time::timeout(Duration::from_secs(5), read.read_to_end(&mut rest)).await.expect("closed");
    assert!(rest.is_empty() && begun.elapsed() >= timeouts.stall, "{:?} {rest:?}", begun.elapsed());
    drip.abort();
    let answer = server.get("/status?slow", "").await;
    assert_eq!((answer.status, answer.field("retry-after")), (503, Some("5")));
}

#[tokio::test]
async fn who_may_read_what() {
    let server = Server::usual().await;
    server.snapshot.put(document("feeds/members.rss", "application/rss+xml; charset=utf-8", "<rss>members</rss>")).unwrap();
    for (path, fields, status, start, cache) in [
        ("/feeds/members.rss", "", 401, "Who", "no-store"),
        ("/feeds/members.rss", "Authorization: Bearer wrong\r\n", 401, "Who", "no-store"),
        ("/feeds/members.rss", "Authorization: Bearer right\r\n", 200, "<rss>members", "private, max-age=300, "),
        ("/feeds/members.rss", "Authorization: Bearer other\r\n", 200, "<opml", "private, max-age=300, "),
        (FEED, "", 200, "<rss>", "public, max-age=300, "),
        (FEED, "Authorization: Bearer wrong\r\n", 200, "<rss>", "public, max-age=300, "),
        (FEED, "Authorization: Bearer right\r\n", 200, "<rss>", "private, max-age=300, "),
    ] {
        let answer = server.get(path, fields).await;
        assert_eq!(answer.status, status, "{path} {fields}");
        assert!(answer.body.starts_with(start.as_bytes()), "{path} {fields}");
        assert!(answer.field("cache-control").unwrap().starts_with(cache), "{path} {fields}");
    }
    let etag = server.snapshot.get("feeds/members.rss").unwrap().etag.clone();
    let answer = server.get("/feeds/members.rss", &format!("If-None-Match: {etag}\r\n")).await;
    assert_eq!(answer.status, 401, "a validator opens no door");
}
