//! What cases have in common: an open connection, and a word for what comes.

use std::{future::Future, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use futures_util::StreamExt as _;
use http::Request;
use sha1::{Digest as _, Sha1};

use super::{MakeConnector, Setting};
use crate::{
    error::{Error, ErrorKind},
    suite::{
        Security, certificates,
        server::{Peer, Server},
    },
    websocket::{Incoming, Message, WebSocket, WebSocketConnector},
};

/// The longest message that connectors under test take, where a case does not say otherwise.
pub(super) const LIMIT: usize = 100_000;

/// The connector under test, and how its connections are secured.
#[derive(Clone, Copy)]
pub(super) struct Stage {
    make: MakeConnector,
    security: Security,
}

impl Stage {
    pub(super) fn new(make: MakeConnector, security: Security) -> Self {
        Self { make, security }
    }

    /// A connector that waits long enough, and takes messages of up to [`LIMIT`].
    pub(super) fn connector(self) -> Box<dyn WebSocketConnector> {
        self.connector_with(LIMIT, Duration::from_secs(50))
    }

    /// A connector that soon loses its patience.
    pub(super) fn impatient(self) -> Box<dyn WebSocketConnector> {
        self.connector_with(LIMIT, Duration::from_millis(200))
    }

    pub(super) fn connector_with(
        self,
        max_message: usize,
        connect_timeout: Duration,
    ) -> Box<dyn WebSocketConnector> {
        (self.make)(&Setting {
            trusted: vec![certificates::root()],
            max_message,
            connect_timeout,
        })
    }

    pub(super) async fn server(self) -> Server {
        Server::start(self.security).await
    }

    /// A request for `path` of `server`.
    pub(super) fn request(self, server: &Server, path: &str) -> Request<()> {
        let scheme = match self.security {
            Security::Plain => "ws",
            Security::Tls => "wss",
        };
        request(&format!("{scheme}://{}{path}", server.authority()))
    }

    /// An open WebSocket, and the server's side of it.
    pub(super) async fn open(self) -> (Box<dyn WebSocket>, Peer) {
        self.open_with(self.connector()).await
    }

    pub(super) async fn open_with(
        self,
        connector: Box<dyn WebSocketConnector>,
    ) -> (Box<dyn WebSocket>, Peer) {
        let server = self.server().await;
        let (socket, peer) = tokio::join!(connector.connect(self.request(&server, "/")), async {
            let mut peer = server.accept().await;
            let head = peer.head().await;
            peer.write(answer(&head, "").as_bytes()).await;
            peer
        });
        (socket.expect("the handshake succeeds"), peer)
    }

    /// How an attempt ends when the server, having read the request, does as `script` says.
    pub(super) async fn attempt(
        self,
        connector: Box<dyn WebSocketConnector>,
        request: impl FnOnce(&Server) -> Request<()>,
        script: impl AsyncFnOnce(Peer, String),
    ) -> Result<Box<dyn WebSocket>, Error> {
        let server = self.server().await;
        let (attempt, ()) = tokio::join!(connector.connect(request(&server)), async {
            let mut peer = server.accept().await;
            let head = peer.head().await;
            script(peer, head).await;
        });
        attempt
    }
}

pub(super) fn request(uri: &str) -> Request<()> {
    let request = Request::get(uri).body(());
    request.expect("the address is one")
}

/// The value of a header in an HTTP head.
pub(super) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// What a good server answers to this head; `more` are further header lines.
pub(super) fn answer(head: &str, more: &str) -> String {
    let accept = accept(head);
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n{more}\r\n"
    )
}

/// The key that proves that a server has read the client's (RFC 6455, section 4.2.2).
pub(super) fn accept(head: &str) -> String {
    let key = header(head, "Sec-WebSocket-Key").expect("the client sends a key");
    let both = format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    BASE64.encode(Sha1::digest(both))
}

/// The next message; signs of life are passed over.
pub(super) async fn message(socket: &mut Box<dyn WebSocket>) -> Message {
    match next(socket).await {
        Some(Ok(message)) => message,
        Some(Err(error)) => panic!("a message is wanted, and there is: {error} ({error:?})"),
        None => panic!("a message is wanted, and there is the end"),
    }
}

/// The next message or failure; signs of life are passed over.
pub(super) async fn next(socket: &mut Box<dyn WebSocket>) -> Option<Result<Message, Error>> {
    loop {
        match socket.next().await? {
            Ok(Incoming::Message(message)) => return Some(Ok(message)),
            Ok(_) => {}
            Err(error) => return Some(Err(error)),
        }
    }
}

/// The stream must fail now, with this kind, and then end.
pub(super) async fn fails(socket: &mut Box<dyn WebSocket>, kind: ErrorKind) {
    match next(socket).await {
        Some(Err(error)) => assert_eq!(error.kind(), kind, "{error} ({error:?})"),
        Some(Ok(message)) => panic!("a failure is wanted, and there is {message:?}"),
        None => panic!("a failure is wanted, and there is the end"),
    }
    ends(socket).await;
}

/// The stream must end now, and stay so.
pub(super) async fn ends(socket: &mut Box<dyn WebSocket>) {
    for _ in 0..2 {
        assert!(next(socket).await.is_none(), "the end is wanted");
    }
}

/// Waits for `other` while the socket is read, as a client does that has nothing else to do.
pub(super) async fn while_reading<T>(
    socket: &mut Box<dyn WebSocket>,
    other: impl Future<Output = T>,
) -> T {
    let reading = async {
        while next(socket).await.is_some() {}
        std::future::pending().await
    };
    tokio::select! {
        result = other => result,
        never = reading => never,
    }
}

/// The error of an attempt that must fail.
pub(super) fn error(attempt: Result<Box<dyn WebSocket>, Error>) -> Error {
    match attempt {
        Ok(_) => panic!("a failure is wanted, and the socket is open"),
        Err(error) => error,
    }
}

pub(super) fn text(text: impl Into<String>) -> Message {
    Message::Text(text.into().into())
}
