//! What clients do to the server, and what its surroundings do. S and P numbers are rows of the threat table.

use super::*;

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
        ("a path of 70 KB", get(&format!("/{}", "a".repeat(70_000)), ""), 414),
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
        ("a coding twice", get("/", "Transfer-Encoding: chunked, chunked\r\n")),
        ("two equal lengths in one", get("/", "Content-Length: 5, 5\r\n")),
        ("a bare CR", get("/", "X: a\rContent-Length: 5\r\n")),
        ("a bare LF", get("/", "X: a\nContent-Length: 5\r\n")),
        ("a folded first field", "GET / HTTP/1.1\r\n Host: relay.example\r\n\r\n".to_owned()),
        ("a field without a name", get("/", ": a\r\n")),
        ("an address with a user", get("http://relay.example@other.example/", "")),
        ("an address without a host", get("http://:80/", "")),
        ("no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n".to_owned()),
    ] {
        let mut stream = server.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        assert_eq!(read_answer(&mut stream, false).await.unwrap().status, 400, "{name}");
        closed_after(&mut stream, Duration::from_secs(3)).await;
    }
    assert_eq!(server.ask("GET /healthz HTTP/1.0\r\n\r\n").await.status, 200, "HTTP/1.0 has no Host");
    for (name, request) in [
        ("an unknown coding", get("/", "Transfer-Encoding: gzip\r\n")),
        ("one after another", get("/", "Transfer-Encoding: gzip, chunked\r\n")),
    ] {
        assert_eq!(server.ask(&request).await.status, 501, "{name}");
    }
    // RFC 9112 § 3.2.2: what Host says besides an absolute address does not matter.
    assert_eq!(server.get("http://other.example/healthz", "").await.status, 200);
    // A refusal of HEAD has no body either, and nothing follows it.
    let mut stream = server.connect().await;
    stream.write_all(b"HEAD / HTTP/1.1\r\n\r\nHEAD / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let mut all = String::new();
    stream.read_to_string(&mut all).await.unwrap();
    assert!(all.starts_with("HTTP/1.1 400 ") && all.ends_with("\r\n\r\n") && all.matches("HTTP/1.1").count() == 1, "{all}");
}

#[tokio::test]
async fn after_an_answer_that_is_no_success_the_connection_goes_on() {
    let server = Server::usual().await;
    let mut stream = server.connect().await;
    let etag = server.snapshot.get("feeds/all.rss").unwrap().etag.clone();
    for (request, status) in [
        (get("/nowhere", ""), 404),
        (get("/nowhere", "").replacen("GET", "HEAD", 1), 404),
        (get(FEED, &format!("If-None-Match: {etag}\r\n")), 304),
        (get(FEED, "").replacen("GET", "HEAD", 1), 200),
        (get("/hidden", ""), 404),
        (get("/members", "Connection: Keep-Alive\r\n"), 404),
        (get("/healthz", "Connection: CLOSE\r\n"), 200),
    ] {
        stream.write_all(request.as_bytes()).await.unwrap();
        let answer = read_answer(&mut stream, request.starts_with("HEAD")).await.unwrap();
        assert_eq!(answer.status, status, "{request}");
    }
    assert!(closed_after(&mut stream, Duration::from_secs(3)).await < Duration::from_secs(1));
}

#[tokio::test]
async fn s08_only_reading() {
    let server = Server::usual().await;
    for method in ["POST", "PUT", "DELETE", "TRACE", "PATCH", "get", "BREW"] {
        let answer = server.ask(&get(FEED, "Content-Length: 0\r\n").replacen("GET", method, 1)).await;
        assert_eq!((answer.status, answer.field("allow")), (405, Some("GET, HEAD, OPTIONS")), "{method}");
        let answer = server.ask(&get("/", "").replacen("GET", method, 1)).await;
        assert_eq!((answer.status, answer.field("allow")), (405, Some("GET, HEAD")), "{method}");
    }
    assert_eq!(server.ask(&get("/", "").replacen("GET", "OPTIONS", 1)).await.status, 405);
    assert_eq!(server.ask(&get("/nowhere", "").replacen("GET", "POST", 1)).await.status, 404);
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
    // It is still sending when the answer has long been written.
    for _ in 0..5 {
        stream.write_all(&[b'x'; 40_000]).await.expect("no reset");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
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
async fn s08_a_script_may_ask_whether_it_may_read_a_feed() {
    let server = Server::usual().await;
    let fields = "Origin: https://reader.example\r\nAccess-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: if-none-match\r\n";
    let answer = server.ask(&get(FEED, fields).replacen("GET", "OPTIONS", 1)).await;
    assert_eq!(
        (answer.status, answer.field("access-control-allow-origin"), answer.field("content-length")),
        (204, Some("*"), None)
    );
    assert!(answer.field("access-control-allow-headers").unwrap().contains("If-None-Match"));
}

#[tokio::test]
async fn s14_there_is_no_http2() {
    let server = Server::usual().await;
    let mut stream = server.connect().await;
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    assert_eq!(read_answer(&mut stream, false).await.unwrap().status, 505);
    closed_after(&mut stream, Duration::from_secs(3)).await;
    let answer = server.get(FEED, "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n").await;
    assert_eq!(answer.status, 200, "an upgrade may be ignored (RFC 9110 § 7.8)");
}

#[tokio::test]
async fn s15_a_thousand_pipelined_requests_are_answered_in_order() {
    let server = Server::usual().await;
    let stream = server.connect().await;
    let (mut read, mut write) = stream.into_split();
    let asking = tokio::spawn(async move {
        let text: String = (0..1000).map(|n| get(if n % 3 == 0 { FEED } else { "/healthz" }, "")).collect();
        write.write_all(text.as_bytes()).await.unwrap();
        write
    });
    let mut all = Vec::new();
    read.read_to_end(&mut all).await.unwrap();
    drop(asking.await.unwrap());
    let text = String::from_utf8(all).unwrap();
    let answers: Vec<&str> = text.split("HTTP/1.1 ").skip(1).collect();
    assert_eq!(answers.len(), 1000);
    for (n, answer) in answers.iter().enumerate() {
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        assert!(body.starts_with(if n % 3 == 0 { "<rss>" } else { "ok\n" }), "answer {n}: {answer}");
        assert_eq!(answer.contains("\r\nconnection: close\r\n"), n == 999, "answer {n}");
    }
}

#[tokio::test]
async fn answers_do_not_depend_on_how_a_request_is_cut() {
    let server = Server::usual().await;
    let text = format!("{}{}", get("/healthz", "X: y\r\n"), get("/robots.txt", "Connection: close\r\n"));
    let mut expected = None;
    for cut in 0..text.len() {
        let mut stream = server.connect().await;
        stream.set_nodelay(true).unwrap();
        stream.write_all(&text.as_bytes()[..cut]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2)).await;
        stream.write_all(&text.as_bytes()[cut..]).await.unwrap();
        let mut all = String::new();
        stream.read_to_string(&mut all).await.unwrap();
        let undated: Vec<&str> = all.lines().filter(|line| !line.starts_with("date: ")).collect();
        let undated = undated.join("\n");
        assert_eq!(expected.get_or_insert_with(|| undated.clone()), &undated, "cut at {cut}");
    }
    assert!(expected.unwrap().contains("User-agent"));
}

#[tokio::test]
async fn s16_who_asks_too_often_is_told_when_to_come_back_and_nobody_else_is() {
    let caps = Caps {
        requests_per_minute: 5,
        loopback_is_proxy: false,
        proxies: vec!["127.0.0.9/32".parse().unwrap()],
        ..Caps::default()
    };
    let server = Server::start(Limits { caps, ..Limits::default() }).await;
    for _ in 0..5 {
        assert_eq!(server.get(FEED, "").await.status, 200);
    }
    let etag = server.snapshot.get("feeds/all.rss").unwrap().etag.clone();
    let condition = format!("If-None-Match: {etag}\r\n");
    let refused = server.get(FEED, &condition).await;
    assert_eq!(refused.status, 429);
    let seconds: u64 = refused.field("retry-after").unwrap().parse().expect("whole seconds");
    assert!((1..=12).contains(&seconds), "{seconds}");
    assert_eq!(refused.field("cache-control"), Some("no-store"));
    assert_eq!(server.get("/feeds/all.atom", "").await.status, 200, "another address");
    let ask_from = async |address: [u8; 4], fields: String| {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((IpAddr::from(address), 0).into()).unwrap();
        let mut stream = socket.connect(server.address).await.unwrap();
        stream.write_all(get(FEED, &fields).as_bytes()).await.unwrap();
        read_answer(&mut stream, false).await.unwrap().status
    };
    assert_eq!(ask_from([127, 0, 0, 2], condition.clone()).await, 304, "another client");
    // A front proxy speaks for its clients, and for itself without limit.
    for _ in 0..20 {
        assert_eq!(ask_from([127, 0, 0, 9], condition.clone()).await, 304);
    }
    let via = |client: &str| format!("{condition}X-Forwarded-For: {client}\r\n");
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(ask_from([127, 0, 0, 9], via("203.0.113.7")).await);
    }
    assert_eq!(statuses, [304, 304, 304, 304, 304, 429]);
    assert_eq!(ask_from([127, 0, 0, 9], via("203.0.113.8")).await, 304);
}

#[tokio::test]
async fn s18_control_characters_do_not_come_in() {
    let server = Server::usual().await;
    for request in [get("/\x1b[31m", ""), get("/", "User-Agent: \x1b[31mred\r\n"), get("/", "X: \x7f\r\n")] {
        assert_eq!(server.ask(&request).await.status, 400, "{request:?}");
    }
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

/// Connections made while the server has no time to accept any: all in its queue, or some not answered for a second.
#[tokio::test]
async fn a_crowd_that_comes_at_once_waits_in_the_queue_and_is_answered_also_after_the_stop() {
    use std::io::{Read, Write};

    let Server { address, shutdown, task, .. } = Server::usual().await;
    for stops in [false, true] {
        tokio::task::yield_now().await;
        // This thread is the runtime's only one.
        let crowd: Vec<std::net::TcpStream> = (0..300)
            .map(|number| {
                let stream = std::net::TcpStream::connect_timeout(&address, Duration::from_millis(900));
                let mut stream = stream.unwrap_or_else(|error| panic!("{number}: {error}"));
                stream.write_all(get("/healthz", "Connection: close\r\n").as_bytes()).unwrap();
                stream
            })
            .collect();
        if stops {
            shutdown.cancel();
        }
        let read = move |mut stream: std::net::TcpStream| {
            let mut answer = String::new();
            stream.read_to_string(&mut answer).map(|_| answer)
        };
        let answers = tokio::task::spawn_blocking(move || crowd.into_iter().map(read).collect::<Vec<_>>()).await.unwrap();
        for (number, answer) in answers.into_iter().enumerate() {
            let answer = answer.unwrap_or_else(|error| panic!("{number}, stop: {stops}: {error}"));
            assert!(answer.starts_with("HTTP/1.1 200 "), "{number}: {answer}");
        }
    }
    task.await.unwrap().unwrap();
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
    let stop = Instant::now();
    tokio::time::timeout(Duration::from_secs(5), task).await.expect("stopped").unwrap().unwrap();
    assert!(stop.elapsed() >= timeouts.drain, "nothing was left to drop after {:?}", stop.elapsed());
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

/// Processor time a process has used, in clock ticks (100 a second): fields 14 and 15 of proc(5) `stat`.
#[cfg(target_os = "linux")]
fn ticks(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let after_name = stat.rsplit_once(')').unwrap().1;
    after_name.split_whitespace().skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn p09_without_file_descriptors_the_server_waits_without_spinning_and_recovers() {
    use std::io::BufRead;
    use std::process::{Command, Stdio};

    // The limit on open files is one of the whole process, so the server has one of its own: this test again, told to be it.
    const ROLE: &str = "REPRINT_TEST_P09_SERVER";
    if std::env::var_os(ROLE).is_some() {
        let server = Server::usual().await;
        println!("\nlistening on {}", server.address);
        tokio::task::spawn_blocking(|| io::read_to_string(io::stdin())).await.unwrap().unwrap();
        return;
    }
    let name = "serve::abuse::p09_without_file_descriptors_the_server_waits_without_spinning_and_recovers";
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -n 48; exec \"$0\" --exact \"$1\" --nocapture"])
        .arg(std::env::current_exe().unwrap())
        .arg(name)
        .env(ROLE, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = io::BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let address = lines.find_map(|line| line.strip_prefix("listening on ").map(str::to_owned)).expect("the server started");
    let ask = async |limit: Duration| {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream.write_all(get("/healthz", "").as_bytes()).await.unwrap();
        let answer = tokio::time::timeout(limit, read_answer(&mut stream, false)).await;
        answer.ok().map(|answer| answer.unwrap().status)
    };
    assert_eq!(ask(Duration::from_secs(5)).await, Some(200));
    let mut crowd = Vec::new();
    for _ in 0..100 {
        crowd.push(TcpStream::connect(&address).await.unwrap());
    }
    assert_eq!(ask(Duration::from_millis(300)).await, None, "there was a descriptor left");
    let before = ticks(child.id());
    tokio::time::sleep(Duration::from_secs(1)).await;
    let spent = ticks(child.id()) - before;
    assert!(spent < 30, "{spent} of 100 ticks spent on accepts that fail");
    drop(crowd);
    assert_eq!(ask(Duration::from_secs(5)).await, Some(200), "recovered");
    drop(child.stdin.take());
    // The rest of its output is read so that it does not write into a closed pipe.
    lines.for_each(drop);
    assert!(child.wait().unwrap().success());
}
