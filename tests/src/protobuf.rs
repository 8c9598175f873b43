//! A Centrifugo message in its other form: what is said in JSON, in Protobuf, and the other way.
//!
//! It is a table of the published field numbers and two functions that follow it, written apart from
//! the client's codec, so that a mistake there is not hidden by the same one here. What the table does
//! not name is left out.

mod wire;

use serde_json::{Map, Value};

pub(crate) use self::wire::{put_bytes, put_number, take_bytes, take_number};

/// A field of a message.
struct Field(u32, &'static str, Kind);

/// What a field holds.
enum Kind {
    /// JSON, as bytes.
    Data,
    Flag,
    /// Messages by name.
    Named(&'static [Field]),
    Many(&'static [Field]),
    Message(&'static [Field]),
    Number,
    Text,
}

use self::Kind::{Data, Flag, Many, Message, Named, Number, Text};

const COMMAND: &[Field] = &[
    Field(1, "id", Number),
    Field(
        4,
        "connect",
        Message(&[
            Field(1, "token", Text),
            Field(2, "data", Data),
            Field(3, "subs", Named(SUBSCRIBE)),
            Field(4, "name", Text),
        ]),
    ),
    Field(5, "subscribe", Message(SUBSCRIBE)),
    Field(6, "unsubscribe", Message(&[Field(1, "channel", Text)])),
    Field(
        13,
        "rpc",
        Message(&[Field(1, "data", Data), Field(2, "method", Text)]),
    ),
    Field(14, "refresh", Message(&[Field(1, "token", Text)])),
];

const SUBSCRIBE: &[Field] = &[
    Field(1, "channel", Text),
    Field(3, "recover", Flag),
    Field(6, "epoch", Text),
    Field(7, "offset", Number),
];

const REPLY: &[Field] = &[
    Field(1, "id", Number),
    Field(
        2,
        "error",
        Message(&[
            Field(1, "code", Number),
            Field(2, "message", Text),
            Field(3, "temporary", Flag),
        ]),
    ),
    Field(4, "push", Message(PUSH)),
    Field(
        5,
        "connect",
        Message(&[
            Field(1, "client", Text),
            Field(2, "version", Text),
            Field(3, "expires", Flag),
            Field(4, "ttl", Number),
            Field(6, "subs", Named(SUBSCRIBED)),
            Field(7, "ping", Number),
            Field(8, "pong", Flag),
        ]),
    ),
    Field(6, "subscribe", Message(SUBSCRIBED)),
    Field(7, "unsubscribe", Message(&[])),
    Field(13, "rpc", Message(&[Field(1, "data", Data)])),
    Field(
        14,
        "refresh",
        Message(&[Field(3, "expires", Flag), Field(4, "ttl", Number)]),
    ),
];

const SUBSCRIBED: &[Field] = &[
    Field(3, "recoverable", Flag),
    Field(6, "epoch", Text),
    Field(7, "publications", Many(PUBLICATION)),
    Field(8, "recovered", Flag),
    Field(9, "offset", Number),
    Field(10, "positioned", Flag),
    Field(12, "was_recovering", Flag),
];

const PUBLICATION: &[Field] = &[
    Field(4, "data", Data),
    Field(6, "offset", Number),
    Field(14, "epoch", Text),
];

const PUSH: &[Field] = &[
    Field(2, "channel", Text),
    Field(4, "pub", Message(PUBLICATION)),
    Field(
        7,
        "unsubscribe",
        Message(&[Field(2, "code", Number), Field(3, "reason", Text)]),
    ),
    Field(8, "message", Message(&[Field(1, "data", Data)])),
    Field(
        9,
        "subscribe",
        Message(&[
            Field(1, "recoverable", Flag),
            Field(4, "epoch", Text),
            Field(5, "offset", Number),
            Field(6, "positioned", Flag),
        ]),
    ),
    Field(
        11,
        "disconnect",
        Message(&[Field(1, "code", Number), Field(2, "reason", Text)]),
    ),
    Field(
        12,
        "refresh",
        Message(&[Field(1, "expires", Flag), Field(2, "ttl", Number)]),
    ),
];

/// What a server says in one message, given in JSON.
pub fn replies<'a>(replies: impl IntoIterator<Item = &'a Value>) -> Vec<u8> {
    let mut frame = Vec::new();
    for reply in replies {
        put_bytes(&mut frame, &encode(REPLY, reply));
    }
    frame
}

/// The same, given as the lines of JSON that it would say.
pub fn reply_lines<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let lines = lines.into_iter();
    let read: Vec<Value> = lines
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    replies(&read)
}

/// What a client says in one message, in JSON; `None` where it cannot be read.
pub fn commands(mut frame: &[u8]) -> Option<Vec<Value>> {
    let mut commands = Vec::new();
    while !frame.is_empty() {
        commands.push(decode(COMMAND, take_bytes(&mut frame)?)?);
    }
    Some(commands)
}

/// What a client says in one message, as the lines that it would say in JSON. A place at the beginning
/// of a stream, which Protobuf leaves out, is written. What cannot be read is a line that is no JSON.
pub fn command_lines(frame: &[u8]) -> String {
    let Some(mut commands) = commands(frame) else {
        return "no commands".to_owned();
    };
    for command in &mut commands {
        let subs = command.pointer_mut("/connect/subs");
        let subs = subs.and_then(Value::as_object_mut);
        for sub in subs.into_iter().flat_map(Map::values_mut) {
            if sub["epoch"].is_string() && sub["offset"].is_null() {
                sub["offset"] = 0.into();
            }
        }
    }
    let lines: Vec<_> = commands.iter().map(Value::to_string).collect();
    lines.join("\n")
}

fn encode(fields: &[Field], message: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    for Field(number, name, kind) in fields {
        let value = &message[name];
        let mut put = |bytes: &[u8]| {
            put_number(&mut out, u64::from(number << 3 | 2));
            put_bytes(&mut out, bytes);
        };
        match kind {
            _ if value.is_null() => {}
            Data => put(value.to_string().as_bytes()),
            Flag | Number => {
                let value = value.as_u64().unwrap_or_else(|| u64::from(*value == true));
                if value != 0 {
                    put_number(&mut out, u64::from(number << 3));
                    put_number(&mut out, value);
                }
            }
            Many(fields) => {
                let messages = value.as_array().into_iter().flatten();
                messages.for_each(|message| put(&encode(fields, message)));
            }
            Named(fields) => {
                for (key, message) in value.as_object().into_iter().flatten() {
                    let mut entry = vec![1 << 3 | 2];
                    put_bytes(&mut entry, key.as_bytes());
                    entry.push(2 << 3 | 2);
                    put_bytes(&mut entry, &encode(fields, message));
                    put(&entry);
                }
            }
            Message(fields) => put(&encode(fields, value)),
            Text => put(value.as_str().unwrap_or_default().as_bytes()),
        }
    }
    out
}

fn decode(fields: &[Field], mut message: &[u8]) -> Option<Value> {
    let mut out = Map::new();
    while !message.is_empty() {
        let key = take_number(&mut message)?;
        let Field(_, name, kind) = fields
            .iter()
            .find(|Field(number, ..)| u64::from(*number) == key >> 3)?;
        let name = (*name).to_owned();
        if key & 7 == 0 {
            let number = take_number(&mut message)?;
            let value = match kind {
                Flag => (number == 1).into(),
                _ => number.into(),
            };
            out.insert(name, value);
            continue;
        }
        let held = take_bytes(&mut message)?;
        match kind {
            Data => out.insert(name, serde_json::from_slice(held).ok()?),
            Message(fields) => out.insert(name, decode(fields, held)?),
            Text => out.insert(name, std::str::from_utf8(held).ok()?.into()),
            Named(fields) => {
                let (key, value) = entry(held)?;
                let entries = out.entry(name).or_insert_with(|| Map::new().into());
                let value = decode(fields, value)?;
                entries.as_object_mut()?.insert(key.to_owned(), value)
            }
            Flag | Many(_) | Number => return None,
        };
    }
    Some(out.into())
}

/// Key and value of an entry of a map.
fn entry(mut entry: &[u8]) -> Option<(&str, &[u8])> {
    let (mut key, mut value) = (&[][..], &[][..]);
    while !entry.is_empty() {
        match take_number(&mut entry)? {
            0x0a => key = take_bytes(&mut entry)?,
            0x12 => value = take_bytes(&mut entry)?,
            _ => return None,
        }
    }
    Some((std::str::from_utf8(key).ok()?, value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reply_is_written_by_its_numbers() {
        let publication = json!({"data": {"a": 1}, "offset": 300});
        let push = json!({"push": {"channel": "c", "pub": publication}});
        let written = b"\x13\x22\x11\x12\x01c\x22\x0c\x22\x07{\"a\":1}\x30\xac\x02";
        assert_eq!(replies([&push]), [&written[..1], &written[1..]].concat());
        let subs = json!({"connect": {"subs": {"c": {"recovered": true}}, "pong": false}});
        assert_eq!(
            replies([&subs]),
            b"\x0b\x2a\x09\x32\x07\x0a\x01c\x12\x02\x40\x01"
        );
        assert_eq!(replies([&json!({})]), b"\0");
    }

    #[test]
    fn commands_are_read_by_their_numbers() {
        let frame = b"\x0d\x08\x01\x22\x09\x1a\x07\x0a\x01c\x12\x02\x38\x05\x00";
        let connect = json!({"id": 1, "connect": {"subs": {"c": {"offset": 5}}}});
        assert_eq!(commands(frame), Some(vec![connect, json!({})]));
        assert_eq!(commands(b"\x05\x08"), None);
    }
}
