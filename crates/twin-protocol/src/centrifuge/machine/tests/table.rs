//! Every state against every input: which state follows.

use super::*;

fn state(machine: &Machine) -> &'static str {
    match machine.state {
        State::Closed { .. } => "closed",
        State::Dialing(_) => "dialing",
        State::Greeting(_) => "greeting",
        State::Idle => "idle",
        State::Live(_) => "live",
        State::Waiting { .. } => "waiting",
    }
}

fn link_in(state: &str) -> Link {
    let mut link = Link::new();
    match state {
        "idle" => {}
        "live" => link = Link::joined(&["a"]),
        "dialing" | "greeting" | "waiting" | "closed" => {
            link.join("a");
            match state {
                "greeting" => link.opened(),
                "waiting" => link.dial_fails(DialFailureKind::Unreachable),
                "closed" => link.input(Input::Command(Command::Close)),
                _ => &mut link,
            };
        }
        other => panic!("no such state: {other}"),
    }
    link.say();
    link
}

#[test]
fn every_state_and_every_input() {
    let frame = |code| CloseFrame {
        code: Some(code),
        reason: String::new(),
    };
    let failure = |kind| SocketInput::DialFailed(DialFailure::new(kind, "no"));
    let inputs: [(&str, Command); 3] = [
        ("join", Command::Join(Join::new("b".into(), JoinStart::Now))),
        ("leave", Command::Leave("a".into())),
        ("close", Command::Close),
    ];
    let commands = [
        // state, join, leave, close
        ("idle", ["dialing", "idle", "closed"]),
        ("dialing", ["dialing", "dialing", "closed"]),
        ("greeting", ["greeting", "greeting", "closed"]),
        ("live", ["live", "live", "closed"]),
        ("waiting", ["waiting", "waiting", "closed"]),
        ("closed", ["closed", "closed", "closed"]),
    ];
    for (from, expected) in commands {
        for ((name, input), to) in inputs.iter().zip(expected) {
            let mut link = link_in(from);
            link.input(Input::Command(input.clone()));
            assert_eq!(state(&link.machine), to, "{from} and {name}");
        }
    }

    let news: [(&str, SocketInput); 10] = [
        ("opened", SocketInput::Opened),
        ("dial failed", failure(DialFailureKind::Unreachable)),
        (
            "dial refused for good",
            failure(DialFailureKind::Refused { status: 404 }),
        ),
        ("closed", SocketInput::Closed(frame(1000))),
        ("closed for good", SocketInput::Closed(frame(3500))),
        ("lost", SocketInput::Lost("reset".into())),
        ("unreadable", SocketInput::Unreadable("garbage".into())),
        ("binary", SocketInput::Binary(vec![1].into())),
        ("garbage", SocketInput::Text("<html>".into())),
        ("progress", SocketInput::Progress),
    ];
    let sockets = [
        (
            "dialing",
            [
                "greeting", "waiting", "closed", "waiting", "closed", "waiting", "waiting",
                "dialing", "dialing", "dialing",
            ],
        ),
        (
            "greeting",
            [
                "greeting", "greeting", "greeting", "waiting", "closed", "waiting", "waiting",
                "waiting", "waiting", "greeting",
            ],
        ),
        (
            "live",
            [
                "live", "live", "live", "waiting", "closed", "waiting", "waiting", "waiting",
                "waiting", "live",
            ],
        ),
        ("waiting", ["waiting"; 10]),
        ("closed", ["closed"; 10]),
    ];
    for (from, expected) in sockets {
        for ((name, news), to) in news.iter().zip(expected) {
            let mut link = link_in(from);
            link.socket(news.clone());
            assert_eq!(state(&link.machine), to, "{from} and {name}");
        }
    }
}

#[test]
fn time_alone_moves_every_state_but_those_that_wait_for_others() {
    for (from, to) in [
        ("idle", "idle"),
        ("dialing", "waiting"),
        ("greeting", "waiting"),
        ("live", "waiting"),
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
    for from in ["idle", "dialing", "greeting", "live", "waiting", "closed"] {
        let mut link = link_in(from);
        link.input(Input::Elapsed);
        assert_eq!(state(&link.machine), from);
        assert!(link.say().is_empty(), "{from}");
    }
}
