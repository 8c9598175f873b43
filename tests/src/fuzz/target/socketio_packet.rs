//! Packets of Engine.IO and of Socket.IO, and the open packet.

use bytes::Bytes;
use twin_protocol::{
    link::Argument,
    raw::RawJson,
    socketio::{
        engine::{Frame, Open, Packet as EnginePacket},
        packet::{self, Kind, Packet},
    },
};

/// Whatever the bytes, reading them does not panic; and what is written is read as the same.
pub fn socketio_packet(data: &[u8]) {
    let bytes = Bytes::copy_from_slice(data);
    EnginePacket::decode_binary(&bytes);
    let text = String::from_utf8_lossy(data);
    match EnginePacket::decode_text(&text) {
        Ok(EnginePacket::Open(open)) => {
            if let Ok(open) = Open::decode(open) {
                assert!(!open.sid.is_empty());
                assert!(!open.ping_interval.is_zero() && !open.ping_timeout.is_zero());
            }
        }
        Ok(EnginePacket::Message(message)) => read_message(message),
        _ => {}
    }
    read_message(&text);
    write_event(&text, &bytes);
}

fn read_message(message: &str) {
    let Ok(packet) = Packet::decode(message) else {
        return;
    };
    assert!(packet.namespace.starts_with('/'));
    assert!(message.ends_with(packet.data), "the data is the rest");
    let has_bytes = matches!(packet.kind, Kind::BinaryAck | Kind::BinaryEvent);
    assert!(has_bytes || packet.attachments == 0);
}

/// An event with the input for its name, for JSON where it is that, and for bytes.
fn write_event(name: &str, bytes: &Bytes) {
    let json = RawJson::new(bytes.clone()).ok();
    let mut arguments: Vec<_> = json.into_iter().map(Argument::Json).collect();
    let id = (bytes.len() % 2 == 0).then_some(bytes.len() as u64);
    if bytes.len() % 3 == 0 {
        arguments.push(Argument::Binary(bytes.clone()));
    }
    let frames = packet::event(name, &arguments, id);
    let Frame::Text(header) = &frames[0] else {
        panic!("a packet begins with text")
    };
    let Ok(EnginePacket::Message(message)) = EnginePacket::decode_text(header) else {
        panic!("a message is written: {header}")
    };
    let packet = Packet::decode(message).expect("what is written is read");
    assert_eq!(packet.id, id);
    assert_eq!(packet.attachments, frames.len() - 1);
    let list: Vec<&serde_json::value::RawValue> =
        serde_json::from_str(packet.data).expect("a list is written");
    assert_eq!(list.len(), arguments.len() + 1);
    let read: String = serde_json::from_str(list[0].get()).expect("a name is written");
    assert_eq!(read, name);
    for frame in &frames[1..] {
        let Frame::Binary(attachment) = frame else {
            panic!("bytes follow")
        };
        let packet = EnginePacket::decode_binary(attachment);
        assert_eq!(packet, EnginePacket::Binary(bytes.clone()));
    }
}
