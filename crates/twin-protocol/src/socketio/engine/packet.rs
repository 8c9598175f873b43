//! Packets: a digit, and what belongs to it.

use std::fmt;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use bytes::{BufMut as _, Bytes, BytesMut};

/// Binary messages begin with the byte, not the digit, of a message.
const BINARY_MESSAGE: u8 = 4;

/// Whatever padding a server writes, or does not.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A packet as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Packet<'a> {
    /// A message of bytes.
    Binary(Bytes),
    /// The end of the transport.
    Close,
    /// A message of text.
    Message(&'a str),
    /// Nothing: it ends a poll.
    Noop,
    /// The server's opening words, for [`Open::decode`](super::Open::decode).
    Open(&'a str),
    /// A heartbeat, with what the answer is to repeat.
    Ping(&'a str),
    /// The answer to a heartbeat.
    Pong(&'a str),
    /// A packet that no version knows; also an empty one.
    Unknown,
    /// The connection moves to this socket.
    Upgrade,
}

impl<'a> Packet<'a> {
    /// Reads a packet of text. Bytes in it are in base64, after a `b` and the digit of a message; the
    /// digit may be missing, as it is in what socketioxide writes by HTTP.
    ///
    /// # Errors
    ///
    /// When the base64 cannot be read.
    pub fn decode_text(text: &'a str) -> Result<Self, PacketError> {
        let mut rest = text.chars();
        let kind = rest.next();
        let data = rest.as_str();
        Ok(match kind {
            Some('0') => Self::Open(data),
            Some('1') => Self::Close,
            Some('2') => Self::Ping(data),
            Some('3') => Self::Pong(data),
            Some('4') => Self::Message(data),
            Some('5') => Self::Upgrade,
            Some('6') => Self::Noop,
            Some('b') => decode_base64(data)?,
            _ => Self::Unknown,
        })
    }

    /// Reads a packet of bytes: only messages are.
    pub fn decode_binary(bytes: &Bytes) -> Self {
        match bytes.first() {
            Some(&BINARY_MESSAGE) => Self::Binary(bytes.slice(1..)),
            _ => Self::Unknown,
        }
    }
}

/// Reads what follows the `b`. Padded base64 has a length that four divides, so it shows whether the
/// digit before it is there, also where the base64 itself begins with a `4`.
fn decode_base64(data: &str) -> Result<Packet<'static>, PacketError> {
    let decode = |base64| {
        LENIENT
            .decode(base64)
            .map(|bytes| Packet::Binary(bytes.into()))
    };
    if !data.is_empty() && data.len() % 4 == 0 {
        return Ok(decode(data).unwrap_or(Packet::Unknown));
    }
    match data.strip_prefix('4') {
        Some(data) => decode(data).map_err(|_| PacketError),
        None => Ok(Packet::Unknown),
    }
}

/// A packet in base64 that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PacketError;

impl fmt::Display for PacketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a binary packet whose base64 cannot be read")
    }
}

impl std::error::Error for PacketError {}

/// A packet as it is sent: one message of a socket, or one part of an HTTP body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A packet of bytes, with the byte that says its kind.
    Binary(Bytes),
    /// A packet of text, with the digit that says its kind.
    Text(String),
}

impl Frame {
    /// The end of the transport.
    pub fn close() -> Self {
        Self::Text("1".to_owned())
    }

    /// A heartbeat.
    pub fn ping() -> Self {
        Self::Text("2".to_owned())
    }

    /// The heartbeat that tries a socket before the connection moves to it.
    pub fn probe() -> Self {
        Self::Text("2probe".to_owned())
    }

    /// The answer to a heartbeat.
    pub fn pong(data: &str) -> Self {
        Self::Text(format!("3{data}"))
    }

    /// The connection moves to this socket.
    pub fn upgrade() -> Self {
        Self::Text("5".to_owned())
    }

    /// A message of text.
    pub fn message(text: &str) -> Self {
        Self::Text(format!("4{text}"))
    }

    /// A message of bytes.
    pub fn binary(bytes: &[u8]) -> Self {
        let mut packet = BytesMut::with_capacity(bytes.len() + 1);
        packet.put_u8(BINARY_MESSAGE);
        packet.put_slice(bytes);
        Self::Binary(packet.freeze())
    }

    /// How many bytes it has.
    pub fn len(&self) -> usize {
        match self {
            Self::Binary(bytes) => bytes.len(),
            Self::Text(text) => text.len(),
        }
    }

    /// Whether it has none, which no packet is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_packet_is_read() {
        for (text, packet) in [
            ("0{}", Packet::Open("{}")),
            ("1", Packet::Close),
            ("2", Packet::Ping("")),
            ("2hello", Packet::Ping("hello")),
            ("3probe", Packet::Pong("probe")),
            ("42[\"x\"]", Packet::Message("2[\"x\"]")),
            ("5", Packet::Upgrade),
            ("6", Packet::Noop),
            ("", Packet::Unknown),
            ("7", Packet::Unknown),
            ("ж", Packet::Unknown),
            ("b", Packet::Unknown),
            ("b1AA==", Packet::Unknown),
            ("b%%%%", Packet::Unknown),
        ] {
            assert_eq!(Packet::decode_text(text), Ok(packet), "{text}");
        }
    }

    #[test]
    fn bytes_come_raw_and_in_base64_however_padded() {
        let bytes = Bytes::from_static(&[4, 0, 255, 1]);
        let packet = Packet::Binary(Bytes::from_static(&[0, 255, 1]));
        assert_eq!(Packet::decode_binary(&bytes), packet);
        for (text, bytes) in [
            ("b4AP8B", &[0_u8, 255, 1][..]),
            ("b4/w==", &[255]),
            ("b4/w", &[255]),
            ("b4", &[]),
            // As socketioxide writes it by HTTP: without the digit of a message.
            ("bAP8=", &[0, 255]),
            ("b4AP8", &[224, 3, 252]),
        ] {
            let packet = Packet::Binary(Bytes::copy_from_slice(bytes));
            assert_eq!(Packet::decode_text(text), Ok(packet), "{text}");
        }
        assert_eq!(Packet::decode_text("b4%"), Err(PacketError));
        for bytes in [&[][..], &[0], b"42"] {
            let packet = Packet::decode_binary(&Bytes::copy_from_slice(bytes));
            assert_eq!(packet, Packet::Unknown);
        }
    }

    #[test]
    fn what_is_sent_is_written_as_the_recorded_clients_write_it() {
        for (frame, text) in [
            (Frame::close(), "1"),
            (Frame::ping(), "2"),
            (Frame::probe(), "2probe"),
            (Frame::pong("probe"), "3probe"),
            (Frame::message("1"), "41"),
            (Frame::upgrade(), "5"),
        ] {
            assert_eq!(frame, Frame::Text(text.to_owned()));
        }
        let frame = Frame::Binary(Bytes::from_static(&[4, 4, 0, 255]));
        assert_eq!(Frame::binary(&[4, 0, 255]), frame);
        assert_eq!(frame.len(), 4);
    }

    #[test]
    fn a_frame_knows_its_length() {
        assert_eq!((Frame::ping().len(), Frame::ping().is_empty()), (1, false));
        assert!(Frame::Text(String::new()).is_empty());
        let error = Packet::decode_text("b4?").unwrap_err();
        let words = "a binary packet whose base64 cannot be read";
        assert_eq!(error.to_string(), words);
    }
}
