//! An event as Socket.IO carries it: a list of its name and its arguments, `["name",argument,...]`.
//!
//! The platform's events have one argument, the payload. Every other number of them, bytes among
//! them, and lists that cannot be read, lose nothing here; what a list came in (a packet, its
//! attachments) is not read here.

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::{
    event::{Envelope, Event, EventName, UnreadableEvent},
    raw::RawJson,
    wire,
};

impl Envelope {
    /// Reads the list of an event's name and arguments, a part of `frame`, with the bytes that came
    /// with it. It never fails: what cannot be read is kept as it came.
    pub(crate) fn decode_arguments(frame: &Bytes, list: &str, binary: Vec<Bytes>) -> Self {
        let envelope = usual(frame, list).unwrap_or_else(|| any(frame, list));
        Self { binary, ..envelope }
    }
}

/// The list that is nearly always met, a known name and one readable payload, read in one pass: the
/// payload ends before the last bracket, which holds exactly if what lies between is one JSON value.
fn usual(frame: &Bytes, list: &str) -> Option<Envelope> {
    let (name, rest) = list.strip_prefix("[\"")?.split_once('"')?;
    let payload = rest.strip_prefix(',')?.strip_suffix(']')?;
    let known = EventName::parse(name)?;
    let event = Event::read(known, payload).ok()?;
    Some(Envelope {
        name: Some(Cow::Borrowed(known.as_str())),
        payload: RawJson::slice_of(frame, payload),
        event,
        arguments: 1,
        binary: Vec::new(),
    })
}

fn any(frame: &Bytes, list: &str) -> Envelope {
    let parts = match serde_json::from_str::<Vec<&RawValue>>(list) {
        Ok(parts) => parts,
        Err(error) => return unreadable(list, &error),
    };
    let Some((name, arguments)) = parts.split_first() else {
        return nameless(RawJson::slice_of(frame, list), 0);
    };
    let Some(name) = name_of(name.get()) else {
        return nameless(RawJson::slice_of(frame, list), arguments.len());
    };
    match arguments {
        [payload] => Envelope::named(frame, name, payload.get()),
        _ => {
            let first = arguments.first().map_or("null", |argument| argument.get());
            let mut envelope = Envelope::named(frame, name, first);
            envelope.payload = RawJson::slice_of(frame, &listed(list, arguments));
            envelope.arguments = arguments.len();
            envelope
        }
    }
}

/// The list without the name, with everything that stands between its arguments.
fn listed(list: &str, arguments: &[&RawValue]) -> String {
    let Some(first) = arguments.first() else {
        return "[]".to_owned();
    };
    let start = first.get().as_ptr() as usize - list.as_ptr() as usize;
    format!("[{}", &list[start..])
}

/// A name; a JavaScript server takes numbers for names too.
fn name_of(value: &str) -> Option<Cow<'static, str>> {
    if value.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return Some(Cow::Owned(value.to_owned()));
    }
    let read = serde_json::from_str::<String>(value).or_else(|error| {
        let repaired = wire::without_lone_surrogates(value).ok_or(error)?;
        serde_json::from_str(&repaired)
    });
    read.ok().map(Cow::Owned)
}

fn nameless(payload: RawJson, arguments: usize) -> Envelope {
    Envelope {
        name: None,
        payload,
        event: Event::Unrecognized,
        arguments,
        binary: Vec::new(),
    }
}

/// What is not JSON (Python writes `NaN`) is kept as text, under its name where that can be read.
fn unreadable(list: &str, error: &serde_json::Error) -> Envelope {
    let text = serde_json::to_string(list).expect("a string is written to memory");
    let payload = RawJson::new(text).expect("what was just written is JSON");
    let mut envelope = nameless(payload, 1);
    let first = list.trim_start().strip_prefix('[').and_then(|rest| {
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<&RawValue>();
        values.next()?.ok()
    });
    if let Some(name) = first.and_then(|first| name_of(first.get())) {
        envelope.name = Some(match EventName::parse(&name) {
            Some(known) => {
                envelope.event = Event::Unreadable(UnreadableEvent {
                    name: known,
                    reason: wire::without_contents(error),
                });
                Cow::Borrowed(known.as_str())
            }
            None => name,
        });
    }
    envelope
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(list: &str) -> Envelope {
        let frame = Bytes::from(format!("42{list}"));
        let text = std::str::from_utf8(&frame[2..]).unwrap();
        Envelope::decode_arguments(&frame, text, Vec::new())
    }

    #[test]
    fn one_argument_is_the_payload() {
        for list in [
            r#"["chatMessageReadEmit",{"messageId":"m"}]"#,
            r#"[ "chatMessageReadEmit" , {"messageId":"m"} ]"#,
            r#"["chatMessage\u0052eadEmit",{"messageId":"m"}]"#,
        ] {
            let envelope = decode(list);
            assert_eq!(envelope.name.as_deref(), Some("chatMessageRead"), "{list}");
            assert_eq!(envelope.payload.get(), r#"{"messageId":"m"}"#, "{list}");
            assert_eq!(envelope.arguments, 1);
            assert!(matches!(envelope.event, Event::MessageRead(_)), "{list}");
        }
    }

    #[test]
    fn the_payload_of_a_usual_event_is_a_slice_of_its_frame() {
        let frame = Bytes::from_static(br#"42["chatMessageReadEmit",{"messageId":"m"}]"#);
        let list = std::str::from_utf8(&frame[2..]).unwrap();
        let envelope = Envelope::decode_arguments(&frame, list, Vec::new());
        assert_eq!(
            envelope.payload.as_bytes().as_ptr(),
            frame[frame.len() - 18..].as_ptr()
        );
    }

    #[test]
    fn every_other_number_of_arguments_is_kept_as_a_list() {
        for (list, payload, arguments) in [
            (r#"["x"]"#, "[]", 0),
            (r#"["x",1 , 2.0]"#, "[1 , 2.0]", 2),
            (r#"["x",{"a":1},[2],"три"]"#, r#"[{"a":1},[2],"три"]"#, 3),
        ] {
            let envelope = decode(list);
            assert_eq!(envelope.name.as_deref(), Some("x"));
            assert_eq!(envelope.payload.get(), payload);
            assert_eq!(envelope.arguments, arguments);
        }
        let list = decode(r#"["x",[1,2]]"#);
        assert_eq!((list.payload.get(), list.arguments), ("[1,2]", 1));
    }

    #[test]
    fn a_known_event_is_read_from_its_first_argument() {
        let envelope = decode(r#"["chatMessageReadEmit",{"messageId":"m"},7]"#);
        assert!(matches!(envelope.event, Event::MessageRead(_)));
        assert_eq!(envelope.payload.get(), r#"[{"messageId":"m"},7]"#);
        let envelope = decode(r#"["chatMessageReadEmit"]"#);
        assert!(matches!(envelope.event, Event::Unreadable(_)));
    }

    #[test]
    fn arguments_that_are_no_objects_are_payloads_too() {
        for payload in ["5", "null", "\"text\"", "true", "[]", "1e400"] {
            let envelope = decode(&format!(r#"["x",{payload}]"#));
            assert_eq!(envelope.payload.get(), payload);
            assert_eq!(envelope.arguments, 1);
        }
    }

    #[test]
    fn halves_of_surrogate_pairs_are_read_and_kept() {
        let envelope = decode(r#"["chatMessageReadEmit",{"messageId":"m\ud83d"}]"#);
        assert_eq!(envelope.payload.get(), r#"{"messageId":"m\ud83d"}"#);
        let Event::MessageRead(read) = &envelope.event else {
            panic!("{:?}", envelope.event)
        };
        assert_eq!(read.message_id.as_str(), "m\u{fffd}");
        let name = decode(r#"["x\udc00",1]"#).name;
        assert_eq!(name.as_deref(), Some("x\u{fffd}"));
    }

    #[test]
    fn what_has_no_name_is_kept_whole() {
        for list in ["[]", "[{}]", "[null,1]", "[[\"x\"],1]"] {
            let envelope = decode(list);
            assert_eq!(envelope.name, None, "{list}");
            assert_eq!(envelope.payload.get(), list);
            assert!(matches!(envelope.event, Event::Unrecognized), "{list}");
        }
        assert_eq!(decode("[1,2]").name.as_deref(), Some("1"));
    }

    #[test]
    fn what_is_not_json_is_kept_as_text() {
        let list = r#"["chatMessageReadEmit",{"messageId":NaN}]"#;
        let envelope = decode(list);
        assert_eq!(envelope.name.as_deref(), Some("chatMessageRead"));
        assert!(matches!(envelope.event, Event::Unreadable(_)));
        assert_eq!(envelope.payload.read::<String>().unwrap(), list);
        for list in ["", "notjson", "{}", "[", "[\"", r#"["x",NaN"#, "5"] {
            let envelope = decode(list);
            assert_eq!(envelope.payload.read::<String>().unwrap(), list);
            assert!(matches!(envelope.event, Event::Unrecognized), "{list}");
        }
        assert_eq!(decode(r#"["x",NaN"#).name.as_deref(), Some("x"));
    }
}
