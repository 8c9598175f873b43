//! What the machine says to all that.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use twin_protocol::{
    link::{
        Action, EmitOutcome, EndKind, ExchangeId, ExchangeInput, Input, LinkState, Outbox, Output,
        Report,
    },
    socketio::engine::payload::{self, Piece},
};

use super::Run;
use crate::replay::{lines, socketio::capture::Line};

impl Run {
    pub(super) fn input(&mut self, input: Input, line: &Line) {
        let Some(link) = &mut self.link else { return };
        let mut out = Outbox::new();
        link.machine.handle(self.now, input, &mut out);
        let mut posts = Vec::new();
        for output in out.drain() {
            match output {
                Output::Action(action) => posts.extend(self.act(action)),
                Output::Notice(_) => {}
                Output::Report(report) => self.hear(report, line),
            }
        }
        for exchange in posts {
            let (status, body) = (200, Bytes::from_static(b"ok"));
            self.input(
                Input::Exchange(exchange, ExchangeInput::Answered { status, body }),
                line,
            );
        }
    }

    /// Carries out what the machine wants. A message that it posts is to be answered.
    fn act(&mut self, action: Action) -> Option<ExchangeId> {
        let link = self.link.as_mut()?;
        let conn = link.conn;
        let numbers = &mut link.numbers;
        let mut sent = |frame: &str| {
            numbers.sent(frame);
            self.outcome.lines.push(lines::sent(conn, frame));
        };
        match action {
            Action::Abort(exchange) => link.get = link.get.filter(|get| *get != exchange),
            Action::DialAt { socket, .. } => link.dialled = Some(socket),
            Action::Get { exchange, .. } => link.get = Some(exchange),
            Action::HangUp { socket, .. } => {
                link.sockets.retain(|_, open| *open != socket);
                link.dialled = link.dialled.filter(|dialled| *dialled != socket);
            }
            Action::Post { exchange, body, .. } => {
                for piece in payload::decode(&body).flatten() {
                    match piece {
                        Piece::Binary(bytes) => sent(&in_base64(&bytes)),
                        Piece::Text(text) => sent(&text),
                    }
                }
                return Some(exchange);
            }
            Action::Send(_, text) => sent(&text),
            Action::SendBinary(_, bytes) => sent(&in_base64(&bytes)),
            other => panic!("the machine of Socket.IO does not want {other:?}"),
        }
        None
    }

    fn hear(&mut self, report: Report, line: &Line) {
        let Some(link) = &mut self.link else { return };
        match report {
            Report::Emitted {
                outcome: EmitOutcome::Acknowledged(_),
                ..
            } => link.account.acks = link.account.acks.saturating_sub(1),
            Report::Emitted {
                id,
                outcome: EmitOutcome::NotSent(_),
            } => link.numbers.give_up(id),
            Report::Event(event) => {
                let wrong = link.account.settle(event.envelope.name.as_deref());
                self.outcome.lines.push(lines::event(&event));
                if let Some(wrong) = wrong {
                    self.find(line, &wrong);
                }
            }
            Report::Gap(gap) => self.outcome.lines.push(lines::gap(&gap)),
            Report::State(state) => {
                let number = link.number;
                link.is_closed = matches!(state, LinkState::Closed { .. });
                if !matches!(state, LinkState::Connected { .. }) {
                    link.numbers.end_connection();
                }
                let sessions = [self.session.clone()];
                let text = lines::state(&state, number, &sessions);
                self.outcome.lines.push(text);
                if let LinkState::Waiting { reason, .. } | LinkState::Closed { reason } = &state {
                    if reason.kind == EndKind::Protocol {
                        self.find(line, "what the server said could not be read");
                    }
                }
            }
            _ => {}
        }
    }
}

/// A packet of bytes as text.
fn in_base64(packet: &[u8]) -> String {
    format!("b4{}", STANDARD.encode(packet.get(1..).unwrap_or_default()))
}
