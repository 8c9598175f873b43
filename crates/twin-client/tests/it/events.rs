//! Events: each once, in order, as they came.

use serde_json::json;
use twin_client::{Delivery, Origin, SessionEnd};

use crate::support::{A, B, World, channel, granted, message, told};

#[test]
fn each_event_goes_to_its_session_once_and_in_order() {
    let world = World::new();
    let (_a, mut of_a) = world.listen(A);
    let (_b, mut of_b) = world.listen(B);
    let server = world.serve(&[A, B]);
    server.publish(&channel(A), 1, &message(A, "1", "one", 1));
    server.publish(&channel(B), 1, &message(B, "2", "two", 2));
    server.publish(&channel(A), 1, &message(A, "1", "one", 1));
    server.publish(&channel(A), 2, &message(A, "3", "three", 3));
    assert_eq!(told(&mut of_a), ["one", "three"]);
    assert_eq!(told(&mut of_b), ["two"]);
    let stats = world.client.stats();
    assert_eq!((stats.events, stats.duplicates_dropped), (3, 1));
}

#[test]
fn a_payload_is_kept_byte_for_byte_with_its_place() {
    let world = World::new();
    let (_session, mut events) = world.listen(A);
    let server = world.serve(&[A]);
    let data = r#"{"event":"odd","payload":{ "a" :1.0,"a":"\u0436" }}"#;
    let channel = channel(A);
    server.peer.send_text(format!(
        r#"{{"push":{{"channel":"{channel}","pub":{{"data":{data},"offset":1}}}}}}"#
    ));
    let Some(Delivery::Event(event)) = world.wait(events.next()) else {
        panic!("an event");
    };
    assert_eq!(event.raw.get(), r#"{ "a" :1.0,"a":"\u0436" }"#);
    assert_eq!(event.name.as_deref(), Some("odd"));
    assert_eq!(event.origin, Origin::Live);
    let place = event.position.unwrap();
    assert_eq!(
        (place.channel, place.offset, place.epoch),
        (channel, 1, "e".to_owned())
    );
}

#[test]
fn a_closed_session_ends_its_own_stream_after_its_last_event() {
    let world = World::new();
    let (a, mut of_a) = world.listen(A);
    let (_b, mut of_b) = world.listen(B);
    let server = world.serve(&[A, B]);
    server.publish(&channel(A), 1, &message(A, "1", "last", 1));
    let closed = json!({"event": "sessionClosed", "payload": {
        "sessionId": A, "chatId": "c", "sessionRatingRequired": false,
    }});
    server.publish(&channel(A), 2, &closed);
    assert_eq!(told(&mut of_a), ["last", "sessionClosed", "end"]);
    assert_eq!(world.wait(a.ended()), Some(SessionEnd::Closed));
    server.publish(&channel(B), 1, &message(B, "2", "goes on", 2));
    assert_eq!(told(&mut of_b), ["goes on"]);
}

#[test]
fn a_refused_join_ends_its_session_alone_with_its_reason() {
    let world = World::new();
    let (a, mut of_a) = world.listen(A);
    let (_b, mut of_b) = world.listen(B);
    let server = world.accept();
    server.greet(&json!({channel(A): granted(0), channel(B): granted(0)}));
    while let Some(command) = server.command() {
        let id = &command["id"];
        let said = if command["rpc"]["data"]["id"] == A {
            json!({"id": id, "error": {"code": 404, "message": "session not found"}})
        } else {
            json!({"id": id, "rpc": {"data": {"success": true}}})
        };
        server.say(&said);
    }
    world.settle();
    assert_eq!(told(&mut of_a), ["end"]);
    let Some(SessionEnd::JoinRefused(reason)) = world.wait(a.ended()) else {
        panic!("refused");
    };
    assert_eq!(reason.code, Some(404));
    server.publish(&channel(B), 1, &message(B, "2", "goes on", 2));
    assert_eq!(told(&mut of_b), ["goes on"]);
}
