//! Starting and continuing sessions, and the hole between the start and the first connect.

use futures_util::FutureExt as _;
use http::{Method, header::AUTHORIZATION};
use serde_json::{Value, json};
use twin_client::{AccessToken, Credentials, Reached, SessionDraft};

use crate::support::{A, B, World, channel, granted, message, recovered, started, told};

fn with_token() -> World {
    World::with(|config| {
        config.gap_filling = false;
        config.credentials = Credentials::Token(AccessToken::parse("t0ken").unwrap());
    })
}

#[test]
fn without_a_token_a_session_starts_through_the_widgets_gateway_and_answers_come_as_events() {
    let world = World::new();
    world.http.push(started(A, &[]));
    world
        .wait(world.client.chat("c").start(SessionDraft::new("n")))
        .unwrap();
    let request = &world.http.requests()[0];
    assert_eq!(request.method(), Method::POST);
    let address = "https://tcl.twin24.ai/api/chats/v1/chats/c/sessions?x_widget=1";
    assert_eq!(request.uri().to_string(), address);
    assert!(!request.headers().contains_key(AUTHORIZATION));
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(body, json!({"name": "n", "returnAnswerAsync": true}));
}

#[test]
fn with_a_token_a_session_starts_through_the_public_api() {
    let world = with_token();
    world.http.push(started(A, &[]));
    let mut draft = SessionDraft::new("n");
    draft.return_answer_async = Some(false);
    world.wait(world.client.chat("c").start(draft)).unwrap();
    let request = &world.http.requests()[0];
    let address = "https://chats-api.twin24.ai/api/v1/chats/c/sessions";
    assert_eq!(request.uri().to_string(), address);
    assert_eq!(request.headers()[AUTHORIZATION], "Bearer t0ken");
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(body["returnAnswerAsync"], false);
}

#[test]
fn what_was_published_before_the_first_connect_is_asked_for_and_comes_after_the_replys_messages() {
    let world = World::new();
    world.http.push(started(
        A,
        &[json!({"body": "from the reply"}), json!({"body": []})],
    ));
    let chat = world.client.chat("c");
    let (_session, mut events) = world.wait(chat.start(SessionDraft::new("n"))).unwrap();
    let server = world.accept();
    let before = [message(A, "1", "one", 1), message(A, "2", "two", 2)];
    let connect = server.greet(&json!({channel(A): recovered(2, &before)}));
    assert_eq!(
        connect["connect"]["data"]["settings"]["sessions"],
        json!([A])
    );
    let asked = &connect["connect"]["subs"][channel(A)];
    assert_eq!(asked, &json!({"recover": true}));
    server.agree();
    server.publish(&channel(A), 3, &message(A, "3", "three", 3));
    let expected = [
        "start: from the reply",
        "start: chatMessageCreated",
        "recovered: one",
        "recovered: two",
        "three",
    ];
    assert_eq!(told(&mut events), expected);
}

#[test]
fn what_a_new_session_says_over_a_channel_of_several_before_the_reply_is_declared_missing() {
    let world = World::new();
    let (_b, mut of_b) = world.listen(B);
    let server = world.grant(&json!({"personal:u": granted(0)}));
    let (answer, release) = started(A, &[]).held();
    world.http.push(answer);
    let chat = world.client.chat("c");
    let mut start = chat.start(SessionDraft::new("n")).boxed();
    assert!(start.as_mut().now_or_never().is_none());
    server.publish("personal:u", 1, &message(A, "1", "too early", 1));
    release.release();
    let (_a, mut of_a) = world.wait(start).unwrap();
    server.agree();
    server.publish("personal:u", 2, &message(A, "2", "in time", 2));
    assert_eq!(told(&mut of_a), ["gap: start", "in time"]);
    assert_eq!(told(&mut of_b), [""; 0]);
}

#[test]
fn a_session_that_is_continued_or_listened_to_asks_for_nothing_of_before() {
    let world = with_token();
    world.http.push(started(A, &[]));
    let mut draft = SessionDraft::new("n");
    draft.client_external_id = Some("me".into());
    let chat = world.client.chat("c");
    let (_session, _events) = world.wait(chat.continue_last(draft)).unwrap();
    assert_eq!(world.http.requests()[0].method(), Method::PUT);
    let server = world.accept();
    assert_eq!(server.command().unwrap()["connect"].get("subs"), None);
}

#[test]
fn listening_twice_to_a_session_is_an_error_and_leaves_nothing_behind() {
    let world = World::new();
    let (_session, _events) = world.listen(A);
    let error = world.client.listen(["other", A]).unwrap_err();
    assert_eq!(error.kind(), twin_client::ErrorKind::InvalidInput);
    // The other one was let go: it can be listened to again.
    assert_eq!(world.client.listen(["other", "other"]).unwrap().len(), 1);
}

#[test]
fn a_session_that_was_gone_on_with_while_it_is_listened_to_has_been_gone_on_with() {
    let world = with_token();
    let (_session, _events) = world.listen(A);
    world.http.push(started(A, &[]));
    let mut draft = SessionDraft::new("n");
    draft.message_body = Some("said once".into());
    let chat = world.client.chat("c");
    let error = world.wait(chat.continue_last(draft)).unwrap_err();
    // Whoever believed that it was not would say it again.
    assert_eq!(error.reached(), Reached::Yes);
}
