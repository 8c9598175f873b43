//! TLS that is not as it should be.

use std::future::Future;

use tokio::io::AsyncWriteExt as _;

use super::stage::{Stage, error, fails, message, request, text};
use crate::{
    error::{Error, ErrorKind, Reached},
    suite::{
        Security,
        certificates::Flaw,
        frame::{TEXT, frame},
        server::Server,
    },
    websocket::WebSocketConnector,
};

pub(super) async fn an_unknown_authority_is_untrusted(stage: Stage) {
    is_untrusted(stage, Flaw::UnknownAuthority).await;
}

pub(super) async fn a_certificate_for_another_host_is_untrusted(stage: Stage) {
    is_untrusted(stage, Flaw::OtherHost).await;
}

pub(super) async fn an_expired_certificate_is_untrusted(stage: Stage) {
    is_untrusted(stage, Flaw::Expired).await;
}

pub(super) async fn a_plain_port_does_not_speak_tls(stage: Stage) {
    let server = Server::start(Security::Plain).await;
    let script = async {
        let mut tcp = server.accept_tcp().await;
        // What servers say when they see no HTTP.
        let reply = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
        let _ = tcp.write_all(reply).await;
        drain(tcp).await;
    };
    let error = dial(&*stage.connector(), "wss", &server, script).await;
    assert_eq!(error.kind(), ErrorKind::NotTls, "{error} ({error:?})");
    assert_eq!(error.reached(), Reached::No);
}

pub(super) async fn a_tls_port_asked_without_tls_is_a_violation(stage: Stage) {
    let server = Server::start(Security::Tls).await;
    let script = async {
        let accepted = server.try_accept().await;
        assert!(accepted.is_err(), "what came was no TLS");
    };
    let error = dial(&*stage.connector(), "ws", &server, script).await;
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error} ({error:?})");
}

pub(super) async fn silence_in_the_tls_handshake_times_out(stage: Stage) {
    let server = Server::start(Security::Plain).await;
    let script = async { drain(server.accept_tcp().await).await };
    let error = dial(&*stage.impatient(), "wss", &server, script).await;
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error} ({error:?})");
    assert_eq!(error.reached(), Reached::No);
}

pub(super) async fn an_end_in_the_tls_handshake_is_a_loss(stage: Stage) {
    let server = Server::start(Security::Plain).await;
    let script = async { drop(server.accept_tcp().await) };
    let error = dial(&*stage.connector(), "wss", &server, script).await;
    assert_eq!(error.kind(), ErrorKind::Lost, "{error} ({error:?})");
    assert_eq!(error.reached(), Reached::No);
}

pub(super) async fn an_end_without_close_notify_is_a_loss(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    peer.write(&frame(TEXT, "last")).await;
    peer.hang_up().await;
    assert_eq!(message(&mut socket).await, text("last"));
    fails(&mut socket, ErrorKind::Lost).await;
}

pub(super) async fn a_broken_record_is_a_tls_failure(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    peer.write(&frame(TEXT, "last")).await;
    assert_eq!(message(&mut socket).await, text("last"));
    // A record of application data that no key has made.
    let record = [&[0x17, 3, 3, 0, 32][..], &[7; 32]].concat();
    let written = peer.tcp().write_all(&record).await;
    assert!(written.is_ok(), "{:?}", written.err());
    fails(&mut socket, ErrorKind::Tls).await;
}

async fn is_untrusted(stage: Stage, flaw: Flaw) {
    let server = Server::start_flawed(flaw).await;
    let script = async {
        let accepted = server.try_accept().await;
        if let Ok(mut peer) = accepted {
            assert_eq!(peer.try_head().await, None, "nothing may be asked");
        }
    };
    let error = dial(&*stage.connector(), "wss", &server, script).await;
    assert_eq!(error.kind(), ErrorKind::Untrusted, "{error} ({error:?})");
    assert_eq!(error.reached(), Reached::No);
}

async fn dial(
    connector: &dyn WebSocketConnector,
    scheme: &str,
    server: &Server,
    script: impl Future<Output = ()>,
) -> Error {
    let uri = format!("{scheme}://{}/", server.authority());
    let attempt = async { error(connector.connect(request(&uri)).await) };
    tokio::join!(attempt, script).0
}

/// Keeps a connection open until the client has closed it.
async fn drain(mut tcp: tokio::net::TcpStream) {
    let _ = tokio::io::copy(&mut tcp, &mut tokio::io::sink()).await;
}
