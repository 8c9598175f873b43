//! What a script or an operator can do in a session.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::value::RawValue;

use crate::platform::{Action, AuthorKind, Keyboard, Operator};

/// One thing to do.
#[derive(Clone, Debug)]
pub(crate) enum BotAction {
    Close {
        is_rating_required: bool,
    },
    Event {
        name: String,
        payload: Box<RawValue>,
    },
    Message(Box<MessageText>),
    Operator(Operator),
    Read,
    Typing(AuthorKind),
}

/// What a message says, as it is written in a script.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MessageText {
    #[serde(default)]
    pub(super) body: String,
    #[serde(default)]
    pub(super) from: Speaker,
    #[serde(default)]
    pub(super) answers: Vec<String>,
    #[serde(default)]
    pub(super) keyboard: Option<Keyboard>,
    #[serde(default)]
    pub(super) actions: Vec<Action>,
    #[serde(default)]
    pub(super) attachments: Vec<AttachedText>,
    #[serde(default)]
    pub(super) reply: bool,
    #[serde(default)]
    pub(super) terminal: bool,
}

/// Who speaks or types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Speaker {
    #[default]
    Bot,
    Operator,
}

impl From<Speaker> for AuthorKind {
    fn from(speaker: Speaker) -> Self {
        match speaker {
            Speaker::Bot => Self::Bot,
            Speaker::Operator => Self::Operator,
        }
    }
}

/// A file that a message carries.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AttachedText {
    pub(super) name: String,
    pub(super) content_type: String,
    pub(super) text: String,
}

/// An action that is written as an object of one field.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Written {
    Close(Closing),
    Event(OtherEvent),
    Message(Box<MessageText>),
    Operator(Operator),
    Typing(Speaker),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Closing {
    rating: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OtherEvent {
    name: String,
    payload: Box<RawValue>,
}

impl From<Written> for BotAction {
    fn from(written: Written) -> Self {
        match written {
            Written::Close(Closing { rating }) => Self::Close {
                is_rating_required: rating,
            },
            Written::Event(OtherEvent { name, payload }) => Self::Event { name, payload },
            Written::Message(text) => Self::Message(text),
            Written::Operator(operator) => Self::Operator(operator),
            Written::Typing(speaker) => Self::Typing(speaker.into()),
        }
    }
}

impl<'de> Deserialize<'de> for BotAction {
    /// Written out by hand, as the derived form for "a word or an object" cannot say what is wrong
    /// with either.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordOrObject;

        impl<'de> Visitor<'de> for WordOrObject {
            type Value = BotAction;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an action: a word, or an object of one field")
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Self::Value, E> {
                match word {
                    "close" => Ok(BotAction::Close {
                        is_rating_required: true,
                    }),
                    "read" => Ok(BotAction::Read),
                    "typing" => Ok(BotAction::Typing(AuthorKind::Bot)),
                    _ => Err(E::unknown_variant(word, &["close", "read", "typing"])),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let written = Written::deserialize(MapAccessDeserializer::new(map));
                written.map(BotAction::from)
            }
        }

        deserializer.deserialize_any(WordOrObject)
    }
}
