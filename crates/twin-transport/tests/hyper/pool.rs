//! Connections that are kept.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use http::Request;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex},
    net::{TcpListener, TcpStream},
};
use twin_transport::{
    Body, Error, ErrorKind, HttpLimits, HttpTransport as _, HyperTransport, Reached,
    hyper::{Dial, Io},
};

use crate::network::plain;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

struct Server(TcpListener);

impl Server {
    async fn start() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    fn request(&self) -> Request<Body> {
        let uri = format!("http://{}/", self.0.local_addr().unwrap());
        Request::get(uri).body(Body::empty()).unwrap()
    }

    async fn accept(&self) -> TcpStream {
        self.0.accept().await.unwrap().0
    }
}

/// Reads a request, which comes in one piece, and answers it.
async fn answer(peer: &mut TcpStream) {
    assert!(peer.read(&mut [0; 1000]).await.unwrap() > 0);
    peer.write_all(OK).await.unwrap();
}

async fn ask(transport: &HyperTransport, server: &Server) {
    let answer = transport.execute(server.request()).await.unwrap();
    assert_eq!(answer.into_body().collect(100).await.unwrap(), "ok");
}

#[tokio::test]
async fn a_connection_is_used_again_once_the_body_is_read() {
    let server = Server::start().await;
    let transport = HyperTransport::new(&plain());
    let ask_thrice = async {
        for _ in 0..3 {
            ask(&transport, &server).await;
        }
    };
    tokio::join!(ask_thrice, async {
        let mut only = server.accept().await;
        for _ in 0..3 {
            answer(&mut only).await;
        }
    });
}

#[tokio::test]
async fn clones_share_their_connections() {
    let server = Server::start().await;
    let transport = HyperTransport::new(&plain());
    tokio::join!(
        async {
            ask(&transport.clone(), &server).await;
            ask(&transport.clone(), &server).await;
        },
        async {
            let mut only = server.accept().await;
            answer(&mut only).await;
            answer(&mut only).await;
        }
    );
}

#[tokio::test]
async fn a_connection_that_the_server_has_closed_is_replaced() {
    let server = Server::start().await;
    let transport = HyperTransport::new(&plain());
    tokio::join!(ask(&transport, &server), async {
        let mut first = server.accept().await;
        answer(&mut first).await;
    });
    // The first is closed by now; give the transport the chance to see it.
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    tokio::join!(ask(&transport, &server), async {
        answer(&mut server.accept().await).await;
    });
}

#[tokio::test]
async fn a_connection_that_nobody_uses_is_closed_in_time() {
    let server = Server::start().await;
    let mut limits = HttpLimits::default();
    limits.pool_timeout = Duration::from_millis(100);
    let transport = HyperTransport::with_limits(&plain(), limits);
    let ((), mut peer) = tokio::join!(ask(&transport, &server), async {
        let mut peer = server.accept().await;
        answer(&mut peer).await;
        peer
    });
    assert_eq!(peer.read(&mut [0]).await.unwrap(), 0);
}

#[tokio::test]
async fn no_more_connections_are_kept_than_allowed() {
    let server = Server::start().await;
    let mut limits = HttpLimits::default();
    limits.pool_size = 1;
    let transport = HyperTransport::with_limits(&plain(), limits);
    let both = async { tokio::join!(ask(&transport, &server), ask(&transport, &server)) };
    let (_, (mut one, mut other)) = tokio::join!(both, async {
        let (mut one, mut other) = (server.accept().await, server.accept().await);
        answer(&mut one).await;
        answer(&mut other).await;
        (one, other)
    });
    let (mut byte, mut other_byte) = ([0], [0]);
    let (closed, kept) = tokio::select! {
        read = one.read(&mut byte) => (read.unwrap(), &mut other),
        read = other.read(&mut other_byte) => (read.unwrap(), &mut one),
    };
    assert_eq!(closed, 0);
    tokio::join!(ask(&transport, &server), answer(kept));
}

/// Dials into memory, so that what the other side does is seen at once.
#[derive(Clone, Debug, Default)]
struct Memory(Arc<Mutex<Vec<DuplexStream>>>);

#[async_trait]
impl Dial for Memory {
    async fn dial(&self, _: &str, _: u16) -> Result<Box<dyn Io>, Error> {
        let (ours, theirs) = duplex(10_000);
        self.0.lock().unwrap().push(theirs);
        Ok(Box::new(ours))
    }
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_is_known_not_to_have_been_asked() {
    let memory = Memory::default();
    let mut network = plain();
    network.dialer = Arc::new(memory.clone());
    let transport = HyperTransport::new(&network);
    let request = || {
        let request = Request::get("http://chat.example/").body(Body::empty());
        transport.execute(request.unwrap())
    };
    let (first, mut peer) = tokio::join!(request(), async {
        let mut peer = loop {
            let dialled = memory.0.lock().unwrap().pop();
            match dialled {
                Some(peer) => break peer,
                None => tokio::task::yield_now().await,
            }
        };
        assert!(peer.read(&mut [0; 1000]).await.unwrap() > 0);
        peer.write_all(OK).await.unwrap();
        peer
    });
    first.unwrap().into_body().collect(100).await.unwrap();
    // The connection goes back to the pool.
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    peer.shutdown().await.unwrap();
    // Nothing has run in between, so the pool still thinks that it is open.
    let error = request().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Lost, "{error:?}");
    assert_eq!(error.reached(), Reached::No);
    assert_eq!(peer.read(&mut [0]).await.unwrap(), 0, "something was asked");
}
