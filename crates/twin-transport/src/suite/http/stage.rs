//! What cases have in common: a transport, a server, one exchange between them.

use std::time::Duration;

use http::{Request, Response};

use super::{MakeTransport, Setting};
use crate::{
    error::Error,
    http::{Body, HttpTransport},
    suite::{
        Security, certificates,
        server::{Peer, Server},
    },
};

const LONG: Duration = Duration::from_secs(50);
const SHORT: Duration = Duration::from_millis(200);

/// The transport under test, and how its connections are secured.
#[derive(Clone, Copy)]
pub(super) struct Stage {
    make: MakeTransport,
    security: Security,
}

impl Stage {
    pub(super) fn new(make: MakeTransport, security: Security) -> Self {
        Self { make, security }
    }

    /// A transport that waits long enough.
    pub(super) fn transport(self) -> Box<dyn HttpTransport> {
        self.made(LONG, LONG, LONG)
    }

    /// A transport that does not wait long for a connection.
    pub(super) fn hasty_to_connect(self) -> Box<dyn HttpTransport> {
        self.made(SHORT, LONG, LONG)
    }

    /// A transport that does not wait long for an answer.
    pub(super) fn hasty_to_hear(self) -> Box<dyn HttpTransport> {
        self.made(LONG, SHORT, LONG)
    }

    /// A transport that does not wait long for the next chunk.
    pub(super) fn hasty_to_read(self) -> Box<dyn HttpTransport> {
        self.made(LONG, LONG, SHORT)
    }

    fn made(self, connect: Duration, answer: Duration, idle: Duration) -> Box<dyn HttpTransport> {
        (self.make)(&Setting {
            trusted: vec![certificates::root()],
            connect_timeout: connect,
            answer_timeout: answer,
            idle_timeout: idle,
        })
    }

    pub(super) async fn server(self) -> Server {
        Server::start(self.security).await
    }

    pub(super) fn uri(self, server: &Server, path: &str) -> String {
        let scheme = match self.security {
            Security::Plain => "http",
            Security::Tls => "https",
        };
        format!("{scheme}://{}{path}", server.authority())
    }

    /// What comes of a GET when the server, having read its head, does as `script` says.
    pub(super) async fn get<T>(
        self,
        transport: &dyn HttpTransport,
        script: impl AsyncFnOnce(Peer, String) -> T,
    ) -> (Result<Response<Body>, Error>, T) {
        let server = self.server().await;
        let request = get(&self.uri(&server, "/"));
        tokio::join!(transport.execute(request), async {
            let mut peer = server.accept().await;
            let head = peer.head().await;
            script(peer, head).await
        })
    }

    /// The answer to a GET that the server answers with these bytes, and stays.
    pub(super) async fn answered(self, bytes: impl AsRef<[u8]>) -> (Response<Body>, Peer) {
        let transport = self.transport();
        let script = async |mut peer: Peer, _| {
            peer.write(bytes.as_ref()).await;
            peer
        };
        let (answer, peer) = self.get(&*transport, script).await;
        (answer.expect("there is an answer"), peer)
    }
}

pub(super) fn get(uri: &str) -> Request<Body> {
    let request = Request::get(uri).body(Body::empty());
    request.expect("the address is one")
}

/// The whole body, which is short.
pub(super) async fn whole(answer: Response<Body>) -> bytes::Bytes {
    let body = answer.into_body().collect(1 << 20).await;
    body.expect("the body comes whole")
}

/// The error of a request that must fail.
pub(super) fn error(answer: Result<Response<Body>, Error>) -> Error {
    match answer {
        Ok(answer) => panic!("a failure is wanted, and there is {:?}", answer.status()),
        Err(error) => error,
    }
}
