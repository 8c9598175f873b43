//! The machine against a scripted server, on a clock that the test moves.

mod emits;
mod ends;
mod events;
mod heartbeat;
mod pair;
mod polling;
mod reasons;
mod responses;
mod stale;
mod suspension;
mod table;
mod upgrade;

use std::time::Duration;

use bytes::Bytes;

use super::*;
use crate::{
    link::{
        Argument, BackoffConfig, CloseFrame, DialFailure, DialFailureKind, Emit, EmitId,
        EmitOutcome, ExchangeId, ExchangeInput, Output, WhenDown,
    },
    socketio::engine::{Frame, payload},
};

const OPEN: &str = r#"0{"sid":"sid","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#;
const OPEN_UPGRADE: &str =
    r#"0{"sid":"sid","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000}"#;

/// One link under test. What comes out is written as one line each.
struct Link {
    machine: Machine,
    now: Moment,
    /// The socket dialled last.
    socket: Option<SocketId>,
    /// The question and the message by HTTP that were asked last.
    get: Option<ExchangeId>,
    post: Option<ExchangeId>,
    out: Vec<String>,
}

impl Link {
    fn new(transport: Transport) -> Self {
        Self::with(Config {
            transport,
            ..Config::default()
        })
    }

    /// Pauses are exactly half a second, so that lines can be compared.
    fn with(config: Config) -> Self {
        let half = Duration::from_millis(500);
        let backoff = BackoffConfig {
            floor: half,
            first_bound: half,
            last_bound: half,
        };
        Self {
            machine: Machine::new(Config { backoff, ..config }, 1),
            now: Moment::START,
            socket: None,
            get: None,
            post: None,
            out: Vec::new(),
        }
    }

    /// A link over a WebSocket whose session `s` is let in.
    fn live() -> Self {
        Self::live_with(Config::default())
    }

    fn live_with(config: Config) -> Self {
        let mut link = Self::with(config);
        link.join().opened().text(OPEN).text("40").say();
        link
    }

    /// A link by HTTP whose session `s` is let in, with a question asked.
    fn polling() -> Self {
        let mut link = Self::new(Transport::Polling);
        link.join().answer(&[OPEN, "40"]).say();
        link
    }

    fn input(&mut self, input: Input) -> &mut Self {
        let mut out = Outbox::new();
        self.machine.handle(self.now, input, &mut out);
        for output in out.drain() {
            match &output {
                Output::Action(Action::DialAt { socket, .. }) => self.socket = Some(*socket),
                Output::Action(Action::Get { exchange, .. }) => self.get = Some(*exchange),
                Output::Action(Action::Post { exchange, .. }) => self.post = Some(*exchange),
                _ => {}
            }
            self.out.push(line(&output));
        }
        self
    }

    fn socket(&mut self, news: SocketInput) -> &mut Self {
        let socket = self.socket.expect("the machine has dialled");
        self.input(Input::Socket(socket, news))
    }

    fn command(&mut self, command: Command) -> &mut Self {
        self.input(Input::Command(command))
    }

    fn join(&mut self) -> &mut Self {
        self.command(Command::Join(Join::new("s".into(), JoinStart::Now)))
    }

    fn emit(&mut self, number: u64, json: &str) -> &mut Self {
        self.command(Command::Emit(emit(number, json)))
    }

    fn opened(&mut self) -> &mut Self {
        self.socket(SocketInput::Opened)
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.socket(SocketInput::Text(text.to_owned().into()))
    }

    fn binary(&mut self, bytes: &'static [u8]) -> &mut Self {
        self.socket(SocketInput::Binary(Bytes::from_static(bytes)))
    }

    fn closed(&mut self, code: Option<u16>) -> &mut Self {
        self.socket(SocketInput::Closed(CloseFrame {
            code,
            reason: String::new(),
        }))
    }

    fn lost(&mut self) -> &mut Self {
        self.socket(SocketInput::Lost("reset".into()))
    }

    fn dial_fails(&mut self, kind: DialFailureKind) -> &mut Self {
        self.socket(SocketInput::DialFailed(DialFailure::new(kind, "no")))
    }

    /// Answers the question with these packets.
    fn answer(&mut self, packets: &[&str]) -> &mut Self {
        let frames: Vec<_> = packets
            .iter()
            .map(|packet| Frame::Text((*packet).to_owned()))
            .collect();
        self.answer_with(200, &payload::encode(&frames))
    }

    fn answer_with(&mut self, status: u16, body: &[u8]) -> &mut Self {
        let exchange = self.get.take().expect("the machine has asked");
        let body = Bytes::copy_from_slice(body);
        self.input(Input::Exchange(
            exchange,
            ExchangeInput::Answered { status, body },
        ))
    }

    /// Answers the message.
    fn accept(&mut self) -> &mut Self {
        let exchange = self.post.take().expect("the machine has posted");
        let (status, body) = (200, Bytes::from_static(b"ok"));
        self.input(Input::Exchange(
            exchange,
            ExchangeInput::Answered { status, body },
        ))
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
}

fn emit(number: u64, json: &str) -> Emit {
    Emit::new(EmitId::new(number), "x", vec![argument(json)])
}

fn argument(json: &str) -> Argument {
    Argument::Json(crate::raw::RawJson::new(json.to_owned()).expect("it is JSON"))
}

fn line(output: &Output) -> String {
    match output {
        Output::Action(action) => match action {
            Action::Abort(exchange) => format!("abort {}", exchange.number()),
            Action::Dial(socket) => format!("{} dial without a query", socket.number()),
            Action::DialAt { socket, query } => format!("{} dial {query}", socket.number()),
            Action::FetchToken(token) => format!("{token:?}"),
            Action::Get { exchange, query } => format!("{} get {query}", exchange.number()),
            Action::HangUp { socket, code } => format!("{} hang up {code}", socket.number()),
            Action::Post {
                exchange,
                query,
                content_type,
                body,
            } => {
                assert_eq!(*content_type, "application/octet-stream");
                assert_eq!(query.value("t"), None);
                format!("{} post {}", exchange.number(), packets(body))
            }
            Action::Send(socket, text) => format!("{} send {text}", socket.number()),
            Action::SendBinary(socket, bytes) => format!("{} send {bytes:?}", socket.number()),
        },
        Output::Notice(notice) => format!("note {notice:?}"),
        Output::Report(report) => match report {
            Report::Emitted { id, outcome } => format!("emitted {} {}", id.number(), word(outcome)),
            Report::Ended { session, end } => format!("ended {session} {}", end_word(end)),
            Report::Event(event) => {
                assert_eq!(event.session.as_ref().map(AsRef::as_ref), Some("s"));
                assert!(event.position.is_none() && !event.recovered);
                let name = event.envelope.name.as_deref().unwrap_or("-");
                let mut line = format!("event {name} {}", event.envelope.payload.get());
                for bytes in &event.envelope.binary {
                    line += &format!(" {bytes:?}");
                }
                if let Some(ack) = event.ack {
                    line += &format!(" ack {}", ack.number());
                }
                line
            }
            Report::Gap(gap) => {
                assert_eq!(gap.session.as_ref().map(AsRef::as_ref), Some("s"));
                format!("gap {}", gap.reason.as_str())
            }
            Report::Joined(session) => format!("joined {session}"),
            Report::State(state) => match state {
                LinkState::Closed { reason } => format!("closed {}", why(reason)),
                LinkState::Connected { attempt } => format!("connected {attempt}"),
                LinkState::Suspended => "suspended".into(),
                LinkState::Connecting { attempt } => format!("connecting {attempt}"),
                LinkState::Waiting {
                    attempt, reason, ..
                } => format!("waiting {attempt} {}", why(reason)),
            },
        },
    }
}

/// The packets of a body, one after the other.
fn packets(body: &Bytes) -> String {
    let packets: Vec<_> = payload::decode(body)
        .map(|piece| match piece.expect("what is sent can be read") {
            payload::Piece::Binary(bytes) => format!("{bytes:?}"),
            payload::Piece::Text(text) => text.into_owned(),
        })
        .collect();
    assert!(packets.len() <= payload::MOST_PACKETS);
    packets.join(" ")
}

fn word(outcome: &EmitOutcome) -> String {
    match outcome {
        EmitOutcome::Acknowledged(ack) => format!("acknowledged {}", ack.arguments.get()),
        EmitOutcome::Lost => "lost".into(),
        EmitOutcome::NotSent(why) => format!("not sent {why:?}"),
        EmitOutcome::Sent => "sent".into(),
        EmitOutcome::Unanswered => "unanswered".into(),
    }
}

fn why(reason: &EndReason) -> String {
    match reason.code {
        Some(code) => format!("{} {code}", reason.kind),
        None => reason.kind.to_string(),
    }
}

fn end_word(end: &SessionEnd) -> String {
    match end {
        SessionEnd::Closed => "closed".into(),
        SessionEnd::JoinRefused(reason) => why(reason),
        SessionEnd::Left => "left".into(),
        SessionEnd::LinkClosed(reason) => format!("link {}", why(reason)),
    }
}
