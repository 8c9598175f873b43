//! The session is let in: events come, emits go, both sides acknowledge.

use crate::{
    link::{
        EndKind, EndReason, ExchangeId, ExchangeInput, LinkState, Moment, Notice, Outbox, Report,
        Respond, SessionEnd, SocketId, SocketInput,
    },
    socketio::{
        machine::{
            Next,
            assembler::Whole,
            core::Core,
            delivery, ends,
            incoming::Incoming,
            responses::Responses,
            wire::{Heard, Wire},
        },
        packet::{self, Kind},
    },
};

#[derive(Clone, Debug)]
pub(super) struct Live {
    pub(super) wire: Wire,
    responses: Responses,
    connected_at: Moment,
}

impl Live {
    pub(super) fn new(core: &mut Core, now: Moment, wire: Wire, out: &mut Outbox) -> Self {
        core.go_live(out);
        let attempt = core.attempts.number();
        out.report(Report::State(LinkState::Connected { attempt }));
        Self {
            wire,
            responses: Responses::new(core.connection),
            connected_at: now,
        }
    }

    /// Reads what let the session in and what came with it.
    pub(super) fn begin(
        mut self,
        core: &mut Core,
        now: Moment,
        packets: impl Iterator<Item = Whole>,
        incoming: Incoming<'_>,
        out: &mut Outbox,
    ) -> Next {
        let mut next = self.read_packets(core, now, packets, out);
        if matches!(next, Next::Stay) {
            next = self.read(core, now, incoming, out);
        }
        match next {
            Next::Stay => Next::GoLive(Box::new(self)),
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
        if let Err(reason) = self.wire.elapse(now, out) {
            return Next::Retry(reason);
        }
        for frames in self.responses.elapse(now, out) {
            self.wire.send(frames, core, out);
        }
        self.flush(core, now, out);
        Next::Stay
    }

    /// Sends what waits to be sent, as far as the wire takes it.
    pub(super) fn flush(&mut self, core: &mut Core, now: Moment, out: &mut Outbox) {
        loop {
            while self.wire.takes_more() {
                let Some(frames) = core.emits.send_next(now, out) else {
                    break;
                };
                self.wire.send(frames, core, out);
            }
            self.wire.pump(core, now, out);
            // The connection may just have moved to a socket, which takes everything.
            if !(self.wire.takes_more() && core.emits.wait_to_be_sent()) {
                break;
            }
        }
    }

    /// Whether the connection still is there is to be found out now.
    pub(super) fn check(&mut self, core: &mut Core, now: Moment, out: &mut Outbox) {
        self.wire.check(core, now, out);
        self.flush(core, now, out);
    }

    /// The user acknowledges an event.
    pub(super) fn respond(
        &mut self,
        core: &mut Core,
        now: Moment,
        respond: &Respond,
        out: &mut Outbox,
    ) {
        if let Some(frames) = self.responses.give(respond, &core.config, out) {
            self.wire.send(frames, core, out);
            self.wire.pump(core, now, out);
        }
    }

    /// The connection is over.
    pub(super) fn end(&mut self, core: &mut Core, now: Moment, out: &mut Outbox) {
        // Holding a connection for longer than the pause that its loss costs is proof of life.
        if now.since(self.connected_at) > core.attempts.proving_time() {
            core.attempts.prove();
        }
        core.emits.end_connection(out);
    }

    pub(super) fn deadline(&self) -> Moment {
        let wire = self.wire.deadline();
        match self.responses.deadline() {
            Some(response) => response.min(wire),
            None => wire,
        }
    }

    fn hear(&mut self, core: &mut Core, now: Moment, heard: Heard, out: &mut Outbox) -> Next {
        match &heard {
            Heard::Nothing => {
                self.flush(core, now, out);
                Next::Stay
            }
            Heard::Over(next) => next.clone(),
            Heard::Binary(frame) => self.read(core, now, Incoming::binary(frame), out),
            Heard::Body(frame) => self.read(core, now, Incoming::body(frame), out),
            Heard::Text(frame) => self.read(core, now, Incoming::text(frame), out),
        }
    }

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
            if taken.is_pong {
                core.attempts.prove();
            }
            match self.read_packets(core, now, taken.packets(), out) {
                Next::Stay => {}
                next => return next,
            }
        }
        self.flush(core, now, out);
        Next::Stay
    }

    fn read_packets(
        &mut self,
        core: &mut Core,
        now: Moment,
        packets: impl Iterator<Item = Whole>,
        out: &mut Outbox,
    ) -> Next {
        for packet in packets {
            match self.read_packet(core, now, packet, out) {
                Next::Stay => {}
                next => return next,
            }
        }
        Next::Stay
    }

    fn read_packet(
        &mut self,
        core: &mut Core,
        now: Moment,
        packet: Whole,
        out: &mut Outbox,
    ) -> Next {
        if let Some(namespace) = packet.foreign {
            let channel = namespace.into();
            out.note(Notice::UnknownPush { channel });
            return Next::Stay;
        }
        match packet.kind {
            Kind::Ack | Kind::BinaryAck => core.emits.answer(packet, out),
            // Once let in, a session cannot be let in again.
            Kind::Connect => {}
            Kind::Disconnect => {
                self.wire.abandon(out);
                return ends::disconnected(core);
            }
            Kind::Error => delivery::error(core, &packet, out),
            Kind::BinaryEvent | Kind::Event => return self.read_event(core, now, packet, out),
        }
        Next::Stay
    }

    fn read_event(
        &mut self,
        core: &mut Core,
        now: Moment,
        packet: Whole,
        out: &mut Outbox,
    ) -> Next {
        core.attempts.prove();
        let asked = packet.id;
        let left_to_user = asked.and_then(|id| self.responses.ask(now, id, &core.config));
        let is_over = delivery::event(core, packet, left_to_user, out);
        if let (Some(id), None) = (asked, left_to_user) {
            self.wire.send(packet::ack(id, &[]), core, out);
        }
        if !is_over {
            return Next::Stay;
        }
        self.wire.say_goodbye(core, out);
        core.end_session(SessionEnd::Closed, out);
        let words = "the session is over";
        Next::Finish(EndReason::new(EndKind::Asked).with_text(words))
    }
}
