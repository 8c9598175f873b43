//! The events of a session as this older live channel writes them (facts, 6): names that end in
//! `Emit`, files and pictures as whole File objects, no keyboard and no quoted message.

use serde::Serialize;
use twin_protocol::id::{MessageId, SessionId};

use super::message::quoted;
use crate::platform::{Action, Attachment, AuthorKind, Event, Message, Operator};

/// The name of an event and its argument as JSON.
pub(super) fn of(event: &Event<'_>) -> (String, String) {
    let argument = match event {
        Event::Created { session, message } => quoted(&Created::new(session, message)),
        Event::OperatorChanged { now, before } => quoted(&OperatorChanged::new(now, *before)),
        _ => event.payload().get().to_owned(),
    };
    (format!("{}Emit", event.name()), argument)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created<'a> {
    id: &'a MessageId,
    author_id: Option<&'a str>,
    author_type: AuthorKind,
    author_name: Option<&'a str>,
    r#type: &'static str,
    body: &'a str,
    answers: &'a [String],
    created_at: &'a str,
    session_id: &'a SessionId,
    attachments: Vec<File<'a>>,
    actions: &'a [Action],
    avatar: Option<Picture<'a>>,
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
            created_at: message.created_at.as_str(),
            session_id: session,
            attachments: content.attachments.iter().map(File::new).collect(),
            actions: &content.actions,
            avatar: author.avatar.as_deref().map(Picture::new),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OperatorChanged<'a> {
    operator_id: &'a str,
    operator_name: &'a str,
    avatar: Option<Picture<'a>>,
    previous_operator_id: Option<&'a str>,
    previous_operator_name: Option<&'a str>,
    previous_operator_avatar: Option<Picture<'a>>,
}

impl<'a> OperatorChanged<'a> {
    fn new(now: &'a Operator, before: Option<&'a Operator>) -> Self {
        let picture = |operator: &'a Operator| operator.avatar.as_deref().map(Picture::new);
        Self {
            operator_id: &now.id,
            operator_name: &now.name,
            avatar: picture(now),
            previous_operator_id: before.map(|it| it.id.as_str()),
            previous_operator_name: before.map(|it| it.name.as_str()),
            previous_operator_avatar: before.and_then(picture),
        }
    }
}

/// A File of which everything is known.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    id: &'a str,
    is_private: bool,
    created_at: &'a str,
    content_type: &'a str,
    name: &'a str,
    base_name: &'a str,
    extension: &'a str,
    suggested_extension: &'a str,
    path: &'a str,
    size: u64,
    url: &'a str,
    download_link: &'a str,
}

impl<'a> File<'a> {
    fn new(file: &'a Attachment) -> Self {
        let (base_name, extension) = parted(&file.name);
        Self {
            id: file.id.as_str(),
            is_private: false,
            created_at: file.created_at.as_str(),
            content_type: &file.content_type,
            name: &file.name,
            base_name,
            extension,
            suggested_extension: extension,
            path: "",
            size: file.size,
            url: &file.link,
            download_link: &file.link,
        }
    }
}

/// A File of which nothing but its address is known.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Picture<'a> {
    name: &'a str,
    extension: &'a str,
    url: &'a str,
    download_link: &'a str,
}

impl<'a> Picture<'a> {
    fn new(url: &'a str) -> Self {
        let name = url.rsplit('/').next().unwrap_or_default();
        Self {
            name,
            extension: parted(name).1,
            url,
            download_link: url,
        }
    }
}

/// A file's name before and after its last dot.
fn parted(name: &str) -> (&str, &str) {
    name.rsplit_once('.').unwrap_or((name, ""))
}
