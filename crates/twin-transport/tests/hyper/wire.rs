//! Against an HTTP server of other people: wiremock.

use std::time::Duration;

use http::{Request, StatusCode, header};
use twin_transport::{Body, ErrorKind, HttpLimits, HttpTransport as _, HyperTransport, Reached};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_string, header as has_header, method, path, query_param},
};

use crate::network::plain;

async fn server(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v1/messages"))
        .and(query_param("a", "b c"))
        .and(has_header("authorization", "Bearer token"))
        .and(body_string(r#"{"text":"да"}"#))
        .respond_with(answer)
        // Never asked twice, whatever is answered.
        .expect(1)
        .mount(&server)
        .await;
    server
}

fn request(server: &MockServer) -> Request<Body> {
    Request::post(format!("{}/v1/messages?a=b%20c", server.uri()))
        .header(header::AUTHORIZATION, "Bearer token")
        .body(Body::full(r#"{"text":"да"}"#))
        .unwrap()
}

#[tokio::test]
async fn a_page_of_a_gateway_is_an_answer() {
    let page = "<html><h1>502 Bad Gateway</h1></html>";
    let answer = ResponseTemplate::new(502).set_body_raw(page, "text/html");
    let server = server(answer).await;
    let transport = HyperTransport::new(&plain());
    let answer = transport.execute(request(&server)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/html");
    assert_eq!(answer.into_body().collect(1000).await.unwrap(), page);
}

#[tokio::test]
async fn a_redirect_is_for_the_caller_to_follow() {
    let answer = ResponseTemplate::new(307).insert_header("location", "/v1/messages?a=b%20c");
    let server = server(answer).await;
    let transport = HyperTransport::new(&plain());
    let answer = transport.execute(request(&server)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::TEMPORARY_REDIRECT);
}

#[tokio::test]
async fn a_server_that_takes_its_time_is_given_up() {
    let answer = ResponseTemplate::new(200).set_delay(Duration::from_secs(3600));
    let server = server(answer).await;
    let mut limits = HttpLimits::default();
    limits.answer_timeout = Duration::from_millis(300);
    let transport = HyperTransport::with_limits(&plain(), limits);
    let error = transport.execute(request(&server)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(error.reached(), Reached::Unknown);
}

#[tokio::test]
async fn a_huge_body_is_bounded_by_who_reads_it() {
    let answer = ResponseTemplate::new(200).set_body_bytes(vec![7; 4 << 20]);
    let server = server(answer).await;
    let transport = HyperTransport::new(&plain());
    let answer = transport.execute(request(&server)).await.unwrap();
    assert_eq!(answer.body().length(), Some(4 << 20));
    let error = answer.into_body().collect(1 << 20).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}
