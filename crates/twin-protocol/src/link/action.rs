//! What a state machine wants of the world.

use std::fmt;

use bytes::Bytes;

use crate::link::{ExchangeId, Query, SocketId, TokenId};

/// Something for the driver to do, in the order given.
///
/// A driver that cannot do it says so with an [`Input`](crate::link::Input); it never drops an
/// action silently.
///
/// The machine does not know the address, nor what opens it (a key, cookies): the driver adds them
/// to every dial and to every exchange.
/// `Debug` shows no contents: what is sent may hold tokens.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Give up an exchange that is not answered. No news of it is wanted any more.
    Abort(ExchangeId),
    /// Open a socket. The answer is `Opened` or `DialFailed` under this id.
    Dial(SocketId),
    /// The same, at the link's address with a query. The driver's own parameters come before those
    /// of the query.
    DialAt {
        /// Which socket.
        socket: SocketId,
        /// What is added to the address.
        query: Query,
    },
    /// Get a token for the connection. The answer comes under this id. The driver sets no time limit
    /// of its own; a later request takes the place of one that is under way.
    FetchToken(TokenId),
    /// Ask by an HTTP GET. The answer comes under this id. The driver sets no time limit of its
    /// own: the machine aborts what it no longer waits for, and only then may the request be
    /// dropped.
    Get {
        /// Which exchange.
        exchange: ExchangeId,
        /// What is added to the address.
        query: Query,
    },
    /// Close the socket, whatever it is doing, a dial too. No news of it is wanted any more.
    HangUp {
        /// Which socket.
        socket: SocketId,
        /// The code of the close frame, where the socket is open.
        code: u16,
    },
    /// Tell by an HTTP POST. The answer comes under this id. It is sent once; nothing repeats it.
    /// After the link is closed the driver lets one that is under way finish, for a short time.
    Post {
        /// Which exchange.
        exchange: ExchangeId,
        /// What is added to the address.
        query: Query,
        /// The value of `Content-Type`, exactly.
        content_type: &'static str,
        /// The body.
        body: Bytes,
    },
    /// Send one text message. Messages of one socket, text or binary, are sent in the order given.
    Send(SocketId, String),
    /// Send one binary message.
    SendBinary(SocketId, Bytes),
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Abort(exchange) => write!(f, "Abort({exchange:?})"),
            Self::Dial(socket) => write!(f, "Dial({socket:?})"),
            Self::DialAt { socket, query } => write!(f, "DialAt({socket:?}, {query:?})"),
            Self::FetchToken(token) => write!(f, "FetchToken({token:?})"),
            Self::Get { exchange, query } => write!(f, "Get({exchange:?}, {query:?})"),
            Self::HangUp { socket, code } => write!(f, "HangUp({socket:?}, {code})"),
            Self::Post {
                exchange,
                query,
                body,
                ..
            } => write!(f, "Post({exchange:?}, {query:?}, {} bytes)", body.len()),
            Self::Send(socket, text) => write!(f, "Send({socket:?}, {} bytes)", text.len()),
            Self::SendBinary(socket, bytes) => {
                write!(f, "SendBinary({socket:?}, {} bytes)", bytes.len())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_not_shown() {
        let action = Action::Send(SocketId::FIRST, "swordfish".into());
        assert_eq!(format!("{action:?}"), "Send(SocketId(1), 9 bytes)");
    }
}
