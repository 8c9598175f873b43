//! What can go wrong, and whether the server may have seen the request.

use futures_util::FutureExt as _;
use http::{HeaderValue, Request, header};

use super::stage::{Stage, error, get, whole};
use crate::{
    error::{ErrorKind, Reached},
    http::{Body, HttpTransport},
    suite::server::Peer,
};

pub(super) async fn a_body_that_is_cut_is_lost(stage: Stage) {
    for head in [
        "Content-Length: 100\r\n\r\nbegun",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nbeg",
    ] {
        let (answer, peer) = stage.answered(format!("HTTP/1.1 200 OK\r\n{head}")).await;
        let (body, ()) = tokio::join!(answer.into_body().collect(1000), peer.close());
        let error = body.expect_err("it is not whole");
        assert_eq!(error.kind(), ErrorKind::Lost, "{error} ({error:?})");
        assert_eq!(error.reached(), Reached::Yes);
    }
}

pub(super) async fn silence_times_out(stage: Stage) {
    is_silent(stage, b"").await;
}

pub(super) async fn silence_inside_the_head_times_out(stage: Stage) {
    is_silent(stage, b"HTTP/1.1 200 OK\r\nContent-Le").await;
}

pub(super) async fn silence_inside_the_body_times_out(stage: Stage) {
    let transport = stage.hasty_to_read();
    let script = async |mut peer: Peer, _| {
        peer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun")
            .await;
        peer
    };
    let (answer, _peer) = stage.get(&*transport, script).await;
    let body = answer.expect("there is an answer").into_body();
    let error = body.collect(1000).await.expect_err("it is not whole");
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error} ({error:?})");
    assert_eq!(error.reached(), Reached::Yes);
}

pub(super) async fn a_closed_port_is_unreachable(stage: Stage) {
    let uri = stage.uri(&stage.server().await, "/");
    let error = error(stage.transport().execute(get(&uri)).await);
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{error} ({error:?})");
    assert_eq!(error.reached(), Reached::No);
}

pub(super) async fn an_answer_that_is_not_http_is_a_violation(stage: Stage) {
    for bytes in [
        &b"SSH-2.0-OpenSSH_9.2\r\n"[..],
        b"\x00\x01\x02\x03\x04\r\n\r\n",
    ] {
        let script = async |mut peer: Peer, _| peer.write(bytes).await;
        let (answer, ()) = stage.get(&*stage.transport(), script).await;
        let error = error(answer);
        assert_eq!(error.kind(), ErrorKind::Protocol, "{error} ({error:?})");
        // Something has answered, but nobody knows what.
        assert_ne!(error.reached(), Reached::No);
    }
}

pub(super) async fn an_end_before_the_answer_is_lost_and_not_asked_again(stage: Stage) {
    let (server, transport) = (stage.server().await, stage.transport());
    let uri = stage.uri(&server, "/");
    let serve = async {
        let mut peer = server.accept().await;
        peer.head().await;
        peer.close().await;
        // Whoever asks again comes here.
        server.accept().await;
    };
    let answer = tokio::select! {
        answer = transport.execute(get(&uri)) => answer,
        () = serve => panic!("the transport asks again"),
    };
    let error = error(answer);
    assert_eq!(error.kind(), ErrorKind::Lost, "{error} ({error:?})");
    assert_eq!(error.reached(), Reached::Unknown);
}

pub(super) async fn a_kept_connection_that_dies_is_not_asked_again(stage: Stage) {
    let (server, transport) = (stage.server().await, stage.transport());
    let uri = stage.uri(&server, "/");
    let (_, mut kept) = tokio::join!(first(&*transport, &uri), async {
        let mut peer = server.accept().await;
        peer.head().await;
        peer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .await;
        peer
    });
    let serve = async {
        // The second request comes by the kept connection or by a new one, and is not answered.
        tokio::select! {
            head = kept.try_head() => assert!(head.is_some(), "nothing was asked"),
            mut peer = server.accept() => assert!(peer.try_head().await.is_some()),
        }
        kept.close().await;
        server.accept().await;
    };
    let answer = tokio::select! {
        answer = transport.execute(get(&uri)) => answer,
        () = serve => panic!("the transport asks again"),
    };
    let error = error(answer);
    assert_eq!(error.kind(), ErrorKind::Lost, "{error} ({error:?})");
    assert_eq!(error.reached(), Reached::Unknown);
}

pub(super) async fn a_dropped_request_closes_the_connection(stage: Stage) {
    let (server, transport) = (stage.server().await, stage.transport());
    let uri = stage.uri(&server, "/");
    let mut peer = tokio::select! {
        _ = transport.execute(get(&uri)) => panic!("nobody has answered"),
        peer = async {
            let mut peer = server.accept().await;
            peer.head().await;
            peer
        } => peer,
    };
    peer.closed().await;
}

pub(super) async fn a_dropped_body_closes_the_connection(stage: Stage) {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nbegun";
    let (answer, mut peer) = stage.answered(head).await;
    drop(answer);
    peer.closed().await;
}

pub(super) async fn addresses_that_cannot_be_dialled_are_refused(stage: Stage) {
    for uri in ["ftp://127.0.0.1/", "ws://127.0.0.1/", "/path/alone"] {
        let transport = stage.transport();
        let answer = transport.execute(get(uri)).now_or_never();
        let error = error(answer.expect("there is nothing to wait for"));
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{uri}");
        assert_eq!(error.reached(), Reached::No);
    }
}

pub(super) async fn nothing_shown_holds_a_secret(stage: Stage) {
    let (server, transport) = (stage.server().await, stage.hasty_to_read());
    let ask = || {
        let uri = stage.uri(&server, "/path?token=swordfish");
        let value = HeaderValue::from_static("Bearer swordfish");
        let request = Request::post(uri).header(header::AUTHORIZATION, value);
        let request = request.body(Body::full("swordfish"));
        transport.execute(request.expect("the address is one"))
    };
    let answering = async |reply: &[u8]| {
        let mut peer = server.accept().await;
        peer.head().await;
        peer.write(reply).await;
        peer
    };
    let (broken, _peer) = tokio::join!(ask(), answering(b"swordfish\r\n\r\n"));
    let reply = b"HTTP/1.1 200 OK\r\nX-Secret: swordfish\r\nContent-Length: 99\r\n\r\nswordfish";
    let (answer, _peer) = tokio::join!(ask(), answering(reply));
    let (_, body) = answer.expect("there is an answer").into_parts();
    let shown = format!("{body:?} {transport:?}");
    let cut = body.collect(1000).await.expect_err("the body stops");
    for error in [error(broken), cut] {
        for shown in [format!("{error} {error:?}"), shown.clone()] {
            assert!(!shown.contains("swordfish"), "{shown}");
        }
    }
}

async fn first(transport: &dyn HttpTransport, uri: &str) {
    let answer = transport.execute(get(uri)).await;
    // Read to its end, or the connection would not be kept.
    whole(answer.expect("there is an answer")).await;
}

async fn is_silent(stage: Stage, bytes: &[u8]) {
    let transport = stage.hasty_to_hear();
    let script = async |mut peer: Peer, _| {
        peer.write(bytes).await;
        peer.closed().await;
    };
    let (answer, ()) = stage.get(&*transport, script).await;
    let error = error(answer);
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error} ({error:?})");
    assert_eq!(error.reached(), Reached::Unknown);
}
