//! What a reader of events is handed.

use std::borrow::Cow;

use bytes::Bytes;
use twin_protocol::{
    event::{Envelope, Event, EventName, MessageCreated},
    id::SessionId,
    link::{self, GapReason, LinkEvent, Position},
    raw::RawJson,
};

/// The next thing that a reader of events learns.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Delivery {
    /// An event.
    Event(Box<LiveEvent>),
    /// Events may be missing here.
    Gap(Gap),
}

/// An event, with all that is known of how it came.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LiveEvent {
    /// The session it belongs to; `None` where that cannot be told.
    pub session: Option<SessionId>,
    /// The event, read.
    pub event: Event,
    /// Its name: the platform's own, without the `Emit` ending for names that are known. `None`
    /// where what came has no readable name.
    pub name: Option<Cow<'static, str>>,
    /// Its payload as it came, byte for byte. Of an event of [`Origin::List`] the list's message,
    /// of one of [`Origin::StartReply`] the reply's.
    pub raw: RawJson,
    /// With how many arguments it came: one, unless it came over Socket.IO. Where it is not one,
    /// `raw` is the list of them.
    pub arguments: usize,
    /// Bytes that came with it over Socket.IO. In `raw` placeholders stand for them,
    /// `{"_placeholder":true,"num":N}`.
    pub binary: Vec<Bytes>,
    /// Its place in its channel; `None` where the channel keeps no history.
    pub position: Option<Position>,
    /// Whether it was missed while the link was away, and came by recovery or from the list.
    pub recovered: bool,
    /// By which way it came.
    pub origin: Origin,
}

/// By which way an event came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// From the platform's list of messages: it was missed, and fills a gap.
    List,
    /// Over the live channel, when it happened.
    Live,
    /// Over the live channel, after the link had been away.
    Recovered,
    /// With the reply to the start of the session.
    StartReply,
}

/// Events may be missing here: after the last event before this, before the first one after it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gap {
    /// The session that may lack events; `None` where that cannot be told.
    pub session: Option<SessionId>,
    /// The channel, where the link has channels.
    pub channel: Option<String>,
    /// Why events may be missing.
    pub reason: GapReason,
    /// Whether the list of messages was had: the messages that were missed follow as events of
    /// [`Origin::List`], and with them those of the last minute that gaps before it have lacked. What
    /// is in no list (typing, read marks, operators) is missing all the same.
    pub filled: bool,
}

impl LiveEvent {
    /// How much memory the event takes beside its payload, in bytes, roughly: what was read of it is
    /// as long as its payload.
    pub(crate) fn weight(&self) -> usize {
        const BASE: usize = 512;
        BASE + self.raw.as_bytes().len() + self.binary.iter().map(Bytes::len).sum::<usize>()
    }

    /// The message that it tells of.
    pub(crate) fn message(&self) -> Option<&MessageCreated> {
        match &self.event {
            Event::MessageCreated(message) => Some(message),
            _ => None,
        }
    }

    /// A message that did not come over the live channel.
    pub(crate) fn of_message(
        session: Option<SessionId>,
        message: MessageCreated,
        raw: RawJson,
        origin: Origin,
    ) -> Self {
        Self {
            session,
            event: Event::MessageCreated(Box::new(message)),
            name: Some(Cow::Borrowed(EventName::MessageCreated.as_str())),
            raw,
            arguments: 1,
            binary: Vec::new(),
            position: None,
            recovered: origin == Origin::List,
            origin,
        }
    }

    /// A message that did not come over the live channel, and is not what messages are.
    pub(crate) fn of_unread_message(
        session: Option<SessionId>,
        raw: RawJson,
        origin: Origin,
    ) -> Self {
        let name = EventName::MessageCreated.as_str();
        let data = format!(r#"{{"event":"{name}","payload":{}}}"#, raw.get());
        let data = RawJson::new(data).expect("made of valid parts");
        let mut event = Self::from(LinkEvent::new(session, Envelope::decode(&data)));
        event.raw = raw;
        event.recovered = origin == Origin::List;
        event.origin = origin;
        event
    }
}

impl From<LinkEvent> for LiveEvent {
    fn from(event: LinkEvent) -> Self {
        let Envelope {
            name,
            payload,
            event: read,
            arguments,
            binary,
            ..
        } = event.envelope;
        Self {
            session: event.session,
            event: read,
            name,
            raw: payload,
            arguments,
            binary,
            position: event.position,
            recovered: event.recovered,
            origin: if event.recovered {
                Origin::Recovered
            } else {
                Origin::Live
            },
        }
    }
}

impl From<link::Gap> for Gap {
    fn from(gap: link::Gap) -> Self {
        Self {
            session: gap.session,
            channel: gap.channel,
            reason: gap.reason,
            filled: false,
        }
    }
}
