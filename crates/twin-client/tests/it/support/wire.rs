//! What the platform says, as JSON.

use serde_json::{Value, json};
use twin_transport::testing::Answer;

pub(crate) const A: &str = "aaaaaaaa-1111-4111-8111-000000000001";
pub(crate) const B: &str = "bbbbbbbb-2222-4222-8222-000000000002";
pub(crate) const C: &str = "cccccccc-3333-4333-8333-000000000003";

pub(crate) fn channel(session: &str) -> String {
    format!("widget:{session}")
}

/// What stands in `subs` for a channel that can be recovered and has `offset` publications.
pub(crate) fn granted(offset: u64) -> Value {
    json!({"recoverable": true, "positioned": true, "epoch": "e", "offset": offset})
}

/// The same, recovered: these publications, the last of them at `offset`.
pub(crate) fn recovered(offset: u64, data: &[Value]) -> Value {
    let first = offset + 1 - data.len() as u64;
    let publications: Vec<_> = data
        .iter()
        .zip(first..)
        .map(|(data, offset)| json!({"data": data, "offset": offset}))
        .collect();
    json!({
        "recoverable": true, "positioned": true, "epoch": "e", "offset": offset,
        "was_recovering": true, "recovered": true, "publications": publications,
    })
}

/// An event: a bot's message of session `session`, `second` seconds after ten o'clock.
pub(crate) fn message(session: &str, id: &str, body: &str, second: u32) -> Value {
    json!({"event": "chatMessageCreatedEmit", "payload": {
        "id": id, "authorType": "BOT", "body": body, "answers": [], "createdAt": date(second),
        "sessionId": session, "attachments": [], "actions": [],
    }})
}

/// The same as the list of messages has it.
pub(crate) fn listed(session: &str, id: &str, body: &str, second: u32) -> Value {
    json!({
        "id": id, "authorType": "BOT", "body": body, "createdAt": date(second), "sessionId": session,
    })
}

fn date(second: u32) -> String {
    format!("2026-03-01T10:{:02}:{:02}+00:00", second / 60, second % 60)
}

/// A page of the list of messages.
pub(crate) fn page(count: usize, items: &[Value]) -> Answer {
    text_of(&json!({"count": count, "items": items}))
}

/// The reply to the start of a session, with these messages.
pub(crate) fn started(session: &str, messages: &[Value]) -> Answer {
    text_of(&json!({
        "id": session, "clientId": "client", "startedAt": date(0), "ttl": 3600, "messages": messages,
    }))
}

pub(crate) fn text_of(json: &Value) -> Answer {
    Answer::json(json.to_string())
}
