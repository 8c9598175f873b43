//! What carries live events to clients.
//!
//! Nothing here decides anything of the application: who may listen to what, and what a call
//! answers, says the [`Backend`](crate::backend::Backend).

pub(crate) mod embedded;
mod outcome;
mod outlets;
pub(crate) mod remote;
pub(crate) mod socketio;

use std::fmt;

use serde_json::value::RawValue;

pub(crate) use self::outcome::{LiveError, Outcome};
pub(crate) use self::outlets::Outlets;

/// A live side: what the emulator needs of Centrifugo's server API.
///
/// Calls return at once and take effect in the order in which they were made; a side that needs
/// the network for it queues them, and the [`Outcome`] tells what became of them.
pub(crate) trait LiveSide: fmt::Debug + Send + Sync {
    /// Publishes `data` in `channel`.
    fn publish(&self, channel: &str, data: Box<RawValue>) -> Outcome;

    /// Adds a server-side subscription to live connections.
    fn subscribe(&self, whom: &Whom, channel: &str) -> Outcome;

    /// Takes a subscription away from live connections.
    fn unsubscribe(&self, whom: &Whom, channel: &str) -> Outcome;

    /// Ends live connections.
    fn disconnect(&self, whom: &Whom, code: u16, reason: &str) -> Outcome;

    /// Forgets what was published in `channel`; its position stays.
    fn remove_history(&self, channel: &str) -> Outcome;

    /// As if the server had died and come back with an empty memory: connections are cut, channels
    /// begin anew with another epoch. False where that cannot be done from here.
    fn restart(&self) -> bool;

    /// Settles once everything asked for before has: with the first failure since the last time.
    fn settle(&self) -> Outcome;
}

/// Which live connections are meant.
#[derive(Clone, Debug)]
pub(crate) enum Whom {
    /// Those with these client ids, as far as they are still there.
    Clients(Vec<String>),
    /// All of them.
    Everyone,
}

/// Where a publication stands in its channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Published {
    /// From 1; 0 where the channel keeps no history.
    pub(crate) offset: u64,
    /// Empty where the channel keeps no history.
    pub(crate) epoch: String,
}
