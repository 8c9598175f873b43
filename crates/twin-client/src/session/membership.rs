//! Being listened to: a session stays joined for as long as this is held.

use std::sync::Arc;

use crate::{
    client::Shared,
    session::{
        gap,
        inbox::{Inbox, Next},
    },
};

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

    /// The reader has read all that waits. Says whether by that something waits again.
    pub(crate) fn catch_up(&self) -> bool {
        match self.inbox.catch_up() {
            Next::Answer(question) => {
                let fill = gap::fill(Arc::clone(&self.shared), Arc::clone(&self.inbox), question);
                self.shared.spawn("twin gap", fill);
                false
            }
            Next::Any => false,
            Next::Waiting => true,
        }
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
