//! Where connections come from: TCP, or a Unix socket of this machine.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::{AsFd, OwnedFd};
use std::task::{Context, Poll, ready};

use rustix::net::SocketFlags;
use tokio::net::{TcpListener, TcpStream, UnixListener};

/// A socket that listens.
pub(super) trait Incoming: AsFd + Send + Sync + 'static {
    /// The next connection, and the address at its other end.
    fn poll_next(&self, cx: &mut Context<'_>) -> Poll<io::Result<(TcpStream, IpAddr)>>;

    /// The next of those that wait already. Asks the system itself: the runtime need not know yet of those who have just come.
    fn take(&self) -> io::Result<(TcpStream, IpAddr)>;
}

/// The next of those that wait at a socket.
fn accept(socket: &impl AsFd) -> io::Result<std::net::TcpStream> {
    Ok(rustix::net::accept_with(socket, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC)?.into())
}

impl Incoming for TcpListener {
    fn poll_next(&self, cx: &mut Context<'_>) -> Poll<io::Result<(TcpStream, IpAddr)>> {
        self.poll_accept(cx).map_ok(|(stream, address)| (stream, address.ip()))
    }

    fn take(&self) -> io::Result<(TcpStream, IpAddr)> {
        let stream = accept(self)?;
        // Of one that is no more the system does not know whose it was.
        let address = stream.peer_addr().map_err(|_| io::ErrorKind::ConnectionAborted)?.ip();
        Ok((TcpStream::from_std(stream)?, address))
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

    fn take(&self) -> io::Result<(TcpStream, IpAddr)> {
        Ok((TcpStream::from_std(accept(self)?)?, Ipv4Addr::LOCALHOST.into()))
    }
}
