//! Where connections come from: TCP, or a Unix socket of this machine.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::OwnedFd;
use std::task::{Context, Poll, ready};

use tokio::net::{TcpListener, TcpStream, UnixListener};

/// A socket that listens.
pub(super) trait Incoming: Send + Sync + 'static {
    /// The next connection, and the address at its other end.
    fn poll_next(&self, cx: &mut Context<'_>) -> Poll<io::Result<(TcpStream, IpAddr)>>;
}

impl Incoming for TcpListener {
    fn poll_next(&self, cx: &mut Context<'_>) -> Poll<io::Result<(TcpStream, IpAddr)>> {
        self.poll_accept(cx).map_ok(|(stream, address)| (stream, address.ip()))
    }
}

impl Incoming for UnixListener {
    /// A stream socket is read, written and closed by the same calls whatever its family is, and nothing else is done with one here. So it is
    /// handed on as what connections take.
    fn poll_next(&self, cx: &mut Context<'_>) -> Poll<io::Result<(TcpStream, IpAddr)>> {
        let (stream, _) = ready!(self.poll_accept(cx))?;
        let stream = std::net::TcpStream::from(OwnedFd::from(stream.into_std()?));
        Poll::Ready(Ok((TcpStream::from_std(stream)?, Ipv4Addr::LOCALHOST.into())))
    }
}
