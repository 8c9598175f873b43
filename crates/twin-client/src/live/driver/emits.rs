//! Events for the server whose outcome somebody waits for.

use std::collections::HashMap;

use tokio::sync::oneshot;
use twin_protocol::link::{EmitId, EmitOutcome};

/// Those who wait for the outcome of an emit. Bounded by the machine, which ends every emit.
#[derive(Default)]
pub(super) struct Emits(HashMap<EmitId, oneshot::Sender<EmitOutcome>>);

impl Emits {
    pub(super) fn add(&mut self, id: EmitId, outcome: oneshot::Sender<EmitOutcome>) {
        self.0.insert(id, outcome);
    }

    pub(super) fn settle(&mut self, id: EmitId, outcome: EmitOutcome) {
        if let Some(waiting) = self.0.remove(&id) {
            // Whoever asked may no longer want to know.
            let _ = waiting.send(outcome);
        }
    }
}
