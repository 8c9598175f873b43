//! Events for the server, and their acknowledgements.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn an_emit_is_sent_and_its_acknowledgement_told() {
    let mut link = Link::live();
    let asking = emit(1, "{}").acknowledged_within(SECOND);
    link.command(Command::Emit(asking)).emit(2, "2");
    assert_eq!(
        link.say(),
        [
            r#"1 send 420["x",{}]"#,
            "emitted 2 sent",
            r#"1 send 42["x",2]"#
        ]
    );
    link.text(r#"430[{"ok":true},2]"#);
    assert_eq!(link.say(), [r#"emitted 1 acknowledged [{"ok":true},2]"#]);
    link.text("430[]");
    assert_eq!(link.say(), ["note StaleAck { id: 0 }"]);
}

#[test]
fn an_acknowledgement_with_bytes_is_put_together() {
    let mut link = Link::live();
    let bytes = Argument::Binary(Bytes::from_static(&[9]));
    let emit = Emit::new(EmitId::new(1), "x", vec![bytes]).acknowledged_within(SECOND);
    link.command(Command::Emit(emit));
    assert_eq!(
        link.say(),
        [
            r#"1 send 451-0["x",{"_placeholder":true,"num":0}]"#,
            r#"1 send b"\x04\t""#
        ]
    );
    link.text(r#"461-0[{"_placeholder":true,"num":0}]"#);
    assert!(link.say().is_empty());
    link.binary(&[4, 9]);
    assert_eq!(
        link.say(),
        [r#"emitted 1 acknowledged [{"_placeholder":true,"num":0}]"#]
    );
}

#[test]
fn an_acknowledgement_without_a_list_is_kept() {
    for (data, arguments) in [
        ("", "[]"),
        ("5", r#"["5"]"#),
        ("[NaN]", r#"["[NaN]"]"#),
        ("[]", "[]"),
    ] {
        let mut link = Link::live();
        link.command(Command::Emit(emit(1, "1").acknowledged_within(SECOND)));
        link.say();
        // A number right after the id would be a part of it.
        let data = if data == "5" { " 5" } else { data };
        let arguments = arguments.replace("\"5\"", "\" 5\"");
        link.text(&format!("430{data}"));
        assert_eq!(link.say(), [format!("emitted 1 acknowledged {arguments}")]);
    }
}

#[test]
fn an_acknowledgement_that_does_not_come_in_time_is_given_up() {
    let mut link = Link::live();
    link.command(Command::Emit(emit(1, "1").acknowledged_within(SECOND)));
    link.say();
    link.pass(999);
    assert!(link.say().is_empty());
    link.pass(1);
    assert_eq!(link.say(), ["emitted 1 unanswered"]);
    link.text("430[]");
    assert_eq!(link.say(), ["note StaleAck { id: 0 }"]);
}

#[test]
fn acknowledgements_that_are_awaited_are_lost_with_the_connection() {
    let mut link = Link::live();
    link.command(Command::Emit(emit(1, "1").acknowledged_within(SECOND)));
    link.say();
    link.lost();
    assert_eq!(link.say(), ["emitted 1 lost", "waiting 1 lost"]);
    link.pass(500).opened().text(OPEN).text("40").say();
    link.text("430[]");
    assert_eq!(link.say(), ["note StaleAck { id: 0 }"]);
}

#[test]
fn while_the_link_is_down_an_emit_fails_or_waits_as_it_says() {
    let mut link = Link::new(Transport::WebSocket);
    link.emit(1, "1");
    assert_eq!(link.say(), ["emitted 1 not sent Down"]);
    link.join().opened().text(OPEN).say();
    link.emit(2, "2");
    assert_eq!(link.say(), ["emitted 2 not sent Down"]);
    let patient = |number, time| emit(number, "1").when_down(WhenDown::Wait(time));
    link.command(Command::Emit(patient(3, SECOND)))
        .command(Command::Emit(patient(4, SECOND * 3)));
    assert!(link.say().is_empty());
    link.pass(1_000);
    assert_eq!(link.say(), ["emitted 3 not sent Expired"]);
    link.text("40");
    assert_eq!(
        link.say(),
        [
            "joined s",
            "connected 1",
            "emitted 4 sent",
            r#"1 send 42["x",1]"#
        ]
    );
}

#[test]
fn what_waits_outlives_connections_and_ends_with_the_link() {
    let mut link = Link::live();
    link.lost().say();
    let patient = emit(1, "1").when_down(WhenDown::Wait(SECOND * 60));
    link.command(Command::Emit(patient)).pass(500).lost().say();
    link.dial_fails(DialFailureKind::Refused { status: 401 });
    let said = link.say();
    assert!(said.is_empty() || said[0].starts_with("note"));
    link.pass(500)
        .dial_fails(DialFailureKind::Refused { status: 401 });
    let said = link.say();
    assert!(
        said.iter()
            .any(|line| line.starts_with("emitted 1 not sent Closed")),
        "{said:?}"
    );
    link.emit(2, "1");
    assert!(link.say()[0].starts_with("emitted 2 not sent Closed"));
}

#[test]
fn what_waits_for_a_message_by_http_is_not_sent_when_the_connection_ends() {
    let mut link = Link::polling();
    link.emit(1, "1").emit(2, "2").say();
    link.answer(&["1"]);
    assert_eq!(
        link.say(),
        ["abort 3", "emitted 2 not sent Down", "waiting 1 closed"]
    );
}

#[test]
fn what_may_wait_is_bounded() {
    let config = Config {
        max_acks: 1,
        max_sent_bytes: 1000,
        max_waiting: 2,
        max_waiting_bytes: 1500,
        ..Config::default()
    };
    let patient =
        |number, json: &str| Command::Emit(emit(number, json).when_down(WhenDown::Wait(SECOND)));
    let long = format!("\"{}\"", "a".repeat(1000));
    let mut link = Link::with(config.clone());
    link.join().say();
    link.command(patient(1, &long));
    assert_eq!(link.say(), ["emitted 1 not sent TooLarge"]);
    let bytes = Argument::Binary(Bytes::new());
    let many = Emit::new(EmitId::new(2), "x", vec![bytes; 11]);
    link.command(Command::Emit(many));
    assert_eq!(link.say(), ["emitted 2 not sent TooLarge"]);
    let half = format!("\"{}\"", "a".repeat(800));
    link.command(patient(3, &half)).command(patient(4, &half));
    assert_eq!(link.say(), ["emitted 4 not sent Full"]);
    link.command(patient(5, "1")).command(patient(6, "1"));
    assert_eq!(link.say(), ["emitted 6 not sent Full"]);

    let mut link = Link::live_with(config);
    let asking = |number| Command::Emit(emit(number, "1").acknowledged_within(SECOND));
    link.command(asking(1)).command(asking(2));
    assert_eq!(
        link.say(),
        [r#"1 send 420["x",1]"#, "emitted 2 not sent Full"]
    );
}

/// What an emit of this number takes: its name, and an argument of one byte with what stands around it.
const ONE: usize = 34;

fn patient(number: u64) -> Command {
    Command::Emit(emit(number, "1").when_down(WhenDown::Wait(60 * SECOND)))
}

#[test]
fn an_emit_is_measured_with_its_name_and_what_stands_around_it() {
    for (max_sent_bytes, said) in [
        (ONE, "emitted 1 sent"),
        (ONE - 1, "emitted 1 not sent TooLarge"),
    ] {
        let mut link = Link::live_with(Config {
            max_sent_bytes,
            ..Config::default()
        });
        link.emit(1, "1");
        assert_eq!(link.say()[0], said);
    }
}

#[test]
fn what_was_sent_or_has_expired_takes_no_room_any_more() {
    let config = Config {
        max_waiting_bytes: ONE,
        ..Config::default()
    };
    let mut link = Link::with(config);
    link.join().command(patient(1)).command(patient(2));
    assert_eq!(link.say().pop().unwrap(), "emitted 2 not sent Full");
    link.opened().text(OPEN).text("40").lost().say();
    link.command(patient(3));
    assert!(link.say().is_empty());
    link.command(patient(4));
    assert_eq!(link.say(), ["emitted 4 not sent Full"]);
    link.input(Input::Command(Command::Suspend)).say();
    link.pass(60_000);
    assert_eq!(link.say(), ["emitted 3 not sent Expired"]);
    link.command(patient(5));
    assert!(link.say().is_empty());
}

#[test]
fn every_acknowledgement_has_its_own_number_and_those_that_want_none_owe_none() {
    let mut link = Link::live_with(Config {
        max_acks: 2,
        ..Config::default()
    });
    let asking = |number| Command::Emit(emit(number, "1").acknowledged_within(SECOND));
    link.command(asking(1))
        .command(asking(2))
        .command(asking(3));
    link.emit(4, "1");
    assert_eq!(
        link.say(),
        [
            r#"1 send 420["x",1]"#,
            r#"1 send 421["x",1]"#,
            "emitted 3 not sent Full",
            "emitted 4 sent",
            r#"1 send 42["x",1]"#
        ]
    );
}

#[test]
fn acknowledgements_are_owed_by_what_was_sent_and_by_what_waits() {
    let mut link = Link::with(Config {
        transport: Transport::Polling,
        max_acks: 2,
        ..Config::default()
    });
    link.join().answer(&[OPEN, "40"]).say();
    let asking = |number| Command::Emit(emit(number, "1").acknowledged_within(60 * SECOND));
    // The first is under way, the second waits for it.
    link.command(asking(1)).command(asking(2)).say();
    link.command(asking(3));
    assert_eq!(link.say(), ["emitted 3 not sent Full"]);
}

#[test]
fn another_deadline_gives_up_no_acknowledgement() {
    let mut link = Link::live();
    let asking = emit(1, "1").acknowledged_within(30 * SECOND);
    link.command(Command::Emit(asking)).say();
    link.pass(29_999);
    assert_eq!(link.say(), ["1 send 2"]);
}
