//! HTTP/2, and how it is chosen.

use std::{convert::Infallible, time::Duration};

use bytes::Bytes;
use http::{Request, Response, Version};
use http_body_util::Full;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use twin_transport::{
    Body, ErrorKind, FastWebSocketConnector, HttpLimits, HttpTransport as _, HyperTransport,
    Network, Reached, WebSocketConnector as _,
};

use crate::network::tls;

struct Server {
    listener: TcpListener,
    tls: TlsAcceptor,
}

impl Server {
    async fn start(protocols: &[&str]) -> (Self, Network) {
        let (tls, network) = tls(protocols);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        (Self { listener, tls }, network)
    }

    fn request(&self, path: &str) -> Request<Body> {
        let address = self.listener.local_addr().unwrap();
        let uri = format!("https://{address}{path}");
        Request::get(uri).body(Body::empty()).unwrap()
    }

    async fn accept(&self) -> TlsStream<TcpStream> {
        let (tcp, _) = self.listener.accept().await.unwrap();
        self.tls.accept(tcp).await.unwrap()
    }
}

/// Serves HTTP/2 on a connection; requests come out of the channel with the way back.
type Asked = (
    Request<Incoming>,
    tokio::sync::oneshot::Sender<&'static str>,
);

fn serve(stream: TlsStream<TcpStream>) -> mpsc::UnboundedReceiver<Asked> {
    let (asked, requests) = mpsc::unbounded_channel();
    let service = service_fn(move |request| {
        let (answer, answered) = tokio::sync::oneshot::channel();
        asked.send((request, answer)).unwrap();
        async move {
            let body = answered.await.unwrap_or("");
            Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(body))))
        }
    });
    let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    tokio::spawn(server.serve_connection(TokioIo::new(stream), service));
    requests
}

#[tokio::test]
async fn http_2_is_spoken_where_the_server_wants_it() {
    let (server, network) = Server::start(&["h2", "http/1.1"]).await;
    let transport = HyperTransport::new(&network);
    let (answer, asked) = tokio::join!(transport.execute(server.request("/a?b")), async {
        let stream = server.accept().await;
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let (request, answer) = serve(stream).recv().await.unwrap();
        answer.send("well met").unwrap();
        request
    });
    let answer = answer.unwrap();
    assert_eq!(answer.version(), Version::HTTP_2);
    assert_eq!(answer.into_body().collect(100).await.unwrap(), "well met");
    assert_eq!(asked.version(), Version::HTTP_2);
    assert_eq!(asked.uri().path_and_query().unwrap(), "/a?b");
}

#[tokio::test]
async fn http_1_is_spoken_where_the_server_knows_no_other() {
    let (server, network) = Server::start(&["http/1.1"]).await;
    let transport = HyperTransport::new(&network);
    let (answer, ()) = tokio::join!(transport.execute(server.request("/")), async {
        let mut stream = server.accept().await;
        assert!(stream.read(&mut [0; 1000]).await.unwrap() > 0);
        let reply = b"HTTP/1.1 204 No Content\r\n\r\n";
        stream.write_all(reply).await.unwrap();
        stream.flush().await.unwrap();
    });
    assert_eq!(answer.unwrap().version(), Version::HTTP_11);
}

#[tokio::test]
async fn requests_share_one_connection_and_do_not_wait_for_each_other() {
    let (server, network) = Server::start(&["h2"]).await;
    let transport = HyperTransport::new(&network);
    // The first opens the connection, and so tells the pool what the server speaks.
    let (first, mut requests) = tokio::join!(transport.execute(server.request("/0")), async {
        let mut requests = serve(server.accept().await);
        requests.recv().await.unwrap().1.send("0").unwrap();
        requests
    });
    first.unwrap();
    let both = async {
        let (one, other) = (server.request("/1"), server.request("/2"));
        tokio::join!(transport.execute(one), transport.execute(other))
    };
    let answering = async {
        let (one, other) = (
            requests.recv().await.unwrap(),
            requests.recv().await.unwrap(),
        );
        other.1.send("last first").unwrap();
        one.1.send("first last").unwrap();
    };
    let ((one, other), ()) = tokio::select! {
        done = async { tokio::join!(both, answering) } => done,
        _ = server.accept() => panic!("there is a second connection"),
    };
    assert_eq!(
        one.unwrap().into_body().collect(100).await.unwrap(),
        "first last"
    );
    assert_eq!(
        other.unwrap().into_body().collect(100).await.unwrap(),
        "last first"
    );
}

#[tokio::test]
async fn a_connection_that_dies_under_a_request_is_lost_and_not_asked_again() {
    let (server, network) = Server::start(&["h2"]).await;
    let transport = HyperTransport::new(&network);
    let dying = async {
        let mut stream = server.accept().await;
        assert!(stream.read(&mut [0; 1000]).await.unwrap() > 0);
        drop(stream);
        server.accept().await;
    };
    let answer = tokio::select! {
        answer = transport.execute(server.request("/")) => answer,
        () = dying => panic!("the transport asks again"),
    };
    let error = answer.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Lost, "{error:?}");
    assert_eq!(error.reached(), Reached::Unknown);
}

#[tokio::test]
async fn a_server_that_keeps_silent_times_out_and_keeps_its_connection() {
    let (server, network) = Server::start(&["h2"]).await;
    let mut limits = HttpLimits::default();
    limits.answer_timeout = Duration::from_millis(300);
    let transport = HyperTransport::with_limits(&network, limits);
    let (answer, mut requests) = tokio::join!(transport.execute(server.request("/1")), async {
        let mut requests = serve(server.accept().await);
        let (_, answer) = requests.recv().await.unwrap();
        (requests, answer)
    });
    let error = answer.unwrap_err();
    assert_eq!(
        (error.kind(), error.reached()),
        (ErrorKind::TimedOut, Reached::Unknown)
    );
    // One stream is given up, and the others of the connection go on.
    let (answer, ()) = tokio::join!(transport.execute(server.request("/2")), async {
        let (request, answer) = requests.0.recv().await.unwrap();
        assert_eq!(request.uri().path(), "/2");
        answer.send("here").unwrap();
    });
    assert_eq!(
        answer.unwrap().into_body().collect(100).await.unwrap(),
        "here"
    );
}

#[tokio::test]
async fn a_web_socket_asks_for_http_1_since_http_2_knows_no_upgrade() {
    let (server, network) = Server::start(&["h2", "http/1.1"]).await;
    let connector = FastWebSocketConnector::new(&network);
    let (request, body) = server.request("/live").into_parts();
    drop(body);
    let attempt = connector.connect(Request::from_parts(request, ()));
    let alpn = tokio::select! {
        _ = attempt => panic!("nobody has answered"),
        stream = server.accept() => stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec),
    };
    assert_eq!(alpn.as_deref(), Some(&b"http/1.1"[..]));
}
