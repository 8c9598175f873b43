//! What follows from an input.

use super::{greeting::Greeting, live::Live, opening::Opening};
use crate::link::EndReason;

/// What follows from an input, decided by the state that had it.
#[derive(Clone, Debug)]
pub(super) enum Next {
    /// The link is over. The connection, if there was one, is given up.
    End(EndReason),
    /// The link is over because its session is; nothing is said of that any more.
    Finish(EndReason),
    /// Dial, or ask by HTTP.
    Connect,
    /// The session is let in.
    GoLive(Box<Live>),
    /// The user wants another connection: connect as soon as may be.
    Hurry,
    /// The open packet is here.
    Greet(Box<Greeting>),
    /// The socket is open.
    Open(Opening),
    /// There is nothing to connect for.
    Rest,
    /// The connection is over; pause, then connect.
    Retry(EndReason),
    /// Nothing changes.
    Stay,
    /// The user wants no connection for now.
    Suspend,
}
