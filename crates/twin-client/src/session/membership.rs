//! Being listened to: a session stays joined for as long as this is held.

use std::sync::Arc;

use crate::{client::Shared, session::inbox::Inbox};

/// Keeps a session joined. Held by every handle that listens to it; the last one leaves.
#[derive(Debug)]
pub(crate) struct Membership {
    shared: Arc<Shared>,
    inbox: Arc<Inbox>,
}

impl Membership {
    pub(crate) fn new(shared: Arc<Shared>, inbox: Arc<Inbox>) -> Arc<Self> {
        Arc::new(Self { shared, inbox })
    }

    pub(crate) fn inbox(&self) -> &Arc<Inbox> {
        &self.inbox
    }

    /// Stops listening; nothing where that is so already.
    pub(crate) fn leave(&self) {
        self.shared.pool.leave(&self.inbox);
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.leave();
    }
}
