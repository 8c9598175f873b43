//! Bodies, in both directions.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{Request, Response};

use super::stage::{Stage, error, whole};
use crate::{
    error::{Error, ErrorKind, Reached},
    http::Body,
    suite::server::{Peer, Server},
    testing::watched::Watched,
};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

pub(super) async fn chunks_come_before_the_body_is_whole(stage: Stage) {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let (answer, mut peer) = stage.answered(head).await;
    let mut body = answer.into_body();
    assert_eq!(body.length(), None);
    for part in ["one", "two"] {
        peer.write(format!("3\r\n{part}\r\n").as_bytes()).await;
        assert_eq!(chunk(&mut body).await.as_deref(), Some(part.as_bytes()));
    }
    peer.write(b"0\r\n\r\n").await;
    assert_eq!(chunk(&mut body).await, None);
}

pub(super) async fn a_body_that_ends_with_the_connection_comes(stage: Stage) {
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it";
    let (answer, peer) = stage.answered(head).await;
    let (body, ()) = tokio::join!(whole(answer), peer.close());
    assert_eq!(body, "all of it");
}

pub(super) async fn a_body_of_unknown_length_leaves_chunk_by_chunk(stage: Stage) {
    let parts = stream::iter(["one", "two"].map(|part| Ok(Bytes::from(part))));
    let (answer, sent) = posted(stage, Body::stream(parts, None), async |peer, head| {
        let head = head.to_ascii_lowercase();
        assert!(
            head.contains("\r\ntransfer-encoding: chunked\r\n"),
            "{head}"
        );
        let mut sent = Vec::new();
        while !sent.ends_with(b"0\r\n\r\n") {
            sent.extend(peer.bytes(1).await.expect("the body comes whole"));
        }
        peer.write(OK).await;
        sent
    })
    .await;
    assert!(answer.is_ok(), "{:?}", answer.err());
    assert_eq!(sent, b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n");
}

pub(super) async fn progress_is_told_in_both_directions(stage: Stage) {
    let counted = || {
        let (passed, copy) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let (store, times) = (Arc::clone(&passed), Arc::clone(&copy));
        let progress = move |now: u64| {
            store.store(now, Ordering::Relaxed);
            times.fetch_add(1, Ordering::Relaxed);
        };
        (passed, copy, progress)
    };
    let (sent, sent_times, progress) = counted();
    let parts = stream::iter([5, 7].map(|size| Ok(Bytes::from(vec![0; size]))));
    let body = Body::stream(parts, Some(12)).with_progress(progress);
    let (answer, ()) = posted(stage, body, async |peer, head| {
        let head = head.to_ascii_lowercase();
        assert!(head.contains("\r\ncontent-length: 12\r\n"), "{head}");
        assert!(peer.bytes(12).await.is_some());
        peer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnine long")
            .await;
    })
    .await;
    let (received, _, progress) = counted();
    let answer = answer.expect("there is an answer");
    whole(answer.map(|body| body.with_progress(progress))).await;
    let all = [&sent, &sent_times, &received].map(|it| it.load(Ordering::Relaxed));
    assert_eq!(all, [12, 2, 9]);
}

pub(super) async fn a_long_body_goes_there_and_back(stage: Stage) {
    let bytes: Bytes = (0..1 << 20).map(|at| (at % 251) as u8).collect();
    let length = bytes.len();
    let server = stage.server().await;
    let transport = stage.transport();
    let client = async {
        let request = post(stage, &server, Body::full(bytes.clone()));
        whole(
            transport
                .execute(request)
                .await
                .expect("there is an answer"),
        )
        .await
    };
    let echo = async {
        let mut peer = server.accept().await;
        peer.head().await;
        let body = peer.bytes(length).await.expect("the body comes whole");
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        peer.write(head.as_bytes()).await;
        peer.write(&body).await;
        peer
    };
    let (body, _peer) = tokio::join!(client, echo);
    assert!(body == bytes, "what came back is something else");
}

pub(super) async fn an_endless_body_is_bounded_by_who_reads(stage: Stage) {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let (answer, mut peer) = stage.answered(head).await;
    let flood = async {
        let chunk = format!("2710\r\n{}\r\n", "because of".repeat(1000));
        while peer.try_write(chunk.as_bytes()).await.is_ok() {}
    };
    // The flood ends when the body, and with it the connection, is dropped.
    let (body, ()) = tokio::join!(answer.into_body().collect(100_000), flood);
    let error = body.expect_err("it is longer");
    assert_eq!(
        (error.kind(), error.reached()),
        (ErrorKind::TooLarge, Reached::Yes)
    );
}

pub(super) async fn a_length_beyond_the_limit_is_not_read(stage: Stage) {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n";
    let (answer, mut peer) = stage.answered(head).await;
    let body = answer.into_body().collect(100_000).await;
    let error = body.expect_err("it would be longer");
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    peer.closed().await;
}

pub(super) async fn a_request_whose_body_breaks_fails_with_its_error(stage: Stage) {
    let broken = Error::new(ErrorKind::Closed, Reached::No, "reading a file");
    let gate = Arc::new(Watched::new(false));
    let arrived = Arc::clone(&gate);
    let breaks = async move {
        arrived.until(|it| it.then_some(())).await;
        Err(broken)
    };
    let parts = stream::iter([Ok(Bytes::from("begun"))]).chain(stream::once(breaks));
    let (answer, ()) = posted(stage, Body::stream(parts, Some(100)), async |peer, _| {
        gate.change(|it| *it = true);
        assert_eq!(peer.bytes(100).await, None, "the body is not whole");
    })
    .await;
    let error = error(answer);
    assert_eq!(error.kind(), ErrorKind::Closed, "{error} ({error:?})");
    assert_eq!(error.reached(), Reached::Unknown);
}

async fn chunk(body: &mut Body) -> Option<Bytes> {
    body.chunk().await.expect("the body goes on")
}

fn post(stage: Stage, server: &Server, body: Body) -> Request<Body> {
    let request = Request::post(stage.uri(server, "/")).body(body);
    request.expect("the address is one")
}

/// What comes of a POST when the server, having read its head, does as `script` says.
async fn posted<T>(
    stage: Stage,
    body: Body,
    script: impl AsyncFnOnce(&mut Peer, String) -> T,
) -> (Result<Response<Body>, Error>, T) {
    let (server, transport) = (stage.server().await, stage.transport());
    let request = post(stage, &server, body);
    let (answer, (result, _peer)) = tokio::join!(transport.execute(request), async {
        let mut peer = server.accept().await;
        let head = peer.head().await;
        let result = script(&mut peer, head).await;
        (result, peer)
    });
    // A short body is in memory by now; the peer may go.
    (answer, result)
}
