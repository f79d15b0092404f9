//! A real Caddy before the program, set up by docs/Caddyfile.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{ask, certificate, field, free_port, relay, run, status};
use crate::harness::{Partner, Reprint, get, request};

const EXAMPLE: &str = include_str!("../../../../docs/Caddyfile");

/// Caddy; killed when this is dropped.
struct Caddy {
    child: Child,
    folder: tempfile::TempDir,
    port: u16,
    plain: u16,
}

impl Drop for Caddy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Caddy with a home in this folder.
fn caddy(folder: &std::path::Path, words: &[&str]) -> Command {
    let mut caddy = Command::new("caddy");
    caddy.current_dir(folder).args(words).args(["--config", "Caddyfile", "--adapter", "caddyfile"]);
    caddy.env("HOME", folder).env("XDG_DATA_HOME", folder.join("data")).env("XDG_CONFIG_HOME", folder.join("config"));
    caddy
}

impl Caddy {
    /// The configuration of docs/ with ports and the certificate of this test.
    async fn start(program: &Reprint) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        certificate(folder.path());
        let (port, plain) = (free_port(), free_port());
        let mut text = EXAMPLE.to_owned();
        for (from, to) in [
            ("relay.example.net {", "relay.example.net {\n\ttls cert.pem key.pem"),
            ("127.0.0.1:8080", &format!("127.0.0.1:{}", program.url("").port().expect("a port"))),
        ] {
            assert_eq!(text.matches(from).count(), 1, "{from}");
            text = text.replace(from, to);
        }
        let global = format!("{{\n\tadmin off\n\thttp_port {plain}\n\thttps_port {port}\n\tdefault_bind 127.0.0.1\n}}\n");
        std::fs::write(folder.path().join("Caddyfile"), global + &text).expect("written");
        let log = std::fs::File::create(folder.path().join("log")).expect("a log");
        let child =
            caddy(folder.path(), &["run"]).stdout(Stdio::null()).stderr(log).spawn().expect("caddy: `tests/run` installs it");
        let caddy = Self { child, folder, port, plain };
        let begun = Instant::now();
        while [port, plain].iter().any(|port| std::net::TcpStream::connect(("127.0.0.1", *port)).is_err()) {
            assert!(begun.elapsed() < Duration::from_secs(20), "Caddy does not start: {}", caddy.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        caddy
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    async fn ask(&self, path: &str, words: &[&str]) -> (String, Vec<u8>) {
        ask(self.port, path, words, || self.log()).await
    }
}

#[tokio::test]
async fn the_example_for_caddy_is_one() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("Caddyfile"), EXAMPLE).expect("written");
    let output = run(caddy(folder.path(), &["validate"])).await;
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{words}");
    assert!(!words.contains("\"warn\""), "{words}");
}

#[tokio::test]
async fn behind_a_real_caddy_set_up_by_the_example() {
    let partner = Partner::start().await;
    let program = relay(&partner).await;
    let caddy = Caddy::start(&program).await;

    // HTTP/2, and what we say of ourselves and of caches goes through.
    let (head, body) = caddy.ask("/feeds/all.rss", &["--http2"]).await;
    assert!(head.starts_with("http/2 200"), "{head}");
    assert!(String::from_utf8_lossy(&body).contains("A crane leaves the quay"));
    assert_eq!(field(&head, "content-encoding"), None, "{head}");
    assert!(field(&head, "strict-transport-security").is_some(), "{head}");
    let plain = get(&program.url("feeds/all.rss"), &[]).await;
    assert_eq!(body, plain.body);
    for name in ["etag", "last-modified", "cache-control", "vary", "content-type", "content-security-policy"] {
        assert_eq!(field(&head, name).map(str::to_owned), plain.header(name).map(|value| value.to_lowercase()), "{name}");
    }

    // Each form once, as we packed it: with one length, one coding and its own tag, and the tag is good for a 304.
    for (coding, path) in [("gzip", "/feeds/all.atom"), ("br", "/feeds/all.json"), ("zstd", "/feeds/quay.rss")] {
        let wish = format!("Accept-Encoding: {coding}");
        let (head, packed) = caddy.ask(path, &["-H", &wish]).await;
        let direct = get(&program.url(path), &[("Accept-Encoding", coding)]).await;
        assert_eq!(head.matches("content-encoding: ").count(), 1, "{head}");
        assert_eq!(field(&head, "content-encoding"), Some(coding), "{head}");
        assert_eq!(field(&head, "content-length"), Some(packed.len().to_string().as_str()), "{head}");
        assert_eq!(packed, direct.body, "{coding}");
        let etag = direct.header("etag").expect("an ETag");
        assert_eq!(field(&head, "etag"), Some(etag.as_str()), "{head}");
        let (head, body) = caddy.ask(path, &["-H", &wish, "-H", &format!("If-None-Match: {etag}")]).await;
        assert_eq!((status(&head), field(&head, "etag"), body.len()), ("304", Some(etag.as_str()), 0), "{head}");
    }

    // Nothing of ours that is for this machine only, also where the address is written otherwise.
    for path in
        ["/status", "/status.json", "/metrics", "/%73tatus", "//metrics", "/x/../status", "/status?x", "/STATUS", "/status/"]
    {
        for method in ["GET", "POST"] {
            let (head, _) = caddy.ask(path, &["--path-as-is", "-X", method]).await;
            assert_eq!(status(&head), "404", "{method} {path}: {head}");
        }
    }
    assert_eq!(get(&program.url("status"), &[]).await.status, 200);
    // Caddy's word is not all that closes them.
    let from_outside = ("X-Forwarded-For", "198.51.100.1");
    for method in ["GET", "HEAD", "POST", "PUT", "OPTIONS"] {
        let mut told = Vec::new();
        for path in ["nowhere", "status", "status.json", "metrics"] {
            let answer = request(method, &program.url(path), &[from_outside]).await.expect("an answer");
            let fields: Vec<_> = answer.headers.into_iter().filter(|(name, _)| name != "date").collect();
            told.push((answer.status, fields, answer.body));
        }
        assert!(told[0].0 == 404 && told.iter().all(|other| *other == told[0]), "{method}: {told:?}");
    }
    let (head, body) = caddy.ask("/healthz", &[]).await;
    assert_eq!((status(&head), body.as_slice()), ("200", &b"ok\n"[..]));

    // Whom the client claims to be makes no difference: its sixth request of a minute is too many, whoever it says asks.
    let mut statuses = Vec::new();
    for number in 0..7 {
        let claim = format!("X-Forwarded-For: 203.0.113.{number}");
        let claimed = format!("Forwarded: for=203.0.113.{number}");
        let (head, _) = caddy.ask("/feeds/quay.atom", &["-H", &claim, "-H", &claimed]).await;
        statuses.push(status(&head).to_owned());
    }
    assert_eq!(statuses, ["200", "200", "200", "200", "200", "429", "429"]);

    // The plain address leads to the right one.
    let resolve = format!("relay.example.net:{}:127.0.0.1", caddy.plain);
    let mut curl = Command::new("curl");
    curl.args(["-sS", "-i", "--max-time", "20", "--resolve", &resolve]);
    curl.arg(format!("http://relay.example.net:{}/feeds/all.rss", caddy.plain));
    let head = String::from_utf8_lossy(&run(curl).await.stdout).into_owned();
    assert!(head.starts_with("HTTP/1.1 308") && head.contains("Location: https://relay.example.net/feeds/all.rss"), "{head}");
}
