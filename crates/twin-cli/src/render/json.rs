//! The JSON lines: what scripts rely on. Fields may be added, never renamed or removed.

mod object;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::value::RawValue;
use twin_client::{
    Answer, EndReason, Gap, LinkState, LiveEvent, Origin, Position,
    api::Item,
    event::Event,
    model::{File, Message, SentMessage, Session},
};
use twin_emulator::Addresses;

use self::object::Object;
use crate::{
    failure::Failure,
    render::{Attempt, Downloaded, LoggedIn, Unsent},
};

pub(super) fn event(event: &LiveEvent) -> String {
    let unreadable = match &event.event {
        Event::Unreadable(unreadable) => Some(unreadable.reason.as_str()),
        _ => None,
    };
    let origin = match event.origin {
        Origin::List => Some("list"),
        Origin::StartReply => Some("start"),
        _ => None,
    };
    let mut line = Object::of_type("event")
        .value("session", &event.session)
        .value("event", event.name.as_deref())
        .raw("payload", event.raw.get());
    // Over Socket.IO an event can come with none or several arguments, and with bytes.
    if event.arguments != 1 {
        line = line.value("arguments", event.arguments);
    }
    if !event.binary.is_empty() {
        let encoded: Vec<_> = event
            .binary
            .iter()
            .map(|bytes| BASE64.encode(bytes))
            .collect();
        line = line.value("binary", &encoded);
    }
    if let Some(place) = &event.position {
        line = line.object("position", position(place));
    }
    line.value("recovered", event.recovered)
        .some("origin", origin)
        .some("unreadable", unreadable)
        .end()
}

fn position(position: &Position) -> Object {
    Object::new()
        .value("channel", &position.channel)
        .value("offset", position.offset)
        .value("epoch", &position.epoch)
}

pub(super) fn gap(gap: &Gap) -> String {
    Object::of_type("gap")
        .value("session", &gap.session)
        .some("channel", gap.channel.as_deref())
        .value("reason", gap.reason.as_str())
        .some("filled", gap.filled.then_some(true))
        .end()
}

/// `None` for a state that a later version adds.
pub(super) fn state(
    link: u64,
    state: &LinkState,
    sessions: &[impl serde::Serialize],
) -> Option<String> {
    let line = Object::of_type("state");
    let line = match state {
        LinkState::Closed { reason } => line
            .value("state", "closed")
            .object("reason", end_reason(reason)),
        LinkState::Connected { attempt } => {
            line.value("state", "connected").value("attempt", attempt)
        }
        LinkState::Connecting { attempt } => {
            line.value("state", "connecting").value("attempt", attempt)
        }
        LinkState::Waiting {
            attempt,
            retry_in,
            reason,
        } => line
            .value("state", "waiting")
            .value("attempt", attempt)
            .value("retry_in_ms", millis(*retry_in))
            .object("reason", end_reason(reason)),
        _ => return None,
    };
    Some(line.value("link", link).value("sessions", sessions).end())
}

/// What comes before the first link is told as its states.
pub(super) fn attempt(number: u32, attempt: &Attempt<'_>, sessions: &[String]) -> String {
    let line = Object::of_type("state");
    let line = match attempt {
        Attempt::Begun => line.value("state", "connecting").value("attempt", number),
        Attempt::Failed { retry_in, reason } => line
            .value("state", "waiting")
            .value("attempt", number)
            .value("retry_in_ms", millis(*retry_in))
            .object("reason", end_reason(reason)),
    };
    line.value("link", 1).value("sessions", sessions).end()
}

fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn end_reason(reason: &EndReason) -> Object {
    Object::new()
        .value("kind", reason.kind.as_str())
        .some("code", reason.code)
        .some("text", reason.text.as_deref())
}

pub(super) fn sent(session: &str, message: &SentMessage) -> String {
    Object::of_type("message")
        .value("session", session)
        .value("id", &message.id)
        .value("createdAt", &message.created_at)
        .end()
}

pub(super) fn unsent(unsent: &Unsent<'_>) -> String {
    let outcome = if unsent.certain {
        "not_sent"
    } else {
        "unknown"
    };
    let failure = unsent.failure();
    let reason = Object::new()
        .value("kind", failure.kind.as_str())
        .some("code", failure.code)
        .value("text", &failure.text);
    Object::of_type("unsent")
        .value("session", unsent.session)
        .value("outcome", outcome)
        .value("body", unsent.body)
        .object("reason", reason)
        .end()
}

pub(super) fn listed(session: &str, message: &Item<Message>) -> String {
    let read = message.read().ok();
    let line = Object::of_type("message")
        .value("session", session)
        .value("id", read.map(|message| &message.id))
        .value("createdAt", read.map(|message| &message.created_at))
        .raw("message", message.raw().get());
    line.some("unreadable", message.read().err()).end()
}

pub(super) fn dialog(answer: &Answer) -> String {
    let messages = answer.messages().iter();
    let messages: Vec<_> = messages.map(|message| message.raw().get()).collect();
    Object::of_type("dialog")
        .value("id", answer.dialog_id())
        .some("status", answer.reply().status.as_ref())
        .value("last", answer.is_last())
        .raw("messages", &format!("[{}]", messages.join(",")))
        .end()
}

pub(super) fn session(session: &Item<Session>) -> String {
    let read = session.read().ok();
    Object::of_type("session")
        .value("session", read.map(|session| &session.id))
        .value("chat", read.map(|session| &session.chat_id))
        .some("name", read.and_then(|session| session.name.as_deref()))
        .some("status", read.and_then(|session| session.status.as_deref()))
        .some(
            "startedAt",
            read.and_then(|session| session.started_at.as_ref()),
        )
        .raw("details", session.raw().get())
        .some("unreadable", session.read().err())
        .end()
}

pub(super) fn logged_in(login: &LoggedIn<'_>) -> String {
    Object::of_type("login")
        .value("email", login.email)
        .value("iam", login.iam.as_str())
        .some("expires", login.expires)
        .value("file", login.file)
        .end()
}

pub(super) fn uploaded(path: &str, file: &Item<File>) -> String {
    let read = file.read().ok();
    Object::of_type("file")
        .value("id", read.map(|file| &file.id))
        .some("name", read.and_then(|file| file.name.as_deref()))
        .some(
            "contentType",
            read.and_then(|file| file.content_type.as_deref()),
        )
        .some("size", read.and_then(|file| file.size))
        .value("path", path)
        .raw("file", file.raw().get())
        .some("unreadable", file.read().err())
        .end()
}

pub(super) fn downloaded(file: &Downloaded<'_>) -> String {
    Object::of_type("file")
        .value("id", file.id)
        .some("name", file.head.file_name.as_deref())
        .some("contentType", file.head.content_type.as_deref())
        .value("size", file.size)
        .value("path", file.path)
        .end()
}

pub(super) fn answer(operation: &str, body: &str) -> String {
    let line = Object::of_type("answer").value("operation", operation);
    let line = match serde_json::from_str::<&RawValue>(body) {
        Ok(json) => line.raw("body", json.get()),
        Err(_) if body.trim().is_empty() => line,
        // Of a call that answers nothing, whatever comes is a success.
        Err(_) => line.value("body", body),
    };
    line.end()
}

pub(super) fn operation(name: &str, about: &str) -> String {
    Object::of_type("operation")
        .value("operation", name)
        .value("about", about)
        .end()
}

pub(super) fn field(name: &str, form: &str, required: bool, about: &str) -> String {
    Object::of_type("field")
        .value("field", name)
        .value("form", form)
        .value("required", required)
        .value("about", about)
        .end()
}

pub(super) fn error(failure: &Failure) -> String {
    told("error", failure)
}

pub(super) fn notice(failure: &Failure) -> String {
    told("notice", failure)
}

fn told(name: &str, failure: &Failure) -> String {
    Object::of_type(name)
        .value("kind", failure.kind.as_str())
        .some("code", failure.code)
        .value("text", &failure.text)
        .end()
}

pub(super) fn ready(addresses: &Addresses) -> String {
    Object::of_type("ready")
        .value("http", &addresses.http)
        .value("widget", &addresses.widget)
        .value("chats", &addresses.chats)
        .some("bot", addresses.bot.as_deref())
        .some("iam", addresses.iam.as_deref())
        .value("centrifugo", &addresses.centrifugo)
        .some("socketio", addresses.socketio.as_deref())
        .end()
}
