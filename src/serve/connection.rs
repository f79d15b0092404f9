//! One connection: reads heads, has them answered, writes the answers, and keeps the deadlines of [`Timeouts`](super::Timeouts).
//!
//! HTTP/1.1 (RFC 9112) of a server whose clients only read, nearly: on the way of a published document nothing is allocated, the head is read
//! where the socket put it, and head and body go out in one call, a large body straight from its file. An idle connection holds no buffer.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use http::StatusCode;
use rustix::net::{SendAncillaryBuffer, SendFlags};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, Interest, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::accept::{Phase, Server};
use super::answer::{self, Answer, OpenFile, Payload};
use super::bodies::Share;
use super::chunked::{Chunks, Fault};
use super::deadline::Deadline;
use super::handler::{Reply, Request};
use super::head::{self, Refusal};
use super::routes::{self, Coming, Plan};
use super::tally::Class;

/// How long a connection may take to say what it wants once the server stops, and how long one that is kept alive is waited for: its next
/// request may be on the way already.
const LAST_WORD: Duration = Duration::from_secs(1);
/// How long, and how much, is read from a client after the last answer so that the answer is not lost to a reset.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: u64 = 256 * 1024;
/// Most bytes of a body sent in one call, so that one fast reader of a large document does not keep the others waiting.
const MOST_AT_ONCE: usize = 512 * 1024;

/// Bytes of a body in chunks that are read at once.
const CHUNKS_AT_ONCE: usize = 16 * 1024;

/// An answer without a body is sent from one buffer up to this size.
const SMALL: usize = 512;

thread_local! {
    /// Where heads are read: a connection needs a buffer of its own only while it has sent a part of one.
    static SCRATCH: RefCell<Vec<u8>> = RefCell::new(vec![0; head::LONGEST]);
    /// The `Date` field, and until when it is right.
    static DATE: RefCell<Option<(Instant, String)>> = const { RefCell::new(None) };
}

/// Why a connection ends.
#[derive(Debug)]
enum End {
    /// Its client has gone, has missed a deadline, or the server drops it: there is nobody to say anything to.
    Dropped,
    /// Its client takes nothing: what the kernel still holds for it is thrown away with the connection.
    Stalled,
    /// All that was asked for has been answered.
    Answered,
}

impl From<io::Error> for End {
    fn from(_: io::Error) -> Self {
        Self::Dropped
    }
}

/// What has been read.
struct Asked {
    plan: Plan,
    /// What kind of address it is about.
    class: Class,
    /// Another request may follow.
    keep: bool,
    /// The client spoke HTTP/1.0 and has to be told that the connection is kept.
    tell: bool,
}

pub(super) struct Connection<'a> {
    stream: TcpStream,
    peer: IpAddr,
    server: &'a Server,
    /// What has been read and not been looked at.
    input: Vec<u8>,
    deadline: Deadline,
    requests: u32,
    /// When it began, or its last answer was written.
    last: Instant,
}

impl<'a> Connection<'a> {
    pub(super) fn new(stream: TcpStream, peer: IpAddr, server: &'a Server) -> Self {
        let now = Instant::now();
        let deadline = Deadline::new(now + server.limits.timeouts.head);
        Self { stream, peer, server, input: Vec::new(), deadline, requests: 0, last: now }
    }

    /// Serves the connection to its end.
    pub(super) async fn serve(mut self) {
        let ended = {
            let server = self.server;
            let mut stop = pin!(server.stop.cancelled());
            let mut cut = pin!(server.cut.cancelled());
            let mut waiting = false;
            let mut requests = pin!(self.requests());
            poll_fn(|cx| {
                // Asked once, so that they wake this task; what they have to say is then looked up where it costs nothing.
                if !waiting {
                    waiting = true;
                    let _ = stop.as_mut().poll(cx);
                    let _ = cut.as_mut().poll(cx);
                }
                if server.phase() == Phase::Dropping {
                    return Poll::Ready(End::Dropped);
                }
                requests.as_mut().poll(cx)
            })
            .await
        };
        match ended {
            End::Answered => linger(self.stream).await,
            End::Stalled => {
                let _ = rustix::net::sockopt::set_socket_linger(&self.stream, Some(Duration::ZERO)); // closed either way
            }
            End::Dropped => {}
        }
    }

    async fn requests(&mut self) -> End {
        loop {
            match self.request().await {
                Ok(true) => {}
                Ok(false) => return End::Answered,
                Err(end) => return end,
            }
        }
    }

    /// Answers one request; whether another one may follow.
    async fn request(&mut self) -> Result<bool, End> {
        let asked = self.head().await?;
        let Asked { plan, class, mut keep, tell } = asked;
        let answer = match plan {
            Plan::Now(answer) => answer,
            Plan::Later(making) => making.await,
            Plan::Body(coming) => {
                let Coming { route, request, length, expects } = *coming;
                // Whoever has begun to send does not wait for the word.
                if expects && self.input.is_empty() {
                    self.write(Bytes::from_static(b"HTTP/1.1 100 Continue\r\n"), Payload::None, "\r\n").await?;
                }
                let by = Instant::now() + route.body_time.unwrap_or(self.server.limits.timeouts.stall);
                // Until the answer: so long is the body there.
                let mut share = self.server.app.bodies().share();
                let body = match length {
                    Some(length) => self.body(length, by, &mut share).await?,
                    None => self.chunks(route.body, by, &mut share).await?,
                };
                match body {
                    Ok(body) => self.server.app.handle(route, Request { body, ..request }).await,
                    Err(Fault::TooLong) => refused(routes::too_long(route.body)),
                    Err(Fault::NoRoom) => refused(routes::no_room()),
                    Err(Fault::Malformed(reason)) => refused(Reply::text(StatusCode::BAD_REQUEST, reason)),
                }
            }
        };
        keep &= !answer.close && self.requests < self.server.limits.caps.requests_per_connection && !self.stopping();
        self.last = Instant::now();
        let mut tail = [0; 96];
        let connection = match (keep, tell) {
            (false, _) => "close",
            (true, true) => "keep-alive",
            (true, false) => "",
        };
        let tail = tail_of(&mut tail, self.last, || self.server.app.now(), connection);
        let bytes = answer.head.len() + tail.len() + answer.body.length();
        let head = answer.head.clone();
        self.write(answer.head, answer.body, tail).await?;
        self.server.app.tally().answered(class, &head, bytes);
        Ok(keep)
    }

    fn stopping(&self) -> bool {
        self.server.phase() != Phase::Running
    }

    /// Reads the next head and has it looked at.
    async fn head(&mut self) -> Result<Asked, End> {
        if !self.input.is_empty() {
            let input = std::mem::take(&mut self.input);
            if let Some((asked, taken)) = self.look(&input) {
                self.input = input;
                self.input.drain(..taken);
                return Ok(asked);
            }
            self.input = input;
        }
        let timeouts = self.server.limits.timeouts;
        let start = self.last;
        let mut by = start + if self.requests == 0 || !self.input.is_empty() { timeouts.head } else { timeouts.idle };
        poll_fn(|cx| {
            loop {
                let idle = self.input.is_empty();
                if let Poll::Ready(read) = self.read_head(cx) {
                    match read? {
                        Some(asked) => return Poll::Ready(Ok(asked)),
                        None => {
                            if idle && self.requests > 0 {
                                by = Instant::now() + timeouts.head;
                            }
                            continue;
                        }
                    }
                }
                if self.stopping() && idle {
                    by = by.min(self.server.stopped_at().map_or(start, |stop| stop.max(start)) + LAST_WORD);
                    return self
                        .deadline
                        .poll(by, cx)
                        .map(|()| Err(if self.requests > 0 { End::Answered } else { End::Dropped }));
                }
                return self.deadline.poll(by, cx).map(|()| Err(End::Dropped));
            }
        })
        .await
    }

    /// Reads once; `None` when that did not complete a head.
    fn read_head(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Asked>, End>> {
        SCRATCH.with_borrow_mut(|scratch| {
            let mut buffer = ReadBuf::new(scratch);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer))?;
            let read = buffer.filled();
            if read.is_empty() {
                // It has nothing more to say. What it asked for before has been answered.
                return Poll::Ready(Err(if self.requests > 0 && self.input.is_empty() { End::Answered } else { End::Dropped }));
            }
            if self.input.is_empty() {
                return Poll::Ready(Ok(match self.look(read) {
                    Some((asked, taken)) => {
                        self.input.extend_from_slice(&read[taken..]);
                        Some(asked)
                    }
                    None => {
                        self.input.extend_from_slice(read);
                        None
                    }
                }));
            }
            let mut input = std::mem::take(&mut self.input);
            input.extend_from_slice(read);
            // Only the end of a line can be the end of the head: what drips in is not read from its beginning byte by byte.
            let may_end = input.len() >= head::LONGEST || memchr::memchr(b'\n', read).is_some();
            let looked = if may_end { self.look(&input) } else { None };
            if let Some((_, taken)) = looked {
                input.drain(..taken);
            }
            self.input = input;
            Poll::Ready(Ok(looked.map(|(asked, _)| asked)))
        })
    }

    /// Looks at the head at the beginning of `input`, if it is complete: what is asked, and how many bytes that took.
    fn look(&mut self, input: &[u8]) -> Option<(Asked, usize)> {
        let mut room = [const { std::mem::MaybeUninit::uninit() }; 100];
        let refused = |refusal: Refusal| {
            let head_only = input.trim_ascii_start().starts_with(b"HEAD ");
            let answer = answer::refusal(refusal);
            let body = if head_only { Payload::None } else { answer.body };
            Asked { plan: Plan::Now(Answer { body, ..answer }), class: Class::OTHER, keep: false, tell: false }
        };
        let (taken, head) = match head::read(input, &mut room) {
            Ok(Some(head)) => head,
            Ok(None) => return None,
            Err(refusal) => {
                self.requests += 1;
                return Some((refused(refusal), input.len()));
            }
        };
        self.requests += 1;
        let framing = match head.framing() {
            Ok(framing) => framing,
            Err(refusal) => return Some((refused(refusal), input.len())),
        };
        let plan = self.server.app.plan(&head, framing, self.peer);
        // A body that nobody reads is not looked through for the next request.
        let keep = head.persists() && (framing == head::Framing::None || matches!(plan, Plan::Body(_)));
        let tell = keep && !head.one_one;
        Some((Asked { plan, class: Class::of(head.path), keep, tell }, taken))
    }

    /// Reads a body of so many bytes.
    async fn body(&mut self, length: usize, by: Instant, share: &mut Share<'_>) -> Result<Result<Bytes, Fault>, End> {
        let mut body = Vec::with_capacity(length.min(64 * 1024));
        let there = length.min(self.input.len());
        body.extend(self.input.drain(..there));
        while body.len() < length {
            if !share.grow(body.capacity()) {
                return Ok(Err(Fault::NoRoom));
            }
            let rest = (length - body.len()) as u64;
            let mut limited = (&mut self.stream).take(rest);
            let read = limited.read_buf(&mut body);
            match tokio::time::timeout_at(by, read).await {
                Ok(Ok(1..)) => {}
                _ => return Err(End::Dropped),
            }
        }
        Ok(Ok(body.into()))
    }

    /// Reads a body in chunks, of `most` bytes at most.
    async fn chunks(&mut self, most: usize, by: Instant, share: &mut Share<'_>) -> Result<Result<Bytes, Fault>, End> {
        let (mut chunks, mut body) = (Chunks::new(most), Vec::new());
        let mut input = std::mem::take(&mut self.input);
        loop {
            match chunks.read(&input, &mut body) {
                Ok(taken) if chunks.is_whole() => {
                    self.input = input[taken..].to_vec();
                    return Ok(Ok(body.into()));
                }
                Ok(_) if !share.grow(body.capacity()) => return Ok(Err(Fault::NoRoom)),
                Ok(_) => {}
                Err(fault) => return Ok(Err(fault)),
            }
            input.clear();
            input.reserve_exact(CHUNKS_AT_ONCE);
            let mut limited = (&mut self.stream).take(CHUNKS_AT_ONCE as u64);
            match tokio::time::timeout_at(by, limited.read_buf(&mut input)).await {
                Ok(Ok(1..)) => {}
                _ => return Err(End::Dropped),
            }
        }
    }

    /// Writes an answer.
    async fn write(&mut self, mut head: Bytes, body: Payload, tail: &str) -> Result<(), End> {
        let mut tail = tail.as_bytes();
        let (mut bytes, mut file) = match body {
            Payload::None => (Bytes::new(), None),
            Payload::Bytes(bytes) => (bytes, None),
            Payload::File { file, offset, length } => (Bytes::new(), Some((file, offset, length))),
        };
        let stall = self.server.limits.timeouts.stall;
        let mut by: Option<Instant> = None;
        poll_fn(|cx| {
            loop {
                let polled = if !head.is_empty() || !tail.is_empty() || !bytes.is_empty() {
                    self.write_some(cx, &head, tail, &bytes, file.is_some()).map_ok(|sent| {
                        let of_head = sent.min(head.len());
                        head.advance(of_head);
                        let of_tail = (sent - of_head).min(tail.len());
                        tail = &tail[of_tail..];
                        bytes.advance(sent - of_head - of_tail);
                    })
                } else if let Some((open, offset, left)) = file.as_mut().filter(|(_, _, left)| *left > 0) {
                    self.send_some(cx, open, offset, left)
                } else {
                    return Poll::Ready(Ok(()));
                };
                match polled {
                    Poll::Ready(Ok(())) => {
                        if by.take().is_some() {
                            self.last = Instant::now();
                        }
                    }
                    Poll::Ready(Err(_)) => return Poll::Ready(Err(End::Dropped)),
                    Poll::Pending => {
                        let by = *by.get_or_insert_with(|| Instant::now() + stall);
                        return self.deadline.poll(by, cx).map(|()| Err(End::Stalled));
                    }
                }
            }
        })
        .await
    }

    /// Writes some of what is in memory; `more` when a file follows, which then shares its packets.
    fn write_some(&mut self, cx: &mut Context<'_>, head: &[u8], tail: &[u8], body: &[u8], more: bool) -> Poll<io::Result<usize>> {
        if body.is_empty() && !more && head.len() + tail.len() <= SMALL {
            // One buffer costs the kernel less than two.
            let mut both = [0; SMALL];
            both[..head.len()].copy_from_slice(head);
            both[head.len()..head.len() + tail.len()].copy_from_slice(tail);
            return Pin::new(&mut self.stream).poll_write(cx, &both[..head.len() + tail.len()]);
        }
        let body = &body[..body.len().min(MOST_AT_ONCE)];
        let parts = [IoSlice::new(head), IoSlice::new(tail), IoSlice::new(body)];
        let sent = if more {
            ready!(self.stream.poll_write_ready(cx))?;
            let flags = SendFlags::MORE | SendFlags::NOSIGNAL;
            let send = || Ok(rustix::net::sendmsg(&self.stream, &parts, &mut SendAncillaryBuffer::default(), flags)?);
            match self.stream.try_io(Interest::WRITABLE, send) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    // Readiness is cleared: this registers for the next one.
                    ready!(self.stream.poll_write_ready(cx))?;
                    0
                }
                sent => sent?,
            }
        } else {
            match ready!(Pin::new(&mut self.stream).poll_write_vectored(cx, &parts))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                sent => sent,
            }
        };
        Poll::Ready(Ok(sent))
    }

    /// Sends some of a file.
    fn send_some(&self, cx: &mut Context<'_>, file: &Arc<OpenFile>, offset: &mut u64, left: &mut usize) -> Poll<io::Result<()>> {
        ready!(self.stream.poll_write_ready(cx))?;
        let mut sent = 0;
        let wanted = (*left).min(MOST_AT_ONCE);
        let outcome = self.stream.try_io(Interest::WRITABLE, || {
            sent = rustix::fs::sendfile(&self.stream, &file.file, Some(&mut *offset), wanted)?;
            // The rest would only be told to wait: it is asked for when there is room.
            if 0 < sent && sent < wanted { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(()) }
        });
        *left -= sent;
        match outcome {
            // Somebody has cut the file off: the client must see that its document is not whole.
            Ok(()) if sent == 0 => Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if sent > 0 {
                    return Poll::Ready(Ok(()));
                }
                // Registers for the next readiness.
                self.stream.poll_write_ready(cx)
            }
            outcome => Poll::Ready(outcome),
        }
    }
}

/// The answer to a body that is none of those taken. Where the next request begins is not certain.
fn refused(reply: Reply) -> Answer {
    Answer { close: true, ..answer::reply(reply, false) }
}

/// `Date`, `Connection` and the end of a head.
fn tail_of<'b>(
    buffer: &'b mut [u8; 96],
    at: Instant,
    now: impl FnOnce() -> chrono::DateTime<chrono::Utc>,
    connection: &str,
) -> &'b str {
    let mut length = 0;
    let mut push = |text: &str| {
        buffer[length..length + text.len()].copy_from_slice(text.as_bytes());
        length += text.len();
    };
    DATE.with_borrow_mut(|date| {
        let (_, field) = match date {
            Some(date) if at < date.0 => date,
            _ => {
                let now = now();
                let rest = Duration::from_nanos(u64::from(1_000_000_000 - now.timestamp_subsec_nanos().min(999_999_999)));
                date.insert((at + rest, format!("date: {}\r\n", answer::http_date(now))))
            }
        };
        push(field);
    });
    if !connection.is_empty() {
        push("connection: ");
        push(connection);
        push("\r\n");
    }
    push("\r\n");
    std::str::from_utf8(&buffer[..length]).unwrap_or("\r\n")
}

/// Closes our side and reads on a little: closing with unread bytes sends a reset, which can overtake the answer.
async fn linger(mut stream: TcpStream) {
    let farewell = async {
        stream.shutdown().await?;
        let mut rest = (&mut stream).take(LINGER_BYTES);
        let mut buffer = [0; 1024];
        while rest.read(&mut buffer).await? > 0 {}
        io::Result::Ok(())
    };
    let _ = tokio::time::timeout(LINGER, farewell).await;
}
