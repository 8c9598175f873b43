//! The way between client and server: one pipe a connection, whose frames keep their order, come
//! late, stand still, or go nowhere.

use std::time::Duration;

use twin_protocol::link::DialFailureKind;

use super::line::Line;

/// What the client's end of a connection brings.
#[derive(Clone, Debug)]
pub(super) enum News {
    Binary,
    Closed(u16),
    DialFailed(DialFailureKind),
    Frame(Vec<Line>),
    Lost,
    Opened,
    Progress,
    /// Text that is no reply.
    Spoilt(&'static [u8]),
    Unreadable,
}

impl News {
    /// Whether nothing follows it.
    pub(super) const fn is_last(&self) -> bool {
        matches!(
            self,
            Self::Closed(_) | Self::DialFailed(_) | Self::Lost | Self::Unreadable
        )
    }
}

#[derive(Debug, Default)]
pub(super) struct Pipe {
    /// Lines that wait to share a frame.
    pub(super) waiting: Vec<Line>,
    /// Frames on their way to the client.
    pub(super) under_way: usize,
    /// Carries nothing any more.
    pub(super) dead: bool,
    /// Nothing is read before this.
    pub(super) stalled_until: Duration,
    /// Whether the server has ended it.
    pub(super) ended: bool,
    last_down: Duration,
    last_up: Duration,
}

impl Pipe {
    /// When something for the client arrives that leaves now and takes `latency`.
    pub(super) fn down(&mut self, now: Duration, latency: Duration) -> Duration {
        let arrives = (now + latency).max(self.stalled_until);
        self.last_down = self.last_down.max(arrives);
        self.last_down
    }

    /// The same for the server.
    pub(super) fn up(&mut self, now: Duration, latency: Duration) -> Duration {
        self.last_up = self.last_up.max(now + latency);
        self.last_up
    }
}
