//! Every state against every input: which state follows.

use super::*;
use crate::{
    link::{AckId, Emit, EmitId, ExchangeId, ExchangeInput, Respond, TokenId, TokenInput},
    secret::Secret,
};

fn state(machine: &Machine) -> &'static str {
    match machine.state {
        State::Authorizing(_) => "authorizing",
        State::Closed { .. } => "closed",
        State::Dialing(_) => "dialing",
        State::Greeting(_) => "greeting",
        State::Idle => "idle",
        State::Live(_) => "live",
        State::Suspended => "suspended",
        State::Waiting { .. } => "waiting",
    }
}

const STATES: [&str; 8] = [
    "authorizing",
    "idle",
    "dialing",
    "greeting",
    "live",
    "waiting",
    "suspended",
    "closed",
];

fn link_in(state: &str) -> Link {
    let mut link = Link::new();
    match state {
        "idle" => {}
        "authorizing" => {
            link = Link::with(Config {
                tokens: true,
                ..Config::default()
            });
            link.join("a");
        }
        "live" => link = Link::joined(&["a"]),
        "dialing" | "greeting" | "waiting" | "suspended" | "closed" => {
            link.join("a");
            match state {
                "greeting" => link.opened(),
                "waiting" => link.dial_fails(DialFailureKind::Unreachable),
                "suspended" => link.input(Input::Command(Command::Suspend)),
                "closed" => link.input(Input::Command(Command::Close)),
                _ => &mut link,
            };
        }
        other => panic!("no such state: {other}"),
    }
    link.say();
    link
}

/// All inputs that there are; a new one does not compile until it stands here and in the table.
const KINDS: [&str; 20] = [
    "token",
    "close",
    "emit",
    "join",
    "leave",
    "reconnect now",
    "respond",
    "resume",
    "suspend",
    "elapsed",
    "exchange",
    "binary",
    "closed",
    "dial failed",
    "lost",
    "opened",
    "progress",
    "text",
    "unreadable",
    "stale socket",
];

fn kind(input: &Input) -> &'static str {
    match input {
        Input::Command(command) => match command {
            Command::Close => "close",
            Command::Emit(_) => "emit",
            Command::Join(_) => "join",
            Command::Leave(_) => "leave",
            Command::ReconnectNow => "reconnect now",
            Command::Respond(_) => "respond",
            Command::Resume => "resume",
            Command::Suspend => "suspend",
        },
        Input::Elapsed => "elapsed",
        Input::Token(..) => "token",
        Input::Exchange(..) => "exchange",
        Input::Socket(socket, _) if *socket != SocketId::FIRST => "stale socket",
        Input::Socket(_, news) => match news {
            SocketInput::Binary(_) => "binary",
            SocketInput::Closed(_) => "closed",
            SocketInput::DialFailed(_) => "dial failed",
            SocketInput::Lost(_) => "lost",
            SocketInput::Opened => "opened",
            SocketInput::Progress => "progress",
            SocketInput::Text(_) => "text",
            SocketInput::Unreadable(_) => "unreadable",
        },
    }
}

/// Every input, and what state follows it from: authorizing, idle, dialing, greeting, live, waiting, suspended,
/// closed. News of a socket is impossible in states without one, and must change nothing there.
fn table() -> Vec<(Input, [&'static str; 8])> {
    let command = Input::Command;
    let socket = |news| Input::Socket(SocketId::FIRST, news);
    let failed = |kind| socket(SocketInput::DialFailed(DialFailure::new(kind, "no")));
    let closed = |code| {
        let code = Some(code);
        let reason = String::new();
        socket(SocketInput::Closed(CloseFrame { code, reason }))
    };
    let text = |text: &str| socket(SocketInput::Text(text.to_owned().into()));
    let stay = STATES;
    let token = |news| Input::Token(TokenId::FIRST, news);
    let authorizing = |to| {
        let mut states = STATES;
        states[0] = to;
        states
    };
    let ends = |dialing, greeting, live| {
        [
            "authorizing",
            "idle",
            dialing,
            greeting,
            live,
            "waiting",
            "suspended",
            "closed",
        ]
    };
    let reply = r#"{"id":1,"connect":{"subs":{"widget:a":{"recoverable":true,"epoch":"e"}}}}"#;
    vec![
        (
            command(Command::Join(Join::new("b".into(), JoinStart::Now))),
            [
                "authorizing",
                "dialing",
                "dialing",
                "greeting",
                "live",
                "waiting",
                "suspended",
                "closed",
            ],
        ),
        (command(Command::Leave("a".into())), stay),
        (command(Command::Close), ["closed"; 8]),
        (
            command(Command::Emit(Emit::new(EmitId::new(1), "x", Vec::new()))),
            stay,
        ),
        (
            command(Command::Respond(Respond::new(
                AckId {
                    connection: 1,
                    id: 1,
                },
                Vec::new(),
            ))),
            stay,
        ),
        (
            command(Command::ReconnectNow),
            [
                "authorizing",
                "idle",
                "dialing",
                "dialing",
                "dialing",
                "dialing",
                "suspended",
                "closed",
            ],
        ),
        (
            command(Command::Suspend),
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
            command(Command::Resume),
            [
                "authorizing",
                "idle",
                "dialing",
                "greeting",
                "live",
                "waiting",
                "dialing",
                "closed",
            ],
        ),
        // Too early for anything but the pause, which is over.
        (
            Input::Elapsed,
            [
                "authorizing",
                "idle",
                "dialing",
                "greeting",
                "live",
                "dialing",
                "suspended",
                "closed",
            ],
        ),
        (
            token(TokenInput::Given(Secret::from("t"))),
            authorizing("dialing"),
        ),
        (
            token(TokenInput::Failed("no".into())),
            authorizing("waiting"),
        ),
        (
            token(TokenInput::Unauthorized("no".into())),
            authorizing("closed"),
        ),
        (
            Input::Token(TokenId::FIRST.next(), TokenInput::Unauthorized("no".into())),
            stay,
        ),
        (
            Input::Exchange(ExchangeId::FIRST, ExchangeInput::Progress),
            stay,
        ),
        (
            Input::Socket(SocketId::FIRST.next().next(), SocketInput::Opened),
            stay,
        ),
        (
            Input::Socket(
                SocketId::FIRST.next().next(),
                SocketInput::Lost("reset".into()),
            ),
            stay,
        ),
        (
            socket(SocketInput::Opened),
            ends("greeting", "greeting", "live"),
        ),
        (
            failed(DialFailureKind::Unreachable),
            ends("waiting", "greeting", "live"),
        ),
        (
            failed(DialFailureKind::Refused { status: 404 }),
            ends("closed", "greeting", "live"),
        ),
        (closed(1000), ends("waiting", "waiting", "waiting")),
        (closed(3014), ends("waiting", "waiting", "waiting")),
        (closed(3500), ends("closed", "closed", "closed")),
        (closed(3502), ends("waiting", "waiting", "waiting")),
        (
            socket(SocketInput::Lost("reset".into())),
            ends("waiting", "waiting", "waiting"),
        ),
        (
            socket(SocketInput::Unreadable("garbage".into())),
            ends("waiting", "waiting", "waiting"),
        ),
        // Nothing can be read before the socket is open.
        (
            socket(SocketInput::Binary(vec![1].into())),
            ends("dialing", "waiting", "waiting"),
        ),
        (
            socket(SocketInput::Progress),
            ends("dialing", "greeting", "live"),
        ),
        (text("<html>"), ends("dialing", "waiting", "waiting")),
        (text("{}"), ends("dialing", "greeting", "live")),
        (text(reply), ends("dialing", "live", "live")),
        (
            text(r#"{"id":1,"error":{"code":100,"temporary":true}}"#),
            ends("dialing", "waiting", "live"),
        ),
        (
            text(r#"{"id":1,"error":{"code":101}}"#),
            ends("dialing", "closed", "live"),
        ),
        (
            text(r#"{"id":1,"rpc":{}}"#),
            ends("dialing", "waiting", "live"),
        ),
        (
            text(r#"{"id":77,"error":{"code":101}}"#),
            ends("dialing", "greeting", "live"),
        ),
        (
            text(r#"{"push":{"channel":"widget:a","unsubscribe":{"code":2500}}}"#),
            ends("dialing", "greeting", "live"),
        ),
        (
            text(r#"{"push":{"disconnect":{"code":3001}}}"#),
            ends("dialing", "waiting", "waiting"),
        ),
        (
            text(r#"{"push":{"disconnect":{"code":3500}}}"#),
            ends("dialing", "closed", "closed"),
        ),
    ]
}

#[test]
fn every_state_and_every_input() {
    let table = table();
    for kind_of_input in KINDS {
        let is_there = table.iter().any(|(input, _)| kind(input) == kind_of_input);
        assert!(is_there, "no row for {kind_of_input}");
    }
    for (input, expected) in table {
        assert!(KINDS.contains(&kind(&input)));
        for (from, to) in STATES.iter().zip(expected) {
            let mut link = link_in(from);
            // Past the shortest pause, short of every other deadline.
            link.now = link.now + Duration::from_millis(500);
            link.input(input.clone());
            assert_eq!(state(&link.machine), to, "{from} and {input:?}");
        }
    }
}

#[test]
fn time_alone_moves_every_state_but_those_that_wait_for_others() {
    for (from, to) in [
        ("authorizing", "waiting"),
        ("idle", "idle"),
        ("dialing", "waiting"),
        ("greeting", "waiting"),
        ("live", "waiting"),
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
