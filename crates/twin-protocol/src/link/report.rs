//! What a link's user learns from the machine.

use std::time::Duration;

use crate::{
    event::Envelope,
    id::SessionId,
    link::{AckId, EmitId, EmitOutcome, EndReason},
};

/// News for the link's user, in order.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Report {
    /// What became of an emit.
    Emitted {
        /// Which emit.
        id: EmitId,
        /// What became of it.
        outcome: EmitOutcome,
    },
    /// The session's stream is over: nothing more of it follows.
    Ended {
        /// Which session.
        session: SessionId,
        /// Why.
        end: SessionEnd,
    },
    /// An event came. Boxed: events are large, and travel through queues.
    Event(Box<LinkEvent>),
    /// Events may have been missed.
    Gap(Gap),
    /// The session is joined on the present connection.
    Joined(SessionId),
    /// The link's state changed.
    State(LinkState),
}

/// The state of a link, as its user sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkState {
    /// Closed for good. Nothing follows.
    Closed {
        /// Why.
        reason: EndReason,
    },
    /// Connected, and every session is joined.
    Connected {
        /// Which attempt it was, from 1.
        attempt: u32,
    },
    /// An attempt is under way: dial, handshake, connect, join.
    Connecting {
        /// Which attempt, from 1; starts again after proof of life.
        attempt: u32,
    },
    /// Without a connection, because its user wants it so; until its user resumes it.
    Suspended,
    /// Waiting before the next attempt.
    Waiting {
        /// Which attempt failed, from 1.
        attempt: u32,
        /// How long until the next attempt.
        retry_in: Duration,
        /// Why the last attempt or connection ended.
        reason: EndReason,
    },
}

/// An event as it came over a link.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LinkEvent {
    /// The session it belongs to; `None` where that cannot be told for certain.
    pub session: Option<SessionId>,
    /// The event, its name and its payload as it came.
    pub envelope: Envelope,
    /// Where it stands in its channel; `None` where the channel keeps no history.
    pub position: Option<Position>,
    /// Whether it was missed while the link was away and came by recovery.
    pub recovered: bool,
    /// The acknowledgement that the server asked for with it, where that is left to the user.
    pub ack: Option<AckId>,
}

impl LinkEvent {
    /// An event that came live, outside of any recoverable channel.
    pub fn new(session: Option<SessionId>, envelope: Envelope) -> Self {
        Self {
            session,
            envelope,
            position: None,
            recovered: false,
            ack: None,
        }
    }
}

/// A place in a recoverable channel.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    /// The channel's name.
    pub channel: String,
    /// The number of the publication in the channel's stream, from 1.
    pub offset: u64,
    /// Names the stream: offsets of different epochs cannot be compared.
    pub epoch: String,
}

/// Events may have been missed here: after the last event before it, before the first after it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gap {
    /// The session that may lack events; `None` where that cannot be told.
    pub session: Option<SessionId>,
    /// The channel, where the link has channels.
    pub channel: Option<String>,
    /// Why events may be missing.
    pub reason: GapReason,
}

impl Gap {
    /// A gap in the events of `session`.
    pub fn new(session: Option<SessionId>, channel: Option<String>, reason: GapReason) -> Self {
        Self {
            session,
            channel,
            reason,
        }
    }
}

/// Why events may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GapReason {
    /// The server no longer grants the channel, or grants one again: what was published in between is
    /// missing.
    ChannelLost,
    /// The channel's offsets jumped.
    Jump,
    /// The link was away, and its channel keeps no history: what was published meanwhile cannot be
    /// had from it.
    NoRecovery,
    /// The server could not give back what was missed while the link was away.
    NotRecovered,
    /// The consumer was too slow and what waited for it grew past its bound.
    Overflow,
    /// What was published between the start of the session and its joining cannot be had: before the first
    /// connect, or over a channel of several sessions.
    Start,
    /// A publication came that cannot be read even as JSON.
    Unreadable,
}

impl GapReason {
    /// The word for it in logs and in the tool's JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChannelLost => "channel_lost",
            Self::Jump => "jump",
            Self::NoRecovery => "no_recovery",
            Self::NotRecovered => "not_recovered",
            Self::Overflow => "overflow",
            Self::Start => "start",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Why the stream of a session is over.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionEnd {
    /// The platform closed the session; its `sessionClosed` event came before this.
    Closed,
    /// The platform refused to let this client join the session.
    JoinRefused(EndReason),
    /// The link's user left.
    Left,
    /// The link itself is closed.
    LinkClosed(EndReason),
}
