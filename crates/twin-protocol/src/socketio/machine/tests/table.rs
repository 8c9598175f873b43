//! Every state against every input: which state follows.

use super::*;
use crate::link::{AckId, Respond};

fn state(machine: &Machine) -> &'static str {
    match machine.state {
        State::Closed { .. } => "closed",
        State::Dialing(_) => "dialing",
        State::Greeting(_) => "greeting",
        State::Idle => "idle",
        State::Live(_) => "live",
        State::Opening(_) => "opening",
        State::Suspended => "suspended",
        State::Waiting { .. } => "waiting",
    }
}

const STATES: [&str; 8] = [
    "idle",
    "dialing",
    "opening",
    "greeting",
    "live",
    "waiting",
    "suspended",
    "closed",
];

fn link_in(state: &str) -> Link {
    let mut link = Link::new(Transport::WebSocket);
    if state != "idle" {
        link.join();
    }
    match state {
        "idle" | "dialing" => &mut link,
        "opening" => link.opened(),
        "greeting" => link.opened().text(OPEN),
        "live" => link.opened().text(OPEN).text("40"),
        "waiting" => link.dial_fails(DialFailureKind::Unreachable),
        "suspended" => link.command(Command::Suspend),
        "closed" => link.command(Command::Close),
        other => panic!("no such state: {other}"),
    };
    link.say();
    link
}

/// The same by HTTP, which has no dial.
fn polling_in(state: &str) -> Link {
    let mut link = Link::new(Transport::Polling);
    link.join();
    match state {
        "opening" => &mut link,
        "greeting" => link.answer(&[OPEN]),
        "live" => link.answer(&[OPEN, "40"]),
        other => panic!("no such state: {other}"),
    };
    link.say();
    link
}

/// How many commands there are; a new one does not compile until it stands here.
fn number(command: &Command) -> usize {
    match command {
        Command::Close => 0,
        Command::Emit(_) => 1,
        Command::Join(_) => 2,
        Command::Leave(_) => 3,
        Command::ReconnectNow => 4,
        Command::Respond(_) => 5,
        Command::Resume => 6,
        Command::Suspend => 7,
    }
}

#[test]
fn every_state_and_every_command() {
    let ack = AckId {
        connection: 1,
        id: 1,
    };
    // What follows from: idle, dialing, opening, greeting, live, waiting, suspended, closed.
    let stay = STATES;
    let leaving = [
        "idle", "closed", "closed", "closed", "closed", "closed", "closed", "closed",
    ];
    let table = [
        (
            Command::Join(Join::new("s".into(), JoinStart::Now)),
            [
                "dialing",
                "dialing",
                "opening",
                "greeting",
                "live",
                "waiting",
                "suspended",
                "closed",
            ],
        ),
        (
            Command::Join(Join::new("other".into(), JoinStart::Now)),
            [
                "dialing",
                "dialing",
                "opening",
                "greeting",
                "live",
                "waiting",
                "suspended",
                "closed",
            ],
        ),
        (Command::Leave("s".into()), leaving),
        (Command::Leave("other".into()), stay),
        (Command::Close, ["closed"; 8]),
        (Command::Emit(emit(1, "{}")), stay),
        (Command::Respond(Respond::new(ack, Vec::new())), stay),
        (
            Command::ReconnectNow,
            [
                "idle",
                "dialing",
                "dialing",
                "dialing",
                "live",
                "dialing",
                "suspended",
                "closed",
            ],
        ),
        (
            Command::Suspend,
            [
                "suspended",
                "suspended",
                "suspended",
                "suspended",
                "suspended",
                "suspended",
                "suspended",
                "closed",
            ],
        ),
        (
            Command::Resume,
            [
                "idle", "dialing", "opening", "greeting", "live", "waiting", "dialing", "closed",
            ],
        ),
    ];
    for wanted in 0..8 {
        assert!(table.iter().any(|(command, _)| number(command) == wanted));
    }
    for (command, expected) in &table {
        assert!(number(command) < 8);
        for (from, to) in STATES.iter().zip(expected) {
            let mut link = link_in(from);
            // Past the shortest pause.
            link.now = link.now + Duration::from_millis(500);
            link.command(command.clone());
            assert_eq!(state(&link.machine), *to, "{from} and {command:?}");
        }
    }
}

#[test]
fn every_state_and_all_news_of_its_socket() {
    let failure = |kind| SocketInput::DialFailed(DialFailure::new(kind, "no"));
    let text = |text: &'static str| SocketInput::Text(Bytes::from_static(text.as_bytes()));
    let news: Vec<(&str, SocketInput)> = vec![
        ("opened", SocketInput::Opened),
        ("dial failed", failure(DialFailureKind::Unreachable)),
        (
            "dial refused for good",
            failure(DialFailureKind::Refused { status: 401 }),
        ),
        ("close frame", SocketInput::Closed(CloseFrame::default())),
        ("lost", SocketInput::Lost("reset".into())),
        ("unreadable", SocketInput::Unreadable("garbage".into())),
        ("not UTF-8", SocketInput::Text(Bytes::from_static(b"\xff"))),
        ("progress", SocketInput::Progress),
        ("open packet", text(OPEN)),
        ("engine close", text("1")),
        ("pong", text("3")),
        ("unknown packet", text("9")),
        ("connect packet", text("40")),
        ("disconnect packet", text("41")),
        ("event", text(r#"42["x"]"#)),
        ("error packet", text("44\"no\"")),
        ("bytes", SocketInput::Binary(Bytes::from_static(&[4, 1]))),
    ];
    let stays = |state: &'static str| vec![state; 17];
    for (from, expected) in [
        (
            "dialing",
            vec![
                "opening", "waiting", "closed", "waiting", "waiting", "waiting", "dialing",
                "dialing", "dialing", "dialing", "dialing", "dialing", "dialing", "dialing",
                "dialing", "dialing", "dialing",
            ],
        ),
        (
            "opening",
            vec![
                "opening", "opening", "opening", "waiting", "waiting", "waiting", "waiting",
                "opening", "greeting", "opening", "opening", "opening", "opening", "opening",
                "opening", "opening", "opening",
            ],
        ),
        (
            "greeting",
            vec![
                "greeting", "greeting", "greeting", "waiting", "waiting", "waiting", "waiting",
                "greeting", "greeting", "waiting", "greeting", "greeting", "live", "closed",
                "live", "closed", "greeting",
            ],
        ),
        (
            "live",
            vec![
                "live", "live", "live", "waiting", "waiting", "waiting", "waiting", "live", "live",
                "waiting", "live", "live", "live", "closed", "live", "live", "live",
            ],
        ),
        // Impossible where there is no socket; it must change nothing.
        ("idle", stays("idle")),
        ("waiting", stays("waiting")),
        ("suspended", stays("suspended")),
        ("closed", stays("closed")),
    ] {
        for ((name, news), to) in news.iter().zip(expected) {
            let mut link = link_in(from);
            link.socket.get_or_insert(SocketId::FIRST);
            link.socket(news.clone());
            assert_eq!(state(&link.machine), to, "{from} and {name}");
        }
    }
}

#[test]
fn every_state_and_all_news_of_its_exchange() {
    let answer = |status, body: &[u8]| ExchangeInput::Answered {
        status,
        body: Bytes::copy_from_slice(body),
    };
    let body = |packets: &[&str]| {
        let frames: Vec<_> = packets
            .iter()
            .map(|packet| Frame::Text((*packet).to_owned()))
            .collect();
        answer(200, &payload::encode(&frames))
    };
    let failure = |kind| ExchangeInput::Failed(DialFailure::new(kind, "no"));
    let news = [
        ("nothing", body(&[])),
        ("open packet", body(&[OPEN])),
        ("open and connect packet", body(&[OPEN, "40"])),
        ("connect packet", body(&["40"])),
        ("engine close", body(&["1"])),
        ("disconnect packet", body(&["41", "1"])),
        ("error packet", body(&["44\"no\""])),
        ("garbage", answer(200, b"<html>")),
        ("captive portal", answer(302, b"<html>")),
        ("session unknown", answer(400, b"{\"code\":1}")),
        ("unauthorized", answer(401, b"")),
        ("forbidden", answer(403, b"")),
        ("unavailable", answer(503, b"")),
        ("failed", failure(DialFailureKind::Broken)),
        ("untrusted", failure(DialFailureKind::Untrusted)),
        ("progress", ExchangeInput::Progress),
        ("unreadable", ExchangeInput::Unreadable("too long".into())),
    ];
    for (from, expected) in [
        (
            "opening",
            [
                "waiting", "greeting", "live", "waiting", "waiting", "waiting", "waiting",
                "waiting", "waiting", "closed", "closed", "closed", "waiting", "waiting", "closed",
                "opening", "waiting",
            ],
        ),
        (
            "greeting",
            [
                "greeting", "greeting", "live", "live", "waiting", "closed", "closed", "waiting",
                "waiting", "waiting", "closed", "closed", "waiting", "waiting", "closed",
                "greeting", "waiting",
            ],
        ),
        (
            "live",
            [
                "live", "live", "live", "live", "waiting", "closed", "live", "waiting", "waiting",
                "waiting", "closed", "closed", "waiting", "waiting", "closed", "live", "waiting",
            ],
        ),
    ] {
        for ((name, news), to) in news.iter().zip(expected) {
            let mut link = polling_in(from);
            let exchange = link.get.expect("a question is always asked");
            link.input(Input::Exchange(exchange, news.clone()));
            assert_eq!(state(&link.machine), to, "{from} and {name}");
        }
    }
}

#[test]
fn news_of_an_exchange_changes_nothing_where_none_is_waited_for() {
    for from in STATES {
        for news in [
            ExchangeInput::Answered {
                status: 401,
                body: Bytes::new(),
            },
            ExchangeInput::Failed(DialFailure::new(DialFailureKind::Untrusted, "no")),
            ExchangeInput::Progress,
            ExchangeInput::Unreadable("too long".into()),
        ] {
            let mut link = link_in(from);
            link.input(Input::Exchange(ExchangeId::FIRST, news));
            assert_eq!(state(&link.machine), from);
            assert!(link.say()[0].starts_with("note StaleExchange"), "{from}");
        }
    }
}

#[test]
fn time_alone_moves_every_state_but_those_that_wait_for_others() {
    for (from, to) in [
        ("idle", "idle"),
        ("dialing", "waiting"),
        ("opening", "waiting"),
        ("greeting", "waiting"),
        // The first deadline is the heartbeat's.
        ("live", "live"),
        ("waiting", "dialing"),
        ("suspended", "suspended"),
        ("closed", "closed"),
    ] {
        let mut link = link_in(from);
        if let Some(deadline) = link.machine.deadline() {
            link.now = deadline;
        }
        link.input(Input::Elapsed);
        assert_eq!(state(&link.machine), to, "{from}");
    }
}

#[test]
fn an_early_wake_up_changes_nothing() {
    for from in STATES {
        let mut link = link_in(from);
        link.input(Input::Elapsed);
        assert_eq!(state(&link.machine), from);
        assert!(link.say().is_empty(), "{from}");
    }
}
