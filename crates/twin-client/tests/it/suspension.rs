//! The network changes; the application goes to the background and comes back.

use std::time::Duration;

use futures_util::FutureExt as _;
use serde_json::json;
use twin_client::{ErrorKind as Kind, LinkState, SendOutcome};
use twin_transport::{Error, ErrorKind, Reached, testing::Answer};

use crate::support::{A, B, World, channel, message, recovered, told};

fn taken() -> Answer {
    Answer::json(json!({"id": "m", "createdAt": "2026-03-01T10:00:00+00:00"}).to_string())
}

fn assert_not_sent(outcome: Option<SendOutcome>) {
    let Some(SendOutcome::NotSent(error)) = outcome else {
        panic!("{outcome:?}");
    };
    let (kind, reached) = (error.kind(), error.reached());
    assert_eq!((kind, reached), (Kind::InvalidInput, Reached::No));
    assert!(!error.is_retryable());
}

fn states(world: &World, links: &mut twin_client::LinkChanges) -> Vec<&'static str> {
    world.settle();
    let changes = std::iter::from_fn(|| links.next().now_or_never().flatten());
    changes
        .map(|change| match change.state {
            LinkState::Connecting { .. } => "connecting",
            LinkState::Connected { .. } => "connected",
            LinkState::Waiting { .. } => "waiting",
            LinkState::Suspended => "suspended",
            LinkState::Closed { .. } => "closed",
            other => panic!("unknown: {other:?}"),
        })
        .collect()
}

#[test]
fn a_client_in_the_background_has_no_socket_and_misses_nothing_on_return() {
    let world = World::new();
    let mut links = world.client.links();
    let (_session, mut events) = world.listen(A);
    let server = world.serve(&[A]);
    server.publish(&channel(A), 1, &message(A, "1", "one", 1));
    world.advance(1);
    world.wait(world.client.suspend());
    assert!(world.client.is_suspended());
    let (code, is_gone) = server.closed_by_client();
    assert_eq!((code, is_gone), (Some(1000), true));
    world.client.reconnect_now();
    world.advance(3600);
    assert!(world.no_dial());

    world.client.resume();
    let server = world.accept();
    let missed = [message(A, "2", "two", 2)];
    let connect = server.greet(&json!({channel(A): recovered(2, &missed)}));
    let asked = &connect["connect"]["subs"][channel(A)];
    assert_eq!(asked, &json!({"recover": true, "offset": 1, "epoch": "e"}));
    server.agree();
    assert_eq!(told(&mut events), ["one", "recovered: two"]);
    let expected = [
        "connecting",
        "connected",
        "suspended",
        "connecting",
        "connected",
    ];
    assert_eq!(states(&world, &mut links), expected);
}

#[test]
fn suspending_waits_for_a_socket_that_closes_slowly_but_not_for_ever() {
    let world = World::new();
    let (_session, _events) = world.listen(A);
    let server = world.serve(&[A]);
    server.peer.stop_reading();
    let mut suspended = Box::pin(world.client.suspend());
    assert!(suspended.as_mut().now_or_never().is_none());
    world.settle();
    assert!(suspended.as_mut().now_or_never().is_none());
    world.advance(1);
    assert!(suspended.as_mut().now_or_never().is_some());
    assert!(server.peer.is_gone());
}

#[test]
fn a_suspension_that_is_ended_before_it_is_complete_is_waited_for_no_longer() {
    let world = World::new();
    let (_session, _events) = world.listen(A);
    let server = world.serve(&[A]);
    server.peer.stop_reading();
    world.advance(60);
    let mut suspended = Box::pin(world.client.suspend());
    assert!(suspended.as_mut().now_or_never().is_none());
    world.client.resume();
    // The old connection closes, and the new one is dialled at once.
    world.settle();
    world.advance(1);
    let _dial = world.dial();
    assert!(suspended.as_mut().now_or_never().is_some());
}

#[test]
fn suspending_waits_for_the_socket_of_a_session_that_was_left_just_before() {
    let world = World::new();
    let (session, _events) = world.listen(A);
    let server = world.serve(&[A]);
    server.peer.stop_reading();
    session.leave();
    world.settle();
    let mut suspended = Box::pin(world.client.suspend());
    assert!(suspended.as_mut().now_or_never().is_none());
    world.settle();
    assert!(suspended.as_mut().now_or_never().is_none());
    assert!(!server.peer.is_gone());
    world.advance(1);
    assert!(suspended.as_mut().now_or_never().is_some());
    assert!(server.peer.is_gone());
}

#[test]
fn a_message_under_way_is_settled_before_the_suspension_and_others_wait_for_its_end() {
    let world = World::new();
    let session = world.client.session(A);
    let (answer, release) = taken().held();
    world.http.push(answer);
    world.http.push(taken());
    let first = session.send("one");
    let mut second = session.send("two");
    world.settle();
    let mut suspended = Box::pin(world.client.suspend());
    assert!(suspended.as_mut().now_or_never().is_none());
    release.release();
    world.settle();
    assert!(suspended.as_mut().now_or_never().is_some());
    assert!(matches!(world.wait(first), SendOutcome::Sent(_)));
    world.advance(3600);
    assert!((&mut second).now_or_never().is_none());
    assert_eq!(world.http.requests().len(), 1);
    world.client.resume();
    assert!(matches!(world.wait(second), SendOutcome::Sent(_)));
}

#[test]
fn a_session_that_comes_in_the_background_gets_its_link_on_return() {
    let world = World::new();
    world.wait(world.client.suspend());
    let mut links = world.client.links();
    let (_session, mut events) = world.listen(B);
    assert!(world.no_dial());
    assert_eq!(states(&world, &mut links), ["suspended"]);
    world.client.resume();
    let server = world.serve(&[B]);
    server.publish(&channel(B), 1, &message(B, "1", "one", 1));
    assert_eq!(told(&mut events), ["one"]);
}

#[test]
fn a_client_that_is_closed_in_the_background_ends_and_sends_what_waited() {
    let world = World::new();
    let (session, mut events) = world.listen(A);
    let _server = world.serve(&[A]);
    world.wait(world.client.suspend());
    world.http.push(taken());
    let sending = session.send("one");
    world.advance(1);
    world.wait(world.client.close());
    assert_eq!(told(&mut events), ["end"]);
    assert!(matches!(world.wait(sending), SendOutcome::Sent(_)));
    assert!(!world.client.is_suspended());
    assert!(world.no_dial());
    assert_eq!(world.runtime.task_names(), [""; 0]);
}

#[test]
fn a_client_that_nobody_can_resume_gives_up_what_waits_and_ends() {
    let world = World::new();
    let (mut links, mut unassigned) = (world.client.links(), world.client.unassigned());
    let (session, events) = world.listen(A);
    world.wait(world.client.suspend());
    let waiting = [session.send("one"), session.send("two")];
    world.settle();
    let World {
        runtime,
        http,
        client,
        ..
    } = world;
    drop((client, session, events));
    runtime.run_until_stalled();
    assert_eq!(runtime.task_names(), [""; 0]);
    for sending in waiting {
        assert_not_sent(sending.now_or_never());
    }
    assert!(http.requests().is_empty());
    while links.next().now_or_never().expect("no wait").is_some() {}
    let end = unassigned.next().now_or_never();
    assert!(end.expect("no wait").is_none());
}

#[test]
fn a_session_alone_sends_unless_its_client_is_suspended_for_good() {
    for is_suspended in [false, true] {
        let world = World::new();
        let session = world.client.session(A);
        if is_suspended {
            world.wait(world.client.suspend());
        }
        let World {
            runtime,
            http,
            client,
            ..
        } = world;
        drop(client);
        http.push(taken());
        let sending = session.send("one");
        runtime.run_until_stalled();
        let outcome = sending.now_or_never();
        if is_suspended {
            assert_not_sent(outcome);
        } else {
            assert!(matches!(outcome, Some(SendOutcome::Sent(_))), "{outcome:?}");
        }
        assert_eq!(http.requests().len(), usize::from(!is_suspended));
    }
}

#[test]
fn messages_wait_as_long_as_one_handle_is_left_that_can_resume() {
    let world = World::new();
    let session = world.client.session(A);
    let clone = world.client.clone();
    world.wait(world.client.suspend());
    let mut sending = session.send("one");
    let World {
        runtime,
        http,
        client,
        ..
    } = world;
    drop(client);
    runtime.run_until_stalled();
    assert!((&mut sending).now_or_never().is_none());
    http.push(taken());
    clone.resume();
    let outcome = runtime.block_on(sending);
    assert!(matches!(outcome, SendOutcome::Sent(_)), "{outcome:?}");
}

#[test]
fn a_changed_network_makes_a_waiting_link_dial_at_once() {
    let world = World::with(|config| {
        config.backoff.first_bound = Duration::from_secs(1000);
        config.backoff.last_bound = Duration::from_secs(1000);
    });
    let (_session, _events) = world.listen(A);
    let (kind, what) = (ErrorKind::Unreachable, "dialling");
    world.dial().fail(Error::new(kind, Reached::No, what));
    world.advance(1);
    assert!(world.no_dial(), "it waits for longer than a second");
    world.client.reconnect_now();
    let _server = world.serve(&[A]);
}

#[test]
fn a_changed_network_makes_a_live_link_dial_anew_and_nothing_is_lost_or_comes_twice() {
    let world = World::new();
    let (_session, mut events) = world.listen(A);
    let server = world.serve(&[A]);
    server.publish(&channel(A), 1, &message(A, "1", "one", 1));
    world.advance(1);
    world.client.reconnect_now();
    // Still on the old connection: it is recovered by the new one.
    server.publish(&channel(A), 2, &message(A, "2", "two", 2));
    let server = world.accept();
    server.greet(&json!({channel(A): recovered(2, &[message(A, "2", "two", 2)])}));
    server.agree();
    server.publish(&channel(A), 3, &message(A, "3", "three", 3));
    assert_eq!(told(&mut events), ["one", "recovered: two", "three"]);
}
