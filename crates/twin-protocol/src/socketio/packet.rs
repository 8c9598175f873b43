//! Packets of Socket.IO, protocol 4: what an Engine.IO message of text says.
//!
//! ```text
//! <kind>[<attachments>-][<namespace>,][<ack id>][<JSON>]
//! ```
//!
//! Read leniently: the comma after a namespace may be missing where nothing follows (Python's
//! servers leave it out, `nsp-admin.py-server`), the JSON is not looked into. Written strictly.

use std::fmt::{self, Write as _};

use bytes::Bytes;

use crate::{link::Argument, socketio::engine::Frame};

/// The namespace of everything that names none, and the only one that the platform uses.
pub const ROOT: &str = "/";

/// What a packet is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An acknowledgement.
    Ack,
    /// An acknowledgement with bytes, which follow as messages of their own.
    BinaryAck,
    /// An event with bytes, which follow as messages of their own.
    BinaryEvent,
    /// The namespace is connected.
    Connect,
    /// The namespace is disconnected.
    Disconnect,
    /// The namespace is refused, or something went wrong in it.
    Error,
    /// An event.
    Event,
}

/// A packet as it was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Packet<'a> {
    /// What it is for.
    pub kind: Kind,
    /// How many binary messages belong to it and follow it; the most that can be counted where it
    /// says more.
    pub attachments: usize,
    /// Its namespace, without the query that a client may add to it.
    pub namespace: &'a str,
    /// The acknowledgement that it asks for, or gives; `None` where it cannot be counted.
    pub id: Option<u64>,
    /// What follows, meant to be JSON; empty where nothing does.
    pub data: &'a str,
}

impl<'a> Packet<'a> {
    /// Reads a message.
    ///
    /// # Errors
    ///
    /// When it is of no known kind.
    pub fn decode(message: &'a str) -> Result<Self, PacketError> {
        let mut rest = message.chars();
        let kind = match rest.next() {
            Some('0') => Kind::Connect,
            Some('1') => Kind::Disconnect,
            Some('2') => Kind::Event,
            Some('3') => Kind::Ack,
            Some('4') => Kind::Error,
            Some('5') => Kind::BinaryEvent,
            Some('6') => Kind::BinaryAck,
            _ => return Err(PacketError),
        };
        let mut rest = rest.as_str();
        let mut attachments = 0;
        if matches!(kind, Kind::BinaryEvent | Kind::BinaryAck) {
            let (digits, after) = leading_digits(rest);
            if let Some(after) = after.strip_prefix('-') {
                attachments = match digits {
                    "" => 0,
                    digits => digits.parse().unwrap_or(usize::MAX),
                };
                rest = after;
            }
        }
        let mut namespace = ROOT;
        if rest.starts_with('/') {
            let (name, after) = rest.split_once(',').unwrap_or((rest, ""));
            namespace = name.split_once('?').map_or(name, |(name, _)| name);
            rest = after;
        }
        let (digits, data) = leading_digits(rest);
        Ok(Self {
            kind,
            attachments,
            namespace,
            id: digits.parse().ok(),
            data,
        })
    }
}

fn leading_digits(text: &str) -> (&str, &str) {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at(end)
}

/// A message that is no packet of Socket.IO.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PacketError;

impl fmt::Display for PacketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message that is no Socket.IO packet")
    }
}

impl std::error::Error for PacketError {}

/// Writes an event: the packet, and the binary messages that follow it.
pub fn event(name: &str, arguments: &[Argument], id: Option<u64>) -> Vec<Frame> {
    write(['2', '5'], Some(name), arguments, id)
}

/// Writes an acknowledgement.
pub fn ack(id: u64, arguments: &[Argument]) -> Vec<Frame> {
    write(['3', '6'], None, arguments, Some(id))
}

/// Writes the farewell to the namespace.
pub fn disconnect() -> Frame {
    Frame::message("1")
}

fn write(
    [plain, binary]: [char; 2],
    name: Option<&str>,
    arguments: &[Argument],
    id: Option<u64>,
) -> Vec<Frame> {
    let attachments: Vec<&Bytes> = arguments
        .iter()
        .filter_map(|argument| match argument {
            Argument::Binary(bytes) => Some(bytes),
            Argument::Json(_) => None,
        })
        .collect();
    let mut text = String::new();
    if attachments.is_empty() {
        text.push(plain);
    } else {
        text.push(binary);
        push(&mut text, format_args!("{}-", attachments.len()));
    }
    if let Some(id) = id {
        push(&mut text, format_args!("{id}"));
    }
    text.push('[');
    let mut separator = "";
    if let Some(name) = name {
        text += &serde_json::to_string(name).expect("a string is written to memory");
        separator = ",";
    }
    let mut number = 0;
    for argument in arguments {
        text += separator;
        separator = ",";
        match argument {
            Argument::Json(json) => text += json.get(),
            Argument::Binary(_) => {
                push(
                    &mut text,
                    format_args!(r#"{{"_placeholder":true,"num":{number}}}"#),
                );
                number += 1;
            }
        }
    }
    text.push(']');
    let mut frames = vec![Frame::message(&text)];
    frames.extend(attachments.into_iter().map(|bytes| Frame::binary(bytes)));
    frames
}

fn push(text: &mut String, words: fmt::Arguments<'_>) {
    text.write_fmt(words).expect("a String takes everything");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raw::RawJson;

    fn packet(kind: Kind, attachments: usize, namespace: &str, id: Option<u64>, data: &str) {
        let digit = match kind {
            Kind::Connect => 0,
            Kind::Disconnect => 1,
            Kind::Event => 2,
            Kind::Ack => 3,
            Kind::Error => 4,
            Kind::BinaryEvent => 5,
            Kind::BinaryAck => 6,
        };
        let mut text = digit.to_string();
        if attachments > 0 {
            text += &format!("{attachments}-");
        }
        if namespace != ROOT {
            text += namespace;
            text += ",";
        }
        text += &id.map(|id| id.to_string()).unwrap_or_default();
        text += data;
        let expected = Packet {
            kind,
            attachments,
            namespace,
            id,
            data,
        };
        assert_eq!(Packet::decode(&text), Ok(expected), "{text}");
    }

    #[test]
    fn all_seven_kinds_are_read() {
        packet(Kind::Connect, 0, "/", None, "");
        packet(Kind::Connect, 0, "/admin", None, "");
        packet(Kind::Disconnect, 0, "/admin", None, "");
        packet(Kind::Event, 0, "/", None, r#"["x",1]"#);
        packet(Kind::Event, 0, "/admin", Some(0), r#"["x"]"#);
        packet(Kind::Ack, 0, "/", Some(7), "[]");
        packet(Kind::Ack, 0, "/admin", Some(u64::MAX), "[{},2]");
        packet(Kind::Error, 0, "/nope", None, "\"Invalid namespace\"");
        packet(Kind::Error, 0, "/", None, r#"{"message":"a,b"}"#);
        packet(Kind::BinaryEvent, 2, "/", None, r#"["x",{}]"#);
        packet(Kind::BinaryEvent, 10, "/a-b", Some(3), r#"["x"]"#);
        packet(Kind::BinaryAck, 1, "/", Some(1), "[{}]");
    }

    #[test]
    fn what_servers_leave_out_is_not_missed() {
        for (text, namespace) in [
            ("0/admin", "/admin"),
            ("1/admin", "/admin"),
            ("0/,", "/"),
            ("0/admin?token=x,", "/admin"),
            ("0/admin?token=x", "/admin"),
        ] {
            let packet = Packet::decode(text).unwrap();
            assert_eq!((packet.namespace, packet.data), (namespace, ""), "{text}");
        }
        let packet = Packet::decode(r#"5["x"]"#).unwrap();
        assert_eq!((packet.attachments, packet.data), (0, r#"["x"]"#));
        let packet = Packet::decode("51-").unwrap();
        assert_eq!((packet.attachments, packet.id, packet.data), (1, None, ""));
    }

    #[test]
    fn what_is_no_packet_is_refused() {
        for text in ["", "7", "x", "ж"] {
            assert_eq!(Packet::decode(text), Err(PacketError), "{text}");
        }
    }

    #[test]
    fn numbers_that_cannot_be_counted_cost_no_event() {
        let packet = Packet::decode("299999999999999999999[]").unwrap();
        assert_eq!((packet.id, packet.data), (None, "[]"));
        let packet = Packet::decode("5999999999999999999999-1[]").unwrap();
        assert_eq!((packet.attachments, packet.id), (usize::MAX, Some(1)));
        let packet = Packet::decode("5-[]").unwrap();
        assert_eq!((packet.attachments, packet.data), (0, "[]"));
    }

    #[test]
    fn what_is_sent_is_written_as_the_recorded_clients_write_it() {
        let json = |json: &str| Argument::Json(RawJson::new(json.to_owned()).unwrap());
        let bytes = |bytes: &'static [u8]| Argument::Binary(Bytes::from_static(bytes));
        let text = |text: &str| Frame::Text(text.to_owned());
        // flow.node-server.js-client.ws
        assert_eq!(
            event(
                "ackEcho",
                &[json(r#"{"text":"Привет 🌍","n":[1,{"deep":true}]}"#)],
                Some(0)
            ),
            [text(
                r#"420["ackEcho",{"text":"Привет 🌍","n":[1,{"deep":true}]}]"#
            )]
        );
        assert_eq!(event("askMe", &[], None), [text(r#"42["askMe"]"#)]);
        assert_eq!(
            event("binaryAck", &[bytes(&[9, 8, 7])], Some(1)),
            [
                text(r#"451-1["binaryAck",{"_placeholder":true,"num":0}]"#),
                Frame::Binary(Bytes::from_static(&[4, 9, 8, 7]))
            ]
        );
        assert_eq!(
            ack(0, &[json(r#"{"a":"Да 👍"}"#), json("[1,2]")]),
            [text(r#"430[{"a":"Да 👍"},[1,2]]"#)]
        );
        assert_eq!(ack(7, &[]), [text("437[]")]);
        assert_eq!(
            ack(7, &[bytes(b"a"), json("1"), bytes(b"")]),
            [
                text(r#"462-7[{"_placeholder":true,"num":0},1,{"_placeholder":true,"num":1}]"#),
                Frame::Binary(Bytes::from_static(b"\x04a")),
                Frame::Binary(Bytes::from_static(b"\x04"))
            ]
        );
        assert_eq!(disconnect(), text("41"));
        let quoted = event("a\"\n", &[], None);
        assert_eq!(quoted, [text("42[\"a\\\"\\n\"]")]);
    }

    #[test]
    fn only_a_packet_of_bytes_says_how_many_follow() {
        let packet = Packet::decode(r#"21-["x"]"#).unwrap();
        assert_eq!((packet.attachments, packet.id), (0, Some(1)));
        let error = Packet::decode("9").unwrap_err();
        assert_eq!(error.to_string(), "a message that is no Socket.IO packet");
    }
}
