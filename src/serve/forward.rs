//! Requests that another process of this machine answers, taken to it over its Unix socket (docs/decisions/0025).
//!
//! It is plain HTTP/1.1, one request a connection. Who the client is cannot be seen at that socket any more, so it stands in fields of our own;
//! those that a client sends under such names are dropped on the way. The socket belongs to its owner alone: who can write to it is believed.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::Semaphore;

use super::handler::{Answering, Handler, Reply, Request, Route};
use super::tally::{Class, Tally};

/// What begins like this is said between the two processes.
const OURS: &str = "x-reprint-";

/// The client's address, or [`UNNAMED`].
const CLIENT: &str = "x-reprint-client";

/// A client behind a front proxy that names nobody.
const UNNAMED: &str = "unnamed";

/// What the server has counted.
const TALLY: &str = "x-reprint-tally";

/// Bytes of it: heads have 16 KiB.
const LONGEST_TALLY: usize = 8 * 1024;

/// The other process has so long to answer.
const TIME: Duration = Duration::from_secs(9);

/// Requests under way at once; more wait for their turn.
const AT_ONCE: usize = 64;

/// Longest answer that is taken.
const LONGEST: u64 = 32 << 20;

/// Seconds after which to try again when the other process is away: it is being restarted.
const AGAIN: u64 = 5;

/// Fields that are about one connection (RFC 9110 § 7.6.1), or that are written anew.
const DROPPED: [HeaderName; 8] = [
    header::CONNECTION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::EXPECT,
    header::CONTENT_LENGTH,
    HeaderName::from_static("keep-alive"),
];

/// Takes requests to the other process.
pub struct Forward {
    socket: PathBuf,
    tally: Arc<Tally>,
    turns: Semaphore,
}

impl Forward {
    /// To the process that listens at `socket`. `tally`: what this server counts, which the other one shows.
    pub fn new(socket: PathBuf, tally: Arc<Tally>) -> Self {
        Self { socket, tally, turns: Semaphore::new(AT_ONCE) }
    }

    /// Asks how the other process is. The error says why it is not well, in words for an admin.
    ///
    /// # Errors
    /// It does not answer, or it says itself that it is not ready.
    pub async fn ask_after(&self) -> Result<(), String> {
        let mut fields = HeaderMap::new();
        fields.insert(header::HOST, HeaderValue::from_static("localhost"));
        let request = Request {
            method: Method::GET,
            path: "/readyz".to_owned(),
            query: None,
            fields,
            client: Some(Ipv4Addr::LOCALHOST.into()),
            body: Bytes::new(),
        };
        match tokio::time::timeout(TIME, self.ask(&request)).await {
            Ok(Ok(reply)) if reply.status == StatusCode::OK => Ok(()),
            Ok(Ok(reply)) => Err(String::from_utf8_lossy(&reply.body).trim().to_owned()),
            Ok(Err(error)) => Err(format!("{}: {error}", self.socket.display())),
            Err(_) => Err(format!("{}: no answer for {} s", self.socket.display(), TIME.as_secs())),
        }
    }

    async fn ask(&self, request: &Request) -> io::Result<Reply> {
        let _turn = self.turns.acquire().await.map_err(io::Error::other)?;
        let mut stream = UnixStream::connect(&self.socket).await?;
        let mut whole = self.head(request);
        whole.extend_from_slice(&request.body);
        // What is refused by its head is answered before it is read to its end.
        let sent = stream.write_all(&whole).await;
        let mut answer = Vec::new();
        let received = stream.take(LONGEST).read_to_end(&mut answer).await;
        if answer.is_empty() {
            sent?;
            received?;
        }
        read(answer.into()).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it is no whole answer"))
    }

    fn head(&self, request: &Request) -> Vec<u8> {
        // What HEAD gets is cut off where it is sent.
        let method = if request.method == Method::HEAD { &Method::GET } else { &request.method };
        // Only HTTP/1.0 goes without.
        let version = if request.fields.contains_key(header::HOST) { "1.1" } else { "1.0" };
        let query = request.query.as_deref().map(|query| format!("?{query}")).unwrap_or_default();
        let mut head = format!("{method} {}{query} HTTP/{version}\r\n", request.path).into_bytes();
        let mut field = |name: &str, value: &[u8]| head.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        for (name, value) in &request.fields {
            if !DROPPED.contains(name) && !name.as_str().starts_with(OURS) {
                field(name.as_str(), value.as_bytes());
            }
        }
        field("connection", b"close");
        field("content-length", request.body.len().to_string().as_bytes());
        field(CLIENT, request.client.map_or_else(|| UNNAMED.to_owned(), |client| client.to_string()).as_bytes());
        if Class::of(&request.path) == Class::of("/metrics") {
            field(TALLY, fitting(&self.tally.to_string()).as_bytes());
        }
        head.extend(b"\r\n");
        head
    }
}

/// As many of the counts as a field may hold: of very many partners, the last are left out.
fn fitting(line: &str) -> &str {
    let ends = line.match_indices(' ').map(|(at, _)| at).chain([line.len()]);
    // A name and its number.
    let pairs = ends.skip(1).step_by(2);
    line.get(..pairs.take_while(|end| *end <= LONGEST_TALLY).last().unwrap_or(0)).unwrap_or_default()
}

/// A whole answer.
fn read(answer: Bytes) -> Option<Reply> {
    let mut room = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Response::new(&mut room);
    let Ok(httparse::Status::Complete(length)) = head.parse(&answer) else { return None };
    let status = StatusCode::from_u16(head.code?).ok()?;
    let mut fields = HeaderMap::new();
    for field in head.headers.iter() {
        fields.append(HeaderName::from_bytes(field.name.as_bytes()).ok()?, HeaderValue::from_bytes(field.value).ok()?);
    }
    let body = answer.slice(length..);
    // Without a length there is no body, 204 for example.
    let said = fields.get(header::CONTENT_LENGTH).map_or(Some(0), |length| length.to_str().ok()?.parse::<usize>().ok())?;
    (said == body.len()).then_some(Reply { status, fields, body })
}

impl Handler for Forward {
    fn answer(&self, request: Request) -> Answering<'_, Reply> {
        Box::pin(async move {
            match tokio::time::timeout(TIME, self.ask(&request)).await {
                Ok(Ok(reply)) => reply,
                failed => {
                    let error = failed.unwrap_or_else(|late| Err(io::Error::new(io::ErrorKind::TimedOut, late))).err();
                    tracing::debug!(path = request.path, ?error, "the other process does not answer");
                    let text = "The part of this site that answers here is away for the moment; try again soon.\n";
                    Reply::later(StatusCode::SERVICE_UNAVAILABLE, AGAIN, text)
                }
            }
        })
    }
}

/// The other end of [`Forward`].
struct Received {
    handler: Arc<dyn Handler>,
    tally: Arc<Tally>,
}

/// A route as the process at the socket has it: its requests come from the clients of the server that took them here, whose counts go to `tally`.
/// What comes without the fields of such a server was sent by a program of this machine.
pub fn received(route: Route, tally: Arc<Tally>) -> Route {
    Route { handler: Arc::new(Received { handler: route.handler, tally }), ..route }
}

/// What should be a client's address is none.
struct NoAddress;

impl NoAddress {
    fn reply(&self) -> Reply {
        Reply::text(StatusCode::BAD_REQUEST, "That is no address of a client.\n")
    }
}

impl Received {
    /// Makes a request the client's: `client` is who sent it to the other process, and our own fields are gone. The counts that came along.
    fn unwrap(request: &mut Request) -> Result<Option<HeaderValue>, NoAddress> {
        request.client = match request.fields.remove(CLIENT) {
            None => Some(Ipv4Addr::LOCALHOST.into()),
            Some(client) if client == UNNAMED => None,
            Some(client) => match client.to_str().map(str::parse::<IpAddr>) {
                Ok(Ok(address)) => Some(address),
                _ => return Err(NoAddress),
            },
        };
        Ok(request.fields.remove(TALLY))
    }
}

impl Handler for Received {
    fn answer(&self, mut request: Request) -> Answering<'_, Reply> {
        match Self::unwrap(&mut request) {
            Err(NoAddress) => Box::pin(async { NoAddress.reply() }),
            Ok(counts) => {
                if let Some(counts) = counts.as_ref().and_then(|counts| counts.to_str().ok()) {
                    self.tally.take_over(counts);
                }
                self.handler.answer(request)
            }
        }
    }

    fn turns_away(&self, request: &Request) -> Option<Reply> {
        let mut request = request.clone();
        match Self::unwrap(&mut request) {
            Err(NoAddress) => Some(NoAddress.reply()),
            Ok(_) => self.handler.turns_away(&request),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Echo;

    impl Handler for Echo {
        fn answer(&self, request: Request) -> Answering<'_, Reply> {
            let client = request.client.map_or_else(|| "nobody".to_owned(), |client| client.to_string());
            Box::pin(async move { Reply::text(StatusCode::OK, client) })
        }
    }

    fn request(fields: &[(&'static str, &'static str)], client: Option<&str>) -> Request {
        let mut map = HeaderMap::new();
        for (name, value) in fields {
            map.append(*name, HeaderValue::from_static(value));
        }
        let client = client.map(|client| client.parse().expect("an address"));
        Request {
            method: Method::HEAD,
            path: "/status".into(),
            query: Some("a=%0d&b".into()),
            fields: map,
            client,
            body: Bytes::new(),
        }
    }

    #[track_caller]
    fn check(fields: &[(&'static str, &'static str)], client: Option<&str>, expected: &str) {
        let tally = Arc::<Tally>::default();
        tally.opened();
        let head = Forward::new("/nowhere".into(), tally).head(&request(fields, client));
        assert_eq!(String::from_utf8_lossy(&head), expected);
    }

    #[test]
    fn s19_what_a_client_says_of_itself_in_our_name_is_dropped() {
        let tally = "x-reprint-tally: bytes 0 opened 1 closed 0 refused 0\r\n\r\n";
        check(
            &[("host", "relay.example"), ("connection", "x-reprint-client"), ("x-reprint-client", "127.0.0.1"), ("via", "1.1 p")],
            Some("203.0.113.9"),
            &format!(
                "GET /status?a=%0d&b HTTP/1.1\r\nhost: relay.example\r\nvia: 1.1 p\r\nconnection: close\r\ncontent-length: 0\r\n\
                 x-reprint-client: 203.0.113.9\r\n{tally}"
            ),
        );
        check(
            &[("x-reprint-client", "127.0.0.1"), ("x-reprint-tally", "bytes 7"), ("transfer-encoding", "chunked")],
            None,
            &format!(
                "GET /status?a=%0d&b HTTP/1.0\r\nconnection: close\r\ncontent-length: 0\r\nx-reprint-client: unnamed\r\n{tally}"
            ),
        );
    }

    #[test]
    fn counts_that_do_not_fit_are_left_out_whole() {
        assert_eq!(fitting("bytes 1 pier:whole 2"), "bytes 1 pier:whole 2");
        let counts = (1..1500).map(|n| format!(" p1 {n}")).collect::<String>();
        for more in 0..12 {
            let line = format!("{}bytes 0{counts}", "b".repeat(more));
            let kept = fitting(&line);
            assert!(kept.len() <= LONGEST_TALLY && kept.len() > LONGEST_TALLY - 12, "{}", kept.len());
            assert!(line[kept.len()..].starts_with(" p1 "), "{}", &kept[kept.len() - 12..]);
        }
    }

    #[tokio::test]
    async fn the_other_process_sees_the_client_and_the_counts() {
        let tally = Arc::<Tally>::default();
        let route = received(Route::new("/status", &[Method::GET], Arc::new(Echo)), tally.clone());
        for (fields, expected) in [
            (&[][..], "127.0.0.1"),
            (&[("x-reprint-client", "unnamed")], "nobody"),
            (&[("x-reprint-client", "2001:db8::7"), ("x-reprint-tally", "bytes 8 opened 3")], "2001:db8::7"),
        ] {
            let reply = route.handler.answer(request(fields, Some("198.51.100.1"))).await;
            assert_eq!((reply.status, reply.body), (StatusCode::OK, Bytes::from(expected)), "{fields:?}");
        }
        assert_eq!((tally.bytes(), tally.connections()), (8, (3, 3, 0)));
        let reply = route.handler.answer(request(&[("x-reprint-client", "localhost")], None)).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    }

    #[test]
    fn answers_are_whole_or_none() {
        let check = |answer: &'static str, expected: Option<(u16, &'static str)>| {
            let found = read(Bytes::from_static(answer.as_bytes()));
            assert_eq!(
                found.map(|reply| (reply.status.as_u16(), reply.body)),
                expected.map(|(code, body)| (code, body.into())),
                "{answer}"
            );
        };
        check("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", Some((200, "ok")));
        check("HTTP/1.1 204 No Content\r\n\r\n", Some((204, "")));
        check("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok", None);
        check("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nok", None);
        check("HTTP/1.1 200 OK\r\ncontent-le", None);
        check("", None);
    }

    #[tokio::test]
    async fn a_process_that_is_away_is_waited_for_by_the_client() {
        let forward = Forward::new("/nowhere/desk.sock".into(), Arc::default());
        let reply = forward.answer(request(&[], None)).await;
        assert_eq!(
            (reply.status, reply.fields.get(header::RETRY_AFTER).map(HeaderValue::as_bytes)),
            (StatusCode::SERVICE_UNAVAILABLE, Some(&b"5"[..]))
        );
        assert!(forward.ask_after().await.is_err_and(|why| why.contains("/nowhere/desk.sock")));
    }
}
