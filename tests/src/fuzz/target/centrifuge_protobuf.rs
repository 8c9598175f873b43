//! Frames in Protobuf, from the connect reply on.

use std::collections::BTreeMap;

use bytes::Bytes;
use twin_protocol::{
    centrifuge::{Codec, Config, Machine},
    link::{
        Action, Command, Input, Join, JoinStart, Moment, Outbox, Output, Report, SocketId,
        SocketInput,
    },
};

/// Whatever the bytes, in one message or cut into its frames, reading them does not panic; payloads
/// are what came, byte for byte; and no position comes twice or goes back.
pub fn centrifuge_protobuf(data: &[u8]) {
    hear(&[data]);
    hear(&split(data));
}

fn hear(messages: &[&[u8]]) {
    let mut config = Config::default();
    config.codec = Codec::Protobuf;
    let mut machine = Machine::new(config, 1);
    let mut out = Outbox::new();
    let join = Join::new("s".into(), JoinStart::Now);
    let socket = |news| Input::Socket(SocketId::FIRST, news);
    let mut last = BTreeMap::new();
    let mut inputs = vec![
        Input::Command(Command::Join(join)),
        socket(SocketInput::Opened),
    ];
    let messages = messages
        .iter()
        .map(|message| Bytes::copy_from_slice(message));
    inputs.extend(messages.map(|message| socket(SocketInput::Binary(message))));
    for input in inputs {
        let heard = match &input {
            Input::Socket(_, SocketInput::Binary(bytes)) => bytes.clone(),
            _ => Bytes::new(),
        };
        machine.handle(Moment::START, input, &mut out);
        for output in out.drain() {
            match output {
                Output::Report(Report::Event(event)) => {
                    let payload = event.envelope.payload.as_bytes();
                    let is_there = payload == b"null"
                        || heard.windows(payload.len()).any(|window| window == payload);
                    assert!(is_there, "a payload that did not come");
                    if let Some(position) = &event.position {
                        let stream = (position.channel.clone(), position.epoch.clone());
                        let before = last.insert(stream, position.offset);
                        assert!(before.is_none_or(|before| before < position.offset));
                    }
                }
                Output::Action(Action::Send(..)) => panic!("text is sent over Protobuf"),
                _ => {}
            }
        }
    }
}

/// The frames, each alone; what is no whole frame stays as it is.
fn split(mut data: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    while let Some(length) = frame_length(data) {
        let (part, rest) = data.split_at(length);
        parts.push(part);
        data = rest;
    }
    parts.push(data);
    parts
}

/// How long the first frame is, its length included.
fn frame_length(data: &[u8]) -> Option<usize> {
    let mut length = 0_u64;
    for (index, byte) in data.iter().copied().enumerate().take(9) {
        length |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            let end = usize::try_from(length).ok()?.checked_add(index + 1)?;
            return (end <= data.len()).then_some(end);
        }
    }
    None
}
