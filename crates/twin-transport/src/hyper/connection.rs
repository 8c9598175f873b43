//! A dialled connection, which remembers how the peer began to speak.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    task::{Context, Poll, ready},
};

use hyper_util::client::legacy::connect::{Connected, Connection as Describe};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::hyper::dial::Io;

/// A dialled connection, before TLS.
pub(crate) struct Connection {
    io: Box<dyn Io>,
    opening: Arc<Opening>,
}

/// How a peer began to speak: a server that answers TLS with plain HTTP is another failure than
/// one whose TLS is broken.
#[derive(Debug, Default)]
pub(crate) struct Opening {
    /// Not while a proxy speaks.
    listens: AtomicBool,
    seen: AtomicU8,
    is_not_http: AtomicBool,
}

const HTTP: &[u8] = b"HTTP/";

impl Opening {
    /// What comes from now on is the peer's word.
    pub(super) fn listen(&self) {
        self.listens.store(true, Ordering::Relaxed);
    }

    fn hear(&self, bytes: &[u8]) {
        let seen = usize::from(self.seen.load(Ordering::Relaxed));
        let news = bytes.len().min(HTTP.len() - seen);
        if bytes[..news] != HTTP[seen..seen + news] {
            self.is_not_http.store(true, Ordering::Relaxed);
        }
        self.seen.store((seen + news) as u8, Ordering::Relaxed);
    }

    fn is_wanted(&self) -> bool {
        self.listens.load(Ordering::Relaxed) && !self.is_known()
    }

    fn is_known(&self) -> bool {
        usize::from(self.seen.load(Ordering::Relaxed)) == HTTP.len()
    }

    /// Whether the first that came was plain HTTP.
    pub(super) fn is_http(&self) -> bool {
        self.is_known() && !self.is_not_http.load(Ordering::Relaxed)
    }
}

impl Connection {
    pub(super) fn new(io: Box<dyn Io>, opening: Arc<Opening>) -> Self {
        Self { io, opening }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.io).poll_read(context, buffer))?;
        if self.opening.is_wanted() {
            self.opening.hear(&buffer.filled()[before..]);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

impl Describe for Connection {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}
