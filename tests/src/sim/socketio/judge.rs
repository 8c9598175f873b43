//! What the user of a link is owed: each event of a connection once and in order; a gap between two
//! connections, always; one outcome for every emit.

use std::collections::BTreeSet;

use serde_json::Value;
use twin_protocol::link::{GapReason, LinkEvent, LinkState, Report};

use super::server::attachment;

#[derive(Debug, Default)]
pub(super) struct Judge {
    emits: BTreeSet<u64>,
    /// The next event that the present connection owes.
    next: Option<u64>,
    /// What the connection begins with whose opening was told last.
    from: u64,
    connections: u64,
    gap: bool,
    live: bool,
    ended: bool,
    /// Whether a gap stands before the first connection.
    fresh: bool,
}

impl Judge {
    pub(super) fn new(fresh: bool) -> Self {
        Self {
            fresh,
            ..Self::default()
        }
    }

    pub(super) fn emit(&mut self, id: u64) {
        self.emits.insert(id);
    }

    /// The first event of a connection that is about to be told of.
    pub(super) fn opened(&mut self, from: u64) {
        self.from = from;
    }

    pub(super) fn hear(&mut self, report: &Report) -> Result<(), String> {
        match report {
            Report::Emitted { id, .. } if self.emits.remove(&id.number()) => Ok(()),
            Report::Emitted { id, .. } => Err(format!("{id:?} has two outcomes")),
            Report::Ended { .. } if self.ended => Err("the session ends twice".into()),
            Report::Ended { .. } => {
                self.ended = true;
                Ok(())
            }
            Report::Event(event) => self.event(event),
            Report::Gap(gap) if gap.reason == self.cause() && !self.live => {
                self.gap = true;
                Ok(())
            }
            Report::Gap(gap) => Err(format!("a gap without a cause: {gap:?}")),
            Report::Joined(_) => {
                self.connections += 1;
                if self.live || self.gap != (self.connections > 1 || self.fresh) {
                    return Err(format!("joined, and a gap before it: {}", self.gap));
                }
                self.gap = false;
                self.live = true;
                self.next = Some(self.from);
                Ok(())
            }
            Report::State(LinkState::Connected { .. }) if !self.live => {
                Err("connected before it is joined".into())
            }
            Report::State(LinkState::Connected { .. }) => Ok(()),
            Report::State(_) => {
                self.live = false;
                Ok(())
            }
            other => Err(format!("an unexpected report: {other:?}")),
        }
    }

    /// Nothing is wrong any more, for long enough.
    pub(super) fn at_rest(&self, published: u64, closed: bool) -> Result<(), String> {
        if !self.emits.is_empty() {
            return Err(format!("emits without an outcome: {:?}", self.emits));
        }
        if closed != self.ended {
            return Err("the link is closed and its session goes on, or the other way".into());
        }
        if !closed && self.next != Some(published + 1) {
            return Err(format!(
                "event {published} never came: {:?} is next",
                self.next
            ));
        }
        Ok(())
    }

    /// Why there is a gap before the next connection.
    fn cause(&self) -> GapReason {
        match self.connections {
            0 if self.fresh => GapReason::Start,
            _ => GapReason::NoRecovery,
        }
    }

    fn event(&mut self, event: &LinkEvent) -> Result<(), String> {
        let payload: Value = serde_json::from_str(event.envelope.payload.get())
            .map_err(|error| format!("a payload that is none: {error}"))?;
        let id = payload["messageId"].as_str().unwrap_or_default();
        let number: Option<u64> = id.strip_prefix("s-").and_then(|id| id.parse().ok());
        let Some(number) = number else {
            return Err(format!("an event that was never published: {payload}"));
        };
        let places = payload["files"].as_array().map_or(0, Vec::len) as u64;
        let attached: Vec<_> = (0..places).map(|place| attachment(number, place)).collect();
        if event.envelope.binary != attached {
            return Err(format!("event {number} comes with other bytes"));
        }
        if !self.live || self.next != Some(number) {
            return Err(format!("event {number}, and {:?} is next", self.next));
        }
        self.next = Some(number + 1);
        Ok(())
    }
}
