//! One connection's way: frames keep their order, come late, stand still, or go nowhere.

use std::{collections::VecDeque, time::Duration};

use crate::sim::centrifuge::line::Line;

#[derive(Debug, Default)]
pub(in crate::sim::centrifuge) struct Pipe {
    /// Lines that wait to share a frame.
    pub(super) waiting: Vec<Line>,
    /// Frames on their way to the client.
    pub(super) under_way: usize,
    /// Messages that the client has been given, and has not taken.
    pub(in crate::sim::centrifuge) untaken: VecDeque<Vec<Line>>,
    /// Carries nothing any more.
    pub(in crate::sim::centrifuge) dead: bool,
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
