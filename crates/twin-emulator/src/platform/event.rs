//! The events of a session and their payloads as the platform writes them over Centrifugo
//! (facts, 5).

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use twin_protocol::id::{ChatId, MessageId, SessionId};

use super::message::{Action, AuthorKind, Keyboard, Message, Operator};

/// What happened in a session.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    Closed {
        session: &'a SessionId,
        chat: &'a ChatId,
        is_rating_required: bool,
    },
    Created {
        session: &'a SessionId,
        message: &'a Message,
    },
    OperatorChanged {
        now: &'a Operator,
        before: Option<&'a Operator>,
    },
    Read {
        message: &'a MessageId,
    },
    Typing {
        author: AuthorKind,
    },
    /// Any other, as it was handed in.
    Other {
        name: &'a str,
        payload: &'a RawValue,
    },
}

impl Event<'_> {
    /// The platform's name of it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Closed { .. } => "sessionClosed",
            Self::Created { .. } => "chatMessageCreated",
            Self::OperatorChanged { .. } => "operatorChanged",
            Self::Read { .. } => "chatMessageRead",
            Self::Typing { .. } => "showTypingIndicator",
            Self::Other { name, .. } => name,
        }
    }

    /// Its payload.
    pub(crate) fn payload(&self) -> Box<RawValue> {
        let payload = match self {
            Self::Closed {
                session,
                chat,
                is_rating_required,
            } => to_raw_value(&Closed {
                session_id: session,
                chat_id: chat,
                session_rating_required: *is_rating_required,
            }),
            Self::Created { session, message } => to_raw_value(&Created::new(session, message)),
            Self::OperatorChanged { now, before } => to_raw_value(&OperatorChanged {
                operator_id: &now.id,
                operator_name: &now.name,
                avatar: now.avatar.as_deref(),
                previous_operator_id: before.map(|it| it.id.as_str()),
                previous_operator_name: before.map(|it| it.name.as_str()),
                previous_operator_avatar: before.and_then(|it| it.avatar.as_deref()),
            }),
            Self::Other { payload, .. } => return (*payload).to_owned(),
            Self::Read { message } => to_raw_value(&Read {
                message_id: message,
            }),
            Self::Typing { author } => to_raw_value(&Typing {
                author_type: *author,
            }),
        };
        payload.expect("structs with text keys always encode")
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Closed<'a> {
    session_id: &'a SessionId,
    chat_id: &'a ChatId,
    session_rating_required: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Typing {
    author_type: AuthorKind,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Read<'a> {
    message_id: &'a MessageId,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OperatorChanged<'a> {
    operator_id: &'a str,
    operator_name: &'a str,
    avatar: Option<&'a str>,
    previous_operator_id: Option<&'a str>,
    previous_operator_name: Option<&'a str>,
    previous_operator_avatar: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created<'a> {
    id: &'a MessageId,
    #[serde(skip_serializing_if = "Option::is_none")]
    author_id: Option<&'a str>,
    author_type: AuthorKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    author_name: Option<&'a str>,
    r#type: &'static str,
    body: &'a str,
    answers: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    keyboard: Option<&'a Keyboard>,
    created_at: &'a str,
    session_id: &'a SessionId,
    attachments: Vec<Attached<'a>>,
    actions: &'a [Action],
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_id: Option<&'a MessageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to_message: Option<Quoted<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Attached<'a> {
    id: &'a str,
    content_type: &'a str,
    size: u64,
    download_link: &'a str,
    name: &'a str,
    url: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Quoted<'a> {
    id: &'a MessageId,
    author_type: AuthorKind,
    body: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    author_name: Option<&'a str>,
}

impl<'a> Created<'a> {
    fn new(session: &'a SessionId, message: &'a Message) -> Self {
        let Message {
            author, content, ..
        } = message;
        Self {
            id: &message.id,
            author_id: author.id.as_deref(),
            author_type: author.kind,
            author_name: author.name.as_deref(),
            r#type: if content.is_terminal {
                "TERMINAL"
            } else {
                "REGULAR"
            },
            body: &content.body,
            answers: &content.answers,
            keyboard: content.keyboard.as_ref(),
            created_at: message.created_at.as_str(),
            session_id: session,
            attachments: content
                .attachments
                .iter()
                .map(|file| Attached {
                    id: file.id.as_str(),
                    content_type: &file.content_type,
                    size: file.size,
                    download_link: &file.link,
                    name: &file.name,
                    url: &file.link,
                })
                .collect(),
            actions: &content.actions,
            avatar: author.avatar.as_deref(),
            reply_id: content.reply_to.as_ref().map(|quote| &quote.id),
            reply_to_message: content.reply_to.as_ref().map(|quote| Quoted {
                id: &quote.id,
                author_type: quote.author.kind,
                body: &quote.body,
                author_name: quote.author.name.as_deref(),
            }),
        }
    }
}
