//! Translation services on loopback: each speaks the published interface of the real one, translates into something that looks like the
//! target language, bills as the real one does, and misbehaves when told to.

mod misbehaviour;
mod protocol;
mod pseudo;

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reprint::config::{StructuredOutput, Translator, TranslatorKind};
use reprint::model::Secret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::sleep;
use url::Url;

pub use misbehaviour::{Misbehaviour, Schedule};

use super::{Seen, lock, wait_or_end};

/// The key that services want.
pub const KEY: &str = "sesame-0f1e2d3c";

/// A call that a service has read.
#[derive(Debug, Clone)]
pub struct Call {
    /// Method, path and header fields.
    pub head: Seen,
    /// The body as it came.
    pub body: String,
    /// Texts to translate, as written on the wire; none where the request was refused.
    pub texts: Vec<String>,
    /// What it did about it, if not what it should have.
    pub misbehaviour: Option<Misbehaviour>,
    /// What it billed, in its unit.
    pub billed: u64,
}

/// A translation service.
pub struct EngineServer {
    kind: TranslatorKind,
    address: SocketAddr,
    shared: Arc<Shared>,
    task: AbortHandle,
}

struct Shared {
    kind: TranslatorKind,
    schedule: Mutex<Schedule>,
    schemas: Mutex<bool>,
    calls: Mutex<Vec<Call>>,
}

impl EngineServer {
    /// Starts one that behaves, on a free port of 127.0.0.3.
    pub async fn start(kind: TranslatorKind) -> Self {
        let ip = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3));
        let listener = TcpListener::bind((ip, 0)).await.expect("a free port on loopback");
        let address = listener.local_addr().expect("a bound address");
        let shared =
            Arc::new(Shared { kind, schedule: Mutex::new(Schedule::Well), schemas: Mutex::new(true), calls: Mutex::default() });
        let task = tokio::spawn(accept(listener, shared.clone())).abort_handle();
        Self { kind, address, shared, task }
    }

    /// How it behaves from the next call on; the calls of a list are counted from here.
    pub fn behave(&self, schedule: Schedule) {
        *lock(&self.shared.schedule) = schedule;
    }

    /// Makes it refuse JSON schemas, as older servers do.
    pub fn knows_no_schemas(&self) {
        *lock(&self.shared.schemas) = false;
    }

    /// Its address.
    pub fn url(&self) -> Url {
        Url::parse(&format!("http://{}/", self.address)).expect("an address")
    }

    /// A `[[translator]]` that asks it, with its key, no rate and a time-out of two seconds.
    pub fn translator(&self, id: &str) -> Translator {
        let is = |kind| self.kind == kind;
        Translator {
            id: id.to_owned(),
            kind: self.kind,
            url: Some(self.url()),
            key: (!is(TranslatorKind::Apertium)).then(|| Secret::new(KEY)),
            model: is(TranslatorKind::OpenAi).then(|| "tiny".to_owned()),
            output: StructuredOutput::JsonSchema,
            glossary: None,
            budget: None,
            rate: None,
            concurrency: 2,
            timeout: Duration::from_secs(2),
            fallback: None,
        }
    }

    /// Calls it has read so far, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.shared.calls).clone()
    }

    /// What it has billed so far, in its unit: work that was done counts, whether or not the answer arrived.
    pub fn billed(&self) -> u64 {
        lock(&self.shared.calls).iter().map(|call| call.billed).sum()
    }
}

impl Drop for EngineServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What a service is about to send.
struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    texts: Vec<String>,
    billed: u64,
}

impl Answer {
    fn json(status: u16, body: &serde_json::Value) -> Self {
        let headers = vec![("Content-Type", "application/json".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes(), texts: Vec::new(), billed: 0 }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Scripted\r\nContent-Length: {}\r\n", self.status, self.body.len());
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("Connection: close\r\n\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { return };
        let shared = shared.clone();
        connections.spawn(async move { converse(stream, &shared).await });
        while connections.try_join_next().is_some() {}
    }
}

/// Reads a request whole: head, and as many bytes as it announces.
async fn read(stream: &mut TcpStream) -> std::io::Result<Option<(Seen, String)>> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
            let Some(head) = Seen::parse(&bytes[..end + 4]) else { return Ok(None) };
            let length = head.header("content-length").map(|length| String::from_utf8_lossy(length).parse::<usize>());
            let length = length.and_then(Result::ok).unwrap_or_default();
            if bytes.len() >= end + 4 + length {
                return Ok(Some((head, String::from_utf8_lossy(&bytes[end + 4..]).into_owned())));
            }
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
}

async fn converse(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let Some((head, body)) = read(&mut stream).await? else { return Ok(()) };
    // Lists of languages are not part of a schedule.
    let misbehaviour = if head.method == "POST" { lock(&shared.schedule).next() } else { None };
    let schemas = *lock(&shared.schemas);
    let answer = match misbehaviour.and_then(|misbehaviour| misbehaviour.refusal(shared.kind)) {
        Some(refusal) => refusal,
        None => protocol::answer(shared.kind, &head, &body, misbehaviour, schemas),
    };
    let billed = answer.billed;
    lock(&shared.calls).push(Call { head, body, texts: answer.texts.clone(), misbehaviour, billed });
    let bytes = answer.bytes();
    match misbehaviour {
        Some(Misbehaviour::Hang) => wait_or_end(&mut stream, Duration::MAX).await?,
        Some(Misbehaviour::Drip) => {
            for byte in bytes {
                stream.write_all(&[byte]).await?;
                wait_or_end(&mut stream, Duration::from_millis(20)).await?;
            }
        }
        Some(Misbehaviour::Reset) => {
            sleep(Duration::from_millis(5)).await;
            return stream.set_zero_linger();
        }
        Some(Misbehaviour::CutShort) => stream.write_all(&bytes[..bytes.len() - 5]).await?,
        _ => stream.write_all(&bytes).await?,
    }
    stream.shutdown().await
}

impl Schedule {
    /// What the next call meets.
    fn next(&mut self) -> Option<Misbehaviour> {
        match self {
            Self::Well => None,
            Self::Always(misbehaviour) => Some(*misbehaviour),
            Self::Calls(calls) => calls.pop_front().flatten(),
            Self::Random { state, one_in, which } => {
                let roll = splitmix(state);
                (roll.is_multiple_of(u64::from(*one_in)) && !which.is_empty())
                    .then(|| which[(splitmix(state) % which.len() as u64) as usize])
            }
        }
    }

    /// So many calls as given, then none that is wrong.
    pub fn calls(calls: impl IntoIterator<Item = Option<Misbehaviour>>) -> Self {
        Self::Calls(VecDeque::from_iter(calls))
    }

    /// One call in `one_in` goes wrong, in one of these ways; the same seed gives the same course.
    pub fn random(seed: u64, one_in: u32, which: &[Misbehaviour]) -> Self {
        Self::Random { state: seed, one_in: one_in.max(1), which: which.to_vec() }
    }
}

/// A stream of numbers that is the same for the same beginning (SplitMix64).
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
