//! What the user of a link asks of it.

use crate::{
    id::SessionId,
    link::{Emit, Respond},
};

/// A request of the link's user to the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// Close the link for good. The machine ends in the closed state.
    Close,
    /// Send an event to the server. A link whose protocol cannot carry it says so in the outcome.
    Emit(Emit),
    /// Listen to one more session. Joining a session that is joined already changes nothing.
    Join(Join),
    /// Stop listening to a session. The session itself goes on.
    Leave(SessionId),
    /// The network has changed: a connection that is made anew dials at once and without the pauses
    /// that failures have brought about; one that is live is tried, or made anew, so that a dead one
    /// is not waited for. Nothing is lost or comes twice by that. Dials are no closer to each other
    /// than [`BackoffConfig::floor`](crate::link::BackoffConfig::floor), however often this is asked.
    ReconnectNow,
    /// Acknowledge an event that asked for it.
    Respond(Respond),
    /// End the suspension: connect again at once, and go on from where each channel was. Nothing
    /// where the link is not suspended.
    Resume,
    /// Hang up and stay away until [`Resume`](Self::Resume). Sessions stay joined to the link, and
    /// their positions are kept; sessions may be added and left meanwhile.
    Suspend,
}

/// Which session to listen to, and from where on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Join {
    /// The session.
    pub session: SessionId,
    /// From where on its events are wanted.
    pub start: JoinStart,
}

impl Join {
    /// Listen to `session` from `start` on.
    pub fn new(session: SessionId, start: JoinStart) -> Self {
        Self { session, start }
    }
}

/// From where on the events of a session are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinStart {
    /// From the session's first event on: this client has just started it, and what was published
    /// before the link was up is asked for. What cannot be had is declared as a gap with
    /// [`GapReason::Start`](crate::link::GapReason::Start).
    First,
    /// From now on.
    Now,
}
