//! Which calls are repeated, when, and how often.

use std::time::Duration;

use http::{
    HeaderValue, StatusCode,
    header::{DATE, RETRY_AFTER},
};
use serde_json::json;
use twin_client::{
    ErrorKind, Reached, RetryPolicy, SendOutcome,
    api::chats::{GetSession, ListSessions, StartSession},
    model::SessionDraft,
};
use twin_transport::{Runtime as _, testing::Answer};

use crate::support::{A, World, text_of};

fn status(status: u16) -> Answer {
    let page = "<html>Bad Gateway</html>";
    Answer::status(StatusCode::from_u16(status).unwrap()).body(page)
}

fn empty() -> Answer {
    text_of(&json!({"count": 0, "items": []}))
}

fn list(world: &World) -> Result<(), twin_client::Error> {
    world.wait(world.client.call(ListSessions::new())).map(drop)
}

#[test]
fn a_call_that_does_no_harm_is_made_up_to_three_times() {
    let world = World::new();
    world.http.push(status(503));
    world.http.push(Answer::failure(
        twin_transport::ErrorKind::Lost,
        Reached::Unknown,
    ));
    world.http.push(empty());
    list(&world).unwrap();
    assert_eq!(world.http.requests().len(), 3);
    assert_eq!(world.client.stats().calls_retried, 2);
    assert_eq!(world.client.stats().calls_failed, 0);
    // The pauses are at most 500 ms and 1 s.
    assert!(world.runtime.now() <= Duration::from_millis(1_500));

    for _ in 0..3 {
        world.http.push(status(502));
    }
    let error = list(&world).unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY));
    assert!(error.is_retryable());
    assert_eq!(error.reply().unwrap().body, "<html>Bad Gateway</html>");
    assert_eq!(world.http.requests().len(), 6);
}

#[test]
fn neither_messages_nor_starts_are_ever_repeated() {
    let world = World::new();
    let failures: [fn() -> Answer; 3] = [
        || status(503),
        || Answer::failure(twin_transport::ErrorKind::Unreachable, Reached::No),
        || status(429).header(RETRY_AFTER, HeaderValue::from_static("0")),
    ];
    for (number, failure) in (0..).zip(failures) {
        world.http.push(failure());
        let outcome = world.wait(world.client.session(A).send("hello"));
        assert!(!matches!(outcome, SendOutcome::Sent(_)), "{outcome:?}");
        world.http.push(failure());
        let start = StartSession::new("c".into(), SessionDraft::new("n"));
        world.wait(world.client.call(start)).unwrap_err();
        assert_eq!(world.http.requests().len(), 2 * (number + 1));
    }
}

#[test]
fn what_the_platform_refuses_is_not_asked_again() {
    let world = World::new();
    for code in [302, 400, 401, 403, 404, 422, 501] {
        world.http.push(status(code));
        let before = world.http.requests().len();
        world
            .wait(world.client.call(GetSession::new(A.into())))
            .unwrap_err();
        assert_eq!(world.http.requests().len(), before + 1, "{code}");
    }
    world.http.push(Answer::json("<html>"));
    let error = list(&world).unwrap_err();
    assert_eq!(
        (error.kind(), error.is_retryable()),
        (ErrorKind::Protocol, false)
    );
}

#[test]
fn the_platform_says_when_to_come_back_in_either_form() {
    let world = World::new();
    world
        .http
        .push(status(503).header(RETRY_AFTER, HeaderValue::from_static("7")));
    let now = HeaderValue::from_static("Sun, 01 Mar 2026 10:00:00 GMT");
    let then = HeaderValue::from_static("Sun, 01 Mar 2026 10:00:09 GMT");
    world
        .http
        .push(status(429).header(DATE, now).header(RETRY_AFTER, then));
    world.http.push(empty());
    list(&world).unwrap();
    assert_eq!(world.runtime.now(), Duration::from_secs(16));
}

#[test]
fn a_pause_that_leads_beyond_the_time_of_the_call_is_left_to_the_caller() {
    let world = World::new();
    world
        .http
        .push(status(503).header(RETRY_AFTER, HeaderValue::from_static("30")));
    let error = list(&world).unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    assert_eq!(world.runtime.now(), Duration::ZERO);
    assert_eq!(world.http.requests().len(), 1);
}

#[test]
fn all_attempts_together_take_no_longer_than_a_call_may() {
    let world = World::new();
    world.http.push(status(503));
    world.http.push(Answer::never());
    let error = list(&world).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(world.runtime.now(), Duration::from_secs(30));
}

#[test]
fn a_platform_that_is_down_is_asked_hardly_more_often_than_usual() {
    let world = World::new();
    for _ in 0..110 {
        world.http.push(status(503));
    }
    for _ in 0..100 {
        list(&world).unwrap_err();
    }
    assert_eq!(world.http.requests().len(), 110);
    // Ten that succeed earn one retry.
    for _ in 0..10 {
        world.http.push(empty());
        list(&world).unwrap();
    }
    world.http.push(status(503));
    world.http.push(empty());
    list(&world).unwrap();
    assert_eq!(world.http.requests().len(), 122);
}

#[test]
fn an_error_tells_of_all_attempts_whether_they_reached_the_platform() {
    let world = World::new();
    let lost = |reached| Answer::failure(twin_transport::ErrorKind::Unreachable, reached);
    for _ in 0..3 {
        world.http.push(lost(Reached::No));
    }
    assert_eq!(list(&world).unwrap_err().reached(), Reached::No);
    world.http.push(lost(Reached::Unknown));
    world.http.push(lost(Reached::No));
    world.http.push(lost(Reached::No));
    assert_eq!(list(&world).unwrap_err().reached(), Reached::Unknown);
}

#[test]
fn a_client_can_do_without() {
    let world = World::with(|config| config.retry = RetryPolicy::none());
    world.http.push(status(503));
    list(&world).unwrap_err();
    assert_eq!(world.http.requests().len(), 1);
}
