//! The machine against a scripted server, on a clock that the test moves.

mod bounds;
mod ended;
mod ends;
mod flow;
mod joins;
mod places;
mod protobuf;
mod reasons;
mod recovery;
mod starts;
mod suspension;
mod table;
mod timers;
mod tokens;

use std::time::Duration;

use super::*;
use crate::link::{
    BackoffConfig, CloseFrame, DialFailure, DialFailureKind, Join, JoinStart, Output,
};

/// One link under test. What comes out is written as one line each.
struct Link {
    machine: Machine,
    now: Moment,
    socket: Option<SocketId>,
    out: Vec<String>,
}

impl Link {
    fn new() -> Self {
        Self::with(Config::default())
    }

    /// Pauses are exactly half a second, so that lines can be compared.
    fn with(config: Config) -> Self {
        let half = Duration::from_millis(500);
        let backoff = BackoffConfig {
            floor: half,
            first_bound: half,
            last_bound: half,
        };
        let config = Config { backoff, ..config };
        Self {
            machine: Machine::new(config, 1),
            now: Moment::START,
            socket: None,
            out: Vec::new(),
        }
    }

    /// The same with pauses that grow.
    fn with_pauses(floor: Duration, last_bound: Duration) -> Self {
        let backoff = BackoffConfig {
            floor,
            first_bound: floor * 2,
            last_bound,
        };
        let config = Config {
            backoff,
            ..Config::default()
        };
        Self {
            machine: Machine::new(config, 1),
            ..Self::new()
        }
    }

    /// A link that has joined sessions `a`, ... with their channels granted at offset 0 of epoch `e`.
    fn joined(sessions: &[&str]) -> Self {
        let mut link = Self::new();
        for session in sessions {
            link.join(session);
        }
        link.connect(sessions);
        link.say();
        link
    }

    fn connect(&mut self, sessions: &[&str]) {
        self.opened();
        let id = self.last_id("connect");
        let subs: Vec<_> = sessions
            .iter()
            .map(|id| {
                format!(r#""widget:{id}":{{"recoverable":true,"epoch":"e","positioned":true}}"#)
            })
            .collect();
        self.text(&connected(id, &subs.join(",")));
        self.agree();
    }

    /// Answers every join that has been asked in what was said.
    fn agree(&mut self) {
        for id in self.ids("rpc") {
            self.text(&format!(
                r#"{{"id":{id},"rpc":{{"data":{{"success":true}}}}}}"#
            ));
        }
    }

    fn input(&mut self, input: Input) -> &mut Self {
        let mut out = Outbox::new();
        self.machine.handle(self.now, input, &mut out);
        for output in out.drain() {
            if let Output::Action(Action::Dial(socket)) = &output {
                self.socket = Some(*socket);
            }
            self.out.push(line(&output));
        }
        self
    }

    fn socket(&mut self, news: SocketInput) -> &mut Self {
        let socket = self.socket.expect("the machine has dialled");
        self.input(Input::Socket(socket, news))
    }

    fn join(&mut self, session: &str) -> &mut Self {
        self.input(Input::Command(Command::Join(Join::new(
            session.into(),
            JoinStart::Now,
        ))))
    }

    fn join_fresh(&mut self, session: &str) -> &mut Self {
        self.input(Input::Command(Command::Join(Join::new(
            session.into(),
            JoinStart::First,
        ))))
    }

    fn opened(&mut self) -> &mut Self {
        self.socket(SocketInput::Opened)
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.socket(SocketInput::Text(text.to_owned().into()))
    }

    fn closed(&mut self, code: u16) -> &mut Self {
        self.socket(SocketInput::Closed(CloseFrame {
            code: Some(code),
            reason: String::new(),
        }))
    }

    fn lost(&mut self) -> &mut Self {
        self.socket(SocketInput::Lost("reset".into()))
    }

    fn dial_fails(&mut self, kind: DialFailureKind) -> &mut Self {
        self.socket(SocketInput::DialFailed(DialFailure::new(kind, "no")))
    }

    /// Lets time pass, stopping at each deadline on the way.
    fn pass(&mut self, millis: u64) -> &mut Self {
        let end = self.now + Duration::from_millis(millis);
        while let Some(deadline) = self.machine.deadline().filter(|deadline| *deadline <= end) {
            self.now = self.now.max(deadline);
            self.input(Input::Elapsed);
            assert!(
                self.machine.deadline().is_none_or(|next| next > self.now),
                "a deadline that is due again at once: {:?}",
                self.out
            );
        }
        self.now = end;
        self
    }

    /// What has been said since the last look.
    fn say(&mut self) -> Vec<String> {
        std::mem::take(&mut self.out)
    }

    /// The ids of the commands of this kind in what was said.
    fn ids(&self, kind: &str) -> Vec<u32> {
        let lines = self
            .out
            .iter()
            .filter_map(|line| line.split_once(" send "))
            .map(|(_, text)| text);
        lines
            .flat_map(str::lines)
            .filter(|line| line.starts_with(&format!("{{\"{kind}\"")))
            .map(|line| {
                let (_, id) = line.rsplit_once("\"id\":").expect("a command has an id");
                id.trim_end_matches('}').parse().expect("an id is a number")
            })
            .collect()
    }

    fn last_id(&self, kind: &str) -> u32 {
        *self.ids(kind).last().expect("it was asked")
    }
}

fn connected(id: u32, subs: &str) -> String {
    format!(
        r#"{{"id":{id},"connect":{{"client":"c","version":"6.2.2 OSS","subs":{{{subs}}},"ping":25,"pong":true}}}}"#
    )
}

/// A read mark, which names no session itself.
fn publication(channel: &str, offset: u64) -> String {
    format!(
        r#"{{"push":{{"channel":"{channel}","pub":{{"data":{{"event":"chatMessageRead","payload":{{"messageId":"m{offset}"}}}},"offset":{offset}}}}}}}"#
    )
}

fn line(output: &Output) -> String {
    match output {
        Output::Action(Action::Dial(socket)) => format!("dial {}", socket.number()),
        Output::Action(Action::HangUp { socket, code }) => {
            format!("{} hang up {code}", socket.number())
        }
        Output::Action(Action::Send(socket, text)) => format!("{} send {text}", socket.number()),
        Output::Action(Action::SendBinary(socket, bytes)) => {
            format!("{} send {bytes:?}", socket.number())
        }
        Output::Action(Action::FetchToken(token)) => format!("fetch token {}", token.number()),
        Output::Action(other) => format!("unexpected {other:?}"),
        Output::Notice(notice) => match notice {
            Notice::DuplicateDropped { offset, .. } => format!("note duplicate {offset}"),
            Notice::JoinRetried { session, attempt } => format!("note join {session} {attempt}"),
            Notice::StaleReply { id } => format!("note stale reply {id}"),
            Notice::StaleSocket(socket) => format!("note stale socket {}", socket.number()),
            Notice::SubscribeRefused { code, .. } => format!("note subscribe refused {code}"),
            Notice::UnknownPush { channel } => format!("note push {channel}"),
            other => format!("note {other:?}"),
        },
        Output::Report(report) => match report {
            Report::Emitted { id, outcome } => format!("emitted {} {outcome:?}", id.number()),
            Report::Ended { session, end } => format!("ended {session} {}", end_word(end)),
            Report::Event(event) => {
                let session = event
                    .session
                    .as_ref()
                    .map_or("-", |session| session.as_str());
                let name = event.envelope.name.as_deref().unwrap_or("-");
                let mut line = format!("event {session} {name}");
                if let Some(position) = &event.position {
                    line += &format!(" {}/{}", position.epoch, position.offset);
                }
                if event.recovered {
                    line += " recovered";
                }
                line
            }
            Report::Gap(gap) => {
                let session = gap.session.as_ref().map_or("-", |session| session.as_str());
                format!("gap {session} {}", gap.reason.as_str())
            }
            Report::Joined(session) => format!("joined {session}"),
            Report::State(state) => match state {
                LinkState::Closed { reason } => format!("closed {}", word(reason)),
                LinkState::Connected { attempt } => format!("connected {attempt}"),
                LinkState::Suspended => "suspended".into(),
                LinkState::Connecting { attempt } => format!("connecting {attempt}"),
                LinkState::Waiting {
                    attempt, reason, ..
                } => {
                    format!("waiting {attempt} {}", word(reason))
                }
            },
        },
    }
}

fn word(reason: &EndReason) -> String {
    match reason.code {
        Some(code) => format!("{} {code}", reason.kind),
        None => reason.kind.to_string(),
    }
}

fn end_word(end: &SessionEnd) -> String {
    match end {
        SessionEnd::Closed => "closed".into(),
        SessionEnd::JoinRefused(reason) => word(reason),
        SessionEnd::Left => "left".into(),
        SessionEnd::LinkClosed(reason) => format!("link {}", word(reason)),
    }
}
