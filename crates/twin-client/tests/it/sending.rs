//! Messages: each posted once, in order, with a known outcome or one that says that it is unknown.

use http::StatusCode;
use serde_json::{Value, json};
use twin_client::{AccessToken, Credentials, ErrorKind, Reached, RetryPolicy, SendOutcome};
use twin_transport::testing::Answer;

use crate::support::{A, World, page, text_of};

fn taken() -> Answer {
    text_of(&json!({"id": "m", "createdAt": "2026-03-01T10:00:00+00:00"}))
}

fn bodies(world: &World) -> Vec<String> {
    let requests = world.http.requests();
    let body = |request: &http::Request<bytes::Bytes>| {
        let json: Value = serde_json::from_slice(request.body()).unwrap();
        json["body"].as_str().unwrap().to_owned()
    };
    requests.iter().map(body).collect()
}

#[test]
fn a_message_goes_the_way_of_the_token_or_the_way_without_one() {
    let token = Credentials::Token(AccessToken::parse("t0ken").unwrap());
    for (credentials, way, authorization) in [
        (Credentials::Anonymous, "messages", None),
        (token, "clients/messages", Some("Bearer t0ken")),
    ] {
        let world = World::with(|config| config.credentials = credentials);
        world.http.push(taken());
        let outcome = world.wait(world.client.session(A).send("hello"));
        assert!(matches!(outcome, SendOutcome::Sent(_)), "{outcome:?}");
        let request = &world.http.requests()[0];
        let address = format!("https://chats-api.twin24.ai/api/v1/sessions/{A}/{way}");
        assert_eq!(request.uri().to_string(), address);
        let sent = request.headers().get("authorization");
        assert_eq!(sent.map(|value| value.to_str().unwrap()), authorization);
    }
}

#[test]
fn messages_go_out_one_after_the_other_whether_or_not_anyone_waits() {
    let world = World::new();
    let session = world.client.session(A);
    let (first, release) = taken().held();
    world.http.push(first);
    world.http.push(taken());
    world.http.push(taken());
    let one = session.send("one");
    drop(session.send("two"));
    let three = session.send("three");
    assert_ne!(one.local_id(), three.local_id());
    world.settle();
    assert_eq!(bodies(&world), ["one"]);
    release.release();
    assert_eq!(world.wait(one).sent().unwrap().id.as_str(), "m");
    world.wait(three).sent().unwrap();
    assert_eq!(bodies(&world), ["one", "two", "three"]);
}

#[test]
fn what_became_of_a_message_says_as_much_as_can_be_known() {
    let status = |status| Answer::status(StatusCode::from_u16(status).unwrap());
    let failure = Answer::failure;
    use twin_transport::ErrorKind::{Lost, Unreachable};
    for (answer, certain) in [
        (status(400), true),
        (status(401), true),
        (status(404), true),
        (status(422), true),
        (status(408), false),
        (status(500), false),
        (status(502), false),
        (failure(Unreachable, Reached::No), true),
        (failure(Lost, Reached::Unknown), false),
        (Answer::json("<html>"), false),
        (Answer::never(), false),
    ] {
        let world = World::new();
        let shown = format!("{answer:?}");
        world.http.push(answer);
        let outcome = world.wait(world.client.session(A).send("x"));
        match outcome {
            SendOutcome::NotSent(_) => assert!(certain, "{shown}"),
            SendOutcome::Unknown(_) => assert!(!certain, "{shown}"),
            SendOutcome::Sent(_) => panic!("{shown}"),
        }
        world.advance(600);
        assert_eq!(world.http.requests().len(), 1, "posted once: {shown}");
    }
}

#[test]
fn a_message_too_many_is_not_sent_and_says_so() {
    let world = World::new();
    world.http.push(Answer::never());
    let session = world.client.session(A);
    let first = session.send("on its way");
    world.settle();
    let mut waiting: Vec<_> = (0..1024).map(|_| session.send("waits")).collect();
    let outcome = world.wait(session.send("too many"));
    let SendOutcome::NotSent(error) = outcome else {
        panic!("not sent");
    };
    assert_eq!(
        (error.kind(), error.reached()),
        (ErrorKind::InvalidInput, Reached::No)
    );
    waiting.clear();
    drop(first);
}

#[test]
fn history_asks_page_by_page_and_asks_again_after_an_error() {
    let world = World::with(|config| config.retry = RetryPolicy::none());
    let item = |number: u64| {
        json!({"id": format!("{number}"), "authorType": "BOT", "sessionId": A,
               "createdAt": "2026-03-01T10:00:00+00:00"})
    };
    let items: Vec<_> = (0..100).map(item).collect();
    world.http.push(page(101, &items));
    world.http.push(Answer::status(StatusCode::BAD_GATEWAY));
    world.http.push(page(101, &[json!({"id": "odd"})]));
    let mut history = world.client.session(A).history();
    for number in 0..100_u64 {
        let message = world.wait(history.next()).unwrap().unwrap();
        assert_eq!(message.read().unwrap().id.as_str(), number.to_string());
    }
    let error = world.wait(history.next()).unwrap_err();
    assert!(error.is_retryable());
    let odd = world.wait(history.next()).unwrap().unwrap();
    assert!(odd.read().is_err());
    assert!(world.wait(history.next()).unwrap().is_none());
    let asked = world.asked();
    assert_eq!(asked.len(), 3);
    assert!(
        asked[1].contains("offset=100") && asked[2] == asked[1],
        "{asked:?}"
    );
}
