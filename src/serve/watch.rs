//! The deadlines of a connection. hyper has one for heads only, none for writing and none that tells a half-sent head from an
//! idle connection, so all of them are kept here, around the socket, with one timer a connection.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::Timeouts;

/// A request head is being read (also: nothing has been said yet).
const HEAD: u8 = 0;
/// A request is being answered.
const SERVING: u8 = 1;
/// An answer has been handed over; nothing of the next request has been read.
const IDLE: u8 = 2;

/// Where a connection stands. Shared by the socket below hyper and the service above it, which run in one task.
#[derive(Debug, Default)]
pub(super) struct Progress {
    phase: AtomicU8,
    requests: AtomicU32,
}

impl Progress {
    /// A head has been read: returns how many requests that makes.
    pub(super) fn begin(&self) -> u32 {
        self.phase.store(SERVING, Ordering::Relaxed);
        self.requests.fetch_add(1, Ordering::Relaxed).saturating_add(1)
    }

    /// Its answer is on the way.
    pub(super) fn end(&self) {
        self.phase.store(IDLE, Ordering::Relaxed);
    }

    /// Requests so far.
    pub(super) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }
}

/// A stream that fails with [`io::ErrorKind::TimedOut`] when its client misses a deadline of [`Timeouts`].
#[derive(Debug)]
pub(super) struct Watched<S> {
    stream: S,
    progress: Arc<Progress>,
    timeouts: Timeouts,
    /// Fires at or before the next deadline. It is not moved when a deadline moves away, only looked at again when it fires:
    /// a busy connection never touches the timer wheel.
    timer: Pin<Box<Sleep>>,
    /// When the head being read must be complete.
    head_by: Instant,
    /// The last time the client took or sent something.
    last: Instant,
    /// Set while the client takes nothing: when it must have taken something.
    write_by: Option<Instant>,
    expired: bool,
}

impl<S> Watched<S> {
    /// Starts the clock of the first head.
    pub(super) fn new(stream: S, progress: Arc<Progress>, timeouts: Timeouts) -> Self {
        let now = Instant::now();
        let head_by = now + timeouts.head;
        let timer = Box::pin(tokio::time::sleep_until(head_by));
        Self { stream, progress, timeouts, timer, head_by, last: now, write_by: None, expired: false }
    }

    /// A deadline was missed.
    pub(super) fn expired(&self) -> bool {
        self.expired
    }

    /// The stream itself.
    pub(super) fn into_inner(self) -> S {
        self.stream
    }

    /// Pending with a wake-up set before `deadline`, or the error once it has passed.
    fn wait_until<T>(&mut self, deadline: Instant, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if self.timer.deadline() > deadline {
            self.timer.as_mut().reset(deadline);
        }
        while self.timer.as_mut().poll(cx).is_ready() {
            if Instant::now() >= deadline {
                self.expired = true;
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.timer.as_mut().reset(deadline);
        }
        Poll::Pending
    }

    /// Keeps the books of a write.
    fn wrote(&mut self, result: Poll<io::Result<usize>>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if result.is_ready() {
            self.last = Instant::now();
            self.write_by = None;
            return result;
        }
        let by = *self.write_by.get_or_insert_with(|| Instant::now() + self.timeouts.stall);
        self.wait_until(by, cx)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let result = Pin::new(&mut self.stream).poll_read(cx, buf);
        let phase = self.progress.phase.load(Ordering::Relaxed);
        if result.is_ready() {
            if phase == IDLE && buf.filled().len() > before {
                self.progress.phase.store(HEAD, Ordering::Relaxed);
                self.head_by = Instant::now() + self.timeouts.head;
            }
            return result;
        }
        // While an answer waits for the client, the write's own deadline counts.
        match phase {
            _ if self.write_by.is_some() => Poll::Pending,
            HEAD => {
                let by = self.head_by;
                self.wait_until(by, cx)
            }
            IDLE => {
                let by = self.last + self.timeouts.idle;
                self.wait_until(by, cx)
            }
            _ => Poll::Pending,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.wrote(result, cx)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.wrote(result, cx)
    }

    /// As the socket says: hyper copies bodies into a buffer of its own otherwise.
    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::*;

    /// Short, and far enough apart that a busy machine does not confuse them.
    const TIMEOUTS: Timeouts = Timeouts {
        head: Duration::from_millis(200),
        idle: Duration::from_millis(2500),
        stall: Duration::from_millis(300),
        page: Duration::from_secs(1),
        drain: Duration::from_secs(1),
    };

    fn watched(buffer: usize) -> (Watched<DuplexStream>, Arc<Progress>, DuplexStream) {
        let (ours, theirs) = duplex(buffer);
        let progress = Arc::new(Progress::default());
        (Watched::new(ours, progress.clone(), TIMEOUTS), progress, theirs)
    }

    /// Reads until the stream fails, which must be after `from` and before `to`.
    async fn check_read_ends(stream: &mut Watched<DuplexStream>, from: Duration, to: Duration) {
        let start = Instant::now();
        let mut buffer = [0; 16];
        let error = loop {
            match stream.read(&mut buffer).await {
                Ok(read) => assert_ne!(read, 0, "closed by the other side"),
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(stream.expired());
        let took = start.elapsed();
        assert!(from <= took && took < to, "ended after {took:?}, expected {from:?} to {to:?}");
    }

    #[tokio::test]
    async fn s02_a_silent_connection_ends_with_the_head_deadline() {
        let (mut ours, _, _theirs) = watched(64);
        check_read_ends(&mut ours, TIMEOUTS.head / 2, TIMEOUTS.idle).await;
    }

    #[tokio::test]
    async fn s01_a_dripping_head_ends_with_the_same_deadline() {
        let (mut ours, _, mut theirs) = watched(64);
        tokio::spawn(async move {
            while theirs.write_all(b"a").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        check_read_ends(&mut ours, TIMEOUTS.head / 2, TIMEOUTS.idle).await;
    }

    #[tokio::test]
    async fn an_idle_connection_has_longer() {
        let (mut ours, progress, mut theirs) = watched(64);
        theirs.write_all(b"GET").await.unwrap();
        ours.read_exact(&mut [0; 3]).await.unwrap();
        progress.begin();
        ours.write_all(b"answer").await.unwrap();
        progress.end();
        check_read_ends(&mut ours, TIMEOUTS.idle - Duration::from_millis(10), TIMEOUTS.idle * 10).await;
    }

    #[tokio::test]
    async fn the_head_after_an_idle_time_has_its_own_deadline() {
        let (mut ours, progress, mut theirs) = watched(64);
        progress.begin();
        progress.end();
        // Longer than a head may take: the first deadline must be forgotten.
        tokio::time::sleep(TIMEOUTS.head * 2).await;
        theirs.write_all(b"G").await.unwrap();
        check_read_ends(&mut ours, TIMEOUTS.head - Duration::from_millis(10), TIMEOUTS.idle).await;
    }

    #[tokio::test]
    async fn a_request_being_answered_has_no_read_deadline() {
        let (mut ours, progress, _theirs) = watched(64);
        progress.begin();
        let outcome = tokio::time::timeout(TIMEOUTS.head * 4, ours.read(&mut [0; 4])).await;
        assert!(outcome.is_err(), "ended by itself: {outcome:?}");
    }

    #[tokio::test]
    async fn s03_a_client_that_stops_reading_stalls() {
        let (mut ours, _, _theirs) = watched(16);
        let start = Instant::now();
        let error = ours.write_all(&[0; 64]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(start.elapsed() >= TIMEOUTS.stall, "{:?}", start.elapsed());
    }

    #[tokio::test]
    async fn a_slow_client_that_reads_on_is_served_however_long_it_takes() {
        let (mut ours, _, mut theirs) = watched(16);
        let start = Instant::now();
        tokio::spawn(async move {
            let mut buffer = [0; 8];
            while theirs.read_exact(&mut buffer).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(60)).await;
            }
        });
        ours.write_all(&[0; 96]).await.expect("each read is progress");
        assert!(start.elapsed() > TIMEOUTS.stall, "too quick to prove anything: {:?}", start.elapsed());
    }

    #[tokio::test]
    async fn a_waiting_answer_is_not_cut_by_the_idle_deadline() {
        let (mut ours, progress, _theirs) = watched(16);
        ours.timeouts.idle = Duration::from_millis(50);
        ours.timeouts.stall = Duration::from_secs(3600);
        progress.begin();
        progress.end();
        let (mut read, mut write) = tokio::io::split(ours);
        let cut = async {
            let mut byte = [0; 1];
            tokio::select! {
                biased;
                result = write.write_all(&[0; 64]) => result.map(|()| 0),
                result = read.read(&mut byte) => result,
            }
        };
        let outcome = tokio::time::timeout(Duration::from_millis(500), cut).await;
        assert!(outcome.is_err(), "ended by itself: {outcome:?}");
    }
}
