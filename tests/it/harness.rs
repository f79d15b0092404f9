//! The real world, small: partners on loopback that behave as badly as they are told to, listeners that must never be asked, a
//! plain HTTP client that hides nothing, and the real program.
//!
//! Partners live on 127.0.0.2, so that 127.0.0.1 can stand for everything that must not be reached.

mod apertium;
mod engine_server;
mod program;

use std::collections::HashMap;
use std::fmt::Display;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::sleep;
use url::Url;

pub use apertium::Apertium;
pub use engine_server::{EngineServer, KEY, Misbehaviour, Schedule};
pub use program::{Reprint, ended};

/// Where partners live.
pub const PARTNER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// Longest wait for something that is sure to come.
const PATIENCE: Duration = Duration::from_secs(20);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until `ready` says so; fails the test if it never does.
pub async fn until(what: &str, mut ready: impl FnMut() -> bool) {
    let start = Instant::now();
    while !ready() {
        assert!(start.elapsed() < PATIENCE, "waited {} s for {what}", PATIENCE.as_secs());
        sleep(Duration::from_millis(5)).await;
    }
}

/// One thing a partner does on a connection after it has read a request.
#[derive(Debug, Clone)]
pub enum Step {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes so many times, with a pause after each.
    Repeat(Vec<u8>, usize, Duration),
    /// Does nothing for a while.
    Wait(Duration),
    /// Does nothing until the other side gives up.
    Hang,
    /// Ends the connection with a TCP reset.
    Reset,
}

/// What a partner answers at one path.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Sound HTTP.
    Answer { status: u16, headers: Vec<(String, Vec<u8>)>, body: Vec<u8>, delay: Duration },
    /// Bytes and pauses, exactly as written; then the connection is closed.
    Script(Vec<Step>),
}

impl Reply {
    /// An answer of that status with an empty body.
    pub fn status(status: u16) -> Self {
        Self::Answer { status, headers: Vec::new(), body: Vec::new(), delay: Duration::ZERO }
    }

    /// 200 with a document.
    pub fn ok(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::status(200).header("Content-Type", content_type).body(body)
    }

    /// A redirect.
    pub fn redirect(status: u16, location: impl Display) -> Self {
        Self::status(status).header("Location", location.to_string())
    }

    /// Raw bytes, then the connection is closed.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Script(vec![Step::Send(bytes.into())])
    }

    /// One more header field. With `ETag` or `Last-Modified`, requests that send the same bytes back are answered 304.
    pub fn header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.into()));
        }
        self
    }

    /// The body.
    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        if let Self::Answer { body, .. } = &mut self {
            *body = bytes.into();
        }
        self
    }

    /// Waits before it answers.
    pub fn after(mut self, pause: Duration) -> Self {
        if let Self::Answer { delay, .. } = &mut self {
            *delay = pause;
        }
        self
    }

    /// What to do for that request.
    fn steps(self, seen: &Seen) -> Vec<Step> {
        let (mut status, mut headers, mut body, delay) = match self {
            Self::Script(steps) => return steps,
            Self::Answer { status, headers, body, delay } => (status, headers, body, delay),
        };
        let own =
            |name: &str| headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_slice());
        // RFC 9110 § 13.2.2: If-None-Match decides where it is sent; only a 200 can become a 304.
        let unchanged = match (seen.header("if-none-match"), seen.header("if-modified-since")) {
            (Some(sent), _) => own("etag") == Some(sent),
            (None, Some(sent)) => own("last-modified") == Some(sent),
            (None, None) => false,
        };
        if status == 200 && unchanged {
            status = 304;
            body.clear();
            headers
                .retain(|(name, _)| !name.eq_ignore_ascii_case("content-type") && !name.eq_ignore_ascii_case("content-encoding"));
        }
        let mut head = format!("HTTP/1.1 {status} Scripted\r\nConnection: close\r\n").into_bytes();
        if status != 304 && status != 204 {
            head.extend(format!("Content-Length: {}\r\n", body.len()).into_bytes());
        }
        for (name, value) in headers {
            head.extend([name.as_bytes(), b": ", &value, b"\r\n"].concat());
        }
        head.extend(b"\r\n");
        if seen.method != "HEAD" {
            head.extend(body);
        }
        vec![Step::Wait(delay), Step::Send(head)]
    }
}

/// A request a partner has seen.
#[derive(Debug, Clone)]
pub struct Seen {
    /// When.
    pub at: Instant,
    /// GET, mostly.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Header fields in order; names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
}

impl Seen {
    /// A header field, if it was sent; its bytes.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_slice())
    }

    fn parse(head: &[u8]) -> Option<Self> {
        let mut lines = head.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let first = String::from_utf8_lossy(lines.next()?).into_owned();
        let (method, rest) = first.split_once(' ')?;
        let path = rest.split(' ').next()?;
        Some(Self { at: Instant::now(), method: method.to_owned(), path: path.to_owned(), headers: fields(lines) })
    }
}

/// Header fields, names in lower case, up to the empty line.
fn fields<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Vec<(String, Vec<u8>)> {
    lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = String::from_utf8_lossy(&line[..colon]).to_ascii_lowercase();
            Some((name, line[colon + 1..].trim_ascii().to_vec()))
        })
        .collect()
}

/// A partner outlet's HTTP/1.1 server, one connection a request. What it has not been told about is answered 404.
pub struct Partner {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: AbortHandle,
}

#[derive(Default)]
struct Shared {
    replies: Mutex<HashMap<String, Reply>>,
    seen: Mutex<Vec<Seen>>,
    open: AtomicUsize,
}

impl Partner {
    /// Starts one on a free port of 127.0.0.2.
    pub async fn start() -> Self {
        Self::start_on(PARTNER).await
    }

    /// Starts one on a free port of that address.
    pub async fn start_on(ip: IpAddr) -> Self {
        let listener = TcpListener::bind((ip, 0)).await.expect("a free port on loopback");
        let address = listener.local_addr().expect("a bound address");
        let shared = Arc::new(Shared::default());
        let task = tokio::spawn(accept(listener, shared.clone())).abort_handle();
        Self { address, shared, task }
    }

    /// Sets what is answered at a path (with its query), from now on.
    pub fn put(&self, path: &str, reply: Reply) {
        lock(&self.shared.replies).insert(path.to_owned(), reply);
    }

    /// Address of a path.
    pub fn url(&self, path: &str) -> Url {
        self.url_as(&self.address.ip().to_string(), path)
    }

    /// Address of a path under another host name.
    pub fn url_as(&self, host: &str, path: &str) -> Url {
        Url::parse(&format!("http://{host}:{}{path}", self.address.port())).expect("a path that begins with a slash")
    }

    /// Requests seen so far, oldest first.
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.shared.seen).clone()
    }

    /// Connections now open.
    pub fn open(&self) -> usize {
        self.shared.open.load(Ordering::SeqCst)
    }
}

impl Drop for Partner {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { return };
        let shared = shared.clone();
        connections.spawn(async move {
            shared.open.fetch_add(1, Ordering::SeqCst);
            // A client that goes away in the middle is what many tests are about.
            let _gone = converse(stream, &shared).await;
            shared.open.fetch_sub(1, Ordering::SeqCst);
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn converse(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if stream.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let Some(seen) = Seen::parse(&head) else { return Ok(()) };
    let reply = lock(&shared.replies).get(&seen.path).cloned().unwrap_or_else(|| Reply::status(404));
    let steps = reply.steps(&seen);
    lock(&shared.seen).push(seen);
    for step in steps {
        match step {
            Step::Send(bytes) => stream.write_all(&bytes).await?,
            Step::Repeat(bytes, times, pause) => {
                for _ in 0..times {
                    stream.write_all(&bytes).await?;
                    if !pause.is_zero() {
                        wait_or_end(&mut stream, pause).await?;
                    }
                }
            }
            Step::Wait(pause) => wait_or_end(&mut stream, pause).await?,
            Step::Hang => wait_or_end(&mut stream, Duration::MAX).await?,
            Step::Reset => {
                // What has been sent before must have arrived, or the reset overtakes it.
                sleep(Duration::from_millis(50)).await;
                return stream.set_zero_linger();
            }
        }
    }
    stream.shutdown().await
}

/// Waits, but ends as soon as the other side has closed the connection.
async fn wait_or_end(stream: &mut TcpStream, pause: Duration) -> std::io::Result<()> {
    if pause.is_zero() {
        return Ok(());
    }
    match tokio::time::timeout(pause, stream.read_u8()).await {
        Err(_) => Ok(()),
        Ok(_) => Err(std::io::ErrorKind::ConnectionAborted.into()),
    }
}

/// A listener that must never be connected to.
pub struct Canary {
    address: SocketAddr,
    hits: Arc<AtomicUsize>,
    task: AbortHandle,
}

impl Canary {
    /// Starts one on a free port of 127.0.0.1.
    pub async fn start() -> Self {
        Self::start_on(IpAddr::V4(Ipv4Addr::LOCALHOST), 0).await
    }

    /// Starts one on that address and port (0: a free one).
    pub async fn start_on(ip: IpAddr, port: u16) -> Self {
        let listener = TcpListener::bind((ip, port)).await.expect("a free port on loopback");
        let address = listener.local_addr().expect("a bound address");
        let hits = Arc::new(AtomicUsize::new(0));
        let counter = hits.clone();
        let task = tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                counter.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { address, hits, task: task.abort_handle() }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Fails the test if it has ever been connected to.
    pub async fn assert_untouched(&self) {
        // A connection is counted a moment after it was made.
        sleep(Duration::from_millis(20)).await;
        assert_eq!(self.hits.load(Ordering::SeqCst), 0, "somebody connected to {}, which must not be asked", self.address);
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An answer as it came over the wire.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Header fields in order; names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Body without transfer coding, but with its content coding.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header field as text, if it was sent.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| String::from_utf8_lossy(value).into_owned())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// GET with these header fields, nothing added but Host and Connection: close.
pub async fn get(url: &Url, headers: &[(&str, &str)]) -> Answer {
    request("GET", url, headers).await.expect("an answer")
}

/// One request over a connection of its own. No redirects, no decoding.
pub async fn request(method: &str, url: &Url, headers: &[(&str, &str)]) -> std::io::Result<Answer> {
    let bad = |what: &str| std::io::Error::other(format!("{what} from {url}"));
    let host = url.host_str().ok_or_else(|| bad("no host"))?;
    let port = url.port_or_known_default().ok_or_else(|| bad("no port"))?;
    let mut head =
        format!("{method} {} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n", &url[url::Position::BeforePath..]);
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let mut stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await?;
    stream.write_all(head.as_bytes()).await?;
    let mut all = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut all)).await.map_err(|_| bad("no end of the answer"))??;

    let end = all.windows(4).position(|end| end == b"\r\n\r\n").ok_or_else(|| bad("no head"))?;
    let mut lines = all[..end].split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let first = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    let status = first.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(|| bad("no status"))?;
    let mut answer = Answer { status, headers: fields(lines), body: all.split_off(end + 4) };
    if answer.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        answer.body = unchunk(&answer.body).ok_or_else(|| bad("broken chunks"))?;
    } else if let Some(length) = answer.header("content-length").and_then(|length| length.parse::<usize>().ok())
        && method != "HEAD"
        && status != 304
        && length != answer.body.len()
    {
        return Err(bad("a body that does not fit its Content-Length"));
    }
    Ok(answer)
}

/// Takes off the chunked transfer coding (RFC 9112 § 7.1); `None` if it does not end properly.
fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|end| end == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..end]).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        rest = &rest[end + 2..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

/// `bytes` as one chunk after the other of at most `size`, without the last, empty one.
pub fn chunked(bytes: &[u8], size: usize) -> Vec<u8> {
    bytes.chunks(size).flat_map(|chunk| [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat()).collect()
}

mod self_test {
    use super::*;

    #[tokio::test]
    async fn a_partner_answers_as_told_and_remembers() {
        let partner = Partner::start().await;
        assert_eq!(get(&partner.url("/feed"), &[]).await.status, 404);
        partner.put(
            "/feed",
            Reply::ok("application/rss+xml", "<rss/>").header("ETag", "\"1\"").header("Last-Modified", "yesterday"),
        );
        let first = get(&partner.url("/feed"), &[("X-Test", "Ü")]).await;
        assert_eq!((first.status, first.text().as_str()), (200, "<rss/>"));
        assert_eq!(first.header("content-type").as_deref(), Some("application/rss+xml"));
        for (field, value, status) in [
            ("If-None-Match", "\"1\"", 304),
            ("If-None-Match", "\"2\"", 200),
            ("If-Modified-Since", "yesterday", 304),
            ("If-Modified-Since", "today", 200),
        ] {
            assert_eq!(get(&partner.url("/feed"), &[(field, value)]).await.status, status, "{field}: {value}");
        }
        let seen = partner.seen();
        assert_eq!(seen.len(), 6);
        assert!(seen.iter().all(|request| request.method == "GET" && request.path == "/feed"));
        assert!(seen.windows(2).all(|pair| pair[0].at <= pair[1].at));
        assert_eq!(seen[1].header("x-test"), Some("Ü".as_bytes()));
        let head = request("HEAD", &partner.url("/feed"), &[]).await.expect("an answer");
        assert_eq!((head.status, head.body.len(), head.header("content-length").as_deref()), (200, 0, Some("6")));
    }

    #[tokio::test]
    async fn scripts_are_played_to_the_byte() {
        let partner = Partner::start().await;
        let chunks = [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec(), chunked(b"abcdefg", 3)].concat();
        partner.put("/whole", Reply::Script(vec![Step::Send(chunks.clone()), Step::Send(b"0\r\n\r\n".to_vec())]));
        assert_eq!(get(&partner.url("/whole"), &[]).await.text(), "abcdefg");
        partner.put("/cut", Reply::raw(chunks.clone()));
        assert!(request("GET", &partner.url("/cut"), &[]).await.is_err());
        partner.put("/reset", Reply::Script(vec![Step::Send(chunks), Step::Reset]));
        let reset = request("GET", &partner.url("/reset"), &[]).await.expect_err("a reset");
        assert_eq!(reset.kind(), std::io::ErrorKind::ConnectionReset);
        partner.put("/slow", Reply::status(204).after(Duration::from_millis(60)));
        let start = Instant::now();
        assert_eq!(get(&partner.url("/slow"), &[]).await.status, 204);
        assert!(start.elapsed() >= Duration::from_millis(60));
    }

    #[tokio::test]
    #[should_panic(expected = "which must not be asked")]
    async fn a_canary_sings() {
        let canary = Canary::start().await;
        canary.assert_untouched().await;
        let _connection = TcpStream::connect((Ipv4Addr::LOCALHOST, canary.port())).await.expect("a listener");
        canary.assert_untouched().await;
    }

    #[tokio::test]
    async fn the_real_program_does_not_start_on_a_broken_file() {
        let refused = Reprint::start("[[outlet]\n").await.err().expect("no start");
        assert!(!refused.stderr.contains("listening"), "{}", refused.stderr);
    }
}
