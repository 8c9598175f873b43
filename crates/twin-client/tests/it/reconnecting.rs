//! Connections that break, and what comes back.

use serde_json::{Value, json};
use twin_client::LinkState;
use twin_transport::Runtime as _;

use crate::support::{A, B, World, channel, granted, message, recovered, told};

fn state(world: &World, links: &mut twin_client::LinkChanges) -> String {
    let change = world.wait(links.next()).unwrap();
    assert_eq!((change.link, change.sessions.len()), (1, 1));
    match change.state {
        LinkState::Connecting { attempt } => format!("connecting {attempt}"),
        LinkState::Connected { attempt } => format!("connected {attempt}"),
        LinkState::Waiting {
            attempt, reason, ..
        } => format!("waiting {attempt}: {}", reason.kind),
        LinkState::Closed { reason } => format!("closed: {}", reason.kind),
        other => panic!("unknown: {other:?}"),
    }
}

#[test]
fn what_was_missed_comes_back_in_its_place_and_the_states_are_told() {
    let world = World::new();
    let mut links = world.client.links();
    let (_session, mut events) = world.listen(A);
    let server = world.serve(&[A]);
    server.publish(&channel(A), 1, &message(A, "1", "one", 1));
    server.peer.lose();
    world.settle();
    assert!(server.peer.is_gone());

    let server = world.accept();
    let missed = [message(A, "2", "two", 2)];
    let connect = server.greet(&json!({channel(A): recovered(2, &missed)}));
    let asked = &connect["connect"]["subs"][channel(A)];
    assert_eq!(asked, &json!({"recover": true, "offset": 1, "epoch": "e"}));
    server.agree();
    server.publish(&channel(A), 3, &message(A, "3", "three", 3));
    assert_eq!(told(&mut events), ["one", "recovered: two", "three"]);
    let states: Vec<_> = (0..5).map(|_| state(&world, &mut links)).collect();
    let expected = [
        "connecting 1",
        "connected 1",
        "waiting 1: lost",
        "connecting 1",
        "connected 1",
    ];
    assert_eq!(states, expected);
}

#[test]
fn what_cannot_be_had_back_is_a_gap_in_its_place() {
    let world = World::new();
    let (_session, mut events) = world.listen(A);
    let server = world.serve(&[A]);
    server.publish(&channel(A), 1, &message(A, "1", "one", 1));
    server.peer.close(3001, "shutdown");
    let mut sub: Value = granted(9);
    sub["was_recovering"] = true.into();
    let server = world.grant(&json!({channel(A): sub}));
    server.publish(&channel(A), 10, &message(A, "2", "two", 2));
    assert_eq!(told(&mut events), ["one", "gap: not_recovered", "two"]);
    assert_eq!(world.client.stats().gaps, 1);
}

#[test]
fn a_server_that_never_answers_is_given_up_and_the_old_socket_is_gone_before_the_next_dial() {
    let world = World::new();
    let (_session, _events) = world.listen(A);
    let server = world.accept();
    world.advance(9);
    assert!(world.no_dial());
    // Ten seconds for dial, upgrade and reply together; then a pause of at most one.
    world.advance(3);
    assert!(server.peer.is_gone());
    let _dial = world.dial();
    assert!(world.no_dial(), "one at a time");
}

#[test]
fn what_comes_at_the_very_moment_at_which_silence_would_be_a_loss_is_heard_first() {
    let world = World::new();
    let (_session, _events) = world.listen(A);
    let server = world.serve(&[A]);
    // By now the only timer is that for the next ping.
    world.advance(20);
    let overdue = world.runtime.next_timer().unwrap();
    let handle = world.runtime.handle();
    // The timer is older than this sleep, so the link is woken by it first.
    world.wait(async {
        handle.sleep(overdue - handle.now()).await;
        server.say(&json!({}));
    });
    assert!(world.no_dial());
    assert!(!server.peer.is_gone());
    world.advance(60);
    assert!(server.peer.is_gone());
}

#[test]
fn an_end_for_good_ends_every_session_with_its_code() {
    let world = World::new();
    let (session, mut events) = world.listen(A);
    let server = world.serve(&[A]);
    server.peer.close(3500, "invalid token");
    world.settle();
    assert_eq!(told(&mut events), ["end"]);
    let Some(twin_client::SessionEnd::LinkClosed(reason)) = world.wait(session.ended()) else {
        panic!("the link is closed");
    };
    assert_eq!(reason.code, Some(3500));
    world.advance(100);
    assert!(world.no_dial());
    assert_eq!(world.runtime.task_names(), [""; 0]);
}

#[test]
fn a_planned_reconnect_dials_only_once_the_old_socket_is_gone() {
    let world = World::new();
    let (_a, mut events) = world.listen(A);
    let server = world.serve(&[A]);
    server.publish(&channel(A), 1, &message(A, "1", "alive", 1));
    assert_eq!(told(&mut events), ["alive"]);
    // Joined, and granted no channel: the link comes back with the longer list.
    let (_b, _events) = world.listen(B);
    server.agree();
    // A server that does not even take the goodbye is waited for, half a second.
    server.peer.stop_reading();
    world.advance(2);
    assert!(!server.peer.is_gone());
    assert!(world.connector.take_dial().is_none(), "one at a time");
    world.advance(1);
    assert!(server.peer.is_gone());
    let server = world.accept();
    let connect = server.command().unwrap();
    assert_eq!(
        connect["connect"]["data"]["settings"]["sessions"],
        json!([A, B])
    );
}
