//! Engine.IO packets as they wait to be sent, whatever will carry them.

use axum::extract::ws::Message;
use bytes::Bytes;

/// `1`: the other side ends the connection.
pub(super) const CLOSE: &str = "1";
/// `5`: the client goes over to the WebSocket.
pub(super) const UPGRADE: &str = "5";
/// `6`: nothing; it ends a poll.
pub(super) const NOOP: &str = "6";

/// A packet of Engine.IO.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Packet {
    /// A binary message, without its type.
    Binary(Bytes),
    /// Any other, with the digit of its type.
    Text(String),
}

impl Packet {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// What a WebSocket carries it in.
    pub(super) fn into_frame(self) -> Message {
        /// The type of a message, as a byte.
        const MESSAGE: u8 = 4;
        match self {
            Self::Binary(bytes) => {
                let mut frame = Vec::with_capacity(1 + bytes.len());
                frame.push(MESSAGE);
                frame.extend_from_slice(&bytes);
                Message::Binary(frame.into())
            }
            Self::Text(text) => Message::Text(text.into()),
        }
    }
}
