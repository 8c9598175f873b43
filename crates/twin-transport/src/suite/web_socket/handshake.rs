//! How a connection becomes a WebSocket, and how it does not (RFC 6455, section 4).

use futures_util::FutureExt as _;
use http::{HeaderValue, Request, StatusCode, header};

use super::stage::{Stage, accept, answer, error, header, message, request, text};
use crate::{
    error::{Error, ErrorKind, Reached, Refusal},
    suite::{
        frame::{TEXT, frame},
        server::{Peer, Server},
    },
};

pub(super) async fn the_request_is_a_good_upgrade(stage: Stage) {
    let mut keys = Vec::new();
    for _ in 0..2 {
        let with_headers = |server: &Server| {
            let mut request = stage.request(server, "/live/socket?a=b&c");
            request
                .headers_mut()
                .insert("x-mine", HeaderValue::from_static("kept"));
            request
        };
        let server = stage.server().await;
        let connector = stage.connector();
        let (attempt, head) = tokio::join!(connector.connect(with_headers(&server)), async {
            let mut peer = server.accept().await;
            let head = peer.head().await;
            peer.write(answer(&head, "").as_bytes()).await;
            head
        });
        assert!(attempt.is_ok(), "{:?}", attempt.err());
        assert!(
            head.starts_with("GET /live/socket?a=b&c HTTP/1.1\r\n"),
            "{head}"
        );
        for (name, value) in [
            ("Host", &*server.authority()),
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Version", "13"),
            ("x-mine", "kept"),
        ] {
            let sent = header(&head, name).unwrap_or_default();
            assert!(sent.eq_ignore_ascii_case(value), "{head}");
        }
        assert_eq!(header(&head, "Sec-WebSocket-Extensions"), None);
        keys.push(header(&head, "Sec-WebSocket-Key").map(str::to_owned));
    }
    assert_eq!(keys[0].as_ref().map(String::len), Some(24));
    assert_ne!(keys[0], keys[1]);
}

pub(super) async fn what_comes_with_the_answer_is_read(stage: Stage) {
    let attempt = good(stage, |head| {
        let mut bytes = answer(head, "").into_bytes();
        bytes.extend(frame(TEXT, "early"));
        bytes
    });
    let mut socket = attempt.await.expect("the handshake succeeds");
    assert_eq!(message(&mut socket).await, text("early"));
}

pub(super) async fn an_answer_in_other_letters_is_taken(stage: Stage) {
    let attempt = good(stage, |head| {
        let accept = accept(head);
        let head = format!(
            "HTTP/1.1 101 \r\nCONNECTION: keep-alive, upgrade\r\nupgrade: WebSocket\r\n\
             sec-websocket-ACCEPT: {accept}\r\nServer: some\r\n\r\n"
        );
        head.into_bytes()
    });
    assert!(attempt.await.is_ok());
}

pub(super) async fn a_protocol_that_was_offered_is_taken(stage: Stage) {
    let script = async |mut peer: Peer, head: String| {
        let offered = header(&head, "Sec-WebSocket-Protocol");
        assert_eq!(offered, Some("one, two"));
        let answer = answer(&head, "Sec-WebSocket-Protocol: two\r\n");
        peer.write(answer.as_bytes()).await;
    };
    let offering = |server: &Server| {
        let mut request = stage.request(server, "/");
        let offer = HeaderValue::from_static("one, two");
        request
            .headers_mut()
            .insert(header::SEC_WEBSOCKET_PROTOCOL, offer);
        request
    };
    let attempt = stage.attempt(stage.connector(), offering, script).await;
    assert!(attempt.is_ok(), "{:?}", attempt.err());
}

pub(super) async fn a_protocol_that_was_not_offered_is_refused(stage: Stage) {
    violates(stage, |head| {
        answer(head, "Sec-WebSocket-Protocol: other\r\n")
    })
    .await;
}

pub(super) async fn a_wrong_accept_key_is_refused(stage: Stage) {
    violates(stage, |head| {
        answer(head, "").replace(&accept(head), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    })
    .await;
}

pub(super) async fn a_missing_accept_key_is_refused(stage: Stage) {
    violates(stage, |head| {
        answer(head, "").replace("Sec-WebSocket-Accept", "X-Accept")
    })
    .await;
}

pub(super) async fn an_answer_without_upgrade_is_refused(stage: Stage) {
    violates(stage, |head| {
        answer(head, "").replace("Upgrade: websocket\r\n", "")
    })
    .await;
    violates(stage, |head| {
        answer(head, "").replace("Connection: Upgrade\r\n", "")
    })
    .await;
    violates(stage, |head| {
        answer(head, "").replace(": websocket", ": h2c")
    })
    .await;
}

pub(super) async fn an_extension_that_was_not_offered_is_refused(stage: Stage) {
    violates(stage, |head| {
        answer(head, "Sec-WebSocket-Extensions: permessage-deflate\r\n")
    })
    .await;
}

pub(super) async fn refusals_are_kept_with_their_bodies(stage: Stage) {
    for (status, more) in [
        ("200 OK", "Content-Type: text/html\r\n"),
        (
            "301 Moved Permanently",
            "Location: https://example.com/\r\n",
        ),
        ("401 Unauthorized", "WWW-Authenticate: Bearer\r\n"),
        ("403 Forbidden", ""),
        ("503 Service Unavailable", "Retry-After: 7\r\n"),
    ] {
        let reply = format!("HTTP/1.1 {status}\r\n{more}Content-Length: 7\r\n\r\nbecause");
        let refusal = refusal(refused(stage, reply.as_bytes()).await);
        assert!(status.starts_with(refusal.status.as_str()), "{status}");
        assert_eq!(refusal.body, "because", "{status}");
        if let Some((name, value)) = more.trim_end().split_once(": ") {
            assert_eq!(refusal.headers[name], value, "{status}");
        }
    }
}

pub(super) async fn a_refusal_without_a_body_is_kept(stage: Stage) {
    for more in ["Content-Length: 0\r\n", "Connection: close\r\n"] {
        let reply = format!("HTTP/1.1 403 Forbidden\r\n{more}\r\n");
        let refusal = refusal(refused(stage, reply.as_bytes()).await);
        assert_eq!(refusal.status, StatusCode::FORBIDDEN, "{more}");
        assert!(refusal.body.is_empty(), "{more}");
    }
}

pub(super) async fn a_refusal_with_an_endless_body_is_kept_in_part(stage: Stage) {
    let script = async |mut peer: Peer, _| {
        let head = b"HTTP/1.1 502 Bad Gateway\r\nTransfer-Encoding: chunked\r\n\r\n";
        let chunk = format!("2710\r\n{}\r\n", "because of".repeat(1000));
        let mut written = peer.try_write(head).await;
        while written.is_ok() {
            written = peer.try_write(chunk.as_bytes()).await;
        }
    };
    let plain = |server: &Server| stage.request(server, "/");
    let attempt = stage.attempt(stage.connector(), plain, script).await;
    let refusal = refusal(error(attempt));
    assert!(refusal.body.starts_with(b"because ofbecause"));
    assert!(refusal.body.len() <= 1 << 20, "{}", refusal.body.len());
}

pub(super) async fn a_refusal_whose_body_never_comes_is_kept(stage: Stage) {
    let script = async |mut peer: Peer, _| {
        let reply = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 100\r\n\r\nbecau";
        peer.write(reply).await;
        peer.closed().await;
    };
    let plain = |server: &Server| stage.request(server, "/");
    let attempt = stage.attempt(stage.impatient(), plain, script).await;
    let refusal = refusal(error(attempt));
    assert_eq!(refusal.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refusal.body, "becau");
}

pub(super) async fn an_answer_that_is_not_http_is_a_violation(stage: Stage) {
    for bytes in [
        &b"SSH-2.0-OpenSSH_9.2\r\n"[..],
        b"\x00\x01\x02\x03\x04\r\n\r\n",
    ] {
        let error = refused(stage, bytes).await;
        assert_eq!(error.kind(), ErrorKind::Protocol, "{error} ({error:?})");
    }
}

pub(super) async fn silence_after_the_request_times_out(stage: Stage) {
    is_silent(stage, b"").await;
}

pub(super) async fn silence_in_the_middle_of_the_answer_times_out(stage: Stage) {
    is_silent(stage, b"HTTP/1.1 101 Switching Protocols\r\nUpgr").await;
}

pub(super) async fn an_end_before_the_answer_is_a_loss(stage: Stage) {
    for bytes in [&b""[..], b"HTTP/1.1 101 Switching"] {
        let script = async |mut peer: Peer, _| {
            peer.write(bytes).await;
            peer.close().await;
        };
        let plain = |server: &Server| stage.request(server, "/");
        let error = error(stage.attempt(stage.connector(), plain, script).await);
        assert_eq!(error.kind(), ErrorKind::Lost, "{error} ({error:?})");
        assert_eq!(error.reached(), Reached::Unknown);
    }
}

pub(super) async fn a_dropped_attempt_closes_the_connection(stage: Stage) {
    let server = stage.server().await;
    let connector = stage.connector();
    let attempt = connector.connect(stage.request(&server, "/"));
    let mut peer = tokio::select! {
        _ = attempt => panic!("nobody has answered"),
        peer = async {
            let mut peer = server.accept().await;
            peer.head().await;
            peer
        } => peer,
    };
    peer.closed().await;
}

pub(super) async fn a_closed_port_is_unreachable(stage: Stage) {
    let request = stage.request(&stage.server().await, "/");
    let error = error(stage.connector().connect(request).await);
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{error} ({error:?})");
    assert_eq!(error.reached(), Reached::No);
}

pub(super) async fn addresses_that_cannot_be_dialled_are_refused(stage: Stage) {
    for uri in ["ftp://127.0.0.1/", "/path/alone"] {
        let attempt = stage.connector().connect(request(uri)).now_or_never();
        let error = error(attempt.expect("there is nothing to wait for"));
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{uri}");
        assert_eq!(error.reached(), Reached::No);
    }
}

pub(super) async fn nothing_shown_holds_a_secret(stage: Stage) {
    let secret = |server: &Server| {
        let mut request = stage.request(server, "/live?token=swordfish");
        let value = HeaderValue::from_static("Bearer swordfish");
        request.headers_mut().insert(header::AUTHORIZATION, value);
        request
    };
    let script = async |mut peer: Peer, _| {
        let reply = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 9\r\n\r\nswordfish";
        peer.write(reply.as_bytes()).await;
    };
    let connector = stage.connector();
    let shown = format!("{connector:?}");
    let error = error(stage.attempt(connector, secret, script).await);
    let (socket, mut peer) = stage.open().await;
    peer.write(&frame(TEXT, "swordfish")).await;
    for shown in [shown, format!("{error} {error:?}"), format!("{socket:?}")] {
        assert!(!shown.contains("swordfish"), "{shown}");
    }
}

/// An attempt that the server answers with these bytes, and stays.
async fn good(
    stage: Stage,
    reply: impl FnOnce(&str) -> Vec<u8>,
) -> Result<Box<dyn crate::WebSocket>, Error> {
    let server = stage.server().await;
    let connector = stage.connector();
    let (attempt, peer) = tokio::join!(connector.connect(stage.request(&server, "/")), async {
        let mut peer = server.accept().await;
        let head = peer.head().await;
        peer.write(&reply(&head)).await;
        peer
    });
    drop(peer);
    attempt
}

async fn violates(stage: Stage, reply: impl FnOnce(&str) -> String) {
    let attempt = good(stage, |head| reply(head).into_bytes()).await;
    let error = error(attempt);
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error} ({error:?})");
}

async fn is_silent(stage: Stage, bytes: &[u8]) {
    let script = async |mut peer: Peer, _| {
        peer.write(bytes).await;
        peer.closed().await;
    };
    let plain = |server: &Server| stage.request(server, "/");
    let error = error(stage.attempt(stage.impatient(), plain, script).await);
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error} ({error:?})");
    assert_eq!(error.reached(), Reached::Unknown);
}

/// The error after an answer of these bytes, after which the server closes.
async fn refused(stage: Stage, bytes: &[u8]) -> Error {
    let script = async |mut peer: Peer, _| {
        peer.write(bytes).await;
        peer.close().await;
    };
    let plain = |server: &Server| -> Request<()> { stage.request(server, "/") };
    error(stage.attempt(stage.connector(), plain, script).await)
}

fn refusal(error: Error) -> Refusal {
    assert_eq!(error.kind(), ErrorKind::Refused, "{error} ({error:?})");
    assert_eq!(error.reached(), Reached::Yes);
    error.refusal().expect("a refusal is kept").clone()
}
