//! What happens in a chat, as the live channels tell it.
//!
//! [`Envelope::decode`] reads the data of a publication in whatever form it comes. Unknown events
//! are data, not errors; a known event whose payload cannot be read says why; nothing that came is
//! ever lost, as the payload is kept byte for byte. Whose an event is, and in which order events
//! come, is not decided here but by the link.

mod arguments;
mod envelope;
mod name;
pub mod payload;

pub use self::{
    envelope::Envelope,
    name::EventName,
    payload::{
        MessageCreated, MessageRead, OperatorChanged, OperatorLoggedOut, OperatorStatusChanged,
        SessionClosed, TypingIndicator,
    },
};
use crate::{id::SessionId, wire};

/// An event of a chat.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// The bot or an operator wrote a message.
    MessageCreated(Box<MessageCreated>),
    /// An operator has read a message.
    MessageRead(MessageRead),
    /// Another operator, or the bot, has taken over.
    OperatorChanged(Box<OperatorChanged>),
    /// The operator has logged out.
    OperatorLoggedOut(OperatorLoggedOut),
    /// The operator's status has changed.
    OperatorStatusChanged(OperatorStatusChanged),
    /// The session is over; nothing follows.
    SessionClosed(SessionClosed),
    /// The bot or an operator is writing.
    TypingIndicator(TypingIndicator),
    /// An event of a known name whose payload is not what that name promises.
    Unreadable(UnreadableEvent),
    /// An event that this version does not know, or data without a readable name. What came stands
    /// in [`Envelope::name`] and [`Envelope::payload`].
    Unrecognized,
}

/// Why the payload of a known event could not be read. The payload itself stands in
/// [`Envelope::payload`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnreadableEvent {
    /// Which event it would have been.
    pub name: EventName,
    /// What is wrong with the payload; without its contents.
    pub reason: String,
}

impl Event {
    /// The event's name, where this version knows it.
    pub fn name(&self) -> Option<EventName> {
        match self {
            Self::MessageCreated(_) => Some(EventName::MessageCreated),
            Self::MessageRead(_) => Some(EventName::MessageRead),
            Self::OperatorChanged(_) => Some(EventName::OperatorChanged),
            Self::OperatorLoggedOut(_) => Some(EventName::OperatorLoggedOut),
            Self::OperatorStatusChanged(_) => Some(EventName::OperatorStatusChanged),
            Self::SessionClosed(_) => Some(EventName::SessionClosed),
            Self::TypingIndicator(_) => Some(EventName::TypingIndicator),
            Self::Unreadable(unreadable) => Some(unreadable.name),
            Self::Unrecognized => None,
        }
    }

    /// The session that the event's own fields name.
    pub fn session_id(&self) -> Option<&SessionId> {
        match self {
            Self::MessageCreated(message) => message.session_id.as_ref(),
            Self::SessionClosed(closed) => Some(&closed.session_id),
            _ => None,
        }
    }

    /// Reads the payload of the event `name`.
    fn read(name: EventName, payload: &str) -> Result<Self, serde_json::Error> {
        use wire::from_str;

        Ok(match name {
            EventName::MessageCreated => Self::MessageCreated(from_str(payload)?),
            EventName::MessageRead => Self::MessageRead(from_str(payload)?),
            EventName::OperatorChanged => Self::OperatorChanged(from_str(payload)?),
            EventName::OperatorLoggedOut => Self::OperatorLoggedOut(from_str(payload)?),
            EventName::OperatorStatusChanged => Self::OperatorStatusChanged(from_str(payload)?),
            EventName::SessionClosed => Self::SessionClosed(from_str(payload)?),
            EventName::TypingIndicator => Self::TypingIndicator(from_str(payload)?),
        })
    }

    /// The same. Halves of surrogate pairs, which some servers send, are read as U+FFFD; what still
    /// cannot be read says why.
    fn read_or_keep(name: EventName, payload: &str) -> Self {
        let read = Self::read(name, payload).or_else(|error| {
            let repaired = wire::without_lone_surrogates(payload).ok_or(error)?;
            Self::read(name, &repaired)
        });
        read.unwrap_or_else(|error| {
            Self::Unreadable(UnreadableEvent {
                name,
                reason: wire::without_contents(&error),
            })
        })
    }
}
