//! Every state against every input: which state follows.

use super::*;

fn state(machine: &Machine) -> &'static str {
    match machine.state {
        State::Closed { .. } => "closed",
        State::Dialing(_) => "dialing",
        State::Greeting(_) => "greeting",
        State::Idle => "idle",
        State::Live(_) => "live",
        State::Opening(_) => "opening",
        State::Waiting { .. } => "waiting",
    }
}

const STATES: [&str; 7] = [
    "idle", "dialing", "opening", "greeting", "live", "waiting", "closed",
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

#[test]
fn every_state_and_every_command() {
    let commands = [
        Command::Join(Join::new("s".into(), JoinStart::Now)),
        Command::Join(Join::new("other".into(), JoinStart::Now)),
        Command::Leave("s".into()),
        Command::Leave("other".into()),
        Command::Close,
        Command::Emit(emit(1, "{}")),
    ];
    for (from, expected) in [
        // state: join, join another, leave, leave another, close, emit
        (
            "idle",
            ["dialing", "dialing", "idle", "idle", "closed", "idle"],
        ),
        (
            "dialing",
            [
                "dialing", "dialing", "closed", "dialing", "closed", "dialing",
            ],
        ),
        (
            "opening",
            [
                "opening", "opening", "closed", "opening", "closed", "opening",
            ],
        ),
        (
            "greeting",
            [
                "greeting", "greeting", "closed", "greeting", "closed", "greeting",
            ],
        ),
        ("live", ["live", "live", "closed", "live", "closed", "live"]),
        (
            "waiting",
            [
                "waiting", "waiting", "closed", "waiting", "closed", "waiting",
            ],
        ),
        ("closed", ["closed"; 6]),
    ] {
        for (command, to) in commands.iter().zip(expected) {
            let mut link = link_in(from);
            link.command(command.clone());
            assert_eq!(state(&link.machine), to, "{from} and {command:?}");
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
        ("waiting", stays("waiting")),
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
fn time_alone_moves_every_state_but_those_that_wait_for_others() {
    for (from, to) in [
        ("idle", "idle"),
        ("dialing", "waiting"),
        ("opening", "waiting"),
        ("greeting", "waiting"),
        // The first deadline is the heartbeat's.
        ("live", "live"),
        ("waiting", "dialing"),
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
