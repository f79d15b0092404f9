//! The accept loop. `axum::serve` has no time limit of any kind and hyper-util's auto builder none for silent connections, so
//! connections are driven here, by hyper's HTTP/1 builder over a [`Watched`] socket.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::watch::{Progress, Watched};
use super::{Caps, Limits, Site, routes};

/// Pause after an accept that failed for want of file descriptors or memory: the backlog waits, the processor is not spun.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long a connection that was accepted just before the stop may take to say what it wants.
const FIRST_WORD: Duration = Duration::from_secs(1);
/// How long, and how much, is read from a client after the last answer so that the answer is not lost to a reset.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: u64 = 256 * 1024;

/// What the connections share.
struct Server {
    service: TowerToHyperService<Router>,
    limits: Limits,
    /// Finish what is under way.
    stop: CancellationToken,
    /// Drop it.
    cut: CancellationToken,
}

pub(super) async fn run(listener: TcpListener, site: Site, limits: Limits, shutdown: CancellationToken) -> io::Result<()> {
    let service = TowerToHyperService::new(routes::router(site, &limits));
    let admission = Arc::new(Admission::new(limits.caps.clone()));
    let drain = limits.timeouts.drain;
    let server = Arc::new(Server { service, limits, stop: shutdown.clone(), cut: CancellationToken::new() });
    let connections = TaskTracker::new();
    let admit = |(stream, address): (TcpStream, SocketAddr)| {
        if let Some(permit) = admission.admit(address.ip()) {
            let server = server.clone();
            connections.spawn(async move {
                server.connection(stream).await;
                drop(permit);
            });
        }
    };
    let mut complained = false;
    loop {
        let accepted = tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok(connection) => {
                complained = false;
                admit(connection);
            }
            // The client went away between its connect and our accept: its affair.
            Err(error) if is_the_clients(&error) => {}
            Err(error) => {
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
    // Whoever the kernel has already told that the connection stands is still let in; closing the listener would reset them.
    while let Some(connection) = poll_fn(|cx| match listener.poll_accept(cx) {
        Poll::Ready(Ok(connection)) => Poll::Ready(Some(connection)),
        _ => Poll::Ready(None),
    })
    .await
    {
        admit(connection);
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(drain, connections.wait()).await.is_err() {
        tracing::warn!(connections = connections.len(), "dropping requests still under way {} s after the stop", drain.as_secs());
        server.cut.cancel();
        connections.wait().await;
    }
    Ok(())
}

fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

impl Server {
    async fn connection(&self, stream: TcpStream) {
        // Heads and bodies go out in one vectored write; waiting for more would only delay 304s.
        let _ = stream.set_nodelay(true);
        let progress = Arc::new(Progress::default());
        let watched = Watched::new(stream, progress.clone(), self.limits.timeouts);
        let service = service_fn(|request| self.answer(&progress, request));
        let mut connection = http1::Builder::new()
            .timer(TokioTimer::new())
            // `Watched` has deadlines for heads that tell a half-sent one from an idle connection.
            .header_read_timeout(None)
            .max_buf_size(16 * 1024)
            .max_headers(100)
            .half_close(true)
            .serve_connection(TokioIo::new(watched), service);
        let mut outcome = {
            let mut driven = pin!(poll_fn(|cx| connection.poll_without_shutdown(cx)));
            tokio::select! {
                biased;
                outcome = driven.as_mut() => Some(outcome),
                () = self.stop.cancelled() => {
                    if progress.requests() == 0 {
                        tokio::time::timeout(FIRST_WORD, driven.as_mut()).await.ok()
                    } else {
                        None
                    }
                }
            }
        };
        if outcome.is_none() {
            Pin::new(&mut connection).graceful_shutdown();
            outcome = tokio::select! {
                biased;
                outcome = poll_fn(|cx| connection.poll_without_shutdown(cx)) => Some(outcome),
                () = self.cut.cancelled() => None,
            };
        }
        let watched = connection.into_parts().io.into_inner();
        if outcome.is_some() && !watched.expired() {
            linger(watched.into_inner()).await;
        }
    }

    fn answer(&self, progress: &Arc<Progress>, request: Request<Incoming>) -> Answer {
        let requests = progress.begin();
        let last = requests >= self.limits.caps.requests_per_connection || self.stop.is_cancelled();
        let (state, close) = match routes::refuse(&request) {
            Some(refusal) => (State::Refused(Some(refusal)), true),
            None => {
                let close = last || routes::has_body(request.headers());
                (State::Routed(self.service.call(request.map(|_unread| Body::empty()))), close)
            }
        };
        Answer { state, close, progress: progress.clone() }
    }
}

/// A request being answered. Not an `async` block because hyper gives the socket back only from futures that may move.
struct Answer {
    state: State,
    /// It is the last one of its connection.
    close: bool,
    progress: Arc<Progress>,
}

enum State {
    Refused(Option<Response>),
    Routed(<TowerToHyperService<Router> as Service<Request<Body>>>::Future),
}

impl Future for Answer {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut response = match &mut self.state {
            State::Refused(refusal) => refusal.take().unwrap_or_default(),
            State::Routed(routed) => match ready!(Pin::new(routed).poll(cx)) {
                Ok(response) => response,
                Err(never) => match never {},
            },
        };
        if response.status() == StatusCode::NOT_MODIFIED {
            // The router's `0` would be a lie: the length of a 304 is that of the 200 it stands for (RFC 9110 § 8.6), or unsaid.
            response.headers_mut().remove(header::CONTENT_LENGTH);
        }
        if self.close {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        self.progress.end();
        Poll::Ready(Ok(response))
    }
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

/// Counts connections.
struct Admission {
    caps: Caps,
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
        Self { caps, open: Mutex::default() }
    }

    /// A place for a connection from `address`, if there is one.
    fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Permit> {
        let address = address.to_canonical();
        let proxy = self.caps.loopback_is_proxy && address.is_loopback() || self.caps.proxies.contains(&address);
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
fn customer(address: IpAddr) -> IpAddr {
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
        check(Caps { proxies: vec![ip("192.0.2.9")], ..caps() }, &["192.0.2.9"], 200, 200);
    }
}
