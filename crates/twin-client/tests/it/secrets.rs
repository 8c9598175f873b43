//! What must never be shown.

use http::{HeaderValue, header::HeaderName};
use twin_client::{AccessToken, Config, Credentials, LinkUrl};
use twin_transport::testing::Answer;

use crate::support::{A, World};

#[test]
fn no_debug_form_shows_a_token_a_headers_value_a_query_or_a_whole_session_id() {
    let mut config = Config::default();
    config.credentials = Credentials::Token(AccessToken::parse("secret-token").unwrap());
    config.endpoints.centrifugo = LinkUrl::parse("wss://a.example/live?key=secret-query").unwrap();
    let header = HeaderName::from_static("x-key");
    config
        .headers
        .insert(header, HeaderValue::from_static("secret-header"));
    let world = World::with(|chosen| *chosen = config.clone());
    let (session, events) = world.listen(A);
    world.http.push(Answer::never());
    let sending = session.send("secret-body");
    world.settle();
    let shown = format!(
        "{config:?} {:?} {session:?} {events:?} {sending:?} {:?}",
        world.client,
        world.client.links(),
    );
    assert!(!shown.contains("secret"), "{shown}");
    assert!(!shown.contains(A) && shown.contains(&A[..8]), "{shown}");
}

#[test]
fn headers_of_ones_own_go_with_calls_and_upgrades() {
    let world = World::with(|config| {
        let header = HeaderName::from_static("x-key");
        config.headers.insert(header, HeaderValue::from_static("v"));
    });
    let (session, _events) = world.listen(A);
    let dial = world.dial();
    assert_eq!(dial.request().headers()["x-key"], "v");
    world.http.push(Answer::never());
    drop(session.send("x"));
    world.settle();
    let request = &world.http.requests()[0];
    assert_eq!(request.headers()["x-key"], "v");
    let agent = request.headers()["user-agent"].to_str().unwrap();
    assert!(agent.starts_with("twin-client/"), "{agent}");
}
