//! The replay itself: the lines of a capture, one after the other, and time between them.

mod hear;
mod say;

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use twin_protocol::{
    link::{CloseFrame, Command, ExchangeId, ExchangeInput, Input, Moment, SocketId, SocketInput},
    socketio::{
        Machine, Transport as Mode,
        engine::payload::{self, Piece},
    },
};

use super::{
    account::Account,
    acks::Numbers,
    capture::{Line, Told, Transport},
    connection::{Use, Uses},
};
use crate::replay::{Outcome, lines};

/// How many deadlines the machine is given to ask what the recorded server already answers.
const PATIENCE: usize = 64;

/// Plays a capture to machines, one after the other.
pub fn replay(capture: &[Line]) -> Outcome {
    let key = capture.iter().find_map(|line| match line.told() {
        Told::Ask { key, .. } => key,
        _ => None,
    });
    let mut run = Run {
        session: key.unwrap_or_else(|| "session".to_owned()),
        now: Moment::START,
        offset: Duration::ZERO,
        link: None,
        links: 0,
        uses: Uses::default(),
        sid: None,
        outcome: Outcome::default(),
    };
    for at in 0..capture.len() {
        run.line(capture, at);
    }
    run.outcome
}

struct Run {
    session: String,
    now: Moment,
    /// How far the machine's clock has run ahead of the capture's.
    offset: Duration,
    link: Option<Link>,
    links: u32,
    uses: Uses,
    /// The recorded connection that is the machine's present one.
    sid: Option<String>,
    outcome: Outcome,
}

/// One machine, and what it waits for.
struct Link {
    machine: Machine,
    mode: Mode,
    number: u32,
    is_closed: bool,
    /// Dialled, and not answered.
    dialled: Option<SocketId>,
    /// Open, by the TCP connection that it is.
    sockets: BTreeMap<u64, SocketId>,
    get: Option<ExchangeId>,
    /// The TCP connection that was last heard from.
    conn: u64,
    account: Account,
    numbers: Numbers,
    emits: u64,
}

impl Run {
    fn line(&mut self, capture: &[Line], at: usize) {
        let line = &capture[at];
        match line.told() {
            Told::Ask {
                transport,
                is_post,
                sid,
                body,
                ..
            } => {
                if is_post && sid.is_some() && sid == self.sid {
                    self.follow(line, &body);
                }
                self.uses.ask(
                    line.conn,
                    Use {
                        transport,
                        is_post,
                        sid,
                    },
                );
            }
            Told::Said(text) => {
                if text == "5" {
                    self.make_room(line);
                }
                if let Some(message) = text.strip_prefix('4') {
                    self.emit(line, message);
                }
            }
            Told::Answer { .. } => {
                self.pass_until(line);
                self.answered(capture, at);
            }
            Told::Text(text) => {
                self.pass_until(line);
                self.text(line, &text);
            }
            Told::Binary(bytes) => {
                self.pass_until(line);
                if let Some(link) = &mut self.link {
                    if link.sockets.contains_key(&line.conn) {
                        link.account.hear_bytes();
                    }
                }
                self.news(line, SocketInput::Binary(bytes));
            }
            Told::Close { code, reason } => {
                self.pass_until(line);
                self.last_news(line, SocketInput::Closed(CloseFrame { code, reason }));
            }
            Told::Control => {
                self.pass_until(line);
                self.news(line, SocketInput::Progress);
            }
            Told::Eof => {
                if line.transport() == Transport::Ws {
                    self.pass_until(line);
                    let how = "the peer ended the connection".to_owned();
                    self.last_news(line, SocketInput::Lost(how));
                }
            }
            Told::Other | Told::SaidBinary(_) => {}
        }
    }

    /// Lets the machine's time pass up to a line of the capture.
    fn pass_until(&mut self, line: &Line) {
        let until = Moment::START + self.offset + Duration::from_millis(line.t_ms);
        while let Some(deadline) = self.deadline().filter(|deadline| *deadline < until) {
            self.now = self.now.max(deadline);
            self.input(Input::Elapsed, line);
        }
        self.now = self.now.max(until);
    }

    fn deadline(&self) -> Option<Moment> {
        self.link.as_ref()?.machine.deadline()
    }

    /// The machine is first run to its next deadline: time that the capture does not have.
    fn run_ahead(&mut self, line: &Line) -> bool {
        let Some(deadline) = self.deadline() else {
            return false;
        };
        let ahead = deadline.since(self.now);
        self.offset += ahead;
        self.now = self.now.max(deadline);
        self.input(Input::Elapsed, line);
        true
    }

    /// The recorded client moves to its socket. Some do without a question by then, so nobody
    /// answers the machine's, as a server does before it moves.
    fn make_room(&mut self, line: &Line) {
        self.pass_until(line);
        let Some(link) = &mut self.link else { return };
        if link.mode != Mode::PollingThenWebSocket || !link.sockets.contains_key(&line.conn) {
            return;
        }
        if let Some(exchange) = link.get.take() {
            self.note(line, "the machine's question is answered with nothing");
            let (status, body) = (200, Bytes::from_static(b"1:6"));
            self.input(
                Input::Exchange(exchange, ExchangeInput::Answered { status, body }),
                line,
            );
        }
    }

    /// What the recorded client posted, the machine emits.
    fn follow(&mut self, line: &Line, body: &Bytes) {
        for piece in payload::decode(body).flatten() {
            if let Piece::Text(text) = piece {
                if let Some(message) = text.strip_prefix('4') {
                    self.emit(line, message);
                }
            }
        }
    }

    fn emit(&mut self, line: &Line, message: &str) {
        self.pass_until(line);
        let Some(link) = &mut self.link else { return };
        link.emits += 1;
        if let Some(emit) = link.numbers.emit(link.emits, message) {
            self.input(Input::Command(Command::Emit(emit)), line);
        }
    }

    fn note(&mut self, line: &Line, text: &str) {
        let note = lines::note(line.conn, line.number, text);
        self.outcome.lines.push(note);
    }

    fn find(&mut self, line: &Line, text: &str) {
        let number = line.number;
        self.outcome.findings.push(format!("line {number}: {text}"));
    }

    fn close_account(&mut self, line: &Line) {
        let Some(link) = &mut self.link else { return };
        let is_left = link.sockets.is_empty() && link.get.is_none();
        let owed = link.account.close(is_left);
        let acks = std::mem::take(&mut link.account.acks);
        if owed > 0 {
            self.find(line, &format!("{owed} events not delivered"));
        }
        if acks > 0 && !is_left {
            self.find(line, &format!("{acks} acknowledgements did not arrive"));
        }
    }
}
