//! A runtime that drops the tasks of a client: it is shut down, or they have panicked.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use futures_util::FutureExt as _;
use serde_json::json;
use twin_client::{
    AccessToken, Client, Config, Credentials, Error, ErrorKind, Reached, SendOutcome, Sending,
    SessionEnd,
};
use twin_transport::{
    TokioRuntime,
    testing::{Answer, MemoryConnector, MemoryHttp},
};

use crate::support::{A, B, World, channel, message, told};

fn taken() -> Answer {
    Answer::json(json!({"id": "m", "createdAt": "2026-03-01T10:00:00+00:00"}).to_string())
}

/// Why it did not go well, and whether the message is certainly not sent.
fn failure(outcome: Option<SendOutcome>) -> (ErrorKind, bool) {
    let is_undone = |error: &Error| error.reached() == Reached::No;
    match outcome.expect("an outcome") {
        SendOutcome::NotSent(error) => {
            assert!(is_undone(&error));
            (error.kind(), true)
        }
        SendOutcome::Unknown(error) => {
            assert!(!is_undone(&error));
            (error.kind(), false)
        }
        SendOutcome::Sent(message) => panic!("{message:?}"),
    }
}

#[test]
fn messages_of_a_runtime_that_is_shut_down_have_their_outcome_and_so_have_later_ones() {
    let world = World::new();
    world.http.push(Answer::never());
    let session = world.client.session(A);
    let first = session.send("on its way");
    world.settle();
    let second = session.send("waits");
    drop(world.runtime);
    let later = session.send("too late");
    let failures = [first, second, later].map(|sending: Sending| failure(sending.now_or_never()));
    let internal = ErrorKind::Internal;
    let expected = [(internal, false), (internal, true), (internal, true)];
    assert_eq!(failures, expected);
}

#[test]
fn a_message_that_waited_for_the_end_of_a_suspension_is_certainly_not_sent() {
    let world = World::new();
    world.wait(world.client.suspend());
    let sending = world.client.session(A).send("waits");
    world.settle();
    drop(world.runtime);
    let failed = failure(sending.now_or_never());
    assert_eq!(failed, (ErrorKind::Internal, true));
}

#[tokio::test]
async fn after_a_transport_that_panics_messages_are_sent_again() {
    let is_broken = Arc::new(AtomicBool::new(true));
    let breaks = Arc::clone(&is_broken);
    let http = MemoryHttp::answering(move |_| {
        assert!(!breaks.load(Ordering::Relaxed), "as a transport may");
        taken()
    });
    let client = Client::builder(Config::default())
        .http(http)
        .web_socket(MemoryConnector::new())
        .runtime(TokioRuntime::current().unwrap())
        .build()
        .unwrap();
    let session = client.session(A);
    let (first, second) = (session.send("breaks it"), session.send("waits"));
    let first = failure(Some(first.await));
    let second = failure(Some(second.await));
    assert_eq!((first.1, second.1), (false, true));
    is_broken.store(false, Ordering::Relaxed);
    session.send("later").await.sent().unwrap();
}

#[test]
fn events_of_a_runtime_that_is_shut_down_end_after_those_that_have_come() {
    let world = World::new();
    let (session, mut events) = world.listen(A);
    let server = world.serve(&[A]);
    server.publish(&channel(A), 1, &message(A, "1", "one", 1));
    drop(server);
    let World {
        runtime, client, ..
    } = world;
    drop(runtime);
    assert_eq!(told(&mut events), ["one", "end"]);
    let end = session.ended().now_or_never().flatten();
    assert!(matches!(end, Some(SessionEnd::LinkClosed(_))), "{end:?}");
    // No link is ever driven here again.
    let (_, mut late) = client.listen([B]).unwrap().pop().unwrap();
    assert_eq!(told(&mut late), ["end"]);
    let (_, mut again) = client.listen([A]).unwrap().pop().unwrap();
    assert_eq!(told(&mut again), ["end"]);
}

#[test]
fn a_gap_that_is_being_filled_stays_one_when_the_runtime_is_shut_down() {
    let world = World::with(|config| {
        config.credentials = Credentials::Token(AccessToken::parse("t").unwrap());
    });
    world.http.push(Answer::never());
    let (_session, mut events) = world.listen(A);
    let server = world.serve(&[A]);
    server.publish(&channel(A), 1, &message(A, "1", "one", 1));
    // Numbers are missing between the two.
    server.publish(&channel(A), 5, &message(A, "5", "five", 5));
    assert_eq!(told(&mut events), ["one"]);
    drop(server);
    drop(world.runtime);
    assert_eq!(told(&mut events), ["gap: jump", "five", "end"]);
}
