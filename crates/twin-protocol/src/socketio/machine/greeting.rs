//! The open packet is here; whether the session is let in is not known yet. The server says so
//! unasked, with a connect packet; some send events before it. Asking for it would connect twice
//! (`raw-ws-extra`).

use crate::{
    link::{
        EndKind, EndReason, ExchangeId, ExchangeInput, Moment, Notice, Outbox, SocketId,
        SocketInput,
    },
    socketio::{
        machine::{
            Next,
            assembler::Whole,
            core::Core,
            ends,
            incoming::Incoming,
            live::Live,
            wire::{Heard, Wire},
        },
        packet::Kind,
    },
};

#[derive(Clone, Debug)]
pub(super) struct Greeting {
    pub(super) wire: Wire,
    /// When the session must be let in.
    deadline: Moment,
}

impl Greeting {
    pub(super) const fn new(wire: Wire, deadline: Moment) -> Self {
        Self { wire, deadline }
    }

    /// Reads what came with the open packet.
    pub(super) fn begin(
        mut self,
        core: &mut Core,
        now: Moment,
        incoming: Incoming<'_>,
        out: &mut Outbox,
    ) -> Next {
        match self.read(core, now, incoming, out) {
            Next::Stay => Next::Greet(Box::new(self)),
            next => next,
        }
    }

    pub(super) fn hear_socket(
        &mut self,
        core: &mut Core,
        now: Moment,
        socket: SocketId,
        news: SocketInput,
        out: &mut Outbox,
    ) -> Next {
        let heard = self.wire.hear_socket(core, now, socket, news, out);
        self.hear(core, now, heard, out)
    }

    pub(super) fn hear_exchange(
        &mut self,
        core: &mut Core,
        now: Moment,
        exchange: ExchangeId,
        news: ExchangeInput,
        out: &mut Outbox,
    ) -> Next {
        let heard = self.wire.hear_exchange(core, now, exchange, news, out);
        self.hear(core, now, heard, out)
    }

    pub(super) fn elapse(&mut self, core: &mut Core, now: Moment, out: &mut Outbox) -> Next {
        if now >= self.deadline {
            self.wire.abandon(out);
            let text = "the session was not let in in time";
            return Next::Retry(EndReason::new(EndKind::Timeout).with_text(text));
        }
        if let Err(reason) = self.wire.elapse(now, out) {
            return Next::Retry(reason);
        }
        self.wire.pump(core, now, out);
        Next::Stay
    }

    pub(super) fn deadline(&self) -> Moment {
        self.deadline.min(self.wire.deadline())
    }

    fn hear(&mut self, core: &mut Core, now: Moment, heard: Heard, out: &mut Outbox) -> Next {
        match &heard {
            Heard::Nothing => {
                self.wire.pump(core, now, out);
                Next::Stay
            }
            Heard::Over(next) => next.clone(),
            Heard::Binary(frame) => self.read(core, now, Incoming::binary(frame), out),
            Heard::Body(frame) => self.read(core, now, Incoming::body(frame), out),
            Heard::Text(frame) => self.read(core, now, Incoming::text(frame), out),
        }
    }

    /// Reads up to the word that the session is let in; what follows is the live state's.
    fn read(
        &mut self,
        core: &mut Core,
        now: Moment,
        mut incoming: Incoming<'_>,
        out: &mut Outbox,
    ) -> Next {
        while let Some(piece) = incoming.next() {
            let frame = incoming.frame;
            let taken = match self.wire.take(core, piece, frame, out) {
                Ok(taken) => taken,
                Err(reason) => return Next::Retry(reason),
            };
            let mut packets = taken.packets();
            while let Some(packet) = packets.next() {
                match self.judge(core, &packet, out) {
                    Verdict::LetIn => {
                        let packets = std::iter::once(packet).chain(packets);
                        let live = Live::new(core, now, self.wire.clone(), out);
                        return live.begin(core, now, packets, incoming, out);
                    }
                    Verdict::Over(next) => return next,
                    Verdict::Wait => {}
                }
            }
        }
        self.wire.pump(core, now, out);
        Next::Stay
    }

    fn judge(&self, core: &Core, packet: &Whole, out: &mut Outbox) -> Verdict {
        if packet.foreign.is_none() {
            match packet.kind {
                Kind::Connect | Kind::Event | Kind::BinaryEvent => return Verdict::LetIn,
                Kind::Disconnect => {
                    self.wire.abandon(out);
                    return Verdict::Over(ends::disconnected(core));
                }
                Kind::Error => {
                    self.wire.abandon(out);
                    let (data, _) = packet.data();
                    return Verdict::Over(ends::refused_session(core, data, self.wire.sid()));
                }
                Kind::Ack | Kind::BinaryAck => {}
            }
        }
        out.note(Notice::PassedOver("a packet before the connect packet"));
        Verdict::Wait
    }
}

/// What a packet means to a session that is not let in yet.
enum Verdict {
    LetIn,
    Over(Next),
    Wait,
}
