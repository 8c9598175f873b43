//! One live connection as everyone but its own tasks sees it.

use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::Notify;

use super::outgoing::{Close, Outgoing};

/// One live connection.
#[derive(Debug)]
pub(super) struct Link {
    /// The client id that the server gave it.
    pub(super) client: String,
    pub(super) outgoing: Outgoing,
    /// Told once connect has been answered, whatever the answer: the link is no longer stale.
    pub(super) answered: Notify,
    /// Told once connect has succeeded: pings may begin.
    pub(super) connected: Notify,
    /// Whether a ping waits for its pong.
    pong_due: AtomicBool,
}

impl Link {
    /// A link whose client has not yet connected.
    pub(super) fn new(queue_max_size: usize) -> Self {
        Self {
            client: uuid::Uuid::new_v4().to_string(),
            outgoing: Outgoing::new(queue_max_size),
            answered: Notify::new(),
            connected: Notify::new(),
            pong_due: AtomicBool::new(false),
        }
    }

    pub(super) fn push(&self, message: Utf8Bytes) {
        self.outgoing.push(message);
    }

    pub(super) fn close(&self, close: Close) {
        tracing::debug!(target: "twin::emulator", code = close.code, "closing a link");
        self.outgoing.close(close);
    }

    /// Sends a ping of the protocol; one pong becomes due.
    pub(super) fn ping(&self) {
        self.pong_due.store(true, Ordering::SeqCst);
        self.push(Utf8Bytes::from_static("{}"));
    }

    /// Takes a pong; false if none was due (capture `ping-pong-wrong`).
    pub(super) fn pong(&self) -> bool {
        self.pong_due.swap(false, Ordering::SeqCst)
    }

    pub(super) fn is_pong_due(&self) -> bool {
        self.pong_due.load(Ordering::SeqCst)
    }
}
