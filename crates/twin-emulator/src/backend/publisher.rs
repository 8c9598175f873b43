//! Publishes what happens in sessions.

use std::sync::Arc;

use super::Shared;
use crate::{
    live::LiveSide,
    platform::{Event, Outlet, Whose},
};

/// Publishes what happens in sessions, in the channels and in the form that are in force.
#[derive(Debug)]
pub(crate) struct Publisher {
    live: Arc<dyn LiveSide>,
    shared: Arc<Shared>,
}

impl Publisher {
    pub(crate) fn new(live: Arc<dyn LiveSide>, shared: Arc<Shared>) -> Self {
        Self { live, shared }
    }
}

impl Outlet for Publisher {
    fn tell(&self, whose: Whose<'_>, event: &Event<'_>) {
        let channel = self
            .shared
            .channel(whose.session.as_str(), whose.client.as_str());
        let (form, has_suffix) = {
            let behaviour = self.shared.behaviour();
            (behaviour.envelope, behaviour.emit_suffix)
        };
        let suffix = if has_suffix { "Emit" } else { "" };
        let name = format!("{}{suffix}", event.name());
        let data = form.wrap(&name, &event.payload());
        self.live.publish(&channel, data).forget();
        tracing::debug!(
            target: "twin::emulator",
            session = whose.session.short(),
            event = name,
            "published"
        );
    }
}
