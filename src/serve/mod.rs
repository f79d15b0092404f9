//! GET → snapshot → reader. No poll, no query, no network.
//!
//! `run` takes listeners and answers from memory until it is told to stop. The way of a request: [`accept`] lets the connection
//! in (or not), [`connection`] reads, writes and keeps the deadlines, [`head`] understands what is asked, [`chunked`] puts a body together that comes
//! in chunks, [`routes`] finds the document (or the [`handler`]), [`encoding`] and [`conditional`] pick what of it to send, and [`answer`] has the head
//! ready.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use ipnet::IpNet;
use tokio::net::{TcpListener, UnixListener};
use tokio_util::sync::CancellationToken;

use crate::publish::{Pages, Snapshot};

mod accept;
mod access;
mod answer;
mod bodies;
mod chunked;
mod client;
mod conditional;
mod connection;
mod deadline;
mod encoding;
mod forward;
mod handler;
mod head;
mod incoming;
mod rate;
mod routes;
mod tally;

pub use self::access::credentials::{shown_token, signature};
pub use self::access::ledger::{Counted, Ledger};
pub use self::access::{Access, Member, Rules};
pub use self::forward::{Forward, received};
pub use self::handler::{Admittance, Answered, Answering, Gate, Handler, Reply, Request, Route};
pub use self::tally::{PartnerCounts, Tally};

/// Gives the value of a `Link` field by the path of a document, if it has one.
pub type LinksOf = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Says something about this moment, if there is something to be said.
pub type Remark = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// What the server answers from.
#[derive(Clone)]
pub struct Site {
    /// Feeds, index, OPML.
    pub snapshot: Arc<Snapshot>,
    /// Article pages.
    pub pages: Arc<dyn Pages>,
    /// What `/readyz` says: the store answers, the snapshot is loaded, the scheduler ticks. `Err` is the reason, in words.
    pub ready: Arc<dyn Fn() -> Result<(), String> + Send + Sync>,
    /// What `/readyz` says besides, in a line, when it is ready all the same.
    pub remark: Option<Remark>,
    /// `Cache-Control: max-age`, seconds.
    pub max_age: u32,
    /// Value of the `Link` field of the public document at a path; asked once a document version.
    pub links: Option<LinksOf>,
    /// What is neither a document nor a page. Paths of documents and pages come first.
    pub routes: Vec<Route>,
    /// Who may read what; `None`: everybody everything.
    pub gate: Option<Arc<dyn Gate>>,
    /// Where it counts what it does.
    pub tally: Arc<Tally>,
    /// The clock, for `Date`.
    pub now: fn() -> DateTime<Utc>,
}

/// How long a connection may take over what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// From the accept, or from the first byte of a later request, to the end of its head. A connection that says nothing at all
    /// ends by it too.
    pub head: Duration,
    /// Between the last byte of an answer and the first byte of the next request.
    pub idle: Duration,
    /// How long a write may make no progress: the client has stopped reading.
    pub stall: Duration,
    /// How long an article page may take, waiting for its turn included; then 503.
    pub page: Duration,
    /// How long requests under way may take once the server is told to stop.
    pub drain: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            stall: Duration::from_secs(30),
            page: Duration::from_secs(10),
            drain: Duration::from_secs(15),
        }
    }
}

/// How much of the server clients can take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caps {
    /// Connections at once; more are closed at the accept.
    pub connections: usize,
    /// Connections at once from one address (IPv6: from one /64, which is what one customer is given).
    pub per_address: usize,
    /// Front proxies: all clients of the world come from their addresses, so `per_address` does not bind them, and the client is whom
    /// their `X-Forwarded-For` or `Forwarded` names.
    pub proxies: Vec<IpNet>,
    /// Loopback addresses count as front proxies.
    pub loopback_is_proxy: bool,
    /// Requests on one connection; the answer to the last one says `Connection: close`.
    pub requests_per_connection: u32,
    /// Requests of one client for one address in a minute; more are 429. 0: as many as it likes. Does not bind a front proxy that names no client.
    pub requests_per_minute: u32,
    /// Article pages being made at once.
    pub pages: usize,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            connections: 4096,
            per_address: 64,
            proxies: Vec::new(),
            loopback_is_proxy: true,
            requests_per_connection: 1000,
            requests_per_minute: 60,
            pages: 4,
        }
    }
}

/// All limits of the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Times.
    pub timeouts: Timeouts,
    /// Numbers.
    pub caps: Caps,
}

/// Where readers come in.
#[derive(Debug)]
pub struct Listeners {
    /// Bound and listening.
    pub sockets: Vec<TcpListener>,
    /// Somebody else holds them as well: those who wait in their backlogs when we stop wait for our successor.
    pub passed: bool,
}

impl Listeners {
    /// The address of the first.
    ///
    /// # Errors
    /// There is none, or the system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.sockets.first().ok_or(io::ErrorKind::AddrNotAvailable)?.local_addr()
    }
}

/// Serves until `shutdown`, then stops accepting and lets requests under way finish (15 s at most).
///
/// # Errors
/// Only when an accept loop fails. Running out of file descriptors is not an error: accepting pauses.
pub async fn run(listeners: Listeners, site: Site, limits: Limits, shutdown: CancellationToken) -> io::Result<()> {
    accept::run(listeners.sockets, listeners.passed, site, limits, shutdown).await
}

/// The same at a Unix socket, which nobody else holds: its clients count as programs of this machine.
///
/// # Errors
/// As [`run`].
pub async fn run_at_socket(socket: UnixListener, site: Site, limits: Limits, shutdown: CancellationToken) -> io::Result<()> {
    accept::run(vec![socket], false, site, limits, shutdown).await
}
