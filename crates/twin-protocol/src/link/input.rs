//! What a driver tells a state machine.

use bytes::Bytes;

use crate::link::{Command, DialFailure, ExchangeId, SocketId, TokenId, TokenInput};

/// Something that happened, told to the machine in the order in which it happened.
///
/// The driver looks at the socket before it looks at the clock: what has been received is told
/// before [`Input::Elapsed`], so that an overdue timer never beats an answer that is already here.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Input {
    /// The user of the link asks for something.
    Command(Command),
    /// Time has passed: the machine acts on every deadline that is due.
    Elapsed,
    /// News of an HTTP exchange. News of any that is not waited for is ignored, with a notice.
    Exchange(ExchangeId, ExchangeInput),
    /// News of a socket. News of any but the present one is ignored, with a notice.
    Socket(SocketId, SocketInput),
    /// What came of a request for a token. News of any that is not waited for is ignored, with a
    /// notice.
    Token(TokenId, TokenInput),
}

/// News of one socket.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SocketInput {
    /// A whole binary message.
    Binary(Bytes),
    /// The peer sent a close frame. It is the last news of its socket.
    Closed(CloseFrame),
    /// The dial failed. It is the last news of its socket.
    DialFailed(DialFailure),
    /// The connection ended without a close frame, for the reason given in words. It is the last
    /// news of its socket.
    Lost(String),
    /// The dial succeeded: messages can be sent.
    Opened,
    /// Bytes of an unfinished message, or a control frame, came: a sign of life.
    Progress,
    /// A whole text message. The machine checks its UTF-8 itself.
    Text(Bytes),
    /// What came is not what the socket's protocol allows, or is more than may be kept; in words.
    /// It is the last news of its socket.
    Unreadable(String),
}

/// News of one HTTP exchange.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ExchangeInput {
    /// The whole answer. It is the last news of its exchange.
    Answered {
        /// The HTTP status. Redirects are not followed.
        status: u16,
        /// The body, with no encoding on it.
        body: Bytes,
    },
    /// There is no answer. It is the last news of its exchange.
    Failed(DialFailure),
    /// Bytes of an unfinished answer came: a sign of life.
    Progress,
    /// The answer is more than may be kept; in words. It is the last news of its exchange.
    Unreadable(String),
}

/// What a peer's close frame said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CloseFrame {
    /// The close code; `None` where the frame was empty.
    pub code: Option<u16>,
    /// The reason; empty where there was none.
    pub reason: String,
}
