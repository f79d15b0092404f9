//! A partner with many feeds, and the real program as a child process.

#![allow(dead_code, reason = "each bench uses its part")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Entries of one generated feed.
pub const ENTRIES: usize = 30;

/// RSS 2.0 with Chinese bodies of about 6 KB an entry: source line, disclaimer, figures, links, sub-headings.
pub fn feed(number: usize) -> String {
    let mut xml = format!(
        r#"<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>测试站 {number}</title><link>http://city{number}.example/</link><description>转载</description><language>zh-cn</language>"#
    );
    for entry in 0..ENTRIES {
        let day = entry % 28 + 1;
        xml.push_str(&format!(
            r#"<item><title>城市新闻第{number}之{entry}号:河畔的旧仓库成为公共工坊(组图)</title><link>http://city{number}.example/news/{entry}</link><guid isPermaLink="false">city{number}-{entry}</guid><dc:creator>林一川</dc:creator><pubDate>{day:02} May 2026 08:{:02}:00 +0800</pubDate><category>城市</category><content:encoded><![CDATA[<p>来源: 河湾日报 <a href="http://daily{number}.example/{entry}?utm_source=rss">原文链接</a></p><p>本文转载自河湾日报,仅代表原出处和原作者观点,仅供参考阅读,不代表本网态度和立场。</p>"#,
            entry % 60
        ));
        for paragraph in 0..14 {
            if paragraph % 5 == 2 {
                xml.push_str(&format!(r#"<h3>第{paragraph}节</h3><figure><img src="/img/{entry}-{paragraph}.jpg" width="800" height="600"><figcaption>工坊里的木工台。摄影:周岸</figcaption></figure>"#));
            }
            xml.push_str(&format!(
                r#"<p>{}<a href="/tag/{paragraph}">相关背景</a>在第{paragraph}段里说明,编号{number}-{entry}。</p>"#,
                "这座建于上世纪的仓库沿河而立,街坊们把它改成了可以借用工具的工坊,周末常有孩子来学做木船。".repeat(3)
            ));
        }
        xml.push_str("]]></content:encoded></item>");
    }
    xml.push_str("</channel></rss>");
    xml
}

/// Serves `/N.xml` for N below `count`, with an ETag, one thread a connection, keep-alive.
pub struct Partner {
    pub address: SocketAddr,
    pub bytes: u64,
    pub not_modified: Arc<AtomicU64>,
}

impl Partner {
    pub fn start(count: usize) -> Self {
        Self::serving((0..count).map(feed))
    }

    /// Serves these.
    pub fn serving(feeds: impl IntoIterator<Item = String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let feeds: Arc<BTreeMap<String, Vec<u8>>> =
            Arc::new(feeds.into_iter().enumerate().map(|(number, feed)| (format!("/{number}.xml"), feed.into_bytes())).collect());
        let bytes = feeds.values().map(|feed| feed.len() as u64).sum();
        let not_modified = Arc::new(AtomicU64::new(0));
        let counter = not_modified.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (feeds, counter) = (feeds.clone(), counter.clone());
                std::thread::spawn(move || answer(stream, &feeds, &counter));
            }
        });
        Self { address, bytes, not_modified }
    }
}

fn answer(mut stream: TcpStream, feeds: &BTreeMap<String, Vec<u8>>, not_modified: &AtomicU64) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let mut path = String::new();
        let mut conditional = false;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            if path.is_empty() {
                path = line.split(' ').nth(1)?.to_owned();
            }
            conditional |= line.to_ascii_lowercase().starts_with("if-none-match:");
            if line == "\r\n" {
                break;
            }
        }
        let body = feeds.get(&path)?;
        if conditional {
            not_modified.fetch_add(1, Ordering::Relaxed);
            stream.write_all(b"HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n").ok()?;
        } else {
            let head = format!(
                "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Type: application/rss+xml; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).ok()?;
            stream.write_all(body).ok()?;
        }
    }
}

/// feeds.toml for `count` outlets of `partner`, polled every `seconds`.
pub fn feeds_toml(partner: &Partner, count: usize, listen: SocketAddr, seconds: u32) -> String {
    let mut toml = format!(
        "[site]\ntitle = \"Bench\"\nurl = \"http://bench.example/\"\nlisten = \"{listen}\"\n[limits]\nhost_spacing = \"0s\"\nshortest_interval = \"1s\"\nallow_networks = [\"127.0.0.1/32\"]\nconcurrent_polls = 16\n"
    );
    for number in 0..count {
        toml.push_str(&format!(
            "[[outlet]]\nid = \"o{number}\"\nname = \"城市{number}\"\nfeed = \"http://{}/{number}.xml\"\nlanguage = \"zh-Hans\"\nschedule = \"*/{seconds} * * * * *\"\n",
            partner.address
        ));
    }
    toml
}

/// A free address.
pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port")
}

/// The real program, killed when dropped.
pub struct Daemon {
    pub child: Child,
    pub address: SocketAddr,
}

impl Daemon {
    pub fn start(config: &Path, address: SocketAddr) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_reprint"))
            .args(["run", "--config"])
            .arg(config)
            .env("RUST_LOG", "error")
            .stdin(Stdio::null())
            .spawn()
            .expect("the program starts");
        Self { child, address }
    }

    /// Time from now until `path` answers 200.
    pub fn first_answer(&self, path: &str) -> Duration {
        let start = Instant::now();
        loop {
            if get(self.address, path).is_some_and(|answer| answer.starts_with("HTTP/1.1 200")) {
                return start.elapsed();
            }
            assert!(start.elapsed() < Duration::from_secs(60), "{path} does not answer");
            std::thread::sleep(Duration::from_micros(500));
        }
    }

    /// User and system CPU seconds so far.
    pub fn cpu_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("the program runs");
        let fields: Vec<&str> = stat.rsplit(')').next().expect("stat").split_whitespace().collect();
        let ticks: f64 = fields[11].parse::<f64>().expect("utime") + fields[12].parse::<f64>().expect("stime");
        ticks / 100.0
    }

    /// Proportional set size, MB.
    pub fn pss_mb(&self) -> f64 {
        let rollup = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id())).expect("the program runs");
        let line = rollup.lines().find(|line| line.starts_with("Pss:")).expect("Pss");
        line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).expect("kB") / 1024.0
    }

    /// SIGTERM, and wait.
    pub fn stop(mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One GET on a connection of its own; head and body as text.
pub fn get(address: SocketAddr, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: bench.example\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    Some(String::from_utf8_lossy(&answer).into_owned())
}

/// A temporary folder, gone when dropped.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("reprint-bench-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Number of outlets of which the store has a successful poll, through the program's own command.
pub fn polled(config: &Path) -> usize {
    let output = Command::new(env!("CARGO_BIN_EXE_reprint"))
        .args(["outlets", "--json", "--config"])
        .arg(config)
        .output()
        .expect("the program runs");
    String::from_utf8_lossy(&output.stdout).matches("\"state\": \"ok\"").count()
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
