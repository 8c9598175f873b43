//! Which link carries which session.

use serde_json::{Map, Value, json};
use twin_client::LinkState;

use crate::support::{A, B, C, World, channel, granted, message, told};

fn sessions(connect: &Value) -> usize {
    connect["connect"]["data"]["settings"]["sessions"]
        .as_array()
        .unwrap()
        .len()
}

#[test]
fn more_sessions_than_fit_on_one_link_open_more() {
    let world = World::with(|config| config.sessions_per_link = 2);
    let listened = world.client.listen([A, B, C]).unwrap();
    let counts: Vec<_> = (0..2)
        .map(|_| sessions(&world.accept().command().unwrap()))
        .collect();
    assert_eq!(counts, [2, 1]);
    assert!(world.no_dial());
    drop(listened);
}

#[test]
fn a_server_that_allows_fewer_channels_halves_the_number_and_the_sessions_go_on() {
    let world = World::new();
    let mut links = world.client.links();
    let names: Vec<_> = (0..4).map(|number| format!("s{number}")).collect();
    let mut listened = world
        .client
        .listen(names.iter().map(String::as_str))
        .unwrap();
    let server = world.accept();
    assert_eq!(sessions(&server.command().unwrap()), 4);
    server.peer.close(3505, "channel limit");
    for _ in 0..2 {
        let server = world.accept();
        let connect = server.command().unwrap();
        let ids = connect["connect"]["data"]["settings"]["sessions"].clone();
        let ids: Vec<String> = serde_json::from_value(ids).unwrap();
        assert_eq!(ids.len(), 2);
        let subs: Map<_, _> = ids.iter().map(|id| (channel(id), granted(0))).collect();
        server.say(&json!({"id": connect["id"], "connect": {"client": "c", "subs": subs}}));
        server.agree();
        for id in &ids {
            server.publish(&channel(id), 1, &message(id, id, id, 1));
        }
    }
    for (session, events) in &mut listened {
        assert_eq!(told(events), [session.id().as_str()]);
    }
    let closed = std::iter::from_fn(|| world.wait(links.next()))
        .find(|change| matches!(change.state, LinkState::Closed { .. }))
        .unwrap();
    assert_eq!((closed.link, closed.sessions.len()), (1, 4));
}

#[test]
fn links_of_one_size_that_are_ended_for_it_halve_the_number_once() {
    let world = World::with(|config| config.sessions_per_link = 4);
    let names: Vec<_> = (0..12).map(|number| format!("s{number}")).collect();
    let listened = world
        .client
        .listen(names.iter().map(String::as_str))
        .unwrap();
    let servers: Vec<_> = (0..3).map(|_| world.accept()).collect();
    for server in &servers {
        assert_eq!(sessions(&server.command().unwrap()), 4);
        server.peer.close(3505, "channel limit");
    }
    for _ in 0..6 {
        assert_eq!(sessions(&world.accept().command().unwrap()), 2);
    }
    assert!(world.no_dial());
    drop(listened);
}

#[test]
fn a_single_session_that_is_too_many_ends() {
    let world = World::new();
    let (session, mut events) = world.listen(A);
    let server = world.accept();
    server.peer.close(3505, "channel limit");
    world.settle();
    assert_eq!(told(&mut events), ["end"]);
    assert!(world.wait(session.ended()).is_some());
}

#[test]
fn over_a_channel_of_several_sessions_each_event_comes_once_on_whichever_link() {
    let world = World::with(|config| {
        config.sessions_per_link = 1;
        config.gap_filling = false;
    });
    let (_a, mut of_a) = world.listen(A);
    let (_b, mut of_b) = world.listen(B);
    let shared = json!({"widget:user": granted(0)});
    let (first, second) = (world.grant(&shared), world.grant(&shared));
    for server in [&first, &second] {
        server.publish("widget:user", 1, &message(A, "1", "for a", 1));
        server.publish("widget:user", 2, &message(B, "2", "for b", 2));
    }
    assert_eq!(told(&mut of_a), ["for a"]);
    assert_eq!(told(&mut of_b), ["for b"]);
    // What the other link brings is nobody's, and yet not unassigned.
    let stats = world.client.stats();
    assert_eq!((stats.unassigned_dropped, stats.duplicates_dropped), (0, 2));
}
