use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::{Sleep, sleep},
};

/// Bytes of a connection that the system keeps unsent. By itself it keeps megabytes, and tells only when a third of them is
/// gone that more can be written: on a slow line that takes minutes, in which the other side would seem to take nothing.
const UNSENT: u32 = 128 * 1024;

/// Sets up a connection that was accepted. What the system refuses of it is only slower.
pub fn tune(connection: &TcpStream) {
    // Else the second small piece of an answer or of a socket waits 40 ms for the other side to confirm the first.
    connection.set_nodelay(true).ok();
    SockRef::from(connection).set_tcp_notsent_lowat(UNSENT).ok();
}

/// A connection that fails when the other side takes nothing of what waits for it for too long: what it holds (a file, a part
/// of a page) would be held for ever. While nothing waits, as on most sockets, it may rest.
pub(super) struct Connection<I> {
    io: I,
    patience: Duration,
    /// Runs while something waits. That is seldom, and there are ten thousand connections: so it is in a box.
    waiting: Option<Pin<Box<Sleep>>>,
    /// Its place among those that may be open, also when it has become a socket.
    _place: OwnedSemaphorePermit,
}

impl<I> Connection<I> {
    pub(super) fn new(io: I, patience: Duration, place: OwnedSemaphorePermit) -> Self {
        Self { io, patience, waiting: None, _place: place }
    }

    /// What came of writing, or that it has come to nothing for too long.
    fn patiently(&mut self, written: Poll<io::Result<usize>>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let patience = self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(waiting.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Connection<I> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.patiently(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(cx, parts);
        self.patiently(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Connection<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, into)
    }
}
