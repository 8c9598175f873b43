//! Connections on which a peer is heard out although it takes no more.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use http::Uri;
use hyper_util::{
    client::legacy::connect::{Connected, Connection},
    rt::TokioIo,
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tower_service::Service;

use crate::{
    BoxFuture,
    error::Error,
    hyper::connector::{Connector, Stream},
};

/// Makes connections on which a peer is heard out.
#[derive(Clone, Debug)]
pub(super) struct HearingOut(pub(super) Connector);

impl Service<Uri> for HearingOut {
    type Response = TokioIo<HeardOut<TokioIo<Stream>>>;
    type Error = Error;
    type Future = BoxFuture<'static, Result<Self::Response, Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.0.call(uri);
        Box::pin(async { Ok(TokioIo::new(HeardOut::new(TokioIo::new(connecting.await?)))) })
    }
}

/// A server may answer before it has read the whole request, "unauthorized" or "too large", and
/// close. What is written from then on fails, and hyper ends an exchange with that although the
/// answer is there to be read. So a write to a broken connection waits: reading tells what has become
/// of the request, by the answer or by the end. Once all is read it fails after all.
pub(super) struct HeardOut<S> {
    stream: S,
    /// How writing broke.
    broken: Option<io::ErrorKind>,
    /// Whether the peer has nothing more to say.
    is_read: bool,
}

fn is_broken(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    matches!(kind, BrokenPipe | ConnectionAborted | ConnectionReset)
}

impl<S: Unpin> HeardOut<S> {
    fn new(stream: S) -> Self {
        Self {
            stream,
            broken: None,
            is_read: false,
        }
    }

    /// What comes of a write.
    fn write_by<T>(
        &mut self,
        context: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut S>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let kind = match self.broken {
            Some(kind) => kind,
            None => match write(Pin::new(&mut self.stream), context) {
                Poll::Ready(Err(error)) if is_broken(error.kind()) => {
                    *self.broken.insert(error.kind())
                }
                written => return written,
            },
        };
        if self.is_read {
            return Poll::Ready(Err(kind.into()));
        }
        // Whoever reads is woken.
        Poll::Pending
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for HeardOut<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = ready!(Pin::new(&mut self.stream).poll_read(context, buffer));
        self.is_read = buffer.filled().len() == before;
        Poll::Ready(read)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for HeardOut<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.write_by(context, |stream, context| stream.poll_write(context, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.write_by(context, |stream, context| {
            stream.poll_write_vectored(context, parts)
        })
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.write_by(context, S::poll_flush)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.broken.is_some() {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<S: Connection> Connection for HeardOut<S> {
    fn connected(&self) -> Connected {
        self.stream.connected()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    #[tokio::test]
    async fn a_write_fails_once_the_last_words_are_read() {
        let (ours, mut peer) = duplex(100);
        let mut ours = HeardOut::new(ours);
        peer.write_all(b"no").await.unwrap();
        drop(peer);
        let mut context = Context::from_waker(std::task::Waker::noop());
        assert!(
            Pin::new(&mut ours)
                .poll_write(&mut context, b"x")
                .is_pending()
        );
        assert!(Pin::new(&mut ours).poll_flush(&mut context).is_pending());
        let mut words = String::new();
        ours.read_to_string(&mut words).await.unwrap();
        assert_eq!(words, "no");
        let error = ours.write_all(b"x").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }

    #[tokio::test]
    async fn where_there_is_nothing_to_hear_it_fails_at_once() {
        let (ours, peer) = duplex(100);
        let mut ours = HeardOut::new(ours);
        drop(peer);
        assert_eq!(ours.read(&mut [0]).await.unwrap(), 0);
        let error = ours.write_all(b"x").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}
