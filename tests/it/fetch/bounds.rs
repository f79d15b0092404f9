//! The client against partners that send too much, too slowly, or not to the end.

use std::io::Write;
use std::time::{Duration, Instant};

use reprint::fetch::{Client, Options};
use reprint::model::Fault;

use super::{MIB, check_error, client, fetch, in_own_process, options};
use crate::harness::{Partner, Reply, Step, chunked, until};

/// 2 GiB of zeros: one gzip member (RFC 1952) of 2048 times the same deflate blocks, each time from an empty window.
fn gzip_bomb() -> Vec<u8> {
    let mut blocks = Vec::with_capacity(64 * 1024);
    let mut deflate = flate2::Compress::new(flate2::Compression::best(), false);
    deflate.compress_vec(&vec![0; MIB as usize], &mut blocks, flate2::FlushCompress::Full).expect("memory");
    assert_eq!(deflate.total_in(), MIB);
    [[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255].as_slice(), &blocks.repeat(2048)].concat()
}

/// 2 GiB of zeros: run-length blocks of 128 KiB (RFC 8878 § 3.1.1.2).
fn zstd_bomb() -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]; // magic, no flags, window of 128 KiB
    for _ in 0..16_384 {
        frame.extend([0x02, 0x00, 0x10, 0x00]); // not the last, RLE, 131,072 times, a zero
    }
    frame
}

/// 16 MiB of zeros.
const BROTLI_BOMB: [u8; 14] = [0x9f, 0xff, 0xff, 0xff, 0xf8, 0x27, 0x00, 0xe2, 0xb1, 0x40, 0x20, 0xf7, 0xfe, 0x1f];

fn most_memory_ever_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("VmHWM");
    line.split_whitespace().nth(1).expect("a figure").parse().expect("a figure")
}

#[tokio::test]
async fn h21_bombs_are_stopped_at_the_limit_in_little_memory() {
    if in_own_process("bounds::h21_bombs_are_stopped_at_the_limit_in_little_memory", &[]).is_some() {
        return;
    }
    let partner = Partner::start().await;
    let client = client();
    partner.put("/small", Reply::ok("text/xml", "<rss/>"));
    fetch(&client, partner.url("/small")).await.expect("a document");
    for (coding, bomb) in [("gzip", gzip_bomb()), ("zstd", zstd_bomb()), ("br", BROTLI_BOMB.to_vec())] {
        partner.put("/bomb", Reply::ok("text/xml", bomb).header("Content-Encoding", coding));
        let (before, start) = (most_memory_ever_kib(), Instant::now());
        let error = check_error(fetch(&client, partner.url("/bomb")).await, "too_large", coding);
        assert!(error.message.contains("8388608") && error.message.contains("body_bytes"), "{}", error.message);
        assert!(start.elapsed() < Duration::from_secs(5), "{coding} took {:?}", start.elapsed());
        let grown = most_memory_ever_kib() - before;
        assert!(grown < 32 * 1024, "{coding} took {grown} KiB");
    }
}

#[tokio::test]
async fn h21_codings_on_codings_are_refused() {
    let partner = Partner::start().await;
    for coding in ["gzip, gzip", "deflate", "br, gzip"] {
        partner.put("/", Reply::ok("text/xml", "x").header("Content-Encoding", coding));
        let error = check_error(fetch(&client(), partner.url("/")).await, "bad_response", coding);
        assert!(error.message.contains(coding), "{}", error.message);
    }
    partner.put("/", Reply::ok("text/xml", "<rss/>").header("Content-Encoding", "gzip"));
    check_error(fetch(&client(), partner.url("/")).await, "bad_response", "no gzip at all");
    partner.put("/", Reply::ok("text/xml", "<rss/>").header("Content-Encoding", "utf-8"));
    assert_eq!(fetch(&client(), partner.url("/")).await.expect("a common mistake without effect").body, b"<rss/>");
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text).expect("memory");
    encoder.finish().expect("memory")
}

#[tokio::test]
async fn h21_every_member_of_a_gzip_body_is_read() {
    let partner = Partner::start().await;
    let client = client();
    let (one, two) = (gzip(b"<rss><channel>"), gzip(b"</channel></rss>"));
    let whole = b"<rss><channel></channel></rss>";
    // In one piece, in two, and with the second member's head cut in the middle.
    for cut in [0, one.len(), one.len() + 2, one.len() + 5] {
        let body = [one.clone(), two.clone()].concat();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
        let (first, second) = body.split_at(cut);
        let pause = Step::Wait(Duration::from_millis(30));
        partner.put("/", Reply::Script(vec![Step::Send([&head, first].concat()), pause, Step::Send(second.to_vec())]));
        assert_eq!(fetch(&client, partner.url("/")).await.expect("a document").body, whole, "cut at {cut}");
    }
    let both = [one.clone(), two.clone()].concat();
    for coding in ["x-gzip", "GZIP", "gzip, identity"] {
        partner.put("/", Reply::ok("text/xml", both.clone()).header("Content-Encoding", coding));
        assert_eq!(fetch(&client, partner.url("/")).await.expect(coding).body, whole);
    }
    for rest in [&b"\0\0\0\0\0\0\0\0"[..], b"\n", b"<!-- served by cache 7 -->"] {
        partner.put("/", Reply::ok("text/xml", [&both, rest].concat()).header("Content-Encoding", "gzip"));
        assert_eq!(fetch(&client, partner.url("/")).await.expect("what follows is let be").body, whole);
    }
    for end in [one.len() + 1, one.len() + 10, both.len() - 8, both.len() - 1] {
        partner.put("/", Reply::ok("text/xml", &both[..end]).header("Content-Encoding", "gzip"));
        let error = check_error(fetch(&client, partner.url("/")).await, "truncated", "a member without its end");
        assert_eq!(error.fault, Fault::Partner);
    }
    let mut damaged = both.clone();
    damaged[one.len() + 12] ^= 0x55;
    partner.put("/", Reply::ok("text/xml", damaged).header("Content-Encoding", "gzip"));
    check_error(fetch(&client, partner.url("/")).await, "bad_response", "a damaged member");
    partner.put("/", Reply::ok("text/xml", gzip(&vec![b' '; MIB as usize]).repeat(9)).header("Content-Encoding", "gzip"));
    check_error(fetch(&client, partner.url("/")).await, "too_large", "a limit for all members together");
    partner.put("/", Reply::ok("text/xml", gzip(&vec![b' '; MIB as usize]).repeat(8)).header("Content-Encoding", "gzip"));
    assert_eq!(fetch(&client, partner.url("/")).await.expect("the limit itself").body.len() as u64, 8 * MIB);
    // Members of nothing decode to nothing, for ever.
    let endless = Step::Repeat(chunked(&gzip(b"").repeat(1_000), 20_000), usize::MAX, Duration::ZERO);
    let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n".to_vec();
    partner.put("/", Reply::Script(vec![Step::Send(head), endless]));
    let start = Instant::now();
    check_error(fetch(&client, partner.url("/")).await, "bad_response", "empty members");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[tokio::test]
async fn h22_an_announced_length_over_the_limit_is_refused_unread() {
    let partner = Partner::start().await;
    partner.put(
        "/",
        Reply::Script(vec![Step::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n<rss>".to_vec()), Step::Hang]),
    );
    let start = Instant::now();
    let error = check_error(fetch(&client(), partner.url("/")).await, "too_large", "10 GB");
    assert!(error.message.contains("announces 10000000000 bytes"), "{}", error.message);
    assert!(start.elapsed() < Duration::from_secs(2));
    let endless = Step::Repeat(chunked(&[b'x'; 65_536], 65_536), usize::MAX, Duration::ZERO);
    partner.put("/", Reply::Script(vec![Step::Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec()), endless]));
    check_error(fetch(&client(), partner.url("/")).await, "too_large", "endless");
    partner.put("/", Reply::ok("text/xml", vec![b' '; 8 * MIB as usize]));
    assert_eq!(fetch(&client(), partner.url("/")).await.expect("the limit itself is allowed").body.len() as u64, 8 * MIB);
}

#[tokio::test]
async fn h23_slowness_ends_in_time_and_frees_the_connection() {
    let partner = Partner::start().await;
    let client = Client::new(Options { total_timeout: Duration::from_millis(600), ..options() }).expect("a client");
    let head = Step::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".to_vec());
    for (about, steps, words) in [
        ("hangs after the request", vec![Step::Hang], "sends no answer"),
        ("hangs in the head", vec![Step::Send(b"HTTP/1.1 200 OK\r\nX-A".to_vec()), Step::Hang], "sends no answer"),
        (
            "drips header fields for ever",
            vec![
                Step::Send(b"HTTP/1.1 200 OK\r\n".to_vec()),
                Step::Repeat(b"X: y\r\n".to_vec(), usize::MAX, Duration::from_millis(30)),
            ],
            "sends no answer",
        ),
        ("hangs after the head", vec![head.clone(), Step::Hang], "has sent 0 bytes"),
        (
            "drips the body",
            vec![head, Step::Repeat(b"x".to_vec(), usize::MAX, Duration::from_millis(30))],
            "does not come to an end",
        ),
    ] {
        partner.put("/", Reply::Script(steps));
        let start = Instant::now();
        let error = check_error(fetch(&client, partner.url("/")).await, "timeout", about);
        assert!(
            (Duration::from_millis(550)..Duration::from_secs(3)).contains(&start.elapsed()),
            "{about}: {:?}",
            start.elapsed()
        );
        assert!(error.message.contains(words) && error.message.contains("0.6 s"), "{about}: {}", error.message);
        assert_eq!(error.fault, Fault::Partner);
        until("the connection to be closed", || partner.open() == 0).await;
    }
}

#[tokio::test]
async fn h23_redirects_share_one_deadline() {
    let partner = Partner::start().await;
    let client = Client::new(Options { total_timeout: Duration::from_millis(600), ..options() }).expect("a client");
    for hop in 0..5 {
        partner.put(&format!("/{hop}"), Reply::redirect(302, format!("/{}", hop + 1)).after(Duration::from_millis(250)));
    }
    check_error(fetch(&client, partner.url("/0")).await, "timeout", "slow redirects");
}

#[tokio::test]
async fn h24_monstrous_heads_are_refused() {
    let partner = Partner::start().await;
    let fields: Vec<u8> = (0..100_000).flat_map(|n| format!("X-{n}: y\r\n").into_bytes()).collect();
    let long = [b"X-Long: ".as_slice(), &vec![b'y'; 13_000_000], b"\r\n"].concat();
    for (about, fields) in [("100,000 fields", fields), ("a field of 13 MB", long)] {
        partner.put("/", Reply::raw([b"HTTP/1.1 200 OK\r\n".as_slice(), &fields, b"Content-Length: 0\r\n\r\n"].concat()));
        check_error(fetch(&client(), partner.url("/")).await, "bad_response", about);
    }
    partner.put("/", (0..150).fold(Reply::ok("text/xml", "<rss/>"), |reply, n| reply.header(&format!("X-{n}"), "y")));
    fetch(&client(), partner.url("/")).await.expect("a long but honest head");
}

#[tokio::test]
async fn h24_what_is_not_http_is_refused() {
    let partner = Partner::start().await;
    for (about, steps) in [
        ("nothing", vec![]),
        ("a reset", vec![Step::Reset]),
        ("half a head", vec![Step::Send(b"HTTP/1.1 200 OK\r\nX: ".to_vec())]),
        ("another protocol", vec![Step::Send(b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec())]),
        ("bare content", vec![Step::Send(b"<rss/>\r\n\r\n".to_vec())]),
        ("two lengths", vec![Step::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx".to_vec())]),
    ] {
        partner.put("/", Reply::Script(steps));
        let error = check_error(fetch(&client(), partner.url("/")).await, "bad_response", about);
        assert_eq!(error.fault, Fault::Partner);
        assert!(error.message.contains("127.0.0.2"), "{}", error.message);
    }
}

#[tokio::test]
async fn h25_documents_that_end_in_the_middle_are_never_taken() {
    let partner = Partner::start().await;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(b"<rss><channel><title>half</title></channel></rss>").expect("memory");
    let mut gzip = gzip.finish().expect("memory");
    gzip.truncate(gzip.len() - 12);
    let plain = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<rss/>".to_vec();
    let chunks = [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec(), chunked(b"<rss></rss>", 5)].concat();
    let in_chunk = [chunks.clone(), b"ff\r\n<rs".to_vec()].concat();
    for (about, reply) in [
        ("shorter than its Content-Length", Reply::raw(plain.clone())),
        ("no last chunk", Reply::raw(chunks.clone())),
        ("cut inside a chunk", Reply::raw(in_chunk)),
        ("reset inside a length", Reply::Script(vec![Step::Send(plain), Step::Reset])),
        ("reset between chunks", Reply::Script(vec![Step::Send(chunks), Step::Reset])),
        ("reset without a length", Reply::Script(vec![Step::Send(b"HTTP/1.1 200 OK\r\n\r\n<rss/>".to_vec()), Step::Reset])),
        ("gzip without its end", Reply::ok("text/xml", gzip).header("Content-Encoding", "gzip")),
    ] {
        partner.put("/", reply);
        let error = check_error(fetch(&client(), partner.url("/")).await, "truncated", about);
        assert_eq!(error.fault, Fault::Partner, "{about}");
    }
    partner.put("/", Reply::raw(b"HTTP/1.0 200 OK\r\n\r\n<rss/>".to_vec()));
    assert_eq!(fetch(&client(), partner.url("/")).await.expect("HTTP/1.0 ends with the connection").body, b"<rss/>");
}
