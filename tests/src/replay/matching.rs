//! Which of the machine's commands a captured reply answers.

use std::collections::BTreeMap;

use serde_json::{Value, value::RawValue};

/// What a command asks, and of what: enough to tell which reply is its.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Asked {
    /// The connect command.
    Connect,
    /// `joinSession` of this session.
    Join(String),
    /// Anything else, by its kind and its argument.
    Other(String, String),
    /// A subscribe to this channel.
    Subscribe(String),
    /// An unsubscribe from this channel.
    Unsubscribe(String),
}

/// The commands of one message that want a reply, with their ids.
pub(super) fn commands(message: &str) -> Vec<(u64, Asked)> {
    message
        .lines()
        .filter_map(|line| {
            let value: Value = serde_json::from_str(line).ok()?;
            let id = value.get("id")?.as_u64()?;
            Some((id, asked(&value)?))
        })
        .collect()
}

fn asked(command: &Value) -> Option<Asked> {
    let text = |pointer: &str| {
        command
            .pointer(pointer)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    if command.get("connect").is_some() {
        return Some(Asked::Connect);
    }
    if let Some(channel) = text("/subscribe/channel") {
        return Some(Asked::Subscribe(channel));
    }
    if let Some(channel) = text("/unsubscribe/channel") {
        return Some(Asked::Unsubscribe(channel));
    }
    if text("/rpc/method").as_deref() == Some("joinSession") {
        if let Some(session) = text("/rpc/data/id") {
            return Some(Asked::Join(session));
        }
    }
    let (kind, argument) = command.as_object()?.iter().find(|(key, _)| *key != "id")?;
    Some(Asked::Other(kind.clone(), argument.to_string()))
}

/// The id of a captured line that is a reply.
pub(super) fn reply_id(line: &str) -> Option<u64> {
    let fields: BTreeMap<&str, &RawValue> = serde_json::from_str(line).ok()?;
    fields.get("id")?.get().parse().ok().filter(|id| *id > 0)
}

/// The same reply under another id; every other byte of it stays as it is.
pub(super) fn with_id(line: &str, id: u64) -> Option<String> {
    let fields: BTreeMap<&str, &RawValue> = serde_json::from_str(line).ok()?;
    let old = fields.get("id")?.get();
    // The raw value is a part of the line itself, so its place in it is known.
    let start = old.as_ptr() as usize - line.as_ptr() as usize;
    Some(format!(
        "{}{id}{}",
        &line[..start],
        &line[start + old.len()..]
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_keeps_every_byte_but_its_id() {
        let line = r#"{ "rpc" : {"data":{"id":7, "n":1.0}}, "id" : 7 }"#;
        assert_eq!(reply_id(line), Some(7));
        assert_eq!(
            with_id(line, 123).as_deref(),
            Some(r#"{ "rpc" : {"data":{"id":7, "n":1.0}}, "id" : 123 }"#)
        );
        assert_eq!(reply_id("{}"), None);
        assert_eq!(reply_id(r#"{"push":{}}"#), None);
    }

    #[test]
    fn commands_are_told_apart_by_what_they_ask() {
        let message = concat!(
            r#"{"connect":{"name":"js"},"id":1}"#,
            "\n",
            r#"{"id":2,"subscribe":{"channel":"c"}}"#,
            "\n{}\nnot json\n",
            r#"{"rpc":{"method":"joinSession","data":{"id":"s","n":1}},"id":3}"#,
            "\n",
            r#"{"rpc":{"method":"x"},"id":4}"#,
        );
        let kinds = [
            (1, Asked::Connect),
            (2, Asked::Subscribe("c".into())),
            (3, Asked::Join("s".into())),
            (4, Asked::Other("rpc".into(), r#"{"method":"x"}"#.into())),
        ];
        assert_eq!(commands(message), kinds);
    }
}
