//! How packets get through on one connection: over a WebSocket, over HTTP, or first over HTTP and
//! then over a WebSocket. Heartbeats are here, and what the layer below Socket.IO says for itself;
//! what the packets of Socket.IO mean is not.

mod heartbeat;
mod polling;
mod upgrade;

use bytes::Bytes;

pub(super) use self::heartbeat::Pace;
use self::{heartbeat::Heartbeat, polling::Polling};
use crate::{
    link::{
        Action, EndKind, EndReason, ExchangeId, ExchangeInput, Moment, Notice, Outbox, SocketId,
        SocketInput,
    },
    socketio::{
        Transport,
        engine::{Frame, Open, Packet, payload::Piece},
        machine::{
            Next,
            assembler::{Assembler, Attached, Whole},
            core::Core,
            ends, hang_up,
        },
        packet::{self, Packet as Message},
    },
};

#[derive(Clone, Debug)]
pub(super) struct Wire {
    sid: Box<str>,
    carrier: Carrier,
    heartbeat: Heartbeat,
    assembler: Assembler,
}

#[derive(Clone, Debug)]
enum Carrier {
    Http(Polling),
    Socket(SocketId),
}

/// What a piece of news comes to.
#[derive(Clone, Debug)]
pub(super) enum Heard {
    /// A message of bytes is to be read.
    Binary(Bytes),
    /// The body of an answer is to be read.
    Body(Bytes),
    /// Nothing to read.
    Nothing,
    /// The connection is over.
    Over(Next),
    /// A message of text is to be read.
    Text(Bytes),
}

/// What a packet of Engine.IO comes to.
#[derive(Clone, Debug, Default)]
pub(super) struct Taken {
    /// A packet whose bytes did not come, as the next packet came instead.
    cut_short: Option<Whole>,
    whole: Option<Whole>,
    /// Whether it was the answer to a heartbeat.
    pub(super) is_pong: bool,
}

impl Taken {
    /// The packets of Socket.IO, in order.
    pub(super) fn packets(self) -> impl Iterator<Item = Whole> {
        self.cut_short.into_iter().chain(self.whole)
    }
}

impl Wire {
    /// The open packet came over a socket.
    pub(super) fn on_socket(core: &Core, now: Moment, open: Open, socket: SocketId) -> Self {
        Self::new(core, now, open, Carrier::Socket(socket))
    }

    /// The open packet came by HTTP. The move to a socket begins at once, where it is wanted and
    /// offered.
    pub(super) fn on_http(core: &mut Core, now: Moment, open: Open, out: &mut Outbox) -> Self {
        let mut polling = Polling::default();
        let wanted = core.config.transport == Transport::PollingThenWebSocket;
        if wanted && open.upgrades_to_websocket {
            polling.begin_upgrade(core, now, &open.sid, out);
        }
        Self::new(core, now, open, Carrier::Http(polling))
    }

    fn new(core: &Core, now: Moment, open: Open, carrier: Carrier) -> Self {
        Self {
            heartbeat: Heartbeat::new(now, &open, core.config.silence_grace, core.pace),
            sid: open.sid.into(),
            carrier,
            assembler: Assembler::default(),
        }
    }

    pub(super) fn waits_for_exchange(&self, exchange: ExchangeId) -> bool {
        match &self.carrier {
            Carrier::Http(polling) => polling.waits_for(exchange),
            Carrier::Socket(_) => false,
        }
    }

    pub(super) fn waits_for_socket(&self, socket: SocketId) -> bool {
        match &self.carrier {
            Carrier::Http(polling) => polling.upgrades_to(socket),
            Carrier::Socket(present) => *present == socket,
        }
    }

    /// News of a socket that is waited for: the one that carries the connection, or the one that it
    /// is to move to.
    pub(super) fn hear_socket(
        &mut self,
        core: &Core,
        now: Moment,
        socket: SocketId,
        news: SocketInput,
        out: &mut Outbox,
    ) -> Heard {
        if let Carrier::Http(polling) = &mut self.carrier {
            return polling.hear_upgrade(news, out);
        }
        self.heartbeat.hear(now);
        let over = |reason| Heard::Over(Next::Retry(reason));
        match news {
            SocketInput::Text(frame) => Heard::Text(frame),
            SocketInput::Binary(frame) => Heard::Binary(frame),
            SocketInput::Closed(frame) => over(ends::close_frame(core, Some(&self.sid), frame)),
            SocketInput::Lost(text) => over(EndReason::new(EndKind::Lost).with_text(text)),
            SocketInput::Unreadable(text) => {
                hang_up(socket, out);
                over(EndReason::new(EndKind::Protocol).with_text(text))
            }
            SocketInput::DialFailed(_) | SocketInput::Opened | SocketInput::Progress => {
                Heard::Nothing
            }
        }
    }

    /// News of an exchange that is waited for.
    pub(super) fn hear_exchange(
        &mut self,
        core: &Core,
        now: Moment,
        exchange: ExchangeId,
        news: ExchangeInput,
        out: &mut Outbox,
    ) -> Heard {
        let Carrier::Http(polling) = &mut self.carrier else {
            return Heard::Nothing;
        };
        if polling.is_get(exchange) {
            self.heartbeat.hear(now);
        }
        let heard = polling.hear(core, exchange, news, &self.sid);
        if matches!(heard, Heard::Over(_)) {
            self.abandon(out);
        }
        heard
    }

    /// Takes in a packet of Engine.IO; says what Socket.IO has to do with it.
    ///
    /// # Errors
    ///
    /// With the reason, when the connection is over. It is given up by then.
    pub(super) fn take(
        &mut self,
        core: &mut Core,
        piece: Result<Piece<'_>, &'static str>,
        frame: &Bytes,
        out: &mut Outbox,
    ) -> Result<Taken, EndReason> {
        let taken = match &piece {
            Ok(Piece::Text(text)) => match Packet::decode_text(text) {
                Ok(packet) => self.take_packet(core, &packet, frame, out),
                Err(_) => Err(broken("bytes whose base64 cannot be read")),
            },
            Ok(Piece::Binary(bytes)) => {
                self.take_packet(core, &Packet::decode_binary(bytes), frame, out)
            }
            Err(words) => Err(broken(words)),
        };
        if taken.is_err() {
            self.abandon(out);
        }
        taken
    }

    fn take_packet(
        &mut self,
        core: &mut Core,
        packet: &Packet<'_>,
        frame: &Bytes,
        out: &mut Outbox,
    ) -> Result<Taken, EndReason> {
        if let Carrier::Http(polling) = &mut self.carrier {
            if !matches!(packet, Packet::Noop | Packet::Unknown) {
                polling.bears_fruit();
            }
        }
        let mut taken = Taken::default();
        match packet {
            Packet::Binary(bytes) => match self.assembler.attach(bytes, &core.config) {
                Attached::Complete(whole) => taken.whole = Some(whole),
                Attached::Incomplete => {}
                Attached::NotDue => {
                    out.note(Notice::PassedOver("bytes that belong to no packet"));
                }
                Attached::TooMuch => return Err(broken("more bytes in an event than may be kept")),
            },
            Packet::Close => {
                let text = "the server ended the transport";
                return Err(EndReason::new(EndKind::Closed).with_text(text));
            }
            Packet::Message(text) => {
                let Ok(message) = Message::decode(text) else {
                    out.note(Notice::PassedOver("a message that is no Socket.IO packet"));
                    return Ok(taken);
                };
                taken.cut_short = self.assembler.cut_short();
                if taken.cut_short.is_some() {
                    out.note(Notice::PassedOver("a packet whose bytes did not all come"));
                }
                let begun = self.assembler.begin(&message, frame, &core.config);
                taken.whole = begun.map_err(broken)?;
            }
            Packet::Noop => {}
            Packet::Ping(data) => self.send(vec![Frame::pong(data)], core, out),
            Packet::Pong(_) => {
                taken.is_pong = true;
                core.pace = self.heartbeat.is_answered(core.pace);
            }
            Packet::Open(_) | Packet::Unknown | Packet::Upgrade => {
                out.note(Notice::PassedOver("a packet that means nothing here"));
            }
        }
        Ok(taken)
    }

    /// Whether more may be sent at once. By HTTP one message is under way at a time.
    pub(super) fn takes_more(&self) -> bool {
        match &self.carrier {
            Carrier::Http(polling) => polling.takes_more(),
            Carrier::Socket(_) => true,
        }
    }

    /// Sends one packet with its bytes, or lines it up to be sent by [`pump`](Self::pump).
    pub(super) fn send(&mut self, frames: Vec<Frame>, core: &Core, out: &mut Outbox) {
        match &mut self.carrier {
            Carrier::Http(polling) => polling.line_up(frames, core.config.max_acks, out),
            Carrier::Socket(socket) => send(*socket, frames, out),
        }
    }

    /// Keeps HTTP going: one question is always asked, what is lined up is sent, and the connection
    /// moves to its socket once nothing is under way any more.
    pub(super) fn pump(&mut self, core: &mut Core, now: Moment, out: &mut Outbox) {
        let Carrier::Http(polling) = &mut self.carrier else {
            return;
        };
        if let Some(socket) = polling.may_move() {
            send(socket, vec![Frame::upgrade()], out);
            out.note(Notice::Upgraded);
            for frames in polling.take_line() {
                send(socket, frames, out);
            }
            self.carrier = Carrier::Socket(socket);
            return;
        }
        polling.pump(core, now, &self.sid, out);
    }

    /// Acts on every deadline that is due; [`pump`](Self::pump) is to follow.
    ///
    /// # Errors
    ///
    /// With the reason, when the connection is over. It is given up by then.
    pub(super) fn elapse(&mut self, now: Moment, out: &mut Outbox) -> Result<(), EndReason> {
        let timeout = |text: &str| EndReason::new(EndKind::Timeout).with_text(text);
        if self.heartbeat.is_silent(now) {
            self.abandon(out);
            return Err(timeout("the server fell silent"));
        }
        if let Carrier::Http(polling) = &mut self.carrier {
            if polling.elapse(now, out).is_err() {
                self.abandon(out);
                return Err(timeout("what was sent by HTTP was not answered"));
            }
        }
        if self.heartbeat.beats(now) {
            self.ping(out);
        }
        Ok(())
    }

    /// Sends a heartbeat out of turn, whose answer must come soon.
    pub(super) fn check(&mut self, core: &Core, now: Moment, out: &mut Outbox) {
        if self.heartbeat.checks(now, core.config.check_timeout) {
            self.ping(out);
        }
    }

    fn ping(&mut self, out: &mut Outbox) {
        match &mut self.carrier {
            Carrier::Http(polling) => polling.line_up_ping(),
            Carrier::Socket(socket) => send(*socket, vec![Frame::ping()], out),
        }
    }

    pub(super) fn deadline(&self) -> Moment {
        let heartbeat = self.heartbeat.deadline();
        match &self.carrier {
            Carrier::Http(polling) => polling
                .deadline()
                .map_or(heartbeat, |polling| polling.min(heartbeat)),
            Carrier::Socket(_) => heartbeat,
        }
    }

    /// Gives everything up that is under way, without a word.
    pub(super) fn abandon(&self, out: &mut Outbox) {
        match &self.carrier {
            Carrier::Http(polling) => polling.abandon(out),
            Carrier::Socket(socket) => hang_up(*socket, out),
        }
    }

    /// Leaves the session, and gives everything up.
    pub(super) fn say_goodbye(&mut self, core: &mut Core, out: &mut Outbox) {
        match &mut self.carrier {
            Carrier::Http(polling) => polling.say_goodbye(core, &self.sid, out),
            Carrier::Socket(socket) => {
                send(*socket, vec![packet::disconnect()], out);
                hang_up(*socket, out);
            }
        }
    }

    /// What the end of the connection teaches of how fast the heart must beat on the next.
    pub(super) fn learn(&self, core: &mut Core, now: Moment, reason: &EndReason) {
        if matches!(reason.kind, EndKind::Closed | EndKind::Lost) {
            core.pace = self.heartbeat.is_cut_off(now, core.pace);
        }
    }

    /// What names the connection.
    pub(super) fn sid(&self) -> &str {
        &self.sid
    }
}

fn send(socket: SocketId, frames: Vec<Frame>, out: &mut Outbox) {
    for frame in frames {
        out.act(match frame {
            Frame::Binary(bytes) => Action::SendBinary(socket, bytes),
            Frame::Text(text) => Action::Send(socket, text),
        });
    }
}

fn broken(words: &str) -> EndReason {
    EndReason::new(EndKind::Protocol).with_text(words)
}
