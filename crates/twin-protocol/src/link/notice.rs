//! What is worth a line in a log: a machine cannot write one itself.

use crate::{
    id::SessionId,
    link::{ExchangeId, SocketId, TokenId},
};

/// Something that a machine noticed and dealt with. The driver turns it into a log line and a
/// counter; nothing else depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// An event asked for an acknowledgement and the user gave none in time; an empty one was sent.
    AckOverdue {
        /// The server's number of it.
        id: u64,
    },
    /// A publication that was delivered before came again and was dropped.
    DuplicateDropped {
        /// The channel.
        channel: String,
        /// Its offset.
        offset: u64,
    },
    /// The join of a session failed for a while and is tried again on the same connection.
    JoinRetried {
        /// The session.
        session: SessionId,
        /// Which try comes next, from 2.
        attempt: u32,
    },
    /// What came is not what the protocol allows, and was passed over; in words, without contents.
    PassedOver(&'static str),
    /// An acknowledgement came that nobody waits for, or was given too late; it was ignored.
    StaleAck {
        /// Its number.
        id: u64,
    },
    /// News of an HTTP exchange that is not waited for; it was ignored.
    StaleExchange(ExchangeId),
    /// A reply came to which no command is waiting; it was ignored.
    StaleReply {
        /// The id that it carries.
        id: u32,
    },
    /// News of a socket that is no longer the present one; it was ignored.
    StaleSocket(SocketId),
    /// A token came that is not waited for; it was ignored.
    StaleToken(TokenId),
    /// The documented subscribe to a channel was refused; the channel is live all the same.
    SubscribeRefused {
        /// The channel.
        channel: String,
        /// The server's error code.
        code: u32,
    },
    /// A push that means nothing here; it was ignored.
    UnknownPush {
        /// The channel; empty where it names none.
        channel: String,
    },
    /// The connection has moved from HTTP to a socket.
    Upgraded,
    /// The connection could not be moved from HTTP to a socket, and stays on HTTP; why.
    UpgradeFailed(String),
}
