//! The socket is open, or the first request is sent; the server's open packet is not here yet.

use bytes::Bytes;

use crate::{
    link::{
        Action, EndKind, EndReason, ExchangeId, ExchangeInput, Moment, Notice, Outbox, SocketId,
        SocketInput, advice,
    },
    socketio::{
        engine::{Open, Packet, payload::Piece},
        machine::{
            Next, core::Core, ends, greeting::Greeting, hang_up, incoming::Incoming, wire::Wire,
        },
    },
};

#[derive(Clone, Debug)]
pub(super) struct Opening {
    over: Over,
    /// When everything up to the connect packet must be here.
    pub(super) deadline: Moment,
}

#[derive(Clone, Copy, Debug)]
enum Over {
    Exchange(ExchangeId),
    Socket(SocketId),
}

impl Opening {
    pub(super) const fn on_socket(socket: SocketId, deadline: Moment) -> Self {
        Self {
            over: Over::Socket(socket),
            deadline,
        }
    }

    /// Asks by HTTP.
    pub(super) fn ask(core: &mut Core, deadline: Moment, out: &mut Outbox) -> Self {
        let (exchange, query) = core.attempts.next_get(None);
        out.act(Action::Get { exchange, query });
        Self {
            over: Over::Exchange(exchange),
            deadline,
        }
    }

    pub(super) fn waits_for_exchange(&self, exchange: ExchangeId) -> bool {
        matches!(self.over, Over::Exchange(present) if present == exchange)
    }

    pub(super) fn waits_for_socket(&self, socket: SocketId) -> bool {
        matches!(self.over, Over::Socket(present) if present == socket)
    }

    pub(super) fn hear_socket(
        &self,
        core: &mut Core,
        now: Moment,
        news: SocketInput,
        out: &mut Outbox,
    ) -> Next {
        match news {
            SocketInput::Text(frame) => self.read(core, now, Incoming::text(&frame), out),
            SocketInput::Binary(frame) => self.read(core, now, Incoming::binary(&frame), out),
            SocketInput::Closed(frame) => Next::Retry(ends::close_frame(core, None, frame)),
            SocketInput::Lost(text) => Next::Retry(EndReason::new(EndKind::Lost).with_text(text)),
            SocketInput::Unreadable(text) => {
                self.abandon(out);
                Next::Retry(EndReason::new(EndKind::Protocol).with_text(text))
            }
            SocketInput::DialFailed(_) | SocketInput::Opened | SocketInput::Progress => Next::Stay,
        }
    }

    pub(super) fn hear_exchange(
        &self,
        core: &mut Core,
        now: Moment,
        news: ExchangeInput,
        out: &mut Outbox,
    ) -> Next {
        match news {
            ExchangeInput::Answered { status, body } if (200..300).contains(&status) => {
                match self.read(core, now, Incoming::body(&body), out) {
                    Next::Stay => unusable(&body),
                    next => next,
                }
            }
            ExchangeInput::Answered { status, body } => ends::refused(core, status, &body),
            ExchangeInput::Failed(failure) => ends::follow(core, advice::dial_failure(failure)),
            ExchangeInput::Progress => Next::Stay,
            ExchangeInput::Unreadable(text) => {
                Next::Retry(EndReason::new(EndKind::Protocol).with_text(text))
            }
        }
    }

    pub(super) fn elapse(&self, now: Moment, out: &mut Outbox) -> Next {
        if now < self.deadline {
            return Next::Stay;
        }
        self.abandon(out);
        Next::Retry(EndReason::new(EndKind::Timeout).with_text("no open packet in time"))
    }

    /// Gives up what is under way.
    pub(super) fn abandon(&self, out: &mut Outbox) {
        match self.over {
            Over::Exchange(exchange) => out.act(Action::Abort(exchange)),
            Over::Socket(socket) => hang_up(socket, out),
        }
    }

    /// Reads up to the open packet; what follows it in the same answer is the next state's.
    fn read(
        &self,
        core: &mut Core,
        now: Moment,
        mut incoming: Incoming<'_>,
        out: &mut Outbox,
    ) -> Next {
        while let Some(piece) = incoming.next() {
            let packet = match &piece {
                Ok(Piece::Text(text)) => Packet::decode_text(text).ok(),
                Ok(Piece::Binary(_)) => None,
                // By HTTP the body itself may say what is wrong with it.
                Err(_) if matches!(self.over, Over::Exchange(_)) => return Next::Stay,
                Err(words) => {
                    self.abandon(out);
                    return Next::Retry(EndReason::new(EndKind::Protocol).with_text(*words));
                }
            };
            let Some(Packet::Open(data)) = packet else {
                out.note(Notice::PassedOver("a packet before the open packet"));
                continue;
            };
            let open = match Open::decode(data) {
                Ok(open) => open,
                Err(error) => {
                    if let Over::Socket(socket) = self.over {
                        hang_up(socket, out);
                    }
                    let reason = EndReason::new(EndKind::Protocol).with_text(error.to_string());
                    return Next::Retry(reason);
                }
            };
            let wire = match self.over {
                Over::Exchange(_) => Wire::on_http(core, now, open, out),
                Over::Socket(socket) => Wire::on_socket(core, now, open, socket),
            };
            return Greeting::new(wire, self.deadline).begin(core, now, incoming, out);
        }
        Next::Stay
    }
}

/// The first answer by HTTP holds no open packet.
fn unusable(body: &Bytes) -> Next {
    let reason = EndReason::new(EndKind::Protocol);
    // Revision 4 has no framing around a single packet.
    if body.starts_with(b"0{") {
        let text = "the server speaks Engine.IO 4; this link speaks Engine.IO 3";
        return Next::End(reason.with_text(text));
    }
    Next::Retry(reason.with_text("the first answer holds no open packet"))
}
