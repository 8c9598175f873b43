//! What waits to be written to one client.
//!
//! Bounded: a client that does not read as fast as it is written to is closed with 3008.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::Notify;

/// How many messages share a frame at most (`defaultMaxMessagesInFrame`; capture `push-burst`).
const MESSAGES_IN_FRAME: usize = 16;

/// Why and how a link ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Close {
    pub(crate) code: u16,
    pub(crate) reason: String,
}

impl Close {
    pub(crate) fn new(code: u16, reason: &str) -> Self {
        Self {
            code,
            reason: reason.to_owned(),
        }
    }

    pub(super) fn bad_request() -> Self {
        Self::new(3501, "bad request")
    }

    /// Whether what was queued before is still written.
    fn flushes(&self) -> bool {
        self.code != 3000 && self.code != 3008
    }
}

/// What is to be written next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Close(Close),
    Frame(Utf8Bytes),
}

/// The queue between those who have something for a client and the one who writes it.
#[derive(Debug)]
pub(super) struct Outgoing {
    queue: Mutex<Queue>,
    changed: Notify,
    limit: usize,
}

#[derive(Debug, Default)]
struct Queue {
    messages: VecDeque<Utf8Bytes>,
    bytes: usize,
    close: Option<Close>,
}

impl Outgoing {
    /// An empty queue that holds at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            queue: Mutex::default(),
            changed: Notify::new(),
            limit,
        }
    }

    /// Puts a message at the end. Once the link is closing, messages are dropped.
    pub(super) fn push(&self, message: Utf8Bytes) {
        let mut queue = self.locked();
        if queue.close.is_some() {
            return;
        }
        queue.bytes += message.len();
        queue.messages.push_back(message);
        if queue.bytes > self.limit {
            queue.close(Close::new(3008, "slow"));
        }
        drop(queue);
        self.changed.notify_one();
    }

    /// Ends the link once what is queued has been written. The first to close is the one that
    /// counts.
    pub(super) fn close(&self, close: Close) {
        self.locked().close(close);
        self.changed.notify_one();
    }

    pub(super) fn is_closing(&self) -> bool {
        self.locked().close.is_some()
    }

    /// The next thing to write: up to sixteen messages in one frame, joined by newlines; at last
    /// the close, again and again.
    ///
    /// # Cancel safety
    ///
    /// Nothing is taken out before it is returned.
    pub(super) async fn next(&self) -> Next {
        loop {
            if let Some(next) = self.locked().take() {
                return next;
            }
            // A permit is kept for a change between the look and the wait.
            self.changed.notified().await;
        }
    }

    fn locked(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn close(&mut self, close: Close) {
        if self.close.is_some() {
            return;
        }
        if !close.flushes() {
            self.messages.clear();
            self.bytes = 0;
        }
        self.close = Some(close);
    }

    fn take(&mut self) -> Option<Next> {
        let count = self.messages.len().min(MESSAGES_IN_FRAME);
        let parts: Vec<Utf8Bytes> = self.messages.drain(..count).collect();
        self.bytes -= parts.iter().map(|part| part.len()).sum::<usize>();
        let frame = match &parts[..] {
            [] => return self.close.clone().map(Next::Close),
            [only] => only.clone(),
            several => {
                let several: Vec<&str> = several.iter().map(Utf8Bytes::as_str).collect();
                several.join("\n").into()
            }
        };
        Some(Next::Frame(frame))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Capture `push-burst`: 40 messages in frames of 16, 16 and 8.
    #[tokio::test]
    async fn messages_that_wait_share_frames_of_sixteen() {
        let outgoing = Outgoing::new(1000);
        for n in 0..40 {
            outgoing.push(n.to_string().into());
        }
        let mut lines = Vec::new();
        for _ in 0..3 {
            let Next::Frame(frame) = outgoing.next().await else {
                panic!("a close");
            };
            lines.push(frame.as_str().lines().count());
        }
        assert_eq!(lines, [16, 16, 8]);
    }

    /// Capture `push-then-disconnect`.
    #[tokio::test]
    async fn what_is_queued_goes_before_the_close() {
        let outgoing = Outgoing::new(1000);
        outgoing.push("a".into());
        outgoing.close(Close::new(3503, "force disconnect"));
        outgoing.close(Close::new(3001, "shutdown"));
        outgoing.push("late".into());
        assert_eq!(outgoing.next().await, Next::Frame("a".into()));
        let close = Next::Close(Close::new(3503, "force disconnect"));
        assert_eq!(outgoing.next().await, close);
        assert_eq!(outgoing.next().await, close);
    }

    #[tokio::test]
    async fn a_client_that_is_too_slow_is_closed_at_once() {
        let outgoing = Outgoing::new(3);
        outgoing.push("ab".into());
        assert!(!outgoing.is_closing());
        outgoing.push("cd".into());
        assert_eq!(outgoing.next().await, Next::Close(Close::new(3008, "slow")));
    }
}
