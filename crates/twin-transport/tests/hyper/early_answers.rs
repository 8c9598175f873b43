//! Servers that answer before they have read the whole request, and close.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_core::Stream;
use http::{Request, Response};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, DuplexStream, ReadBuf, duplex},
    sync::{mpsc, oneshot},
};
use twin_transport::{
    Body, Error, ErrorKind, HttpTransport as _, HyperTransport, Network, Reached,
    hyper::{Dial, Io},
};

use crate::network::{head, plain, tls};

const REFUSED: &[u8] = b"HTTP/1.1 413 Too Large\r\nContent-Length: 9\r\n\r\ntoo large";

/// Dials into memory. On what it dials, the peer's answer is seen only once writing has failed, the
/// order that a fast peer and a slow reader come to.
#[derive(Debug)]
struct Memory(mpsc::UnboundedSender<(DuplexStream, Arc<AtomicBool>)>);

#[async_trait]
impl Dial for Memory {
    async fn dial(&self, _: &str, _: u16) -> Result<Box<dyn Io>, Error> {
        let (inner, theirs) = duplex(1000);
        let holds_back = Arc::<AtomicBool>::default();
        self.0.send((theirs, Arc::clone(&holds_back))).unwrap();
        Ok(Box::new(Late {
            inner,
            holds_back,
            reader: None,
        }))
    }
}

struct Late {
    inner: DuplexStream,
    holds_back: Arc<AtomicBool>,
    reader: Option<Waker>,
}

impl AsyncRead for Late {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.holds_back.load(Ordering::Relaxed) {
            self.reader = Some(context.waker().clone());
            return Poll::Pending;
        }
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl AsyncWrite for Late {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(context, bytes);
        if let Poll::Ready(Err(_)) = written {
            self.holds_back.store(false, Ordering::Relaxed);
            self.reader.take().inspect(Waker::wake_by_ref);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

/// A body that never ends, and tells when it is let go.
struct Endless(#[expect(dead_code, reason = "its end is what is seen of it")] oneshot::Sender<()>);

impl Stream for Endless {
    type Item = Result<Bytes, Error>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(Some(Ok(Bytes::from_static(&[7; 1000]))))
    }
}

/// What comes of an endless upload to a server that reads its head, says this, and closes; and the
/// end of the upload's body.
async fn exchange(
    uri: &str,
    mut network: Network,
    says: &[u8],
    secure: impl AsyncFn(DuplexStream) -> Box<dyn Wire>,
) -> (Result<Response<Body>, Error>, oneshot::Receiver<()>) {
    let (dialled, mut dials) = mpsc::unbounded_channel();
    network.dialer = Arc::new(Memory(dialled));
    let transport = HyperTransport::new(&network);
    let (held, let_go) = oneshot::channel();
    let body = Body::stream(Endless(held), None);
    let request = Request::post(uri).body(body).unwrap();
    let (answer, ()) = tokio::join!(transport.execute(request), async {
        let (peer, holds_back) = dials.recv().await.unwrap();
        let mut peer = secure(peer).await;
        head(&mut peer).await;
        holds_back.store(true, Ordering::Relaxed);
        peer.write_all(says).await.unwrap();
        peer.flush().await.unwrap();
    });
    (answer, let_go)
}

/// The same where the answer is read, once the upload's body has been let go.
async fn upload(
    uri: &str,
    network: Network,
    says: &[u8],
    secure: impl AsyncFn(DuplexStream) -> Box<dyn Wire>,
) -> Result<(u16, Bytes), Error> {
    let (answer, let_go) = exchange(uri, network, says, secure).await;
    let answer = match answer {
        Ok(answer) => {
            let status = answer.status().as_u16();
            Ok((status, answer.into_body().collect(100).await?))
        }
        Err(error) => Err(error),
    };
    let_go.await.unwrap_err();
    answer
}

fn in_the_clear(peer: DuplexStream) -> Box<dyn Wire> {
    Box::new(peer)
}

trait Wire: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Wire for T {}

#[tokio::test]
async fn the_answer_is_the_answer_and_no_more_of_the_body_is_read() {
    let answer = upload("http://chat.example/", plain(), REFUSED, async |peer| {
        in_the_clear(peer)
    })
    .await;
    let (status, body) = answer.unwrap();
    assert_eq!((status, &body[..]), (413, &b"too large"[..]));
}

#[tokio::test]
async fn so_it_is_over_tls() {
    let (acceptor, network) = tls(&["http/1.1"]);
    let answer = upload("https://chat.example/", network, REFUSED, async |peer| {
        Box::new(acceptor.accept(peer).await.unwrap()) as Box<dyn Wire>
    })
    .await;
    let (status, body) = answer.unwrap();
    assert_eq!((status, &body[..]), (413, &b"too large"[..]));
}

#[tokio::test]
async fn where_none_comes_nobody_knows() {
    let half = &REFUSED[..20];
    for says in [&[][..], half] {
        let answer = upload("http://chat.example/", plain(), says, async |peer| {
            in_the_clear(peer)
        })
        .await;
        let error = answer.unwrap_err();
        assert_eq!(
            (error.kind(), error.reached()),
            (ErrorKind::Lost, Reached::Unknown)
        );
    }
}

#[tokio::test]
async fn an_answer_that_nobody_reads_does_not_hold_the_request_for_ever() {
    let half = b"HTTP/1.1 413 Too Large\r\nContent-Length: 100000\r\n\r\ntoo";
    let url = "http://chat.example/";
    let (answer, let_go) = exchange(url, plain(), half, async |peer| in_the_clear(peer)).await;
    drop(answer.unwrap());
    let_go.await.unwrap_err();
}
