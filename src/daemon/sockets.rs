//! The sockets readers come in by: our own, or those a service manager holds for us.
//!
//! With a socket unit, readers who come while the service restarts wait in the backlog that the manager holds: nobody is refused or reset.

use std::net::SocketAddr;

use listenfd::ListenFd;
use tokio::net::TcpListener;

use super::DaemonError;
use crate::config::Config;
use crate::serve::{Caps, Limits, Listeners, Timeouts};

/// The sockets of the service manager (`LISTEN_FDS`), or one bound to `listen`.
///
/// # Errors
/// What was passed is no listening TCP socket; the address cannot be had.
pub(super) async fn open(listen: SocketAddr) -> Result<Listeners, DaemonError> {
    let mut given = ListenFd::from_env();
    if given.len() > 0 {
        let mut sockets = Vec::new();
        for number in 0..given.len() {
            let unfit = |error: std::io::Error| {
                DaemonError::configuration(format!(
                    "socket {number} of those the service manager passes cannot be used: {error}; reprint.socket may have lines `ListenStream=` with address and port only"
                ))
            };
            if let Some(socket) = given.take_tcp_listener(number).map_err(unfit)? {
                socket.set_nonblocking(true).map_err(unfit)?;
                sockets.push(TcpListener::from_std(socket).map_err(unfit)?);
            }
        }
        return Ok(Listeners { sockets, passed: true });
    }
    let socket = TcpListener::bind(listen).await.map_err(|error| {
        DaemonError::failed(format!(
            "cannot listen on {listen}: {error}; another program may hold it (site.listen in feeds.toml)"
        ))
    })?;
    Ok(Listeners { sockets: vec![socket], passed: false })
}

/// What feeds.toml says of readers, as the server takes it.
pub(super) fn limits(config: &Config) -> Limits {
    let limits = &config.limits;
    let timeouts =
        Timeouts { head: limits.request_timeout, idle: limits.idle_timeout, stall: limits.stall_timeout, ..Timeouts::default() };
    let caps = Caps {
        connections: limits.connections,
        per_address: limits.connections_per_address,
        requests_per_minute: limits.requests_per_minute,
        loopback_is_proxy: limits.proxies.is_none(),
        proxies: limits.proxies.clone().unwrap_or_default(),
        ..Caps::default()
    };
    Limits { timeouts, caps }
}
