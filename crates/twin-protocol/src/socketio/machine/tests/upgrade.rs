//! The move from HTTP to a WebSocket: no packet lost, none twice, whatever comes when.

use super::*;

/// A link by HTTP that is let in, with question 2 asked and socket 1 dialled.
fn dialled() -> Link {
    let mut link = Link::new(Transport::PollingThenWebSocket);
    link.join().answer(&[OPEN_UPGRADE, "40"]);
    assert_eq!(
        link.say()[2..],
        [
            "1 dial EIO=3&transport=websocket&sid=sid",
            "joined s",
            "connected 1",
            "2 get EIO=3&transport=polling&sid=sid&t=1.2"
        ]
    );
    link
}

#[test]
fn the_connection_moves_once_the_question_is_answered() {
    let mut link = dialled();
    link.opened();
    assert_eq!(link.say(), ["1 send 2probe"]);
    link.answer(&[r#"42["x",1]"#]);
    assert_eq!(
        link.say(),
        ["event x 1", "3 get EIO=3&transport=polling&sid=sid&t=1.3"]
    );
    link.text("3probe");
    assert!(link.say().is_empty());
    link.answer(&[r#"42["x",2]"#, "6"]);
    assert_eq!(link.say(), ["event x 2", "1 send 5", "note Upgraded"]);
    link.text("6").text(r#"42["x",3]"#);
    assert_eq!(link.say(), ["event x 3"]);
    link.pass(25_000);
    assert_eq!(link.say(), ["1 send 2"]);
    link.closed(None);
    assert_eq!(link.say(), ["waiting 1 closed"]);
}

#[test]
fn what_is_sent_meanwhile_waits_for_the_socket() {
    let mut link = dialled();
    link.opened().emit(1, "1");
    assert_eq!(
        link.say(),
        ["1 send 2probe", "emitted 1 sent", r#"3 post 42["x",1]"#]
    );
    link.text("3probe").emit(2, "2").text("2");
    assert!(link.say().is_empty());
    link.answer(&["6"]);
    assert!(link.say().is_empty(), "the message is still under way");
    link.accept();
    assert_eq!(
        link.say(),
        [
            "1 send 5",
            "note Upgraded",
            "1 send 3",
            "emitted 2 sent",
            r#"1 send 42["x",2]"#
        ]
    );
}

#[test]
fn while_it_drains_nothing_new_is_asked_or_sent_by_http() {
    let mut link = dialled();
    link.opened().emit(1, "1").text("3probe").say();
    link.answer(&[r#"42["x",1]"#]);
    assert_eq!(link.say(), ["event x 1"], "the message is still under way");
    link.accept();
    assert_eq!(link.say(), ["1 send 5", "note Upgraded"]);

    let mut link = dialled();
    link.opened().text("3probe").say();
    // An answer to the server's heartbeat is lined up while the question is under way.
    link.text("2");
    assert!(link.say().is_empty());
    link.answer(&["6"]);
    assert_eq!(link.say(), ["1 send 5", "note Upgraded", "1 send 3"]);
}

#[test]
fn a_socket_that_cannot_be_opened_or_proven_leaves_the_connection_on_http() {
    type Fate = fn(&mut Link) -> &mut Link;
    let fates: [Fate; 5] = [
        |link| link.dial_fails(DialFailureKind::Refused { status: 403 }),
        |link| link.opened().closed(None),
        |link| link.opened().lost(),
        |link| link.opened().text("3probe").lost(),
        |link| link.opened().socket(SocketInput::Unreadable("no".into())),
    ];
    for fate in fates {
        let mut link = dialled();
        fate(&mut link);
        let said = link.say();
        assert!(said.last().unwrap().starts_with("note UpgradeFailed"));
        link.answer(&[r#"42["x",1]"#]);
        assert_eq!(
            link.say(),
            ["event x 1", "3 get EIO=3&transport=polling&sid=sid&t=1.3"]
        );
        link.emit(1, "1");
        assert_eq!(link.say().pop().unwrap(), r#"4 post 42["x",1]"#);
    }
}

#[test]
fn a_dial_that_is_said_to_fail_once_it_is_open_changes_nothing() {
    let mut link = dialled();
    link.opened().say();
    link.dial_fails(DialFailureKind::Unreachable);
    assert!(link.say().is_empty());
    link.text("3probe").answer(&["6"]);
    assert_eq!(link.say(), ["1 send 5", "note Upgraded"]);
}

#[test]
fn a_move_that_takes_too_long_is_given_up() {
    type Step = fn(&mut Link) -> &mut Link;
    let steps: [Step; 3] = [
        |link| link,
        |link| link.opened(),
        |link| link.opened().text("3probe"),
    ];
    for step in steps {
        let mut link = dialled();
        step(&mut link);
        link.say();
        link.pass(10_000);
        assert_eq!(
            link.say(),
            [
                "1 hang up 1000",
                r#"note UpgradeFailed("it took too long")"#
            ]
        );
        // What was lined up meanwhile goes out by HTTP, and the question is asked again.
        link.answer(&["3"]);
        assert_eq!(link.say(), ["3 get EIO=3&transport=polling&sid=sid&t=1.3"]);
    }
}

#[test]
fn a_question_answered_before_the_move_is_given_up_is_asked_again() {
    let mut link = dialled();
    link.opened().text("3probe").emit(1, "1");
    // The message is lined up; the question is answered in the same moment as the socket breaks.
    link.lost().answer(&["6"]).pass(100);
    let said = link.say();
    assert!(said.iter().any(|line| line.contains("post 42")), "{said:?}");
    assert!(said.last().unwrap().contains(" get "), "{said:?}");
}

#[test]
fn the_end_of_the_transport_while_it_drains_ends_everything() {
    let mut link = dialled();
    link.opened().text("3probe").say();
    link.answer(&["1"]);
    assert_eq!(link.say(), ["1 hang up 1000", "waiting 1 closed"]);
}

#[test]
fn a_refusal_before_the_move_hangs_up_the_socket() {
    let mut link = Link::new(Transport::PollingThenWebSocket);
    link.join().answer(&[OPEN_UPGRADE, "44\"no\""]);
    let said = link.say();
    assert_eq!(
        said[2..],
        [
            "1 dial EIO=3&transport=websocket&sid=sid",
            "1 hang up 1000",
            "ended s join_refused",
            "closed join_refused"
        ]
    );
}

#[test]
fn nothing_moves_where_it_is_not_offered_or_not_wanted() {
    let mut link = Link::new(Transport::PollingThenWebSocket);
    link.join().answer(&[OPEN, "40"]);
    assert!(!link.say().iter().any(|line| line.contains("dial")));
    let mut link = Link::new(Transport::Polling);
    link.join().answer(&[OPEN_UPGRADE, "40"]);
    assert!(!link.say().iter().any(|line| line.contains("dial")));
}

#[test]
fn an_event_that_comes_over_the_socket_too_early_is_not_lost() {
    let mut link = dialled();
    link.opened().say();
    link.text(r#"42["x",1]"#);
    assert_eq!(link.say(), ["event x 1"]);
}

#[test]
fn the_move_may_happen_before_the_session_is_let_in() {
    let mut link = Link::new(Transport::PollingThenWebSocket);
    link.join().answer(&[OPEN_UPGRADE]).opened().text("3probe");
    link.answer(&["6"]).say();
    link.text("40");
    assert_eq!(link.say(), ["joined s", "connected 1"]);
}

#[test]
fn closing_while_it_moves_leaves_by_http() {
    let mut link = dialled();
    link.opened().text("3probe").say();
    link.command(Command::Close);
    assert_eq!(
        link.say(),
        [
            "1 hang up 1000",
            "abort 2",
            "3 post 41 1",
            "ended s link asked",
            "closed asked"
        ]
    );
}

#[test]
fn the_socket_is_tried_once_and_only_after_it_is_open() {
    let mut link = dialled();
    link.text("3probe").answer(&[r#"42["x",1]"#]);
    assert!(link.say().pop().unwrap().contains(" get "));
    link.opened().opened();
    assert_eq!(link.say(), ["1 send 2probe"]);
    link.text("3probe").opened();
    assert!(link.say().is_empty());
    link.answer(&["6"]);
    assert_eq!(link.say(), ["1 send 5", "note Upgraded"]);
}

#[test]
fn a_socket_that_cannot_be_read_is_hung_up() {
    let mut link = dialled();
    link.opened().say();
    link.socket(SocketInput::Unreadable("no".into()));
    assert_eq!(
        link.say(),
        ["1 hang up 1000", r#"note UpgradeFailed("no")"#]
    );
}

#[test]
fn the_last_message_has_no_more_packets_than_a_server_reads() {
    let mut link = dialled();
    link.opened().text("3probe").say();
    for id in 0..20 {
        link.text(&format!(r#"42{id}["x"]"#));
    }
    link.say();
    link.command(Command::Close);
    let post = link.say().swap_remove(2);
    assert!(post.ends_with(" 41 1"), "{post}");
    assert_eq!(post.matches(" 43").count(), 14, "{post}");
}

#[test]
fn an_early_wake_up_gives_up_no_move() {
    let mut link = dialled();
    link.input(Input::Elapsed);
    assert!(link.say().is_empty());
    // Nor is there anything to wake up for while a message keeps the connection from moving.
    link.opened().emit(1, "1").answer_with(200, b"");
    link.text("3probe").pass(5_000).say();
    link.accept();
    assert_eq!(link.say(), ["1 send 5", "note Upgraded"]);
}
