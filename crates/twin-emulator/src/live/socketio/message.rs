//! Socket.IO packets of the default namespace: what is sent to clients, and what they send.

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{flavour::Flavour, packet::Packet};

/// An event or an acknowledgement, as the packets that carry it.
///
/// `parts` are the JSON texts of its parts (for an event its name first), `binary` what follows
/// them, `id` the acknowledgement that is wanted or given.
pub(super) fn write(
    kind: Kind,
    id: Option<u64>,
    parts: &[&str],
    binary: &[Bytes],
    flavour: Flavour,
) -> Vec<Packet> {
    let mut text = String::from("4");
    match (kind, binary.len()) {
        (Kind::Event, 0) => text.push('2'),
        (Kind::Ack, 0) => text.push('3'),
        (Kind::Event, count) => text.push_str(&format!("5{count}-")),
        (Kind::Ack, count) => text.push_str(&format!("6{count}-")),
    }
    if let Some(id) = id {
        text.push_str(&id.to_string());
    }
    let placeholders =
        (0..binary.len()).map(|num| format!(r#"{{"_placeholder":true,"num":{num}}}"#));
    let parts: Vec<_> = parts
        .iter()
        .map(|part| (*part).to_owned())
        .chain(placeholders)
        .collect();
    text.push_str(&json(&format!("[{}]", parts.join(",")), flavour));
    let attachments = binary.iter().cloned().map(Packet::Binary);
    std::iter::once(Packet::Text(text))
        .chain(attachments)
        .collect()
}

/// `44`: the server refuses, or tells of an error.
pub(super) fn error(text: &str, flavour: Flavour) -> Packet {
    Packet::Text(format!("44{}", json(&quoted(text), flavour)))
}

/// A text as JSON.
pub(super) fn quoted<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("texts and structs of them always encode")
}

/// JSON as the server writes it: Python escapes all that is not ASCII.
pub(super) fn json(json: &str, flavour: Flavour) -> String {
    match flavour {
        Flavour::Node => json.to_owned(),
        Flavour::Python => {
            let mut escaped = String::with_capacity(json.len());
            for character in json.chars() {
                if character.is_ascii() {
                    escaped.push(character);
                } else {
                    for unit in character.encode_utf16(&mut [0; 2]) {
                        escaped.push_str(&format!("\\u{unit:04x}"));
                    }
                }
            }
            escaped
        }
    }
}

/// What a packet does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Ack,
    Event,
}

/// What a client says in a Socket.IO packet.
#[derive(Debug)]
pub(super) enum Said {
    /// An acknowledgement. Nobody here waits for one.
    Ack,
    /// It wants to be connected to a namespace; the default one where it names none.
    Connect { namespace: String },
    /// It leaves the default namespace.
    Disconnect,
    /// An event, and what comes after it in binary.
    Event(Event),
}

/// An event of a client.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) name: String,
    /// The JSON of its arguments.
    pub(super) arguments: Vec<Box<RawValue>>,
    /// The acknowledgement that it wants.
    pub(super) id: Option<u64>,
    /// How many binary messages follow.
    pub(super) attachments: usize,
}

/// Reads the text after the `4` of a message; `None` where it is no packet of this protocol.
pub(super) fn read(text: &str) -> Option<Said> {
    let kind = text.chars().next()?;
    let mut rest = &text[kind.len_utf8()..];
    let mut attachments = 0;
    if matches!(kind, '5' | '6') {
        let (count, after) = rest.split_once('-')?;
        attachments = count.parse().ok()?;
        rest = after;
    }
    let mut namespace = "";
    if rest.starts_with('/') {
        (namespace, rest) = rest.split_once(',').unwrap_or((rest, ""));
    }
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (id, data) = rest.split_at(digits);
    let id = if id.is_empty() {
        None
    } else {
        Some(id.parse().ok()?)
    };
    Some(match kind {
        '0' => Said::Connect {
            namespace: namespace.split('?').next()?.to_owned(),
        },
        '1' => Said::Disconnect,
        '2' | '5' => {
            let mut parts: Vec<Box<RawValue>> = serde_json::from_str(data).ok()?;
            if parts.is_empty() {
                return None;
            }
            let name = serde_json::from_str(parts.remove(0).get()).ok()?;
            Said::Event(Event {
                name,
                arguments: parts,
                id,
                attachments,
            })
        }
        '3' | '6' => Said::Ack,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(packets: &[Packet]) -> &str {
        match &packets[0] {
            Packet::Text(text) => text,
            Packet::Binary(_) => "",
        }
    }

    #[test]
    fn each_server_writes_json_its_own_way() {
        let event = |flavour| write(Kind::Event, None, &["\"e\"", "\"я🙂\""], &[], flavour);
        assert_eq!(text(&event(Flavour::Node)), r#"42["e","я🙂"]"#);
        assert_eq!(
            text(&event(Flavour::Python)),
            r#"42["e","\u044f\ud83d\ude42"]"#
        );
    }

    #[test]
    fn binary_follows_its_header() {
        let packets = write(
            Kind::Event,
            Some(7),
            &["\"e\""],
            &[Bytes::from_static(b"x")],
            Flavour::Node,
        );
        assert_eq!(
            text(&packets),
            r#"451-7["e",{"_placeholder":true,"num":0}]"#
        );
        assert_eq!(packets[1], Packet::Binary(Bytes::from_static(b"x")));
    }

    #[test]
    fn what_clients_say_is_read() {
        let Some(Said::Event(event)) = read(r#"212["ask",{"a":1},2]"#) else {
            panic!()
        };
        assert_eq!(
            (event.name.as_str(), event.id, event.arguments.len()),
            ("ask", Some(12), 2)
        );
        assert!(
            matches!(read("0/admin?x=1,"), Some(Said::Connect { namespace }) if namespace == "/admin")
        );
        assert!(matches!(read("1"), Some(Said::Disconnect)));
        assert!(matches!(read("30[]"), Some(Said::Ack)));
        assert!(
            matches!(read(r#"51-["b",{"_placeholder":true,"num":0}]"#), Some(Said::Event(event)) if event.attachments == 1)
        );
        for bad in [
            "",
            "9",
            "2",
            "2[]",
            "2{}",
            "2[1]",
            "5[]",
            "2999999999999999999999[\"e\"]",
        ] {
            assert!(read(bad).is_none(), "{bad}");
        }
    }
}
