//! The sockets readers come in by: our own, or those a service manager holds for us.
//!
//! With a socket unit, readers who come while the service restarts wait in the backlog that the manager holds: nobody is refused or reset.

use std::net::SocketAddr;

use listenfd::ListenFd;
use tokio::net::TcpListener;

use super::DaemonError;
use crate::config::Config;
use crate::serve::{Caps, Limits, Listeners, Timeouts};

/// What `FileDescriptorName=` of a socket unit says of a socket for readers.
const NAME: &str = "http";

/// The sockets of the service manager (`LISTEN_FDS`), or one bound to `listen`.
///
/// # Errors
/// What was passed is no listening TCP socket; the address cannot be had.
pub(super) async fn open(listen: SocketAddr) -> Result<Listeners, DaemonError> {
    let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
    let mut given = ListenFd::from_env();
    if given.len() > 0 {
        let mut sockets = Vec::new();
        let (ours, others) = by_name(&names, given.len());
        if !others.is_empty() {
            tracing::warn!(?others, "sockets that the service manager passes are not used: others are named `{NAME}`");
        }
        for number in ours {
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

/// Which of `count` sockets are for readers, and names of those that are not: all are, unless some are named so.
fn by_name(names: &str, count: usize) -> (Vec<usize>, Vec<&str>) {
    let named: Vec<&str> = names.split(':').take(count).collect();
    if !named.contains(&NAME) {
        return ((0..count).collect(), Vec::new());
    }
    let ours = (0..count).filter(|number| named.get(*number) == Some(&NAME)).collect();
    (ours, named.into_iter().filter(|name| *name != NAME).collect())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p12_sockets_by_their_names() {
        let check = |names: &str, count: usize, ours: &[usize], others: &[&str]| {
            assert_eq!(by_name(names, count), (ours.to_vec(), others.to_vec()), "{names}");
        };
        check("", 1, &[0], &[]);
        check("http", 1, &[0], &[]);
        check("http:http", 2, &[0, 1], &[]);
        check("dns:http", 2, &[1], &["dns"]);
        check("reprint.socket:reprint.socket", 2, &[0, 1], &[]);
        check("unknown", 2, &[0, 1], &[]);
        check("http", 2, &[0], &[]);
        check("dns:http", 1, &[0], &[]);
    }
}
