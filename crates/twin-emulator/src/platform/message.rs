//! A message of a session and what it is made of.

use serde::{Deserialize, Serialize};
use twin_protocol::{
    id::{FileId, MessageId, UserId},
    time::Timestamp,
};

/// Who wrote a message, in the platform's own word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum AuthorKind {
    /// The bot.
    Bot,
    /// The person who writes to the chat.
    Client,
    /// A person who answers in the bot's place.
    Operator,
}

impl AuthorKind {
    /// The word on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Bot => "BOT",
            Self::Client => "CLIENT",
            Self::Operator => "OPERATOR",
        }
    }
}

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Author {
    pub(crate) kind: AuthorKind,
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) avatar: Option<String>,
}

/// A person who answers in the bot's place.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Operator {
    /// The platform's id: a string of digits.
    pub(crate) id: String,
    /// The name that the client is shown.
    pub(crate) name: String,
    /// The address of a picture.
    #[serde(default)]
    pub(crate) avatar: Option<String>,
}

/// Buttons below a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Keyboard {
    /// How many stand in a row.
    pub(crate) buttons_in_row: u32,
    /// The buttons.
    pub(crate) buttons: Vec<Button>,
}

/// One button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Button {
    /// What kind of button it is: `text`.
    #[serde(rename = "type", default = "text_button")]
    pub(crate) kind: String,
    /// What it says, and what the client sends when it is pressed.
    pub(crate) text: String,
}

fn text_button() -> String {
    "text".to_owned()
}

/// Something that the client's program may do with a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Action {
    /// What kind of action it is.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// The event it stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) event: Option<String>,
    /// What a button for it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) label: Option<String>,
    /// Data for the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<String>,
}

/// A file that is attached to messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attachment {
    pub(crate) id: FileId,
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) size: u64,
    /// Where it can be downloaded; of a private one it holds what opens it.
    pub(crate) link: String,
    pub(crate) created_at: Timestamp,
    pub(crate) is_private: bool,
    /// The folder that it was uploaded to.
    pub(crate) path: String,
    /// The user who uploaded it.
    pub(crate) owner: Option<UserId>,
}

/// The message that a message answers, as it is shown with the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Quote {
    pub(crate) id: MessageId,
    pub(crate) author: Author,
    pub(crate) body: String,
    pub(crate) created_at: Timestamp,
}

/// What a message says, whoever says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) body: String,
    pub(crate) answers: Vec<String>,
    pub(crate) keyboard: Option<Keyboard>,
    pub(crate) actions: Vec<Action>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) reply_to: Option<Quote>,
    /// Whether it is the last of the conversation: `TERMINAL` instead of `REGULAR`.
    pub(crate) is_terminal: bool,
}

/// A message of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) id: MessageId,
    pub(crate) author: Author,
    pub(crate) content: Content,
    pub(crate) created_at: Timestamp,
    pub(crate) read_at: Option<Timestamp>,
}

impl Message {
    /// How an answer to it shows it.
    pub(crate) fn quote(&self) -> Quote {
        Quote {
            id: self.id.clone(),
            author: self.author.clone(),
            body: self.content.body.clone(),
            created_at: self.created_at.clone(),
        }
    }
}
