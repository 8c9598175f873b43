//! Events for the server: those that wait to be sent, and those whose acknowledgement is awaited.

use std::collections::{BTreeMap, VecDeque};

use crate::{
    link::{
        Acknowledgement, Argument, Emit, EmitId, EmitOutcome, EndReason, Moment, NotSent, Notice,
        Outbox, Report, WhenDown,
    },
    socketio::{
        Config,
        engine::Frame,
        machine::{assembler::Whole, delivery},
        packet,
    },
};

/// A Node server ends the connection when a packet has more binary messages.
pub(super) const MOST_ATTACHMENTS: usize = 10;

#[derive(Clone, Debug, Default)]
pub(super) struct Emits {
    waiting: VecDeque<Waiting>,
    waiting_bytes: usize,
    /// By the number under which the acknowledgement comes.
    unanswered: BTreeMap<u64, Unanswered>,
    /// Numbers go on across connections, so a late acknowledgement is told apart.
    next_ack: u64,
}

#[derive(Clone, Debug)]
struct Waiting {
    emit: Emit,
    bytes: usize,
    /// Until when it may wait; `None`: only as long as this connection lasts.
    until: Option<Moment>,
}

#[derive(Clone, Copy, Debug)]
struct Unanswered {
    id: EmitId,
    until: Moment,
}

impl Emits {
    /// Takes in an emit, or says at once why not.
    pub(super) fn add(
        &mut self,
        now: Moment,
        emit: Emit,
        is_live: bool,
        config: &Config,
        out: &mut Outbox,
    ) {
        let bytes = emit.name.len() + length(&emit.arguments);
        let until = match emit.when_down {
            WhenDown::Fail => None,
            WhenDown::Wait(time) => Some(now + time),
        };
        let refusal = if !fits(&emit.arguments, bytes, config) {
            Some(NotSent::TooLarge)
        } else if until.is_none() && !is_live {
            Some(NotSent::Down)
        } else if self.is_full(&emit, bytes, config) {
            Some(NotSent::Full)
        } else {
            None
        };
        if let Some(refusal) = refusal {
            return report(emit.id, EmitOutcome::NotSent(refusal), out);
        }
        self.waiting_bytes += bytes;
        self.waiting.push_back(Waiting { emit, bytes, until });
    }

    fn is_full(&self, emit: &Emit, bytes: usize, config: &Config) -> bool {
        let asking = |waiting: &&Waiting| waiting.emit.ack_within.is_some();
        let owed = self.unanswered.len() + self.waiting.iter().filter(asking).count();
        self.waiting.len() >= config.max_waiting
            || self.waiting_bytes + bytes > config.max_waiting_bytes
            || (emit.ack_within.is_some() && owed >= config.max_acks)
    }

    /// The frames of the next emit: it counts as sent.
    pub(super) fn send_next(&mut self, now: Moment, out: &mut Outbox) -> Option<Vec<Frame>> {
        let Waiting { emit, bytes, .. } = self.waiting.pop_front()?;
        self.waiting_bytes -= bytes;
        let ack = emit.ack_within.map(|within| {
            let number = self.next_ack;
            self.next_ack += 1;
            let until = now + within;
            let unanswered = Unanswered { id: emit.id, until };
            self.unanswered.insert(number, unanswered);
            number
        });
        if ack.is_none() {
            report(emit.id, EmitOutcome::Sent, out);
        }
        Some(packet::event(&emit.name, &emit.arguments, ack))
    }

    /// An acknowledgement came.
    pub(super) fn answer(&mut self, whole: Whole, out: &mut Outbox) {
        let Some(number) = whole.id else {
            return out.note(Notice::PassedOver("an acknowledgement of nothing"));
        };
        let Some(unanswered) = self.unanswered.remove(&number) else {
            return out.note(Notice::StaleAck { id: number });
        };
        let arguments = delivery::arguments(&whole);
        let acknowledgement = Acknowledgement::new(arguments, whole.binary);
        report(
            unanswered.id,
            EmitOutcome::Acknowledged(acknowledgement),
            out,
        );
    }

    /// Gives up what has waited for too long.
    pub(super) fn elapse(&mut self, now: Moment, out: &mut Outbox) {
        let is_over = |until: Option<Moment>| until.is_some_and(|until| until <= now);
        while let Some(at) = self.waiting.iter().position(|one| is_over(one.until)) {
            self.drop_waiting(at, NotSent::Expired, out);
        }
        self.unanswered.retain(|_, unanswered| {
            let is_over = unanswered.until <= now;
            if is_over {
                report(unanswered.id, EmitOutcome::Unanswered, out);
            }
            !is_over
        });
    }

    /// The connection is over: no acknowledgement comes any more.
    pub(super) fn end_connection(&mut self, out: &mut Outbox) {
        for unanswered in std::mem::take(&mut self.unanswered).into_values() {
            report(unanswered.id, EmitOutcome::Lost, out);
        }
        while let Some(at) = self.waiting.iter().position(|one| one.until.is_none()) {
            self.drop_waiting(at, NotSent::Down, out);
        }
    }

    /// The link is over.
    pub(super) fn close(&mut self, reason: &EndReason, out: &mut Outbox) {
        while !self.waiting.is_empty() {
            self.drop_waiting(0, NotSent::Closed(reason.clone()), out);
        }
    }

    /// Whether one waits to be sent.
    pub(super) fn wait_to_be_sent(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// When something has waited for too long.
    pub(super) fn deadline(&self) -> Option<Moment> {
        let waiting = self.waiting.iter().filter_map(|waiting| waiting.until);
        let unanswered = self.unanswered.values().map(|unanswered| unanswered.until);
        waiting.chain(unanswered).min()
    }

    fn drop_waiting(&mut self, at: usize, why: NotSent, out: &mut Outbox) {
        if let Some(waiting) = self.waiting.remove(at) {
            self.waiting_bytes -= waiting.bytes;
            report(waiting.emit.id, EmitOutcome::NotSent(why), out);
        }
    }
}

/// Whether a server takes a packet of these arguments.
pub(super) fn fits(arguments: &[Argument], bytes: usize, config: &Config) -> bool {
    let binary = |argument: &&Argument| matches!(argument, Argument::Binary(_));
    bytes <= config.max_sent_bytes && arguments.iter().filter(binary).count() <= MOST_ATTACHMENTS
}

/// How many bytes arguments take in a packet, roughly.
pub(super) fn length(arguments: &[Argument]) -> usize {
    /// What stands around an argument: a comma, or a placeholder.
    const AROUND: usize = 32;
    let one = |argument: &Argument| match argument {
        Argument::Binary(bytes) => bytes.len(),
        Argument::Json(json) => json.as_bytes().len(),
    };
    arguments
        .iter()
        .map(|argument| one(argument) + AROUND)
        .sum()
}

fn report(id: EmitId, outcome: EmitOutcome, out: &mut Outbox) {
    out.report(Report::Emitted { id, outcome });
}
