//! What a network can do.

use std::time::Duration;

/// What the network does to what passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// New connections are accepted and never answered; those there are pass.
    AcceptAndSilence,
    /// Nothing passes any more, either way, and nobody is told.
    BlackHole,
    /// So many bytes pass at a time, with such pauses.
    Drip(usize, Duration),
    /// Whoever is or gets connected is told what no server says.
    Garbage,
    /// Everything passes later by this much, and up to twice that.
    Latency(Duration),
    /// Every byte passes alone.
    OneByte,
    /// Nothing is done to what passes.
    #[default]
    Pass,
    /// Whoever connects is answered by HTTP with this status, as by a captive portal or a gateway;
    /// those there are pass.
    Portal(u16),
    /// New connections are refused, those there are closed.
    Refuse,
}

/// What is to be done to every connection.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Plan {
    pub(super) network: Network,
    /// How often everything was closed.
    pub(super) kills: u64,
    /// How often everything was reset.
    pub(super) resets: u64,
}

impl Plan {
    /// Whether a connection that was there at `began` has been told to end since.
    pub(super) fn ends_since(&self, began: &Self) -> bool {
        self.kills > began.kills || self.resets > began.resets
    }
}
