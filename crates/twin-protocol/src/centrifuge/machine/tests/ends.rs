//! Ends of connections, and what follows from them.

use super::*;

#[test]
fn a_code_that_invites_is_followed_by_a_pause_and_a_dial() {
    for code in [
        1000, 1001, 1006, 3000, 3001, 3008, 3010, 3012, 3499, 4000, 4499, 5000,
    ] {
        let mut link = Link::joined(&["a"]);
        link.text("{}").say();
        link.closed(code);
        assert_eq!(link.say(), [format!("waiting 1 closed {code}")]);
        link.pass(500);
        assert_eq!(link.say(), ["connecting 1", "dial 2"]);
    }
}

#[test]
fn a_code_that_forbids_ends_the_link_and_every_session() {
    for code in [1009, 3500, 3501, 3503, 3505, 3999, 4500, 4999] {
        let mut link = Link::joined(&["a", "b"]);
        link.closed(code);
        let word = format!("terminated {code}");
        assert_eq!(
            link.say(),
            [
                format!("ended a link {word}"),
                format!("ended b link {word}"),
                format!("closed {word}")
            ]
        );
        assert_eq!(link.machine.deadline(), None);
    }
}

#[test]
fn only_a_second_3502_in_a_row_is_for_good() {
    let mut link = Link::joined(&["a"]);
    link.closed(3502).pass(500).say();
    link.connect(&["a"]);
    link.closed(3502);
    assert_eq!(link.say().pop().unwrap(), "waiting 2 closed 3502");
    link.pass(500).opened().closed(3502);
    assert_eq!(link.say().pop().unwrap(), "closed terminated 3502");
}

#[test]
fn a_3502_after_another_end_is_the_first_in_a_row_again() {
    let mut link = Link::joined(&["a"]);
    link.closed(3502).pass(500).opened().closed(3001);
    link.pass(500).opened().closed(3502);
    assert!(link.say().pop().unwrap().ends_with("closed 3502"));
    link.pass(500).opened().closed(3502);
    assert_eq!(link.say().pop().unwrap(), "closed terminated 3502");
}

#[test]
fn a_disconnect_push_in_the_place_of_the_connect_reply_is_judged_too() {
    let push = |code| format!(r#"{{"push":{{"disconnect":{{"code":{code},"reason":"go"}}}}}}"#);
    let mut link = Link::new();
    link.join("a").opened().say();
    link.text(&push(3001));
    assert_eq!(link.say(), ["1 hang up 1000", "waiting 1 closed 3001"]);
    link.pass(500).opened().say();
    link.text(&push(3500));
    assert_eq!(link.say().pop().unwrap(), "closed terminated 3500");
}

#[test]
fn a_disconnect_push_is_judged_like_a_close_frame() {
    let mut link = Link::joined(&["a"]);
    link.text(r#"{"push":{"disconnect":{"code":4500,"reason":"go"}}}"#);
    assert_eq!(
        link.say(),
        [
            "1 hang up 1000",
            "ended a link terminated 4500",
            "closed terminated 4500"
        ]
    );
}

#[test]
fn dials_that_may_succeed_later_are_repeated_for_ever() {
    let mut link = Link::new();
    link.join("a");
    for attempt in 1..50 {
        link.say();
        link.dial_fails(match attempt % 5 {
            0 => DialFailureKind::Broken,
            1 => DialFailureKind::Unreachable,
            2 => DialFailureKind::TimedOut,
            3 => DialFailureKind::Refused { status: 302 },
            _ => DialFailureKind::Refused { status: 502 },
        });
        assert!(link.say()[0].starts_with(&format!("waiting {attempt} ")));
        link.pass(500);
        assert_eq!(link.out[0], format!("connecting {}", attempt + 1));
    }
}

#[test]
fn dials_that_cannot_succeed_end_the_link() {
    for (kind, word) in [
        (DialFailureKind::NotTls, "tls"),
        (DialFailureKind::Untrusted, "tls"),
        (DialFailureKind::Refused { status: 401 }, "unauthorized 401"),
        (DialFailureKind::Refused { status: 403 }, "forbidden 403"),
        (DialFailureKind::Refused { status: 404 }, "not_found 404"),
        (DialFailureKind::Refused { status: 400 }, "refused 400"),
    ] {
        let mut link = Link::new();
        link.join("a").say();
        link.dial_fails(kind);
        assert_eq!(
            link.say(),
            [format!("ended a link {word}"), format!("closed {word}")]
        );
    }
}

#[test]
fn a_connect_error_is_followed_by_a_hang_up() {
    let mut link = Link::new();
    link.join("a").opened().say();
    link.text(r#"{"id":1,"error":{"code":1001,"message":"later","temporary":true}}"#);
    assert_eq!(link.say(), ["1 hang up 1000", "waiting 1 refused 1001"]);
    link.pass(500).opened();
    let id = link.last_id("connect");
    link.say();
    link.text(&format!(r#"{{"id":{id},"error":{{"code":101}}}}"#));
    assert_eq!(
        link.say(),
        [
            "2 hang up 1000",
            "ended a link unauthorized 101",
            "closed unauthorized 101"
        ]
    );
}

#[test]
fn what_cannot_be_read_ends_the_connection_not_the_link() {
    for text in ["<html>502</html>", "{", "[]", "\u{1}"] {
        let mut link = Link::joined(&["a"]);
        link.text("{}").say();
        link.text(text);
        assert_eq!(
            link.say(),
            ["1 hang up 1000", "waiting 1 protocol"],
            "{text}"
        );
    }
    let mut link = Link::joined(&["a"]);
    link.socket(SocketInput::Text(vec![b'{', 0xff].into()));
    assert!(link.say()[1].ends_with("protocol"));
    let mut link = Link::joined(&["a"]);
    link.socket(SocketInput::Binary(vec![0].into()));
    assert!(link.say()[1].ends_with("protocol"));
}

#[test]
fn what_came_before_the_unreadable_is_delivered() {
    let mut link = Link::joined(&["a"]);
    link.text(&format!("{}\n<", publication("widget:a", 1)));
    assert_eq!(link.say()[0], "event a chatMessageRead e/1");
}

#[test]
fn close_ends_everything_whatever_is_under_way() {
    let close = || Input::Command(Command::Close);
    let end = ["ended a link asked", "closed asked"];
    let mut link = Link::new();
    link.input(close());
    assert_eq!(link.say(), ["closed asked"]);

    let mut link = Link::new();
    link.join("a").say();
    assert_eq!(
        link.input(close()).say(),
        [&["1 hang up 1000"], &end[..]].concat()
    );

    let mut link = Link::new();
    link.join("a").opened().say();
    assert_eq!(
        link.input(close()).say(),
        [&["1 hang up 1000"], &end[..]].concat()
    );

    let mut link = Link::joined(&["a"]);
    assert_eq!(
        link.input(close()).say(),
        [&["1 hang up 1000"], &end[..]].concat()
    );

    let mut link = Link::joined(&["a"]);
    link.lost().say();
    assert_eq!(link.input(close()).say(), end);
    assert!(link.input(close()).say().is_empty());
}

#[test]
fn news_of_an_old_socket_is_ignored_and_a_late_open_is_hung_up() {
    let mut link = Link::joined(&["a"]);
    let old = link.socket.unwrap();
    link.lost().pass(500).say();
    link.input(Input::Socket(
        old,
        SocketInput::Text(publication("widget:a", 1).into()),
    ));
    assert_eq!(link.say(), ["note stale socket 1"]);
    link.input(Input::Socket(old, SocketInput::Opened));
    assert_eq!(link.say(), ["note stale socket 1", "1 hang up 1000"]);
}

#[test]
fn after_the_close_nothing_that_comes_is_an_event_and_no_session_ends_twice() {
    let mut link = Link::joined(&["a", "b"]);
    link.input(Input::Command(Command::Leave("b".into())));
    link.input(Input::Command(Command::Close)).say();
    link.text(&publication("widget:a", 1)).closed(3500).lost();
    link.input(Input::Command(Command::Leave("a".into())));
    link.pass(60_000);
    assert_eq!(link.say(), ["note stale socket 1"; 3]);
}

#[test]
fn a_join_in_flight_when_the_connection_ends_is_asked_again_and_settled_once() {
    let mut link = Link::new();
    link.join("a").opened();
    link.text(&connected(1, r#""widget:a":{}"#));
    let old = link.last_id("rpc");
    link.lost().pass(500).say();
    link.connect(&["a"]);
    let joins = link.out.iter().filter(|line| *line == "joined a").count();
    assert_eq!(joins, 1);
    link.say();
    // The old command's id means nothing on the new connection.
    link.text(&format!(r#"{{"id":{old},"error":{{"code":103}}}}"#));
    assert_eq!(link.say(), [format!("note stale reply {old}")]);
}
