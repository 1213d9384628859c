//! The connection under a mail session, read with care.
//!
//! Before TLS it hands on one byte at a time. A reader that takes more could hold words that somebody on the way put
//! behind the answer to STARTTLS, and believe them once the connection is encrypted; so they reach the TLS handshake
//! instead, which fails on them. It also ends a flood: a server has little to say.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The most that is read over one connection: some kilobytes of TLS handshake, and about a hundred bytes an answer.
const MAX_READ_BYTES: usize = 256 * 1024;

/// The first byte of a TLS handshake record (RFC 8446 §5.1), with which no SMTP command begins.
const TLS_HANDSHAKE: u8 = 0x16;

/// A TCP connection with a limit, and with small bites until TLS begins.
#[derive(Debug)]
pub(super) struct CarefulStream {
    tcp: TcpStream,
    left_bytes: usize,
    /// Whether the client has begun to speak TLS.
    is_tls: bool,
}

impl CarefulStream {
    pub(super) fn new(tcp: TcpStream) -> Self {
        Self {
            tcp,
            left_bytes: MAX_READ_BYTES,
            is_tls: false,
        }
    }

    fn poll_one_byte(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut room = [0];
        let mut bite = ReadBuf::new(&mut room);
        ready!(Pin::new(&mut self.tcp).poll_read(cx, &mut bite))?;
        buf.put_slice(bite.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for CarefulStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.left_bytes == 0 {
            return Poll::Ready(Err(io::Error::other("the server does not stop talking")));
        }
        let before = buf.filled().len();
        if self.is_tls {
            ready!(Pin::new(&mut self.tcp).poll_read(cx, buf))?;
        } else if buf.remaining() > 0 {
            ready!(self.poll_one_byte(cx, buf))?;
        }
        let read_bytes = buf.filled().len().saturating_sub(before);
        self.left_bytes = self.left_bytes.saturating_sub(read_bytes);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for CarefulStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.is_tls |= bytes.first() == Some(&TLS_HANDSHAKE);
        Pin::new(&mut self.tcp).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for CarefulStream {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.peer_addr()
    }
}
