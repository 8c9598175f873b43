//! What is sent together leaves together: in one write, whichever crate writes the frames.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
};

use async_trait::async_trait;
use futures_util::SinkExt as _;
use http::Request;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf},
    net::{TcpListener, TcpStream},
};
use twin_transport::{
    Error, FastWebSocketConnector, Message, Network, TokioWebSocketConnector, WebSocket,
    WebSocketConnector,
    hyper::{Dial, Io},
};

use crate::network::{head, plain, upgrade};

/// Dials over TCP, and counts what is written.
#[derive(Debug)]
struct Counting(Arc<AtomicUsize>);

#[async_trait]
impl Dial for Counting {
    async fn dial(&self, host: &str, port: u16) -> Result<Box<dyn Io>, Error> {
        let stream = TcpStream::connect((host, port)).await.unwrap();
        let writes = Arc::clone(&self.0);
        Ok(Box::new(Counted { stream, writes }))
    }
}

struct Counted {
    stream: TcpStream,
    writes: Arc<AtomicUsize>,
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(context, &[io::IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(context, parts));
        self.writes.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(written)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

async fn check(connector: impl FnOnce(&Network) -> Box<dyn WebSocketConnector>) {
    let writes = Arc::new(AtomicUsize::new(0));
    let mut network = plain();
    network.dialer = Arc::new(Counting(Arc::clone(&writes)));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("ws://{}/", listener.local_addr().unwrap());
    let request = Request::get(uri).body(()).unwrap();
    let connector = connector(&network);
    let (socket, mut peer) = tokio::join!(connector.connect(request), accept(listener));
    let mut socket: Box<dyn WebSocket> = socket.unwrap();
    let before = writes.load(Ordering::Relaxed);
    for number in 0..20 {
        let message = Message::Text(format!("message {number:02}").into());
        socket.feed(message).await.unwrap();
    }
    assert_eq!(writes.load(Ordering::Relaxed), before);
    socket.flush().await.unwrap();
    assert_eq!(writes.load(Ordering::Relaxed), before + 1);
    // Two bytes of head, four of mask, ten of text.
    let mut bytes = [0; 20 * 16];
    peer.read_exact(&mut bytes).await.unwrap();
}

/// Accepts a connection and makes a WebSocket of it.
async fn accept(listener: TcpListener) -> TcpStream {
    let (mut peer, _) = listener.accept().await.unwrap();
    let head = head(&mut peer).await;
    peer.write_all(upgrade(&head).as_bytes()).await.unwrap();
    peer
}

#[tokio::test]
async fn twenty_messages_leave_in_one_write_by_fastwebsockets() {
    check(|network| Box::new(FastWebSocketConnector::new(network))).await;
}

#[tokio::test]
async fn twenty_messages_leave_in_one_write_by_tokio_websockets() {
    check(|network| Box::new(TokioWebSocketConnector::new(network))).await;
}
