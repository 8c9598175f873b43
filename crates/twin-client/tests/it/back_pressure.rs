//! Readers that are too slow.

use serde_json::json;
use twin_client::SlowReaders;

use crate::support::{A, B, World, channel, message, told};

#[test]
fn a_slow_reader_holds_up_its_own_link_within_its_bound_and_loses_nothing() {
    let world = World::with(|config| {
        config.buffer_per_link = 10_000;
        config.gap_filling = false;
        config.sessions_per_link = 1;
    });
    let (_a, mut slow) = world.listen(A);
    let (b, mut quick) = world.listen(B);
    let server = world.serve(&[A]);
    let other = world.serve(&[B]);
    let long = "x".repeat(4000);
    for number in 1..=20 {
        let data = message(A, &format!("{number}"), &long, 1);
        server.publish(&channel(A), number, &data);
    }
    let stats = world.client.stats();
    assert_eq!(stats.pauses, 1);
    assert!(stats.events < 5, "{}", stats.events);
    other.publish(&channel(B), 1, &message(B, "b", "goes on", 1));
    assert_eq!(told(&mut quick), ["goes on"]);
    drop((b, quick));
    // Nothing is read, and that is not the server's silence.
    world.advance(300);
    assert!(!server.peer.is_gone());
    assert!(world.no_dial());

    let mut had = Vec::new();
    while had.len() < 20 {
        let before = had.len();
        had.extend(told(&mut slow));
        assert!(had.len() > before, "reading makes room");
        world.settle();
    }
    assert!(had.iter().all(|body| *body == long));
}

#[test]
fn whoever_stops_reading_for_good_holds_up_nobody() {
    let world = World::with(|config| {
        config.buffer_per_link = 10_000;
        config.gap_filling = false;
        config.slow_readers = SlowReaders::HoldUp;
    });
    let (_a, abandoned) = world.listen(A);
    let (_b, mut events) = world.listen(B);
    let server = world.serve(&[A, B]);
    let long = "x".repeat(20_000);
    server.publish(&channel(A), 1, &message(A, "1", &long, 1));
    server.publish(&channel(B), 1, &message(B, "2", "waits", 2));
    assert_eq!(told(&mut events), [""; 0]);
    drop(abandoned);
    world.settle();
    server.publish(&channel(A), 2, &message(A, "3", &long, 3));
    server.publish(&channel(B), 2, &message(B, "4", "comes", 4));
    assert_eq!(told(&mut events), ["waits", "comes"]);
}

#[test]
fn a_small_event_is_charged_with_the_whole_frame_that_it_keeps() {
    let world = World::with(|config| {
        config.buffer_per_link = 10_000;
        config.gap_filling = false;
        config.slow_readers = SlowReaders::HoldUp;
    });
    let (_a, _slow) = world.listen(A);
    let (_b, mut events) = world.listen(B);
    let server = world.serve(&[A, B]);
    let long = "x".repeat(6000);
    for number in 1..=2 {
        let push = |session, body| {
            let data = message(session, &format!("{session}{number}"), body, 1);
            json!({"push": {"channel": channel(session), "pub": {"data": data, "offset": number}}})
        };
        let frame = format!("{}\n{}", push(A, "small"), push(B, &long));
        server.peer.send_text(frame);
        world.settle();
        // The long one is read at once, and its own weight given back.
        assert_eq!(told(&mut events), [long.as_str()]);
    }
    world.settle();
    assert_eq!(world.client.stats().pauses, 1);
}
