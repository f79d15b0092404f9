//! The other side of WebSub: one server that is a subscriber's callback, a partner's feed and a partner's hub, and remembers what it was sent.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use url::{Url, form_urlencoded};

/// What is answered at a path.
#[derive(Clone)]
pub enum Does {
    /// Repeats the challenge; takes deliveries.
    Confirms,
    /// The same, but answers deliveries with this status (and a redirect to `/elsewhere`).
    Answers(u16),
    /// Answers every request with this status.
    Always(u16),
    /// Repeats something else.
    Mumbles,
    /// Repeats the challenge, then never answers a delivery.
    Hangs,
    /// A document with these fields.
    Serves(String, Vec<u8>),
}

/// One request.
#[derive(Debug, Clone)]
pub struct Got {
    pub method: String,
    pub path: String,
    pub query: HashMap<String, String>,
    pub head: String,
    pub body: Vec<u8>,
}

impl Got {
    pub fn field(&self, name: &str) -> Option<String> {
        self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }

    pub fn form(&self) -> HashMap<String, String> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }
}

#[derive(Default)]
struct Shared {
    does: Mutex<HashMap<String, Does>>,
    got: Mutex<Vec<Got>>,
}

pub struct Peer {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: AbortHandle,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Peer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind((super::super::harness::PARTNER, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let shared = Arc::new(Shared::default());
        let copy = shared.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = copy.clone();
                tokio::spawn(async move { converse(stream, &shared).await });
            }
        });
        Self { address, shared, task: task.abort_handle() }
    }

    pub fn does(&self, path: &str, what: Does) {
        lock(&self.shared.does).insert(path.to_owned(), what);
    }

    pub fn url(&self, path: &str) -> Url {
        format!("http://{}{path}", self.address).parse().expect("an address")
    }

    pub fn got(&self, method: &str, path: &str) -> Vec<Got> {
        lock(&self.shared.got).iter().filter(|got| got.method == method && got.path == path).cloned().collect()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(mut stream: TcpStream, shared: &Shared) -> Option<()> {
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.ok()?);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let mut words = head.split_whitespace();
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let query: HashMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let mut got = Got { method, path: path.to_owned(), query, head: head.clone(), body: Vec::new() };
        let length = got.field("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        got.body.resize(length, 0);
        stream.read_exact(&mut got.body).await.ok()?;
        let does = lock(&shared.does).get(path).cloned().unwrap_or(Does::Always(404));
        let verifies = got.query.contains_key("hub.challenge");
        let challenge = got.query.get("hub.challenge").cloned().unwrap_or_default();
        lock(&shared.got).push(got);
        let (status, fields, body) = match does {
            Does::Confirms | Does::Answers(_) | Does::Hangs if verifies => (200, String::new(), challenge.into_bytes()),
            Does::Confirms => (204, String::new(), Vec::new()),
            Does::Answers(status) => (status, "Location: /elsewhere\r\n".to_owned(), Vec::new()),
            Does::Always(status) => (status, String::new(), Vec::new()),
            Does::Mumbles => (200, String::new(), b"mumble".to_vec()),
            Does::Hangs => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                return None;
            }
            Does::Serves(fields, body) => (200, fields, body),
        };
        let length = if status == 204 { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let answer = [format!("HTTP/1.1 {status} X\r\n{length}{fields}\r\n").into_bytes(), body].concat();
        stream.write_all(&answer).await.ok()?;
    }
}
