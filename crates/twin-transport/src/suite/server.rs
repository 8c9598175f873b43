//! The other side of a case: a listener on this machine, and connections read and written byte by
//! byte. It knows where an HTTP head ends, and nothing else of any protocol.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::suite::{
    certificates::{self, Flaw},
    judge::Security,
};

/// Certificates to trust, each in DER.
pub type Trusted = Vec<Vec<u8>>;

/// A listener on this machine.
pub(super) struct Server {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
}

impl Server {
    pub(super) async fn start(security: Security) -> Self {
        match security {
            Security::Plain => Self::listen(None).await,
            Security::Tls => Self::start_flawed(Flaw::None).await,
        }
    }

    /// A server with TLS whose certificate has this flaw.
    pub(super) async fn start_flawed(flaw: Flaw) -> Self {
        Self::listen(Some(certificates::acceptor(flaw, &[]))).await
    }

    async fn listen(tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        Self {
            listener: listener.expect("this machine lends a port"),
            tls,
        }
    }

    /// The host and port.
    pub(super) fn authority(&self) -> String {
        let address = self.listener.local_addr();
        address.expect("it listens").to_string()
    }

    /// The next connection, secured where that is asked for. One whose TLS fails is an error.
    pub(super) async fn try_accept(&self) -> io::Result<Peer> {
        let tcp = self.accept_tcp().await;
        let stream = match &self.tls {
            None => Stream::Plain(tcp),
            Some(tls) => Stream::Tls(Box::new(tls.accept(tcp).await?)),
        };
        Ok(Peer {
            stream,
            buffer: Vec::new(),
        })
    }

    pub(super) async fn accept(&self) -> Peer {
        self.try_accept().await.expect("TLS can be agreed upon")
    }

    /// The next connection as it is, without TLS.
    pub(super) async fn accept_tcp(&self) -> TcpStream {
        let accepted = self.listener.accept().await;
        accepted.expect("connections can be accepted").0
    }
}

/// One connection.
pub(super) struct Peer {
    stream: Stream,
    /// Read, and not used yet.
    buffer: Vec<u8>,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Peer {
    /// Writes these bytes, as one TLS record if they fit into one.
    pub(super) async fn write(&mut self, bytes: &[u8]) {
        let written = self.try_write(bytes).await;
        written.expect("the client still reads");
    }

    pub(super) async fn try_write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// Reads up to and with the empty line after an HTTP head.
    pub(super) async fn head(&mut self) -> String {
        self.try_head().await.expect("a whole head comes")
    }

    /// The same, `None` where the client closes first.
    pub(super) async fn try_head(&mut self) -> Option<String> {
        loop {
            let end = self.buffer.windows(4).position(|it| it == b"\r\n\r\n");
            if let Some(end) = end {
                let head = self.buffer.drain(..end + 4).collect();
                return Some(String::from_utf8(head).expect("a head is text"));
            }
            if !self.read_more().await {
                return None;
            }
        }
    }

    /// The next `count` bytes, `None` where the client closes first.
    pub(super) async fn bytes(&mut self, count: usize) -> Option<Vec<u8>> {
        while self.buffer.len() < count {
            if !self.read_more().await {
                return None;
            }
        }
        Some(self.buffer.drain(..count).collect())
    }

    /// Waits until the client has closed the connection, whatever it sends before.
    pub(super) async fn closed(&mut self) {
        while self.read_more().await {}
    }

    /// Closes as TLS and TCP want it.
    pub(super) async fn close(mut self) {
        // A client that has closed first is no failure.
        let _ = self.stream.shutdown().await;
    }

    /// Hangs up without a word, even if TLS wants one.
    pub(super) async fn hang_up(mut self) {
        let _ = self.tcp().shutdown().await;
    }

    /// Breaks the connection by a reset.
    pub(super) fn reset(mut self) {
        let linger = self.tcp().set_zero_linger();
        linger.expect("the option can be set");
    }

    /// What carries the connection, below TLS.
    pub(super) fn tcp(&mut self) -> &mut TcpStream {
        match &mut self.stream {
            Stream::Plain(tcp) => tcp,
            Stream::Tls(tls) => tls.get_mut().0,
        }
    }

    /// Whether something came; a broken connection is at its end.
    async fn read_more(&mut self) -> bool {
        let read = self.stream.read_buf(&mut self.buffer).await;
        read.is_ok_and(|count| count > 0)
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_read(context, buffer),
            Self::Tls(tls) => Pin::new(tls).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_write(context, bytes),
            Self::Tls(tls) => Pin::new(tls).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_flush(context),
            Self::Tls(tls) => Pin::new(tls).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_shutdown(context),
            Self::Tls(tls) => Pin::new(tls).poll_shutdown(context),
        }
    }
}
