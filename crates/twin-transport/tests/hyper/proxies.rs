//! The way through a proxy: by `CONNECT`, and by SOCKS 5.

use std::net::SocketAddr;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use http::Request;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use twin_transport::{
    Body, ErrorKind, FastWebSocketConnector, HttpTransport as _, HyperTransport, Proxy, Reached,
    WebSocketConnector as _,
};

use crate::network::{head, plain, tls, upgrade};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn request(uri: &str) -> Request<Body> {
    Request::get(uri).body(Body::empty()).unwrap()
}

async fn text(transport: &HyperTransport, uri: &str) -> bytes::Bytes {
    let answer = transport.execute(request(uri)).await.unwrap();
    answer.into_body().collect(100).await.unwrap()
}

/// Joins a client of a proxy with a server of this machine, whatever name the client has asked for.
async fn join(mut client: TcpStream, server: SocketAddr) {
    let mut server = TcpStream::connect(server).await.unwrap();
    // It ends when either side has had enough, which is how these tests end too.
    let _ = copy_bidirectional(&mut client, &mut server).await;
}

/// A proxy for one connection, which leads to `server`; it gives what it was asked.
async fn http_proxy(server: SocketAddr) -> (SocketAddr, JoinHandle<String>) {
    let (listener, address) = listen().await;
    let asked = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let head = head(&mut client).await;
        let reply = b"HTTP/1.1 200 Connection established\r\n\r\n";
        client.write_all(reply).await.unwrap();
        tokio::spawn(join(client, server));
        head
    });
    (address, asked)
}

/// A server that answers one request, and gives its head.
async fn server() -> (SocketAddr, JoinHandle<String>) {
    let (listener, address) = listen().await;
    let asked = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let head = head(&mut client).await;
        client.write_all(OK).await.unwrap();
        head
    });
    (address, asked)
}

#[tokio::test]
async fn a_plain_request_goes_through_connect_with_the_proxy_s_password() {
    let (server, asked) = server().await;
    let (proxy, connect) = http_proxy(server).await;
    let mut network = plain();
    network.proxy = Proxy::all(&format!("http://user:p%40ss@{proxy}"), "").unwrap();
    let transport = HyperTransport::new(&network);
    assert_eq!(text(&transport, "http://chat.example/path?a=b").await, "ok");
    let connect = connect.await.unwrap();
    assert!(
        connect.starts_with("CONNECT chat.example:80 HTTP/1.1\r\n"),
        "{connect}"
    );
    let password = BASE64.encode("user:p@ss");
    let header = format!("proxy-authorization: basic {}\r\n", password.to_lowercase());
    assert!(connect.to_lowercase().contains(&header), "{connect}");
    // The server sees nothing of it.
    let asked = asked.await.unwrap();
    assert!(asked.starts_with("GET /path?a=b HTTP/1.1\r\n"), "{asked}");
    assert!(!asked.to_lowercase().contains("proxy-"), "{asked}");
}

#[tokio::test]
async fn tls_is_spoken_with_the_server_and_not_with_the_proxy() {
    let (tls, mut network) = tls(&[]);
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        let (client, _) = listener.accept().await.unwrap();
        let mut client = tls.accept(client).await.unwrap();
        head(&mut client).await;
        client.write_all(OK).await.unwrap();
        client.flush().await.unwrap();
    });
    let (proxy, connect) = http_proxy(address).await;
    network.proxy = Proxy::all(&format!("http://{proxy}"), "").unwrap();
    let transport = HyperTransport::new(&network);
    assert_eq!(text(&transport, "https://chat.example/").await, "ok");
    let connect = connect.await.unwrap();
    assert!(
        connect.starts_with("CONNECT chat.example:443 HTTP/1.1\r\n"),
        "{connect}"
    );
}

#[tokio::test]
async fn a_bad_certificate_behind_a_proxy_is_untrusted() {
    let (tls, _) = tls(&[]);
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        let (client, _) = listener.accept().await.unwrap();
        assert!(tls.accept(client).await.is_err());
    });
    let (proxy, _connect) = http_proxy(address).await;
    let mut network = plain();
    network.proxy = Proxy::all(&format!("http://{proxy}"), "").unwrap();
    let transport = HyperTransport::new(&network);
    let answer = transport.execute(request("https://chat.example/")).await;
    let error = answer.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Untrusted, "{error:?}");
    assert_eq!(error.reached(), Reached::No);
}

#[tokio::test]
async fn a_web_socket_goes_through_the_proxy_too() {
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let head = head(&mut client).await;
        client.write_all(upgrade(&head).as_bytes()).await.unwrap();
        // It stays open until the client closes it.
        let _ = client.read(&mut [0]).await;
    });
    let (proxy, connect) = http_proxy(address).await;
    let mut network = plain();
    network.proxy = Proxy::all(&format!("http://{proxy}"), "").unwrap();
    let connector = FastWebSocketConnector::new(&network);
    let request = Request::get("ws://chat.example:8000/").body(()).unwrap();
    connector.connect(request).await.unwrap();
    let connect = connect.await.unwrap();
    assert!(
        connect.starts_with("CONNECT chat.example:8000 HTTP/1.1\r\n"),
        "{connect}"
    );
}

#[tokio::test]
async fn hosts_that_are_excepted_are_dialled_directly() {
    let (server, asked) = server().await;
    let (nobody, proxy) = listen().await;
    let mut network = plain();
    network.proxy = Proxy::all(&format!("http://{proxy}"), "other.example,127.0.0.1").unwrap();
    let transport = HyperTransport::new(&network);
    let uri = format!("http://{server}/");
    let answer = tokio::select! {
        answer = text(&transport, &uri) => answer,
        _ = nobody.accept() => panic!("the proxy is asked"),
    };
    assert_eq!(answer, "ok");
    asked.await.unwrap();
}

#[tokio::test]
async fn a_proxy_that_refuses_leaves_the_server_unreached() {
    for reply in [
        "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
        "HTTP/1.1 403 Forbidden\r\n\r\n",
        "HTTP/1.1 502 Bad Gateway\r\n\r\n",
        "",
    ] {
        let (listener, proxy) = listen().await;
        let mut network = plain();
        network.proxy = Proxy::all(&format!("http://user:swordfish@{proxy}"), "").unwrap();
        let transport = HyperTransport::new(&network);
        let refuse = async {
            let (mut client, _) = listener.accept().await.unwrap();
            head(&mut client).await;
            client.write_all(reply.as_bytes()).await.unwrap();
        };
        let request = request("http://chat.example/");
        let (answer, ()) = tokio::join!(transport.execute(request), refuse);
        let error = answer.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreachable, "{error:?}");
        assert_eq!(error.reached(), Reached::No);
        assert!(!format!("{error:?} {error}").contains("swordfish"));
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_leaves_the_server_unreached() {
    let (_, proxy) = listen().await;
    let mut network = plain();
    network.proxy = Proxy::all(&format!("http://{proxy}"), "").unwrap();
    let transport = HyperTransport::new(&network);
    let answer = transport.execute(request("http://chat.example/")).await;
    let error = answer.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{error:?}");
    assert_eq!(error.reached(), Reached::No);
}

/// A SOCKS 5 proxy (RFC 1928) for one connection, which leads to `server`; it gives the name and port
/// that it was asked for, and user and password (RFC 1929) where it wants them.
async fn socks_proxy(
    server: SocketAddr,
    wants_password: Password,
) -> (SocketAddr, JoinHandle<(String, u16, String)>) {
    let (listener, address) = listen().await;
    let asked = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut login = String::new();
        assert_eq!(client.read_u8().await.unwrap(), 5);
        let methods = string(&mut client).await;
        if matches!(wants_password, Password::Wanted) {
            assert!(methods.contains('\u{2}'), "{methods:?}");
            client.write_all(&[5, 2]).await.unwrap();
            assert_eq!(client.read_u8().await.unwrap(), 1);
            let (user, password) = (string(&mut client).await, string(&mut client).await);
            login = format!("{user}:{password}");
            client.write_all(&[1, 0]).await.unwrap();
        } else {
            client.write_all(&[5, 0]).await.unwrap();
        }
        let mut head = [0; 4];
        client.read_exact(&mut head).await.unwrap();
        // Connect to a name, which the proxy resolves.
        assert_eq!(head, [5, 1, 0, 3]);
        let name = string(&mut client).await;
        let port = client.read_u16().await.unwrap();
        client
            .write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
            .await
            .unwrap();
        tokio::spawn(join(client, server));
        (name, port, login)
    });
    (address, asked)
}

enum Password {
    NotWanted,
    Wanted,
}

/// Reads a length and so many bytes.
async fn string(stream: &mut TcpStream) -> String {
    let mut bytes = vec![0; usize::from(stream.read_u8().await.unwrap())];
    stream.read_exact(&mut bytes).await.unwrap();
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn a_request_goes_through_socks_5_which_resolves_the_name() {
    let (server, asked) = server().await;
    let (proxy, connect) = socks_proxy(server, Password::NotWanted).await;
    let mut network = plain();
    network.proxy = Proxy::all(&format!("socks5h://{proxy}"), "").unwrap();
    let transport = HyperTransport::new(&network);
    assert_eq!(text(&transport, "http://chat.example:8000/a").await, "ok");
    let expected = ("chat.example".to_owned(), 8000, String::new());
    assert_eq!(connect.await.unwrap(), expected);
    assert!(asked.await.unwrap().starts_with("GET /a HTTP/1.1\r\n"));
}

#[tokio::test]
async fn socks_5_is_told_the_password_when_it_wants_one() {
    let (server, _asked) = server().await;
    let (proxy, connect) = socks_proxy(server, Password::Wanted).await;
    let mut network = plain();
    network.proxy = Proxy::all(&format!("socks5h://user:pass@{proxy}"), "").unwrap();
    let transport = HyperTransport::new(&network);
    assert_eq!(text(&transport, "http://chat.example:8000/a").await, "ok");
    assert_eq!(connect.await.unwrap().2, "user:pass");
}

#[test]
fn what_is_no_proxy_s_address_is_refused() {
    for address in ["", "proxy", "ftp://proxy:1", "http://", "https://proxy:1"] {
        assert!(Proxy::all(address, "").is_err(), "{address}");
    }
}
