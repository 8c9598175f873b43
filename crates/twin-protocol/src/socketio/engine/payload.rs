//! The bodies of HTTP requests and answers: many packets in one, in either of two framings.
//!
//! | framing | grammar | lengths |
//! | --- | --- | --- |
//! | text | `length:packet`, repeated | see [`text`] |
//! | binary | `00` or `01`, the length's digits as bytes 0 to 9, `ff`, the packet; repeated | bytes |
//!
//! The first byte tells them apart, whatever the type of the content says. Only the binary framing
//! is written: its lengths mean the same to everybody.

mod binary;
mod text;

use std::{borrow::Cow, fmt};

use bytes::{BufMut as _, Bytes, BytesMut};

use self::{binary::BinaryFraming, text::TextFraming};
use super::Frame;

/// The only `Content-Type` under which a Node server reads the binary framing: no more and no
/// less (`raw-post-rules.node-server`).
pub const CONTENT_TYPE: &str = "application/octet-stream";

/// The most packets that may stand in one body: a Python server answers `OK` to more of them and
/// drops them all (`raw-many-packets.py-server`).
pub const MOST_PACKETS: usize = 16;

/// A packet in a body, not yet read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A packet of bytes.
    Binary(Bytes),
    /// A packet of text. Owned where it is not UTF-8: what is not is replaced by U+FFFD.
    Text(Cow<'a, str>),
}

/// The framing of a body is broken: from here on nothing in it can be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BrokenFraming;

impl fmt::Display for BrokenFraming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the framing of an HTTP body is broken")
    }
}

impl std::error::Error for BrokenFraming {}

/// The packets of a body, in order. After an error nothing more comes.
#[derive(Clone, Debug)]
pub struct Pieces<'a>(Framing<'a>);

#[derive(Clone, Debug)]
enum Framing<'a> {
    Binary(BinaryFraming<'a>),
    Broken,
    Text(TextFraming<'a>),
}

/// Reads the body of an answer. Nothing is copied but text that is not UTF-8.
pub fn decode(body: &Bytes) -> Pieces<'_> {
    Pieces(match body.first() {
        Some(0 | 1) => Framing::Binary(BinaryFraming::new(body)),
        _ => match simdutf8::basic::from_utf8(body) {
            Ok(text) => Framing::Text(TextFraming::new(text)),
            Err(_) => Framing::Broken,
        },
    })
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Result<Piece<'a>, BrokenFraming>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Framing::Binary(framing) => framing.next(),
            Framing::Text(framing) => framing.next(),
            Framing::Broken => {
                self.0 = Framing::Text(TextFraming::new(""));
                Some(Err(BrokenFraming))
            }
        }
    }
}

/// Writes a body in the binary framing.
pub fn encode(frames: &[Frame]) -> Bytes {
    // A mark, at most twenty digits, an end of the length.
    let length = frames.iter().map(|frame| frame.len() + 22).sum();
    let mut body = BytesMut::with_capacity(length);
    for frame in frames {
        body.put_u8(match frame {
            Frame::Binary(_) => 1,
            Frame::Text(_) => 0,
        });
        for digit in frame.len().to_string().bytes() {
            body.put_u8(digit - b'0');
        }
        body.put_u8(0xff);
        body.put_slice(match frame {
            Frame::Binary(bytes) => bytes,
            Frame::Text(text) => text.as_bytes(),
        });
    }
    body.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_written_as_a_recorded_client_writes_it() {
        // flow.py-server.py-client.poll: the goodbye, and an event with bytes.
        let goodbye = [Frame::message("1"), Frame::close()];
        assert_eq!(&encode(&goodbye)[..], b"\0\x02\xff41\0\x01\xff1");
        let event = [Frame::message("51-2[]"), Frame::binary(&[9, 8, 7])];
        assert_eq!(
            &encode(&event)[..],
            b"\0\x07\xff451-2[]\x01\x04\xff\x04\x09\x08\x07"
        );
    }

    #[test]
    fn what_is_written_is_read_as_the_same() {
        let frames = [
            Frame::ping(),
            Frame::message("2[\"Привет 🌍\"]"),
            Frame::binary(&[0; 300]),
        ];
        let pieces: Vec<_> = decode(&encode(&frames))
            .map(|piece| match piece.unwrap() {
                Piece::Binary(bytes) => Frame::Binary(bytes),
                Piece::Text(text) => Frame::Text(text.into_owned()),
            })
            .collect();
        assert_eq!(pieces, frames);
    }

    #[test]
    fn an_empty_body_holds_nothing() {
        assert_eq!(decode(&Bytes::new()).next(), None);
    }

    #[test]
    fn a_broken_body_is_said_once() {
        let body = Bytes::from_static(b"<html>\xff");
        let mut pieces = decode(&body);
        assert_eq!(pieces.next(), Some(Err(BrokenFraming)));
        assert_eq!(pieces.next(), None);
    }
}
