//! Acknowledgements carry numbers that their askers chose: the recorded client its own, the machine
//! its own.

use std::{
    borrow::Cow,
    collections::{BTreeMap, VecDeque},
};

use bytes::Bytes;
use twin_protocol::{
    link::{Argument, Emit, EmitId},
    raw::RawJson,
    socketio::{
        engine::payload::{self, Piece},
        packet::{Kind, Packet},
    },
};

/// By the recorded client's number, the machine's.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    by_recorded: BTreeMap<u64, u64>,
    /// Emits whose number is not known yet: the machine has not sent them. With the recorded
    /// client's.
    waiting: VecDeque<(EmitId, u64)>,
}

/// A time within which no recorded acknowledgement is given up.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(3600);

impl Numbers {
    /// What the machine emits for a message that the recorded client sent: an event of the root
    /// namespace. Its bytes are left out, and so nothing comes of an event with some.
    pub(super) fn emit(&mut self, id: u64, message: &str) -> Option<Emit> {
        let packet = Packet::decode(message).ok()?;
        if packet.kind != Kind::Event || packet.namespace != "/" {
            return None;
        }
        let list: Vec<&serde_json::value::RawValue> = serde_json::from_str(packet.data).ok()?;
        let (name, arguments) = list.split_first()?;
        let name: String = serde_json::from_str(name.get()).ok()?;
        let arguments = arguments
            .iter()
            .map(|argument| {
                let json = RawJson::new(argument.get().to_owned());
                json.map(Argument::Json)
            })
            .collect::<Result<_, _>>()
            .ok()?;
        let emit = Emit::new(EmitId::new(id), name, arguments);
        Some(match packet.id {
            Some(recorded) => {
                self.waiting.push_back((emit.id, recorded));
                emit.acknowledged_within(PATIENCE)
            }
            None => emit,
        })
    }

    /// The machine sends this: emits leave it in the order in which they went in.
    pub(super) fn sent(&mut self, frame: &str) {
        let packet = frame.strip_prefix('4').map(Packet::decode);
        let Some(Ok(Packet {
            kind: Kind::Event,
            id: Some(number),
            ..
        })) = packet
        else {
            return;
        };
        if let Some((_, recorded)) = self.waiting.pop_front() {
            self.by_recorded.insert(recorded, number);
        }
    }

    /// The machine has not sent an emit, and will not.
    pub(super) fn give_up(&mut self, id: EmitId) {
        self.waiting.retain(|(waiting, _)| *waiting != id);
    }

    /// The connection is over: no acknowledgement is awaited on it any more.
    pub(super) fn end_connection(&mut self) {
        self.by_recorded.clear();
    }

    /// The message with the machine's number in place of the recorded client's, where it
    /// acknowledges what the machine emitted too. Says whether it does.
    pub(super) fn translate<'a>(&mut self, message: &'a str) -> (Cow<'a, str>, bool) {
        let unchanged = (Cow::Borrowed(message), false);
        let Ok(packet) = Packet::decode(message) else {
            return unchanged;
        };
        let (Kind::Ack, Some(recorded)) = (packet.kind, packet.id) else {
            return unchanged;
        };
        match self.by_recorded.remove(&recorded) {
            Some(number) => (Cow::Owned(format!("3{number}{}", packet.data)), true),
            None => unchanged,
        }
    }

    /// The same for all packets of a body, where the framing stays as it is: a number is replaced by
    /// one of as many digits only. Says how many are acknowledgements of what the machine emitted.
    pub(super) fn translate_body(&mut self, body: &Bytes) -> (Bytes, usize) {
        let mut translated = body.to_vec();
        let mut count = 0;
        for piece in payload::decode(body).flatten() {
            let Piece::Text(Cow::Borrowed(text)) = piece else {
                continue;
            };
            let Some(message) = text.strip_prefix('4') else {
                continue;
            };
            let (message_here, is_ours) = self.translate(message);
            if is_ours && message_here.len() == message.len() {
                let start = message.as_ptr() as usize - body.as_ptr() as usize;
                translated[start..start + message.len()].copy_from_slice(message_here.as_bytes());
                count += 1;
            }
        }
        (translated.into(), count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acknowledgement_gets_the_machines_number_and_keeps_everything_else() {
        let mut numbers = Numbers::default();
        let emit = numbers.emit(1, r#"27["ackEcho",{"n":1}]"#).unwrap();
        assert_eq!((emit.name.as_str(), emit.arguments.len()), ("ackEcho", 1));
        assert!(numbers.emit(2, "2[\"x\"]").unwrap().ack_within.is_none());
        assert!(numbers.emit(3, "0").is_none());
        numbers.sent(r#"420["ackEcho",{"n":1}]"#);
        let body = Bytes::from_static("6:437[ж]1:6".as_bytes());
        let (translated, count) = numbers.translate_body(&body);
        assert_eq!((&translated[..], count), ("6:430[ж]1:6".as_bytes(), 1));
        assert_eq!(numbers.translate("37[]").0, "37[]");
    }
}
