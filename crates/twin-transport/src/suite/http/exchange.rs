//! One request, one answer.

use http::{HeaderValue, Method, Request, StatusCode, header};

use super::stage::{Stage, get, whole};
use crate::{http::Body, suite::server::Peer};

pub(super) async fn a_request_arrives_as_it_was_made(stage: Stage) {
    let (server, transport) = (stage.server().await, stage.transport());
    let mut request = Request::new(Body::full("слово"));
    *request.method_mut() = Method::PUT;
    let uri = stage.uri(&server, "/v1/things%2F1?a=b%20c&d");
    *request.uri_mut() = uri.parse().expect("the address is one");
    let value = HeaderValue::from_static("kept");
    request.headers_mut().insert("x-mine", value);
    let (answer, (head, body)) = tokio::join!(transport.execute(request), async {
        let mut peer = server.accept().await;
        let head = peer.head().await;
        let body = peer.bytes("слово".len()).await;
        peer.write(b"HTTP/1.1 204 No Content\r\n\r\n").await;
        (head, body)
    });
    assert!(answer.is_ok(), "{:?}", answer.err());
    assert!(
        head.starts_with("PUT /v1/things%2F1?a=b%20c&d HTTP/1.1\r\n"),
        "{head}"
    );
    let head = head.to_ascii_lowercase();
    assert!(
        head.contains(&format!("\r\nhost: {}\r\n", server.authority())),
        "{head}"
    );
    assert!(head.contains("\r\nx-mine: kept\r\n"), "{head}");
    assert!(head.contains("\r\ncontent-length: 10\r\n"), "{head}");
    assert_eq!(body.as_deref(), Some("слово".as_bytes()));
}

pub(super) async fn an_answer_comes_as_it_was_sent(stage: Stage) {
    let bytes = "HTTP/1.1 201 Created\r\nX-Mine: kept\r\nContent-Length: 4\r\n\r\nбо";
    let (answer, _peer) = stage.answered(bytes).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    assert_eq!(answer.headers()["x-mine"], "kept");
    assert_eq!(answer.body().length(), Some(4));
    assert_eq!(whole(answer).await, "бо");
}

pub(super) async fn a_status_of_failure_is_an_answer(stage: Stage) {
    let page = "<html>Bad Gateway</html>";
    for status in [
        "400 Bad Request",
        "401 Unauthorized",
        "404 Not Found",
        "502 Bad Gateway",
    ] {
        let head = format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\n");
        let bytes = format!("{head}Content-Length: {}\r\n\r\n{page}", page.len());
        let (answer, _peer) = stage.answered(bytes).await;
        assert!(status.starts_with(answer.status().as_str()), "{status}");
        assert_eq!(whole(answer).await, page);
    }
}

pub(super) async fn a_redirect_is_not_followed(stage: Stage) {
    for status in [
        "301 Moved",
        "302 Found",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let head = format!("HTTP/1.1 {status}\r\nLocation: /elsewhere\r\n");
        let (answer, mut peer) = stage.answered(head + "Content-Length: 0\r\n\r\n").await;
        assert!(status.starts_with(answer.status().as_str()), "{status}");
        assert_eq!(answer.headers()[header::LOCATION], "/elsewhere");
        // The transport is gone by now: what comes is the end, and nothing else.
        assert_eq!(peer.try_head().await, None);
    }
}

pub(super) async fn an_answer_without_a_body_ends_at_once(stage: Stage) {
    for head in [
        "204 No Content\r\n",
        "304 Not Modified\r\n",
        "200 OK\r\nContent-Length: 0\r\n",
    ] {
        let (answer, _peer) = stage.answered(format!("HTTP/1.1 {head}\r\n")).await;
        assert!(whole(answer).await.is_empty(), "{head}");
    }
}

pub(super) async fn a_header_that_comes_twice_stays_twice(stage: Stage) {
    let bytes = "HTTP/1.1 204 No Content\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n";
    let (answer, _peer) = stage.answered(bytes).await;
    let cookies = answer.headers().get_all(header::SET_COOKIE);
    assert_eq!(cookies.iter().collect::<Vec<_>>(), ["a=1", "b=2"]);
}

pub(super) async fn two_requests_at_once_do_not_wait_for_each_other(stage: Stage) {
    let (server, transport) = (stage.server().await, stage.transport());
    let uri = stage.uri(&server, "/");
    let good = async |peer: &mut Peer| {
        peer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .await;
    };
    let (first, second, ()) = tokio::join!(
        transport.execute(get(&uri)),
        transport.execute(get(&uri)),
        async {
            // Both have come before one is answered.
            let (mut one, mut other) = (server.accept().await, server.accept().await);
            one.head().await;
            other.head().await;
            good(&mut other).await;
            good(&mut one).await;
        }
    );
    assert!(first.is_ok() && second.is_ok());
}
