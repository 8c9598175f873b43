//! Acknowledgements that the server has asked for, and that the user still owes.

use std::collections::BTreeMap;

use crate::{
    link::{AckId, Moment, Notice, Outbox, Respond},
    socketio::{
        Acks, Config,
        engine::Frame,
        machine::emits::{fits, length},
        packet,
    },
};

/// Those of one connection.
#[derive(Clone, Debug)]
pub(super) struct Responses {
    connection: u64,
    /// Until when each is owed.
    owed: BTreeMap<u64, Moment>,
}

impl Responses {
    pub(super) const fn new(connection: u64) -> Self {
        Self {
            connection,
            owed: BTreeMap::new(),
        }
    }

    /// The server asks for an acknowledgement: whether the user is to give it; else the machine.
    pub(super) fn ask(&mut self, now: Moment, id: u64, config: &Config) -> Option<AckId> {
        let Acks::ByUser { within } = config.acks else {
            return None;
        };
        if self.owed.len() >= config.max_acks {
            return None;
        }
        self.owed.insert(id, now + within);
        Some(AckId {
            connection: self.connection,
            id,
        })
    }

    /// What is sent for the user's acknowledgement: nothing where it comes too late.
    pub(super) fn give(
        &mut self,
        respond: &Respond,
        config: &Config,
        out: &mut Outbox,
    ) -> Option<Vec<Frame>> {
        let AckId { connection, id } = respond.ack;
        if connection != self.connection || self.owed.remove(&id).is_none() {
            out.note(Notice::StaleAck { id });
            return None;
        }
        if !fits(&respond.arguments, length(&respond.arguments), config) {
            out.note(Notice::PassedOver(
                "an acknowledgement larger than a server takes; an empty one was sent",
            ));
            return Some(packet::ack(id, &[]));
        }
        Some(packet::ack(id, &respond.arguments))
    }

    /// What is sent for those that are overdue.
    pub(super) fn elapse(&mut self, now: Moment, out: &mut Outbox) -> Vec<Vec<Frame>> {
        let mut overdue = Vec::new();
        self.owed.retain(|id, until| {
            let is_over = *until <= now;
            if is_over {
                out.note(Notice::AckOverdue { id: *id });
                overdue.push(packet::ack(*id, &[]));
            }
            !is_over
        });
        overdue
    }

    pub(super) fn deadline(&self) -> Option<Moment> {
        self.owed.values().min().copied()
    }
}
