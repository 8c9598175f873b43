//! The wrapping in which an event travels, read in every form that may be met.
//!
//! The platform's article lists events by name and payload and does not show what is around them
//! (facts, section 5: assumed). So every one of these is accepted, in this order:
//!
//! | form | example |
//! | --- | --- |
//! | event and payload | `{"event":"chatMessageRead","payload":{"messageId":"m"}}` |
//! | event and data | `{"event":"chatMessageRead","data":{"messageId":"m"}}` |
//! | type or name, payload or data | `{"type":"chatMessageRead","payload":{"messageId":"m"}}` |
//! | flat | `{"event":"chatMessageRead","messageId":"m"}` |
//! | pair | `["chatMessageRead",{"messageId":"m"}]` |

use std::{borrow::Cow, fmt};

use bytes::Bytes;
use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, MapAccess, SeqAccess},
};
use serde_json::value::RawValue;

use crate::{
    event::{Event, EventName},
    id::SessionId,
    raw::RawJson,
};

/// An event with what it came in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Envelope {
    /// The event's name: the platform's own, without the `Emit` ending for names that are known,
    /// unchanged for those that are not; `None` where the data holds no readable name.
    pub name: Option<Cow<'static, str>>,
    /// The payload byte for byte as it came. In the flat form the whole object; without a readable
    /// name the whole data; over Socket.IO the list of the arguments where there is not exactly one.
    /// What came over Socket.IO and is not JSON at all stands here as a JSON string of its text.
    pub payload: RawJson,
    /// The payload, read.
    pub event: Event,
    /// How many arguments the event came with: one, unless it came over Socket.IO.
    pub arguments: usize,
    /// Bytes that came with the event, over Socket.IO. In the payload stand placeholders for them,
    /// `{"_placeholder":true,"num":N}`, where N counts from 0.
    pub binary: Vec<Bytes>,
}

impl Envelope {
    /// Reads the data of a publication, or the arguments of a Socket.IO event. It never fails:
    /// what cannot be read is kept as it came.
    pub fn decode(data: &RawJson) -> Self {
        Self::decode_in(&data.clone().into_bytes(), data.get())
    }

    /// The same for `data` that a decoder has just read from `frame`: what is kept of it shares the
    /// frame's memory.
    pub(crate) fn decode_slice(frame: &Bytes, data: &RawValue) -> Self {
        Self::decode_in(frame, data.get())
    }

    /// `data` is one valid JSON value.
    fn decode_in(frame: &Bytes, data: &str) -> Self {
        if let Some(envelope) = Self::decode_usual(frame, data) {
            return envelope;
        }
        let parts = serde_json::from_str::<Parts<'_>>(data).unwrap_or_default();
        match parts.into_name_and_payload() {
            Some((name, payload)) => {
                let payload = payload.map_or(data, RawValue::get);
                Self::named(frame, name, payload)
            }
            None => Self {
                name: None,
                payload: RawJson::slice_of(frame, data),
                event: Event::Unrecognized,
                arguments: 1,
                binary: Vec::new(),
            },
        }
    }

    /// The form that is nearly always met, `{"event":N,"payload":P}` and nothing more, read without
    /// a pass over the payload to find its end: it ends before the last brace, which holds exactly
    /// if what lies between is one JSON value.
    ///
    /// `data` may be any text; `None` where it is not that.
    pub(crate) fn decode_usual(frame: &Bytes, data: &str) -> Option<Self> {
        let rest = data.strip_prefix(r#"{"event":""#)?;
        let (name, rest) = rest.split_once('"')?;
        let payload = rest.strip_prefix(r#","payload":"#)?.strip_suffix('}')?;
        let known = EventName::parse(name)?;
        let event = Event::read(known, payload).ok()?;
        Some(Self {
            name: Some(Cow::Borrowed(known.as_str())),
            payload: RawJson::slice_of(frame, payload),
            event,
            arguments: 1,
            binary: Vec::new(),
        })
    }

    pub(super) fn named(frame: &Bytes, name: Cow<'_, str>, payload: &str) -> Self {
        let (name, event) = match EventName::parse(&name) {
            Some(known) => (
                Cow::Borrowed(known.as_str()),
                Event::read_or_keep(known, payload),
            ),
            None => (Cow::Owned(name.into_owned()), Event::Unrecognized),
        };
        Self {
            name: Some(name),
            payload: RawJson::slice_of(frame, payload),
            event,
            arguments: 1,
            binary: Vec::new(),
        }
    }

    /// The session that the payload itself names, whatever the event is.
    pub fn session_id(&self) -> Option<SessionId> {
        #[derive(Deserialize)]
        struct Named {
            #[serde(rename = "sessionId")]
            session_id: Option<SessionId>,
        }
        self.event
            .session_id()
            .cloned()
            .or_else(|| self.payload.read::<Named>().ok()?.session_id)
    }
}

/// What an envelope may hold, whatever its form.
#[derive(Default)]
struct Parts<'a> {
    event: Option<Cow<'a, str>>,
    kind: Option<Cow<'a, str>>,
    name: Option<Cow<'a, str>>,
    payload: Option<&'a RawValue>,
    data: Option<&'a RawValue>,
}

impl<'a> Parts<'a> {
    /// The name, and the payload where it is a part of its own (in the flat form it is not).
    fn into_name_and_payload(self) -> Option<(Cow<'a, str>, Option<&'a RawValue>)> {
        let payload = self.payload.or(self.data);
        if let Some(event) = self.event {
            return Some((event, payload));
        }
        // `type` may be a field of the payload's own beside a `name`: a known name decides.
        let known = |name: &Cow<'a, str>| EventName::parse(name).is_some();
        let name = match (self.kind, self.name) {
            (Some(kind), Some(name)) if known(&name) && !known(&kind) => name,
            (Some(kind), _) => kind,
            (None, name) => name?,
        };
        payload.map(|payload| (name, Some(payload)))
    }
}

impl<'de> Deserialize<'de> for Parts<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PartsVisitor)
    }
}

struct PartsVisitor;

impl<'de> de::Visitor<'de> for PartsVisitor {
    type Value = Parts<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event: an object or a pair")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut parts = Parts::default();
        while let Some(Text(key)) = map.next_key()? {
            match &*key {
                "event" => parts.event = text(map.next_value()?),
                "type" => parts.kind = text(map.next_value()?),
                "name" => parts.name = text(map.next_value()?),
                "payload" => parts.payload = Some(map.next_value()?),
                "data" => parts.data = Some(map.next_value()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(parts)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut pair: A) -> Result<Self::Value, A::Error> {
        let event = pair.next_element::<&RawValue>()?.and_then(text);
        let payload = pair.next_element()?;
        // A list of any other length is no pair, and so has no name.
        if payload.is_none() || pair.next_element::<IgnoredAny>()?.is_some() {
            while pair.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(Parts::default());
        }
        Ok(Parts {
            event,
            payload,
            ..Parts::default()
        })
    }
}

/// A JSON string, borrowed where it has no escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The text of a JSON string; `None` for every other value.
fn text(value: &RawValue) -> Option<Cow<'_, str>> {
    serde_json::from_str::<Text<'_>>(value.get())
        .ok()
        .map(|Text(text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(data: &str) -> Envelope {
        Envelope::decode(&RawJson::new(data.to_owned()).unwrap())
    }

    #[test]
    fn every_form_gives_the_same_event() {
        let payload = r#"{"messageId":"m"}"#;
        for data in [
            r#"{"event":"chatMessageRead","payload":{"messageId":"m"}}"#,
            r#"{"event":"chatMessageReadEmit","payload":{"messageId":"m"}}"#,
            r#"{ "event" : "chatMessageRead", "payload" : {"messageId":"m"} }"#,
            r#"{"payload":{"messageId":"m"},"event":"chatMessageRead"}"#,
            r#"{"event":"chatMessageRead","data":{"messageId":"m"}}"#,
            r#"{"type":"chatMessageRead","payload":{"messageId":"m"}}"#,
            r#"{"name":"chatMessageRead","data":{"messageId":"m"}}"#,
            r#"{"name":"chatMessageRead","type":"x","data":{"messageId":"m"}}"#,
            r#"{"event":"chatMessage\u0052ead","payload":{"messageId":"m"},"more":[1]}"#,
            r#"["chatMessageReadEmit",{"messageId":"m"}]"#,
        ] {
            let envelope = decode(data);
            assert_eq!(envelope.name.as_deref(), Some("chatMessageRead"), "{data}");
            assert_eq!(envelope.payload.get(), payload, "{data}");
            let Event::MessageRead(read) = &envelope.event else {
                panic!("{data}")
            };
            assert_eq!(read.message_id.as_str(), "m", "{data}");
        }
    }

    #[test]
    fn the_flat_form_keeps_the_whole_object_as_payload() {
        let data = r#"{"event":"chatMessageRead","messageId":"m"}"#;
        let envelope = decode(data);
        assert_eq!(envelope.payload.get(), data);
        assert!(matches!(envelope.event, Event::MessageRead(_)));
    }

    #[test]
    fn an_unknown_name_is_kept_unchanged() {
        let envelope = decode(r#"{"event":"operatorWentForTeaEmit","payload":{"minutes":5}}"#);
        assert_eq!(envelope.name.as_deref(), Some("operatorWentForTeaEmit"));
        assert_eq!(envelope.payload.get(), r#"{"minutes":5}"#);
        assert!(matches!(envelope.event, Event::Unrecognized));
    }

    #[test]
    fn data_without_a_readable_name_is_kept_whole() {
        for data in [
            r#"{"hello":"world"}"#,
            r#"{"event":5,"payload":{}}"#,
            r#"{"type":"chatMessageRead","messageId":"m"}"#,
            r#"["chatMessageRead"]"#,
            r#"["chatMessageRead",{},{}]"#,
            r#"[1,{}]"#,
            r#"{"event":"\ud800","payload":{}}"#,
            "null",
            "\"text\"",
            "1e400",
            "[]",
            "{}",
        ] {
            let envelope = decode(data);
            assert_eq!(envelope.name, None, "{data}");
            assert_eq!(envelope.payload.get(), data);
            assert!(matches!(envelope.event, Event::Unrecognized), "{data}");
        }
    }

    #[test]
    fn a_known_event_with_an_unreadable_payload_says_why_and_keeps_it() {
        for payload in ["5", "null", "[]", r#"["m"]"#, r#"{"messageId":{}}"#, "{}"] {
            let envelope = decode(&format!(
                r#"{{"event":"chatMessageRead","payload":{payload}}}"#
            ));
            assert_eq!(envelope.payload.get(), payload);
            let Event::Unreadable(unreadable) = &envelope.event else {
                panic!("{payload}")
            };
            assert_eq!(unreadable.name, EventName::MessageRead);
            assert!(!unreadable.reason.is_empty());
        }
    }

    #[test]
    fn the_session_that_a_payload_names_is_found_in_every_event() {
        for (data, session) in [
            (r#"{"event":"x","payload":{"sessionId":"s"}}"#, Some("s")),
            (
                r#"{"event":"showTypingIndicator","payload":{"authorType":"BOT","sessionId":"s"}}"#,
                Some("s"),
            ),
            (
                r#"{"event":"showTypingIndicator","payload":{"authorType":"BOT"}}"#,
                None,
            ),
            (r#"{"sessionId":"s"}"#, Some("s")),
            (r#"{"event":"x","payload":{"sessionId":{}}}"#, None),
            (r#"{"event":"x","payload":["s"]}"#, None),
            ("7", None),
        ] {
            assert_eq!(
                decode(data).session_id().as_ref().map(AsRef::as_ref),
                session,
                "{data}"
            );
        }
    }
}
