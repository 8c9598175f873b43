//! Servers that the emulator does not play: broken, slow, or something else altogether. They are
//! wiremock's, or a few bytes of our own where an HTTP server cannot be made to do it; the transport is
//! the one that programs use.

use std::{io::Write as _, net::TcpListener, thread, time::Duration};

use twin_client::{
    Client, Config, Endpoints, Error, ErrorKind, Reached, RetryPolicy, SendOutcome,
    api::chats::ListSessions,
};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::support::A;

fn client(url: &str, choose: impl FnOnce(&mut Config)) -> Client {
    let mut config = Config::default();
    config.endpoints = Endpoints::emulator(url).unwrap();
    config.retry = RetryPolicy::none();
    choose(&mut config);
    Client::new(config).unwrap()
}

/// What a list and a message come to where every answer is this one.
async fn answered(answer: ResponseTemplate) -> (Error, SendOutcome) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let client = client(&server.uri(), |_| {});
    let list = client.call(ListSessions::new()).await.unwrap_err();
    let sent = client.session(A).send("hello").await;
    (list, sent)
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_no_success_and_no_refusal() {
    for body in ["{", "<html>welcome</html>", "", "7", r#"{"items":7}"#] {
        let template = ResponseTemplate::new(200).set_body_raw(body, "text/html");
        let (error, sent) = answered(template).await;
        assert_eq!(error.kind(), ErrorKind::Protocol, "{body}");
        assert!(!error.is_retryable());
        assert_eq!(error.reached(), Reached::Yes);
        // The platform may well have taken the message.
        assert!(matches!(sent, SendOutcome::Unknown(_)), "{body}: {sent:?}");
    }
}

#[tokio::test]
async fn json_under_another_name_is_json() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_raw(r#"{"count":0,"items":[]}"#, "text/plain");
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let page = client(&server.uri(), |_| {})
        .call(ListSessions::new())
        .await
        .unwrap();
    assert_eq!(page.count, Some(0));
}

#[tokio::test]
async fn the_page_of_a_gateway_is_kept_in_part_and_not_shown() {
    let page = format!("<html>Bad Gateway {}", "x".repeat(100_000));
    let answer = ResponseTemplate::new(502).set_body_raw(page, "text/html");
    let (error, sent) = answered(answer).await;
    assert_eq!(
        (error.kind(), error.status().unwrap().as_u16()),
        (ErrorKind::Refused, 502)
    );
    assert!(error.is_retryable());
    let reply = error.reply().unwrap();
    assert_eq!((reply.body.len(), &reply.error), (4096, &None));
    assert!(
        !format!("{error} {error:?}").contains("<html>"),
        "{error:?}"
    );
    assert!(matches!(sent, SendOutcome::Unknown(_)), "{sent:?}");
}

#[tokio::test]
async fn the_platforms_own_words_are_there_for_programs() {
    let body = r#"{"error":"Name is too long","details":{"field":"name"}}"#;
    let (error, sent) =
        answered(ResponseTemplate::new(422).set_body_raw(body, "application/json")).await;
    let reply = error.reply().unwrap();
    assert_eq!(reply.error.as_deref(), Some("Name is too long"));
    assert_eq!(reply.details.as_ref().unwrap().get(), r#"{"field":"name"}"#);
    assert!(matches!(sent, SendOutcome::NotSent(_)), "{sent:?}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = MockServer::start().await;
    let answer = ResponseTemplate::new(307).insert_header("Location", elsewhere.uri());
    let (error, sent) = answered(answer).await;
    assert_eq!(
        (error.kind(), error.is_retryable()),
        (ErrorKind::Refused, false)
    );
    assert!(matches!(sent, SendOutcome::NotSent(_)), "{sent:?}");
    assert!(elsewhere.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_huge_body_is_not_taken_in() {
    // It could be read, if it were taken in.
    let mut body = br#"{"items":[]}"#.to_vec();
    body.resize((8 << 20) + 1, b' ');
    let (error, _) =
        answered(ResponseTemplate::new(200).set_body_raw(body, "application/json")).await;
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn an_answer_that_is_late_is_no_answer() {
    let server = MockServer::start().await;
    let late = ResponseTemplate::new(200).set_delay(Duration::from_secs(3600));
    Mock::given(any()).respond_with(late).mount(&server).await;
    let client = client(&server.uri(), |config| {
        config.call_timeout = Duration::from_millis(200)
    });
    let error = client.call(ListSessions::new()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.reached()),
        (ErrorKind::Timeout, Reached::Unknown)
    );
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    let server = MockServer::start().await;
    let busy = ResponseTemplate::new(503).insert_header("Retry-After", "0");
    Mock::given(any())
        .respond_with(busy)
        .up_to_n_times(2)
        .mount(&server)
        .await;
    let page = ResponseTemplate::new(200).set_body_raw(r#"{"items":[]}"#, "application/json");
    Mock::given(any()).respond_with(page).mount(&server).await;
    let client = client(&server.uri(), |config| {
        config.retry = RetryPolicy::default();
        config.retry.backoff.first_bound = Duration::ZERO;
        config.retry.backoff.last_bound = Duration::ZERO;
    });
    client.call(ListSessions::new()).await.unwrap();
    assert_eq!(server.received_requests().await.unwrap().len(), 3);
}

/// A server that answers each connection with these bytes, then does as `end` says.
fn of_bytes(bytes: &'static [u8], end: fn(std::net::TcpStream)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 4096];
            // The whole request is that small.
            let _ = std::io::Read::read(&mut stream, &mut request);
            let _ = stream.write_all(bytes);
            end(stream);
        }
    });
    url
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_answer_and_may_be_asked_again() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"count\":0,";
    let client = client(&of_bytes(head, drop), |_| {});
    let error = client.call(ListSessions::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{error:?}");
    assert!(error.is_retryable());
    let sent = client.session(A).send("hello").await;
    assert!(matches!(sent, SendOutcome::Unknown(_)), "{sent:?}");
}

#[tokio::test]
async fn a_body_that_does_not_go_on_is_waited_for_no_longer_than_a_call_may_take() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"count\":0,";
    let hold = |stream| _ = Box::leak(Box::new(stream));
    let client = client(&of_bytes(head, hold), |config| {
        config.call_timeout = Duration::from_millis(300);
    });
    let error = client.call(ListSessions::new()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.reached()),
        (ErrorKind::Timeout, Reached::Unknown)
    );
}
