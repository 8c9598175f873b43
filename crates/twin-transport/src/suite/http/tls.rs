//! TLS that is not as it should be.

use std::future::Future;

use tokio::io::AsyncWriteExt as _;

use super::stage::{Stage, error, get};
use crate::{
    error::{Error, ErrorKind, Reached},
    http::HttpTransport,
    suite::{Security, certificates::Flaw, server::Server},
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
        let reply = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
        let _ = tcp.write_all(reply).await;
        drain(tcp).await;
    };
    let error = ask(&*stage.transport(), "https", &server, script).await;
    assert_eq!(error.kind(), ErrorKind::NotTls, "{error} ({error:?})");
    assert_eq!(error.reached(), Reached::No);
}

pub(super) async fn a_tls_port_asked_without_tls_is_a_violation(stage: Stage) {
    let server = Server::start(Security::Tls).await;
    let script = async {
        let accepted = server.try_accept().await;
        assert!(accepted.is_err(), "what came was no TLS");
    };
    let error = ask(&*stage.transport(), "http", &server, script).await;
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error} ({error:?})");
}

pub(super) async fn silence_in_the_tls_handshake_times_out(stage: Stage) {
    let server = Server::start(Security::Plain).await;
    let script = async { drain(server.accept_tcp().await).await };
    let error = ask(&*stage.hasty_to_connect(), "https", &server, script).await;
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error} ({error:?})");
    assert_eq!(error.reached(), Reached::No);
}

pub(super) async fn an_end_in_the_tls_handshake_is_a_loss(stage: Stage) {
    let server = Server::start(Security::Plain).await;
    let script = async { drop(server.accept_tcp().await) };
    let error = ask(&*stage.transport(), "https", &server, script).await;
    assert_eq!(error.kind(), ErrorKind::Lost, "{error} ({error:?})");
    assert_eq!(error.reached(), Reached::No);
}

pub(super) async fn a_body_that_ends_without_close_notify_is_lost(stage: Stage) {
    // Without a length, only TLS says whether this is all.
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nperhaps not all";
    let (answer, peer) = stage.answered(head).await;
    let (body, ()) = tokio::join!(answer.into_body().collect(1000), peer.hang_up());
    let error = body.expect_err("it may be cut");
    assert_eq!(error.kind(), ErrorKind::Lost, "{error} ({error:?})");
    assert_eq!(error.reached(), Reached::Yes);
}

pub(super) async fn a_broken_record_is_a_tls_failure(stage: Stage) {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";
    let (answer, mut peer) = stage.answered(head).await;
    let record = [&[0x17, 3, 3, 0, 32][..], &[7; 32]].concat();
    let written = peer.tcp().write_all(&record).await;
    assert!(written.is_ok(), "{:?}", written.err());
    let body = answer.into_body().collect(1000).await;
    let error = body.expect_err("it is not whole");
    assert_eq!(error.kind(), ErrorKind::Tls, "{error} ({error:?})");
    assert_eq!(error.reached(), Reached::Yes);
}

async fn is_untrusted(stage: Stage, flaw: Flaw) {
    let server = Server::start_flawed(flaw).await;
    let script = async {
        let accepted = server.try_accept().await;
        if let Ok(mut peer) = accepted {
            assert_eq!(peer.try_head().await, None, "nothing may be asked");
        }
    };
    let error = ask(&*stage.transport(), "https", &server, script).await;
    assert_eq!(error.kind(), ErrorKind::Untrusted, "{error} ({error:?})");
    assert_eq!(error.reached(), Reached::No);
}

async fn ask(
    transport: &dyn HttpTransport,
    scheme: &str,
    server: &Server,
    script: impl Future<Output = ()>,
) -> Error {
    let request = get(&format!("{scheme}://{}/", server.authority()));
    let answer = async { error(transport.execute(request).await) };
    tokio::join!(answer, script).0
}

/// Keeps a connection open until the client has closed it.
async fn drain(mut tcp: tokio::net::TcpStream) {
    let _ = tokio::io::copy(&mut tcp, &mut tokio::io::sink()).await;
}
