//! The bodies of HTTP answers, in both framings.

use std::borrow::Cow;

use bytes::Bytes;
use twin_protocol::socketio::engine::{
    Frame,
    payload::{self, Piece},
};

/// Whatever the body, reading it does not panic and makes nothing up; what is framed honestly is
/// read as what it was.
pub fn socketio_payload(data: &[u8]) {
    let body = Bytes::copy_from_slice(data);
    let mut frames = Vec::new();
    let mut length = 0;
    let mut is_broken = false;
    for piece in payload::decode(&body) {
        assert!(!is_broken, "something follows what is broken");
        match piece {
            Ok(Piece::Binary(bytes)) => {
                length += bytes.len();
                frames.push(Frame::Binary(bytes));
            }
            Ok(Piece::Text(text)) => {
                if let Cow::Borrowed(text) = &text {
                    length += text.len();
                }
                frames.push(Frame::Text(text.into_owned()));
            }
            Err(_) => is_broken = true,
        }
    }
    assert!(length <= body.len(), "more comes out than went in");
    assert_eq!(read(&payload::encode(&frames)), frames);
    read_in_utf_16(data);
}

/// The lines of the input as packets, each with its length in UTF-16 units.
fn read_in_utf_16(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let packets: Vec<_> = text.lines().map(|line| format!("4{line}")).collect();
    let body: String = packets
        .iter()
        .map(|packet| format!("{}:{packet}", packet.encode_utf16().count()))
        .collect();
    let expected: Vec<_> = packets.into_iter().map(Frame::Text).collect();
    assert_eq!(read(&body.into()), expected);
}

fn read(body: &Bytes) -> Vec<Frame> {
    payload::decode(body)
        .map(|piece| match piece.expect("it is framed honestly") {
            Piece::Binary(bytes) => Frame::Binary(bytes),
            Piece::Text(text) => Frame::Text(text.into_owned()),
        })
        .collect()
}
