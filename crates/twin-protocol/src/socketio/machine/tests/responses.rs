//! Acknowledgements that the user gives: how they are sent, and what becomes of those that are not.

use super::*;
use crate::{
    link::{AckId, Respond},
    socketio::Acks,
};

/// A link whose user acknowledges within `seconds`.
fn by_user(transport: Transport, seconds: u64) -> Config {
    let within = Duration::from_secs(seconds);
    Config {
        acks: Acks::ByUser { within },
        max_sent_bytes: 100,
        transport,
        ..Config::default()
    }
}

fn respond(id: u64, json: &str) -> Command {
    let ack = AckId { connection: 1, id };
    Command::Respond(Respond::new(ack, vec![argument(json)]))
}

#[test]
fn an_acknowledgement_goes_out_at_once_by_http_too() {
    let mut link = Link::with(by_user(Transport::Polling, 60));
    link.join().answer(&[OPEN, "40", r#"427["x"]"#]).say();
    link.command(respond(7, "1"));
    assert_eq!(link.say(), ["3 post 437[1]"]);
}

#[test]
fn one_that_is_larger_than_a_server_takes_is_sent_empty() {
    let mut link = Link::live_with(by_user(Transport::WebSocket, 60));
    link.text(r#"427["x"]"#).say();
    link.command(respond(7, &format!("\"{}\"", "a".repeat(100))));
    let note = "an acknowledgement larger than a server takes; an empty one was sent";
    assert_eq!(
        link.say(),
        [
            format!("note PassedOver({note:?})"),
            "1 send 437[]".to_owned()
        ]
    );
}

#[test]
fn only_those_that_are_overdue_are_given_for_the_user() {
    let mut link = Link::live_with(by_user(Transport::WebSocket, 3));
    link.text(r#"427["x"]"#)
        .pass(1_000)
        .text(r#"428["x"]"#)
        .say();
    link.pass(2_000);
    assert_eq!(link.say(), ["note AckOverdue { id: 7 }", "1 send 437[]"]);
    link.pass(1_000);
    assert_eq!(link.say(), ["note AckOverdue { id: 8 }", "1 send 438[]"]);
}

#[test]
fn the_heart_beats_while_an_acknowledgement_is_owed() {
    let mut link = Link::live_with(by_user(Transport::WebSocket, 60));
    link.text(r#"427["x"]"#).say();
    link.pass(25_000);
    assert_eq!(link.say(), ["1 send 2"]);
}
