//! Real front proxies before the program, set up by the examples: nginx here, Caddy in [`caddy`].

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{Partner, Reply, Reprint, get, until};

mod caddy;

/// What comes in from elsewhere in these tests, as far as nginx and the program know: an address that is no front proxy.
const CLIENT: &str = "127.0.0.9";

/// nginx; killed when this is dropped.
struct Nginx {
    child: Child,
    folder: tempfile::TempDir,
    port: u16,
    plain: u16,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // SIGTERM, so that the master ends its workers.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port()
}

impl Nginx {
    /// The configuration of docs/ with ports, paths and the certificate of this test.
    async fn start(program: &Reprint) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let place = |name: &str| folder.path().join(name).display().to_string();
        certificate(folder.path());
        let (port, plain) = (free_port(), free_port());
        let mut text = include_str!("../../../docs/nginx.conf").to_owned();
        let upstream = format!("127.0.0.1:{}", program.url("").port().expect("a port"));
        for (from, to) in [
            ("/var/cache/nginx/reprint", place("cache").as_str()),
            ("127.0.0.1:8080", &upstream),
            ("listen 80;", &format!("listen 127.0.0.1:{plain};")),
            ("listen [::]:80;", ""),
            ("listen 443 ssl http2;", &format!("listen 127.0.0.1:{port} ssl http2;")),
            ("listen [::]:443 ssl http2;", ""),
            ("/etc/letsencrypt/live/relay.example.net/fullchain.pem", &place("cert.pem")),
            ("/etc/letsencrypt/live/relay.example.net/privkey.pem", &place("key.pem")),
        ] {
            assert_eq!(text.matches(from).count(), 1, "{from}");
            text = text.replace(from, to);
        }
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {};\n", place(name)))
            .concat();
        let whole = format!(
            "daemon off;\nworker_processes 1;\npid {};\nerror_log {} info;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{text}}}\n",
            place("pid"),
            place("error.log")
        );
        std::fs::write(place("nginx.conf"), whole).expect("written");
        let child = Command::new("nginx")
            .args(["-p", &place(""), "-c", &place("nginx.conf"), "-e", &place("error.log")])
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx: `tests/run` installs it");
        let nginx = Self { child, folder, port, plain };
        let begun = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(20), "nginx does not start: {}", nginx.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        nginx
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default()
    }

    async fn ask(&self, path: &str, words: &[&str]) -> (String, Vec<u8>) {
        ask(self.port, path, words, || self.log()).await
    }
}

/// Head and body of what a client from elsewhere gets by HTTPS from relay.example.net at this port.
async fn ask(port: u16, path: &str, words: &[&str], log: impl Fn() -> String) -> (String, Vec<u8>) {
    let resolve = format!("relay.example.net:{port}:127.0.0.1");
    let url = format!("https://relay.example.net:{port}{path}");
    let mut curl = Command::new("curl");
    curl.args(["-sS", "-k", "--max-time", "20", "--interface", CLIENT, "--resolve", &resolve, "-i"]).args(words).arg(url);
    let output = run(curl).await;
    let end = output.stdout.windows(4).position(|end| end == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("{}\n{}", String::from_utf8_lossy(&output.stderr), log()));
    (String::from_utf8_lossy(&output.stdout[..end]).to_lowercase(), output.stdout[end + 4..].to_vec())
}

/// A key and a certificate in this folder: `key.pem`, `cert.pem`.
fn certificate(folder: &Path) {
    let made = Command::new("openssl")
        .current_dir(folder)
        .args(["req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=relay.example.net", "-newkey", "ec"])
        .args(["-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout", "key.pem", "-out", "cert.pem"])
        .output()
        .expect("openssl: `tests/run` installs it");
    assert!(made.status.success(), "{made:?}");
}

/// The program with one article, behind a proxy at 127.0.0.1; five requests a minute.
async fn relay(partner: &Partner) -> Reprint {
    partner.put("/feed.rss", Reply::ok("application/rss+xml", super::FEED));
    let toml = format!(
        "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\n[limits]\nhost_spacing = \"0s\"\nallow_networks = [\"127.0.0.2/32\"]\n\
         proxies = [\"127.0.0.1/32\"]\nrequests_per_minute = 5\n[[outlet]]\nid = \"quay\"\nname = \"Quay Mirror\"\nfeed = \"{}\"\n",
        partner.url("/feed.rss")
    );
    let program = Reprint::start(&toml).await.unwrap_or_else(|failure| panic!("{}: {}", failure.status, failure.stderr));
    for _ in 0..400 {
        let counts = get(&program.url("status.json"), &[]).await.text();
        if counts.contains("\"articles\": 1") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    program
}

async fn run(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output()).await.expect("it ends").expect("curl: `tests/run` installs it")
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().filter_map(|line| line.split_once(": ")).find(|(found, _)| *found == name).map(|(_, value)| value)
}

fn status(head: &str) -> &str {
    head.split(' ').nth(1).unwrap_or_default()
}

#[tokio::test]
async fn behind_a_real_nginx_set_up_by_the_example() {
    let partner = Partner::start().await;
    let program = relay(&partner).await;
    let nginx = Nginx::start(&program).await;

    // HTTP/2, and what we say of ourselves and of caches goes through.
    let (head, body) = nginx.ask("/feeds/all.rss", &["--http2"]).await;
    assert!(head.starts_with("http/2 200"), "{head}");
    assert!(String::from_utf8_lossy(&body).contains("A crane leaves the quay"));
    assert!(field(&head, "cache-control").is_some_and(|value| value.contains("stale-while-revalidate")), "{head}");
    assert!(field(&head, "strict-transport-security").is_some(), "{head}");
    let etag = field(&head, "etag").expect("an ETag").to_owned();
    let (head, body) = nginx.ask("/feeds/all.rss", &["-H", &format!("If-None-Match: {etag}")]).await;
    assert_eq!((status(&head), body.len()), ("304", 0), "{head}");

    // Packed by us, passed on as it is.
    let (head, packed) = nginx.ask("/feeds/all.rss", &["-H", "Accept-Encoding: gzip"]).await;
    let direct = get(&program.url("feeds/all.rss"), &[("Accept-Encoding", "gzip")]).await;
    assert_eq!((status(&head), field(&head, "content-encoding")), ("200", Some("gzip")), "{head}");
    assert_eq!(packed, direct.body);
    assert!(field(&head, "vary").is_some_and(|vary| vary.contains("accept-encoding")), "{head}");

    // Nothing of ours that is for this machine only, also where the address is written otherwise.
    for path in ["/status", "/status.json", "/metrics", "/%73tatus", "//metrics", "/x/../status", "/status?x"] {
        let (head, _) = nginx.ask(path, &["--path-as-is"]).await;
        assert_eq!(status(&head), "404", "{path}: {head}");
    }
    assert_eq!(get(&program.url("status"), &[]).await.status, 200);
    let (head, body) = nginx.ask("/healthz", &[]).await;
    assert_eq!((status(&head), body.as_slice()), ("200", &b"ok\n"[..]));

    // Whom the client claims to be makes no difference: its sixth request of a minute is too many, whoever it says asks.
    let mut statuses = Vec::new();
    for number in 0..7 {
        let claim = format!("X-Forwarded-For: 203.0.113.{number}");
        let claimed = format!("Forwarded: for=203.0.113.{number}");
        // Credentials: so that nginx does not answer from its cache.
        let (head, _) = nginx.ask("/feeds/quay.atom", &["-H", &claim, "-H", &claimed, "-H", "Authorization: Bearer none"]).await;
        statuses.push(status(&head).to_owned());
    }
    assert_eq!(statuses, ["200", "200", "200", "200", "200", "429", "429"]);

    // The plain address leads to the right one.
    let resolve = format!("relay.example.net:{}:127.0.0.1", nginx.plain);
    let mut curl = Command::new("curl");
    curl.args(["-sS", "-i", "--max-time", "20", "--resolve", &resolve]);
    let output = run({
        curl.arg(format!("http://relay.example.net:{}/feeds/all.rss", nginx.plain));
        curl
    })
    .await;
    let head = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(head.contains("301") && head.contains("Location: https://relay.example.net/feeds/all.rss"), "{head}");

    // While the program is away, readers get what they got before.
    drop(program);
    let mut stale = Vec::new();
    let cache = nginx.folder.path().join("cache");
    until("something in the cache", || files(&cache) > 0).await;
    for _ in 0..3 {
        stale.push(status(&nginx.ask("/feeds/all.rss", &[]).await.0).to_owned());
    }
    assert_eq!(stale, ["200", "200", "200"], "{}", nginx.log());
}

/// Files below a folder.
fn files(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.flatten().map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { 1 }).sum()
}
