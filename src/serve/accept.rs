//! The accept loop: who is let in, and how the last ones go.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Poll, ready};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::client::Proxies;
use super::connection::Connection;
use super::incoming::Incoming;
use super::routes::App;
use super::{Caps, Limits, Site};

/// Pause after an accept that failed for want of file descriptors or memory: the backlog waits, the processor is not spun.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// What the kernel may hold for a client that does not read, bytes (it doubles them). Left to itself it holds megabytes for each, and some hundred
/// such clients use up what it has for all connections of the machine.
const SEND_BUFFER: usize = 128 * 1024;

/// Connections that may wait to be accepted; `net.core.somaxconn` (4096) comes first. Who comes when it is full is not answered and asks again after one
/// second, three, seven. The 128 that sockets have by themselves are full with the first crowd.
const QUEUE: i32 = 4096;
/// Connections accepted at once, before those that are there have their turn.
const BATCH: usize = 64;

/// How long a listener that is closed accepts on, at most.
const BACKLOG: Duration = Duration::from_secs(1);

/// What the connections share.
pub(super) struct Server {
    pub(super) app: Arc<App>,
    pub(super) limits: Limits,
    /// Finish what is under way.
    pub(super) stop: CancellationToken,
    /// Drop it.
    pub(super) cut: CancellationToken,
    phase: AtomicU8,
    stopped_at: OnceLock<Instant>,
}

/// How far the server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Running,
    /// Each connection gets one more answer.
    Stopping,
    Dropping,
}

impl Server {
    pub(super) fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Relaxed) {
            0 => Phase::Running,
            1 => Phase::Stopping,
            _ => Phase::Dropping,
        }
    }

    /// When it was told to stop.
    pub(super) fn stopped_at(&self) -> Option<Instant> {
        self.stopped_at.get().copied()
    }

    fn stop(&self) {
        let _ = self.stopped_at.set(Instant::now()); // stopped once
        self.phase.store(1, Ordering::Relaxed);
        self.stop.cancel();
    }

    fn drop_all(&self) {
        self.phase.store(2, Ordering::Relaxed);
        self.cut.cancel();
    }
}

/// `passed`: somebody else holds the sockets as well.
pub(super) async fn run(
    sockets: Vec<impl Incoming>,
    passed: bool,
    site: Site,
    limits: Limits,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let app = App::new(site, &limits);
    let admission = Arc::new(Admission::new(limits.caps.clone()));
    let drain = limits.timeouts.drain;
    let (stop, cut) = (CancellationToken::new(), CancellationToken::new());
    let server = Arc::new(Server { app, limits, stop, cut, phase: AtomicU8::new(0), stopped_at: OnceLock::new() });
    let connections = TaskTracker::new();
    for listener in sockets.iter().filter(|_| !passed) {
        if let Err(error) = rustix::net::listen(listener, QUEUE) {
            tracing::warn!(%error, "the queue of connections stays short");
        }
    }
    let accepting = sockets.into_iter().map(|listener| {
        let (server, admission) = (server.clone(), admission.clone());
        let (connections, shutdown) = (connections.clone(), shutdown.clone());
        tokio::spawn(async move { accept(listener, passed, &server, &admission, &connections, &shutdown).await })
    });
    for accepting in accepting.collect::<Vec<_>>() {
        accepting.await.map_err(io::Error::other)?;
    }
    connections.close();
    if tokio::time::timeout(drain, connections.wait()).await.is_err() {
        tracing::warn!(connections = connections.len(), "dropping requests still under way {} s after the stop", drain.as_secs());
        server.drop_all();
        connections.wait().await;
    }
    Ok(())
}

/// Accepts until the shutdown, and then whoever the kernel has already told that the connection stands.
async fn accept(
    listener: impl Incoming,
    passed: bool,
    server: &Arc<Server>,
    admission: &Arc<Admission>,
    connections: &TaskTracker,
    shutdown: &CancellationToken,
) {
    let admit = |(stream, address): (TcpStream, IpAddr)| {
        let Some(permit) = admission.admit(address) else { return server.app.tally().refused() };
        let counted = Counted::new(server.clone());
        connections.spawn(async move {
            // Heads and bodies go out in one call; waiting for more would only delay 304s.
            let _ = stream.set_nodelay(true);
            let _ = rustix::net::sockopt::set_socket_send_buffer_size(&stream, SEND_BUFFER); // the usual one serves, too
            Connection::new(stream, address, &counted.0).serve().await;
            drop(permit);
        });
    };
    let mut complained = false;
    let mut stop = pin!(shutdown.cancelled());
    loop {
        let batch = poll_fn(|cx| {
            if stop.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Batch::Stop);
            }
            for _ in 0..BATCH {
                match ready!(listener.poll_next(cx)) {
                    Ok(connection) => {
                        complained = false;
                        admit(connection);
                    }
                    // The client went away between its connect and our accept: its affair.
                    Err(error) if is_the_clients(&error) => {}
                    Err(error) => return Poll::Ready(Batch::Failed(error)),
                }
            }
            Poll::Ready(Batch::Full)
        });
        match batch.await {
            Batch::Stop => break,
            Batch::Full => tokio::task::yield_now().await,
            Batch::Failed(error) => {
                if !complained {
                    complained = true;
                    tracing::warn!(%error, "cannot accept connections for the moment; raise LimitNOFILE if this is about open files");
                }
                tokio::select! {
                    () = shutdown.cancelled() => break,
                    () = tokio::time::sleep(ACCEPT_PAUSE) => {}
                }
            }
        }
    }
    server.stop();
    if passed {
        return; // those in the backlog wait for our successor
    }
    // Closing the listener resets those who wait in its backlog. Not for ever: under load it never empties.
    let until = Instant::now() + BACKLOG;
    let mut taken = 0_usize;
    while Instant::now() < until {
        match listener.take() {
            Ok(connection) => admit(connection),
            Err(error) if is_the_clients(&error) => {}
            Err(_) => break,
        }
        taken += 1;
        if taken.is_multiple_of(BATCH) {
            tokio::task::yield_now().await;
        }
    }
}

/// Why accepting paused.
enum Batch {
    /// There may be more who wait.
    Full,
    Failed(io::Error),
    Stop,
}

fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// A connection in the tally, until it ends.
struct Counted(Arc<Server>);

impl Counted {
    fn new(server: Arc<Server>) -> Self {
        server.app.tally().opened();
        Self(server)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.app.tally().closed();
    }
}

/// Counts connections.
struct Admission {
    caps: Caps,
    proxies: Proxies,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One connection's place; given back when dropped.
struct Permit {
    admission: Arc<Admission>,
    /// `None` for front proxies, which are not counted by address.
    address: Option<IpAddr>,
}

impl Admission {
    fn new(caps: Caps) -> Self {
        Self { proxies: Proxies::of(&caps), caps, open: Mutex::default() }
    }

    /// A place for a connection from `address`, if there is one.
    fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Permit> {
        let address = address.to_canonical();
        let proxy = self.proxies.has(address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.total >= self.caps.connections {
            return None;
        }
        let address = (!proxy).then(|| customer(address));
        if let Some(address) = address {
            let count = open.by_address.entry(address).or_default();
            if *count >= self.caps.per_address {
                return None;
            }
            *count += 1;
        }
        open.total += 1;
        Some(Permit { admission: self.clone(), address })
    }
}

/// What counts as one address: an IPv4 address, or the /64 of an IPv6 one.
pub(super) fn customer(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = self.admission.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.total -= 1;
        if let Some(address) = self.address
            && let Some(count) = open.by_address.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                open.by_address.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admission(caps: Caps) -> Arc<Admission> {
        Arc::new(Admission::new(caps))
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// How many of `n` connections from these addresses in turn are let in.
    fn check(caps: Caps, addresses: &[&str], n: usize, expected: usize) {
        let admission = admission(caps);
        let permits: Vec<_> = (0..n).filter_map(|i| admission.admit(ip(addresses[i % addresses.len()]))).collect();
        assert_eq!(permits.len(), expected, "{addresses:?}");
        drop(permits);
        let open = admission.open.lock().unwrap();
        assert_eq!((open.total, open.by_address.len()), (0, 0), "places are given back");
    }

    #[test]
    fn s04_connections_by_address_and_in_all() {
        let caps = Caps::default;
        check(caps(), &["192.0.2.1"], 200, 64);
        check(caps(), &["192.0.2.1", "192.0.2.2"], 200, 128);
        check(caps(), &["192.0.2.1", "::ffff:192.0.2.1"], 200, 64);
        check(caps(), &["2001:db8::1", "2001:db8::2:0:0:1"], 200, 64);
        check(caps(), &["2001:db8::1", "2001:db8:0:1::1"], 200, 128);
        check(caps(), &["127.0.0.1"], 5000, 4096);
        check(caps(), &["::1"], 200, 200);
        check(Caps { loopback_is_proxy: false, ..caps() }, &["127.0.0.1"], 200, 64);
        check(Caps { proxies: vec!["192.0.2.9/32".parse().unwrap()], ..caps() }, &["192.0.2.9"], 200, 200);
    }
}
