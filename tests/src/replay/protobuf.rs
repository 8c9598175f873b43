//! What a replay has to know of Protobuf, written from the published definition's numbers and apart
//! from the client's codec, so that a mistake there is not hidden by the same one here.

use serde_json::Value;

use super::matching::Asked;
use crate::protobuf::{put_bytes, put_number, take_bytes, take_number};

/// The fields of a message that are numbers or bytes.
#[derive(Clone, Copy, Debug)]
enum Field<'a> {
    Bytes(&'a [u8]),
    Number(u64),
}

/// The messages in a frame of the wire; `None` where a length is beyond the end.
pub(super) fn messages(mut frame: &[u8]) -> Option<Vec<&[u8]>> {
    let mut messages = Vec::new();
    while !frame.is_empty() {
        messages.push(take_bytes(&mut frame)?);
    }
    Some(messages)
}

/// A frame of these messages.
pub(super) fn frame(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut frame = Vec::new();
    for message in messages {
        put_bytes(&mut frame, message);
    }
    frame
}

/// The commands of a frame that want a reply, with their ids.
pub(super) fn commands(frame: &[u8]) -> Vec<(u64, Asked)> {
    let messages = messages(frame).unwrap_or_default();
    messages.into_iter().filter_map(command).collect()
}

fn command(message: &[u8]) -> Option<(u64, Asked)> {
    let Field::Number(id) = field(message, 1)? else {
        return None;
    };
    let text = |path: &[u64]| text(message, path);
    let asked = if field(message, 4).is_some() {
        Asked::Connect
    } else if let Some(channel) = text(&[5, 1]) {
        Asked::Subscribe(channel)
    } else if let Some(channel) = text(&[6, 1]) {
        Asked::Unsubscribe(channel)
    } else {
        let data: Value = serde_json::from_str(&text(&[13, 1])?).ok()?;
        let session = data.get("id").and_then(Value::as_str);
        match (text(&[13, 2]).as_deref(), session) {
            (Some("joinSession"), Some(session)) => Asked::Join(session.to_owned()),
            _ => Asked::Other("rpc".to_owned(), data.to_string()),
        }
    };
    Some((id, asked))
}

/// The data of a frame's connect command.
pub(super) fn connect_data(frame: &[u8]) -> Option<Value> {
    let messages = messages(frame)?;
    let data = messages
        .into_iter()
        .find_map(|message| text(message, &[4, 2]))?;
    serde_json::from_str(&data).ok()
}

/// The id of a message that is a reply.
pub(super) fn reply_id(message: &[u8]) -> Option<u64> {
    match field(message, 1)? {
        Field::Number(id) if id > 0 => Some(id),
        _ => None,
    }
}

/// The same reply under another id, which stands first; every other byte of it stays as it is.
pub(super) fn with_id(message: &[u8], id: u64) -> Vec<u8> {
    let mut with = vec![0x08];
    put_number(&mut with, id);
    let mut rest = message;
    while !rest.is_empty() {
        let before = rest;
        let Some((number, _)) = next(&mut rest) else {
            break;
        };
        if number != 1 {
            with.extend_from_slice(&before[..before.len() - rest.len()]);
        }
    }
    with
}

/// What a message of the server means for the account.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// A connect reply: the channels, and how many publications came with them.
    Granted(Vec<String>, usize),
    Nothing,
    Publication(String),
    Subscribed(String),
    Unsubscribed(String),
}

pub(super) fn heard(message: &[u8]) -> Heard {
    if let Some(Field::Bytes(connect)) = field(message, 5) {
        let entries: Vec<_> = fields(connect, 6).collect();
        let names = entries.iter().filter_map(|entry| text(entry, &[1]));
        let subs = entries.iter().filter_map(|entry| bytes(entry, 2));
        let publications = subs.map(|sub| fields(sub, 7).count()).sum();
        return Heard::Granted(names.collect(), publications);
    }
    let Some(push) = bytes(message, 4) else {
        return Heard::Nothing;
    };
    let channel = text(push, &[2]).unwrap_or_default();
    let has = |number| field(push, number).is_some();
    if has(9) {
        Heard::Subscribed(channel)
    } else if has(7) {
        Heard::Unsubscribed(channel)
    } else if has(4) {
        Heard::Publication(channel)
    } else {
        Heard::Nothing
    }
}

fn text(message: &[u8], path: &[u64]) -> Option<String> {
    let mut inner = message;
    for number in path {
        inner = bytes(inner, *number)?;
    }
    String::from_utf8(inner.to_vec()).ok()
}

fn bytes(message: &[u8], number: u64) -> Option<&[u8]> {
    match field(message, number)? {
        Field::Bytes(bytes) => Some(bytes),
        Field::Number(_) => None,
    }
}

fn field(message: &[u8], wanted: u64) -> Option<Field<'_>> {
    let mut rest = message;
    while let Some((number, field)) = next(&mut rest) {
        if number == wanted {
            return field;
        }
    }
    None
}

fn fields(message: &[u8], wanted: u64) -> impl Iterator<Item = &[u8]> {
    let mut rest = message;
    std::iter::from_fn(move || next(&mut rest)).filter_map(move |field| match field {
        (number, Some(Field::Bytes(bytes))) if number == wanted => Some(bytes),
        _ => None,
    })
}

/// Cuts a field off; one that is neither a number nor bytes has a number alone.
fn next<'a>(rest: &mut &'a [u8]) -> Option<(u64, Option<Field<'a>>)> {
    let key = take_number(rest)?;
    let field = match key & 7 {
        0 => Some(Field::Number(take_number(rest)?)),
        2 => Some(Field::Bytes(take_bytes(rest)?)),
        kind => {
            let length = match kind {
                1 => 8,
                5 => 4,
                _ => return None,
            };
            *rest = rest.get(length..)?;
            None
        }
    };
    Some((key >> 3, field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_keeps_every_byte_but_its_id() {
        let message = b"\x08\x03\x6a\x02\x0a\x00\x99\x01\x01\x02\x03\x04\x05\x06\x07\x08";
        assert_eq!(reply_id(message), Some(3));
        let with = with_id(message, 300);
        assert_eq!(with, [b"\x08\xac\x02", &message[2..]].concat());
        assert_eq!(reply_id(b""), None);
    }

    #[test]
    fn commands_are_told_apart_by_what_they_ask() {
        let frame = b"\x04\x08\x01\x22\x00\x07\x08\x02\x2a\x03\x0a\x01c\x00";
        let kinds = [(1, Asked::Connect), (2, Asked::Subscribe("c".into()))];
        assert_eq!(commands(frame), kinds);
    }
}
