//! What a link's user sends to the server over the link itself, where the link can carry that.

use std::time::Duration;

use bytes::Bytes;

use crate::{link::EndReason, raw::RawJson};

/// Names an emit; chosen by the link's user, who gives no two the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmitId(u64);

impl EmitId {
    /// The emit of this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// An event for the server. Each ends in exactly one
/// [`Report::Emitted`](crate::link::Report::Emitted).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Emit {
    /// By which its outcome is told.
    pub id: EmitId,
    /// The event's name.
    pub name: String,
    /// Its arguments, none or several.
    pub arguments: Vec<Argument>,
    /// How long the server may take to acknowledge it; `None`: no acknowledgement is asked for.
    /// Default: `None`.
    pub ack_within: Option<Duration>,
    /// What becomes of it while the link is not connected. Default: [`WhenDown::Fail`].
    pub when_down: WhenDown,
}

impl Emit {
    /// An event without an acknowledgement, which fails at once while the link is not connected.
    pub fn new(id: EmitId, name: impl Into<String>, arguments: Vec<Argument>) -> Self {
        Self {
            id,
            name: name.into(),
            arguments,
            ack_within: None,
            when_down: WhenDown::Fail,
        }
    }

    /// The same with an acknowledgement, which must come within `timeout`.
    #[must_use]
    pub const fn acknowledged_within(mut self, timeout: Duration) -> Self {
        self.ack_within = Some(timeout);
        self
    }

    /// The same with another policy for the time while the link is not connected.
    #[must_use]
    pub const fn when_down(mut self, when_down: WhenDown) -> Self {
        self.when_down = when_down;
        self
    }
}

/// One argument of an event or of an acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Argument {
    /// Bytes.
    Binary(Bytes),
    /// A JSON value.
    Json(RawJson),
}

/// What becomes of an emit while the link is not connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhenDown {
    /// It fails at once.
    Fail,
    /// It waits for the link to be connected, no longer than this. What waits is bounded by the
    /// machine's config; beyond that it fails at once.
    Wait(Duration),
}

/// What became of an emit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmitOutcome {
    /// The server acknowledged it.
    Acknowledged(Acknowledgement),
    /// The connection ended before the acknowledgement came: it is not known whether it arrived.
    Lost,
    /// It was never sent.
    NotSent(NotSent),
    /// It was sent, and no acknowledgement was asked for: it is not known whether it arrived.
    Sent,
    /// No acknowledgement came in time: it is not known whether it arrived.
    Unanswered,
}

/// Why an emit was never sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotSent {
    /// The link is closed for good.
    Closed(EndReason),
    /// The link is not connected.
    Down,
    /// It waited for as long as it was allowed to.
    Expired,
    /// Too many, or too much, is waiting already.
    Full,
    /// It is larger than a server takes, or has more binary arguments.
    TooLarge,
    /// The link's protocol does not carry events to the server.
    Unsupported,
}

/// What a server said in an acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Acknowledgement {
    /// The list of its arguments as it came, a JSON array; `[]` where there are none. Where an
    /// argument is, or holds, bytes, a placeholder stands that names one of `binary`.
    pub arguments: RawJson,
    /// The bytes that belong to it, by the number in the placeholder.
    pub binary: Vec<Bytes>,
}

impl Acknowledgement {
    /// An acknowledgement with these arguments.
    pub const fn new(arguments: RawJson, binary: Vec<Bytes>) -> Self {
        Self { arguments, binary }
    }
}

/// Names the acknowledgement that a server asked for with an event. It is good for the connection
/// on which the event came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AckId {
    /// Which connection of the machine, from 1.
    pub(crate) connection: u64,
    /// The server's own number.
    pub(crate) id: u64,
}

impl AckId {
    /// The server's own number of it.
    pub const fn number(self) -> u64 {
        self.id
    }
}

/// The acknowledgement of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Respond {
    /// Of which event.
    pub ack: AckId,
    /// What the server is told, none or several.
    pub arguments: Vec<Argument>,
}

impl Respond {
    /// Acknowledges the event that asked for `ack`.
    pub const fn new(ack: AckId, arguments: Vec<Argument>) -> Self {
        Self { ack, arguments }
    }
}
