//! Renewals that fail, and what calls are told.

use std::{error::Error as _, time::Duration};

use futures_util::{FutureExt as _, future::join_all};
use http::{HeaderValue, StatusCode, header::RETRY_AFTER};
use serde_json::json;
use twin_client::{AccessToken, Credentials, ErrorKind, Reached, SendOutcome};
use twin_transport::testing::Answer;

use super::{dated, expired, list, no_sessions, story, tokens, with_password, with_tokens};
use crate::support::{A, World};

fn refusal(status: u16) -> Answer {
    let body = json!({"error": "no such user"}).to_string();
    Answer::status(StatusCode::from_u16(status).unwrap()).body(body)
}

fn lost() -> Answer {
    Answer::failure(twin_transport::ErrorKind::Unreachable, Reached::No)
}

#[test]
fn a_second_answer_that_the_token_is_expired_is_the_end() {
    let world = with_tokens(1_000);
    world.http.push(expired());
    world.http.push(tokens("b", 2_000, 0));
    world.http.push(expired());
    let error = world.wait(list(&world)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    assert_eq!(story(&world).len(), 3);
}

#[test]
fn another_401_is_no_reason_to_renew_and_without_a_provider_none_is() {
    let world = with_tokens(1_000);
    world.http.push(refusal(401));
    let error = world.wait(list(&world)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!(story(&world).len(), 1);

    let world = World::with(|config| {
        config.credentials = Credentials::Token(AccessToken::parse("t").unwrap());
    });
    world.http.push(expired());
    world.wait(list(&world)).unwrap_err();
    assert_eq!(world.http.requests().len(), 1);
    assert!(
        world
            .client
            .tokens()
            .next()
            .now_or_never()
            .unwrap()
            .is_none()
    );
}

#[test]
fn while_the_identity_service_is_down_calls_fail_at_once_and_it_is_asked_seldom() {
    let world = with_password();
    world.http.push(lost());
    let outcomes = world.wait(join_all((0..100).map(|_| list(&world))));
    for outcome in outcomes {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreachable);
        assert_eq!(error.reached(), Reached::No);
        assert!(error.is_retryable());
        assert!(error.source().unwrap().source().is_some());
    }
    assert_eq!(story(&world), ["login"]);
    // An hour of calls, one a second: the pauses grow to a minute.
    for _ in 0..600 {
        world.http.push(lost());
    }
    for _ in 0..3_600 {
        world.advance(1);
        assert!(
            list(&world)
                .now_or_never()
                .is_none_or(|outcome| outcome.is_err())
        );
        world.settle();
    }
    let asked = story(&world).len();
    assert!((60..300).contains(&asked), "{asked}");
}

#[test]
fn who_asks_to_be_left_alone_is_quoted() {
    let world = with_password();
    let pause = HeaderValue::from_static("300");
    world.http.push(refusal(503).header(RETRY_AFTER, pause));
    let error = world.wait(list(&world)).unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(300)));
}

#[test]
fn a_message_that_waits_in_vain_for_a_token_is_certainly_not_sent() {
    let world = with_password();
    world.http.push(lost());
    let outcome = world.wait(world.client.session(A).send("hello"));
    assert!(matches!(outcome, SendOutcome::NotSent(_)), "{outcome:?}");
    assert_eq!(story(&world), ["login"]);
}

#[test]
fn a_wrong_password_is_not_tried_again_for_a_minute() {
    let world = with_password();
    world.http.push(refusal(401));
    let error = world.wait(list(&world)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(!error.is_retryable());
    world.advance(59);
    assert!(world.wait(list(&world)).is_err());
    assert_eq!(story(&world), ["login"]);
    world.advance(2);
    world.http.push(tokens("a", 600, 0));
    world.http.push(no_sessions());
    world.wait(list(&world)).unwrap();
    assert_eq!(story(&world), ["login", "login", "call with a"]);
}

#[test]
fn the_service_can_ask_for_a_longer_pause() {
    let world = with_password();
    let busy = refusal(429).header(RETRY_AFTER, HeaderValue::from_static("300"));
    world.http.push(busy);
    assert!(world.wait(list(&world)).is_err());
    world.advance(299);
    assert!(world.wait(list(&world)).is_err());
    assert_eq!(story(&world), ["login"]);
    world.advance(2);
    world.http.push(lost());
    assert!(world.wait(list(&world)).is_err());
    assert_eq!(story(&world), ["login", "login"]);
}

#[test]
fn a_refresh_that_is_refused_becomes_a_login_where_there_is_a_password() {
    let world = with_password();
    world.http.push(tokens("a", 600, 0));
    world.http.push(no_sessions());
    world.wait(list(&world)).unwrap();
    world.advance(600);
    world.http.push(refusal(401));
    world.http.push(tokens("b", 1_200, 600));
    world.http.push(no_sessions());
    world.wait(list(&world)).unwrap();
    assert_eq!(story(&world)[2..], ["refresh of a", "login", "call with b"]);
}

#[test]
fn a_renewal_ahead_that_fails_harms_no_call_while_the_token_is_valid() {
    let world = with_password();
    world.http.push(tokens("a", 600, 0));
    world.http.push(no_sessions());
    world.wait(list(&world)).unwrap();
    world.advance(550);
    world.http.push(no_sessions());
    world.http.push(lost());
    world.wait(list(&world)).unwrap();
    world.settle();
    world.http.push(no_sessions());
    world.wait(list(&world)).unwrap();
    let expected = ["call with a", "refresh of a", "call with a"];
    assert_eq!(story(&world)[2..], expected);
}

#[test]
fn a_token_that_is_over_when_it_comes_is_not_renewed_for_ever() {
    let world = with_password();
    // The clocks of the platform's services differ.
    world.http.push(tokens("a", 600, 10_000));
    for _ in 0..3 {
        world.http.push(dated(no_sessions(), 10_000));
    }
    for _ in 0..3 {
        world.wait(list(&world)).unwrap();
    }
    assert_eq!(story(&world)[1..], ["call with a"; 3]);
}

#[test]
fn no_error_and_no_debug_form_shows_a_secret() {
    let world = with_password();
    world.http.push(tokens("a", 600, 0));
    world.http.push(refusal(403));
    let forbidden = world.wait(list(&world)).unwrap_err();
    let tokens = world.client.tokens().next().now_or_never().unwrap();
    world.advance(600);
    world.http.push(refusal(400));
    world.http.push(refusal(400));
    let refused = world.wait(list(&world)).unwrap_err();
    let mut shown = format!("{forbidden:?} {refused:?} {:?} {tokens:?}", world.client);
    let mut cause: Option<&dyn std::error::Error> = Some(&refused);
    while let Some(error) = cause {
        shown += &format!(" {error} {error:?}");
        cause = error.source();
    }
    assert!(shown.contains("no such user"), "{shown}");
    assert!(!shown.contains("secret"), "{shown}");
}
