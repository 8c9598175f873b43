//! Renewals that succeed.

use futures_util::{FutureExt as _, future::join_all};
use serde_json::json;
use twin_client::{SendOutcome, Tokens};

use super::{dated, expired, list, no_sessions, story, tokens, with_password, with_tokens};
use crate::support::{A, text_of};

#[test]
fn the_first_call_logs_in_and_the_next_does_not() {
    let world = with_password();
    world.http.push(tokens("a", 600, 0));
    world.http.push(no_sessions());
    world.http.push(no_sessions());
    world.wait(list(&world)).unwrap();
    world.wait(list(&world)).unwrap();
    assert_eq!(story(&world), ["login", "call with a", "call with a"]);
    let login = &world.http.requests()[0];
    assert_eq!(login.uri(), "https://iam.twin24.ai/api/v1/auth/login");
    let body: serde_json::Value = serde_json::from_slice(login.body()).unwrap();
    assert_eq!(
        body,
        json!({"email": "me@example.com", "password": "secret-password"})
    );
}

#[test]
fn a_thousand_waiting_calls_cause_one_renewal_also_when_the_first_of_them_is_dropped() {
    let world = with_password();
    let (login, release) = tokens("a", 600, 0).held();
    world.http.push(login);
    let mut first = list(&world).boxed_local();
    assert!(first.as_mut().now_or_never().is_none());
    let mut calls = join_all((0..1_000).map(|_| list(&world))).boxed_local();
    assert!(calls.as_mut().now_or_never().is_none());
    world.settle();
    drop(first);
    world.settle();
    assert_eq!(story(&world), ["login"]);
    for _ in 0..1_000 {
        world.http.push(no_sessions());
    }
    release.release();
    assert!(world.wait(calls).iter().all(Result::is_ok));
    let story = story(&world);
    assert_eq!(story.len(), 1_001);
    assert!(story[1..].iter().all(|told| told == "call with a"));
}

#[test]
fn a_token_is_refreshed_ahead_of_its_end_while_calls_go_on_with_it() {
    let world = with_password();
    world.http.push(tokens("a", 600, 0));
    world.http.push(no_sessions());
    world.wait(list(&world)).unwrap();
    world.advance(541);
    let (refreshed, release) = tokens("b", 1_200, 541).held();
    world.http.push(no_sessions());
    world.http.push(refreshed);
    // It does not wait.
    list(&world).now_or_never().unwrap().unwrap();
    world.settle();
    world.http.push(no_sessions());
    list(&world).now_or_never().unwrap().unwrap();
    release.release();
    world.settle();
    world.http.push(no_sessions());
    list(&world).now_or_never().unwrap().unwrap();
    let expected = [
        "login",
        "call with a",
        "call with a",
        "refresh of a",
        "call with a",
        "call with b",
    ];
    assert_eq!(story(&world), expected);
    let uri = world.http.requests()[3].uri().to_string();
    assert!(
        uri.ends_with("/auth/refresh?refreshToken=secret-refresh-a"),
        "{uri}"
    );
}

#[test]
fn a_token_that_is_over_is_waited_for() {
    let world = with_password();
    world.http.push(tokens("a", 600, 0));
    world.http.push(no_sessions());
    world.wait(list(&world)).unwrap();
    world.advance(596);
    world.http.push(tokens("b", 1_200, 596));
    world.http.push(no_sessions());
    world.wait(list(&world)).unwrap();
    assert_eq!(story(&world)[2..], ["refresh of a", "call with b"]);
}

#[test]
fn until_the_platform_has_told_its_time_a_stored_token_is_tried() {
    let world = with_tokens(1_000);
    // By the platform's clock it has long expired: the first answer tells.
    world.http.push(dated(no_sessions(), 5_000));
    world.http.push(tokens("b", 9_000, 5_000));
    world.http.push(no_sessions());
    world.wait(list(&world)).unwrap();
    world.wait(list(&world)).unwrap();
    let expected = ["call with stored", "refresh of stored", "call with b"];
    assert_eq!(story(&world), expected);
}

#[test]
fn a_call_that_is_told_that_the_token_is_expired_is_made_once_more_a_message_too() {
    let world = with_tokens(1_000);
    world.http.push(expired());
    world.http.push(tokens("b", 2_000, 0));
    world.http.push(text_of(
        &json!({"id": "m1", "createdAt": "2026-03-01T10:00:00+00:00"}),
    ));
    let outcome = world.wait(world.client.session(A).send("hello"));
    assert!(matches!(outcome, SendOutcome::Sent(_)), "{outcome:?}");
    let expected = ["call with stored", "refresh of stored", "call with b"];
    assert_eq!(story(&world), expected);
    let bodies = [0, 2].map(|n: usize| world.http.requests()[n].body().clone());
    assert_eq!(bodies[0], bodies[1]);
}

#[test]
fn many_calls_that_are_told_so_at_once_cause_one_renewal() {
    let world = with_tokens(1_000);
    for _ in 0..50 {
        world.http.push(expired());
    }
    let (refreshed, release) = tokens("b", 2_000, 0).held();
    world.http.push(refreshed);
    let mut calls = join_all((0..50).map(|_| list(&world))).boxed_local();
    assert!(calls.as_mut().now_or_never().is_none());
    world.settle();
    for _ in 0..50 {
        world.http.push(no_sessions());
    }
    release.release();
    assert!(world.wait(calls).iter().all(Result::is_ok));
    let renewals = story(&world)
        .iter()
        .filter(|told| told.starts_with("refresh"))
        .count();
    assert_eq!((renewals, world.http.requests().len()), (1, 101));
}

#[test]
fn new_tokens_are_told_to_whoever_stores_them_until_the_client_is_gone() {
    let world = with_tokens(1_000);
    let mut changes = world.client.tokens();
    assert!(changes.next().now_or_never().is_none());
    world.http.push(expired());
    world.http.push(tokens("b", 2_000, 0));
    world.http.push(no_sessions());
    world.wait(list(&world)).unwrap();
    let told: Tokens = changes.next().now_or_never().unwrap().unwrap();
    assert_eq!(told.refresh.unwrap().expose(), "secret-refresh-b");
    assert!(told.access.secret().expose().ends_with(".secret-signature"));
    assert_eq!(
        told.expires.unwrap().unix_millis() / 1_000,
        super::START as i64 + 2_000
    );
    assert!(changes.next().now_or_never().is_none());
    // Whoever comes late is told all the same.
    let mut late = world.client.tokens();
    assert!(late.next().now_or_never().unwrap().is_some());
    drop(world);
    assert!(changes.next().now_or_never().unwrap().is_none());
}
