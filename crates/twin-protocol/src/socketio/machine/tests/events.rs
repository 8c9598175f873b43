//! Events of the server, in whatever form and order they come.

use super::*;
use crate::socketio::Acks;

const READ: &str = r#"42["chatMessageReadEmit",{"messageId":"m"}]"#;
const READ_LINE: &str = r#"event chatMessageRead {"messageId":"m"}"#;

#[test]
fn a_whole_life_over_a_websocket() {
    let mut link = Link::new(Transport::WebSocket);
    link.join();
    assert_eq!(
        link.say(),
        ["connecting 1", "1 dial EIO=3&transport=websocket"]
    );
    link.opened().text(OPEN);
    assert!(link.say().is_empty());
    link.text("40");
    assert_eq!(link.say(), ["joined s", "connected 1"]);
    link.text(READ).text(READ);
    assert_eq!(link.say(), [READ_LINE, READ_LINE]);
    link.command(Command::Close);
    assert_eq!(
        link.say(),
        [
            "1 send 41",
            "1 hang up 1000",
            "ended s link asked",
            "closed asked"
        ]
    );
}

#[test]
fn events_before_the_connect_packet_are_delivered_and_let_in() {
    let mut link = Link::new(Transport::WebSocket);
    link.join().opened().text(OPEN).say();
    link.text(READ).text("40").text(READ);
    assert_eq!(
        link.say(),
        ["joined s", "connected 1", READ_LINE, READ_LINE]
    );
}

#[test]
fn a_connect_packet_that_never_comes_ends_the_attempt() {
    let mut link = Link::new(Transport::WebSocket);
    link.join().opened().text(OPEN).say();
    link.pass(9_999);
    assert!(link.say().is_empty());
    link.pass(1);
    assert_eq!(link.say(), ["1 hang up 1000", "waiting 1 timeout"]);
}

#[test]
fn a_fresh_session_has_a_gap_before_its_first_connection() {
    let mut link = Link::new(Transport::WebSocket);
    link.command(Command::Join(Join::new("s".into(), JoinStart::First)));
    link.dial_fails(DialFailureKind::Unreachable).pass(500);
    link.opened().text(OPEN).say();
    link.text(READ);
    assert_eq!(
        link.say(),
        ["gap start", "joined s", "connected 2", READ_LINE]
    );
}

#[test]
fn every_later_connection_has_a_gap_before_its_first_event() {
    let mut link = Link::live();
    link.text(READ).lost().pass(500).say();
    link.opened().text(OPEN);
    assert!(link.say().is_empty());
    link.text(READ);
    assert_eq!(
        link.say(),
        ["gap no_recovery", "joined s", "connected 1", READ_LINE]
    );
}

#[test]
fn a_connection_that_was_never_let_in_makes_no_gap() {
    let mut link = Link::new(Transport::WebSocket);
    link.join().opened().text(OPEN).lost().pass(500).say();
    link.opened().text(OPEN).text("40");
    assert_eq!(link.say(), ["joined s", "connected 2"]);
}

#[test]
fn every_number_and_kind_of_arguments_is_delivered() {
    let mut link = Link::live();
    link.text(r#"42["x"]"#)
        .text(r#"42["x",1,[2],"три"]"#)
        .text(r#"42["x",null]"#)
        .text(r#"42["x",NaN]"#)
        .text("42[7,{}]")
        .text("42{}");
    assert_eq!(
        link.say(),
        [
            "event x []",
            r#"event x [1,[2],"три"]"#,
            "event x null",
            r#"event x "[\"x\",NaN]""#,
            "event 7 {}",
            r#"event - "{}""#,
        ]
    );
}

#[test]
fn bytes_are_put_to_their_event_raw_or_in_base64_with_heartbeats_between() {
    let mut link = Link::live();
    let header = r#"452-["x",{"f":{"_placeholder":true,"num":1}},{"_placeholder":true,"num":0}]"#;
    link.text(header).binary(&[4, 1, 2]).text("3");
    assert!(link.say().is_empty());
    link.text("b4/w==");
    assert_eq!(
        link.say(),
        [
            r#"event x [{"f":{"_placeholder":true,"num":1}},{"_placeholder":true,"num":0}] b"\x01\x02" b"\xff""#
        ]
    );
    link.text(r#"450-["x"]"#).text(r#"45["y"]"#);
    assert_eq!(link.say(), ["event x []", "event y []"]);
}

#[test]
fn an_event_whose_bytes_do_not_come_is_delivered_without_them() {
    let mut link = Link::live();
    link.text(r#"452-["x",1]"#).binary(&[4, 1]).text(READ);
    assert_eq!(
        link.say(),
        [
            r#"note PassedOver("a packet whose bytes did not all come")"#,
            r#"event x 1 b"\x01""#,
            READ_LINE
        ]
    );
    link.binary(&[4, 1]);
    assert_eq!(
        link.say(),
        [r#"note PassedOver("bytes that belong to no packet")"#]
    );
}

#[test]
fn more_bytes_than_may_be_kept_end_the_connection() {
    let config = Config {
        max_attachments: 2,
        max_attachment_bytes: 3,
        ..Config::default()
    };
    for (header, bytes) in [
        ("453-[\"x\"]", &[][..]),
        ("4599999999999999999999999-[\"x\"]", &[]),
        ("452-[\"x\"]", &[&[4, 1, 2][..], &[4, 3, 4]]),
    ] {
        let mut link = Link::live_with(config.clone());
        link.text(header);
        for bytes in bytes {
            link.binary(bytes);
        }
        assert_eq!(link.say(), ["1 hang up 1000", "waiting 1 protocol"]);
    }
    let mut link = Link::live_with(config);
    link.text("452-[\"x\"]").binary(&[4, 1, 2]).binary(&[4, 3]);
    assert_eq!(link.say(), [r#"event x [] b"\x01\x02" b"\x03""#]);
}

#[test]
fn an_error_packet_of_a_session_that_is_let_in_is_an_event() {
    let mut link = Link::live();
    link.text(r#"44{"message":"Ошибка 💥"}"#).text("44");
    assert_eq!(
        link.say(),
        [r#"event error {"message":"Ошибка 💥"}"#, "event error []"]
    );
}

#[test]
fn what_concerns_another_namespace_is_passed_over() {
    let mut link = Link::live();
    link.text("40/admin,")
        .text(r#"42/admin,["x"]"#)
        .text("41/admin")
        .text(r#"44/nope,"Invalid namespace""#);
    let notes = link.say();
    assert_eq!(notes.len(), 4);
    assert!(
        notes
            .iter()
            .all(|note| note.starts_with("note UnknownPush"))
    );
    let mut link = Link::new(Transport::WebSocket);
    link.join().opened().text(OPEN).say();
    link.text("40/admin,").text(r#"42/admin,["x"]"#);
    assert!(link.say().iter().all(|note| note.starts_with("note")));
}

#[test]
fn odd_packets_are_passed_over() {
    let mut link = Link::live();
    for text in ["", "9", "x", "4", "49", "5", OPEN, "430[]", "43[]", "6"] {
        link.text(text);
        let said = link.say();
        assert!(said.iter().all(|line| line.starts_with("note")), "{said:?}");
    }
    link.binary(&[0, 1]);
    assert_eq!(link.say().len(), 1);
    link.text(READ);
    assert_eq!(link.say(), [READ_LINE]);
}

#[test]
fn an_event_that_asks_for_it_is_acknowledged_at_once() {
    let mut link = Link::live();
    link.text(r#"420["serverAsk",{}]"#);
    assert_eq!(link.say(), ["event serverAsk {}", "1 send 430[]"]);
}

#[test]
fn the_user_acknowledges_where_that_is_wanted() {
    use crate::link::Respond;

    let within = Duration::from_secs(3);
    let acks = Acks::ByUser { within };
    let mut link = Link::live_with(Config {
        acks,
        max_acks: 2,
        ..Config::default()
    });
    link.text(r#"427["x",1]"#).text(r#"428["x",2]"#);
    assert_eq!(link.say(), ["event x 1 ack 7", "event x 2 ack 8"]);
    link.text(r#"429["x",3]"#);
    assert_eq!(link.say(), ["event x 3", "1 send 439[]"]);
    let ack = |id| crate::link::AckId { connection: 1, id };
    let respond = |id, json| Command::Respond(Respond::new(ack(id), vec![argument(json)]));
    link.command(respond(8, r#"{"a":1}"#))
        .command(respond(8, "2"));
    assert_eq!(
        link.say(),
        [r#"1 send 438[{"a":1}]"#, "note StaleAck { id: 8 }"]
    );
    link.pass(3_000);
    assert_eq!(link.say(), ["note AckOverdue { id: 7 }", "1 send 437[]"]);
    link.command(respond(7, "1"));
    assert_eq!(link.say(), ["note StaleAck { id: 7 }"]);
    link.text(r#"421["x",4]"#)
        .lost()
        .pass(500)
        .opened()
        .text(OPEN);
    link.text("40").say();
    link.command(respond(1, "1"));
    assert_eq!(link.say(), ["note StaleAck { id: 1 }"]);
}

#[test]
fn a_session_that_is_over_ends_the_link() {
    let mut link = Link::live();
    let closed = r#"{"sessionId":"s","chatId":"c","sessionRatingRequired":false}"#;
    link.text(&format!(r#"42["sessionClosedEmit",{closed}]"#));
    assert_eq!(
        link.say(),
        [
            format!("event sessionClosed {closed}").as_str(),
            "1 send 41",
            "1 hang up 1000",
            "ended s closed",
            "closed asked"
        ]
    );
}

#[test]
fn another_session_is_refused() {
    let mut link = Link::live();
    link.command(Command::Join(Join::new("other".into(), JoinStart::Now)));
    assert_eq!(link.say(), ["ended other join_refused"]);
    link.command(Command::Leave("s".into()));
    assert_eq!(
        link.say(),
        [
            "1 send 41",
            "1 hang up 1000",
            "ended s left",
            "closed asked"
        ]
    );
    link.join();
    assert_eq!(link.say(), ["ended s link asked"]);
}
