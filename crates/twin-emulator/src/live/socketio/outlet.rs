//! Tells Socket.IO clients what happens in their sessions.

use std::sync::Arc;

use super::{
    event,
    hub::{Hub, Kick},
};
use crate::platform::{Event, Outlet, Whose};

/// Tells Socket.IO clients what happens in their sessions.
#[derive(Debug)]
pub(crate) struct SocketIoOutlet(Arc<Hub>);

impl SocketIoOutlet {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        Self(hub)
    }
}

impl Outlet for SocketIoOutlet {
    fn tell(&self, whose: Whose<'_>, event: &Event<'_>) {
        let session = whose.session.as_str();
        if let Event::Closed { .. } = event {
            if self.0.behaviour().kicks_on_close {
                self.0.kick(Some(session), Kick::Hard);
            }
            return;
        }
        let (name, argument) = event::of(event);
        self.0.tell(session, &name, &argument);
    }
}
