//! Ends of connections, and what follows from them.

use super::*;
use crate::socketio::OnDisconnect;

#[test]
fn a_close_frame_invites_to_come_back_whatever_its_code() {
    for code in [
        None,
        Some(1000),
        Some(1001),
        Some(1009),
        Some(1011),
        Some(3500),
        Some(4999),
    ] {
        let mut link = Link::live();
        link.closed(code);
        let word = code.map_or("closed".to_owned(), |code| format!("closed {code}"));
        assert_eq!(link.say(), [format!("waiting 1 {word}")]);
        link.pass(500);
        assert_eq!(
            link.say(),
            ["connecting 2", "2 dial EIO=3&transport=websocket"]
        );
    }
}

#[test]
fn the_end_of_the_transport_is_no_end_of_the_link() {
    // A Python server leaves the socket open after it (drop.py-server).
    let mut link = Link::live();
    link.text("1");
    assert_eq!(link.say(), ["1 hang up 1000", "waiting 1 closed"]);
    link.closed(Some(1000));
    assert_eq!(link.say(), ["note StaleSocket(SocketId(1))"]);
}

#[test]
fn a_disconnect_is_for_good_unless_the_owner_says_otherwise() {
    let mut link = Link::live();
    link.text("41");
    assert_eq!(
        link.say(),
        [
            "1 hang up 1000",
            "ended s link terminated",
            "closed terminated"
        ]
    );
    let mut link = Link::live_with(Config {
        on_disconnect: OnDisconnect::ComeBack,
        ..Config::default()
    });
    link.text("41");
    assert_eq!(link.say(), ["1 hang up 1000", "waiting 1 closed"]);
}

#[test]
fn a_refusal_in_place_of_the_connect_packet_is_for_good() {
    let mut link = Link::new(Transport::WebSocket);
    link.join().opened().text(OPEN).say();
    link.text("44\"Неизвестный ключ\"");
    assert_eq!(
        link.say(),
        [
            "1 hang up 1000",
            "ended s join_refused",
            "closed join_refused"
        ]
    );
    let State::Closed { reason } = &link.machine.state else {
        panic!("{:?}", link.machine)
    };
    assert_eq!(reason.text.as_deref(), Some("Неизвестный ключ"));
    assert_eq!(link.machine.deadline(), None);
}

#[test]
fn dials_that_cannot_succeed_end_the_link() {
    for (kind, word) in [
        (DialFailureKind::NotTls, "tls"),
        (DialFailureKind::Untrusted, "tls"),
        (DialFailureKind::Refused { status: 400 }, "refused 400"),
        (DialFailureKind::Refused { status: 401 }, "unauthorized 401"),
        (DialFailureKind::Refused { status: 403 }, "forbidden 403"),
        (DialFailureKind::Refused { status: 404 }, "not_found 404"),
    ] {
        let mut link = Link::new(Transport::WebSocket);
        link.join().say();
        link.dial_fails(kind);
        assert_eq!(
            link.say(),
            [format!("ended s link {word}"), format!("closed {word}")]
        );
    }
}

#[test]
fn dials_that_may_succeed_later_are_repeated_for_ever() {
    let mut link = Link::new(Transport::WebSocket);
    link.join();
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
fn attempts_count_on_until_there_is_proof_of_life() {
    let mut link = Link::live();
    link.lost();
    assert_eq!(link.say(), ["waiting 1 lost"]);
    link.pass(500).opened().text(OPEN).text("40").lost();
    assert_eq!(link.say().pop().unwrap(), "waiting 2 lost");
    // An event is proof, the answer to a heartbeat is, and so is time.
    link.pass(500).opened().text(OPEN).text(r#"42["x"]"#).lost();
    assert_eq!(link.say().pop().unwrap(), "waiting 1 lost");
    link.pass(500)
        .opened()
        .text(OPEN)
        .text("40")
        .text("3")
        .lost();
    assert_eq!(link.say().pop().unwrap(), "waiting 1 lost");
    link.pass(500)
        .opened()
        .text(OPEN)
        .text("40")
        .pass(501)
        .lost();
    assert_eq!(link.say().pop().unwrap(), "waiting 1 lost");
}

#[test]
fn late_news_of_an_old_socket_is_ignored_and_a_late_dial_hung_up() {
    let mut link = Link::new(Transport::WebSocket);
    link.join().pass(10_000).say();
    let first = SocketId::FIRST;
    link.input(Input::Socket(first, SocketInput::Opened));
    assert_eq!(
        link.say(),
        ["note StaleSocket(SocketId(1))", "1 hang up 1000"]
    );
}

#[test]
fn closing_ends_every_state_at_once() {
    let mut link = Link::new(Transport::WebSocket);
    link.join().say();
    link.command(Command::Close);
    assert_eq!(
        link.say(),
        ["1 hang up 1000", "ended s link asked", "closed asked"]
    );
    let mut link = Link::new(Transport::Polling);
    link.join().say();
    link.command(Command::Close);
    assert_eq!(
        link.say(),
        ["abort 1", "ended s link asked", "closed asked"]
    );
    let mut link = Link::live();
    link.lost().say();
    link.command(Command::Close);
    assert_eq!(link.say(), ["ended s link asked", "closed asked"]);
    link.command(Command::Close);
    assert!(link.say().is_empty());
}

#[test]
fn a_connection_proves_life_by_its_age_once_it_is_older_than_the_pause_it_would_cost() {
    let lost_after = |millis: u64| {
        let backoff = BackoffConfig {
            floor: Duration::from_millis(500),
            first_bound: Duration::from_secs(1),
            last_bound: Duration::from_secs(20),
        };
        let mut link = Link::new(Transport::WebSocket);
        link.machine = Machine::new(
            Config {
                backoff,
                ..Config::default()
            },
            1,
        );
        link.join();
        for _ in 0..3 {
            link.dial_fails(DialFailureKind::Unreachable);
            link.now = link.machine.deadline().unwrap();
            link.input(Input::Elapsed);
        }
        link.opened().text(OPEN).text("40").pass(millis).lost();
        link.say().pop().unwrap()
    };
    // The bound of the fourth pause: a second, doubled three times.
    assert_eq!(lost_after(8_000), "waiting 4 lost");
    assert_eq!(lost_after(8_001), "waiting 1 lost");
}

#[test]
fn pauses_grow_with_the_attempts() {
    let bound = Duration::from_secs(10);
    let mut link = Link::new(Transport::WebSocket);
    let backoff = BackoffConfig {
        floor: Duration::ZERO,
        first_bound: Duration::from_millis(1),
        last_bound: bound,
    };
    link.machine = Machine::new(
        Config {
            backoff,
            ..Config::default()
        },
        1,
    );
    link.join();
    let mut longest = Duration::ZERO;
    for _ in 0..30 {
        link.dial_fails(DialFailureKind::Unreachable);
        let until = link.machine.deadline().unwrap();
        longest = longest.max(until - link.now);
        link.now = until;
        link.input(Input::Elapsed);
    }
    assert!(longest > bound / 2 && longest <= bound, "{longest:?}");
}

#[test]
fn the_answer_to_a_heartbeat_proves_life() {
    let mut link = Link::live();
    for _ in 0..2 {
        link.lost().pass(500).opened().text(OPEN).text("40");
    }
    link.text("2").lost();
    assert_eq!(link.say().pop().unwrap(), "waiting 3 lost");
    link.pass(500)
        .opened()
        .text(OPEN)
        .text("40")
        .text("3")
        .lost();
    assert_eq!(link.say().pop().unwrap(), "waiting 1 lost");
}
