//! WebSockets: connecting, and the messages that come and go.

mod limits;
#[cfg(any(feature = "ws-fastwebsockets", feature = "ws-tokio-websockets"))]
pub(crate) mod rules;

use std::{fmt, ops::Deref};

use async_trait::async_trait;
use bytes::Bytes;
use futures_core::Stream;
use futures_sink::Sink;
use http::Request;

pub use self::limits::WebSocketLimits;
use crate::error::Error;

/// Opens WebSockets.
#[async_trait]
pub trait WebSocketConnector: fmt::Debug + Send + Sync + 'static {
    /// Connects to the request's URI (`ws`, `wss`, or `http`, `https` meaning the same) with the
    /// request's headers. The connector adds the headers of the handshake itself and checks the
    /// answer; `Sec-WebSocket-Protocol` is the caller's to set.
    ///
    /// # Errors
    ///
    /// Every [`ErrorKind`](crate::ErrorKind) but `Closed`. An answer other than 101 is
    /// [`Refused`](crate::ErrorKind::Refused), with the answer in
    /// [`Error::refusal`](crate::Error::refusal).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the attempt and closes what was open.
    async fn connect(&self, request: Request<()>) -> Result<Box<dyn WebSocket>, Error>;
}

/// An open WebSocket: a stream of what comes, a sink for what goes.
///
/// - Every received frame is looked at once and every message is whole; pings are answered.
/// - The stream is cancel safe: nothing is lost when a pending `next` is dropped.
/// - A peer's close frame comes as [`Message::Close`] and is answered; then the stream ends. A
///   connection that ends without one gives an error ([`Lost`](crate::ErrorKind::Lost)) first.
/// - What is sent together leaves together: a batch is flushed when the sink is flushed.
/// - Sending [`Message::Close`] starts the closing handshake; nothing can be sent after it. The
///   stream ends when the peer has answered, has hung up, or has not answered in time. A code that
///   no endpoint may send (RFC 6455, 7.4) is an error
///   ([`InvalidRequest`](crate::ErrorKind::InvalidRequest)), and nothing is sent.
/// - Stream and sink may be polled by two tasks; neither takes the other's wake-up.
/// - Dropping it closes the connection.
pub trait WebSocket:
    Stream<Item = Result<Incoming, Error>> + Sink<Message, Error = Error> + fmt::Debug + Send + Unpin
{
}

impl<T> WebSocket for T where
    T: Stream<Item = Result<Incoming, Error>>
        + Sink<Message, Error = Error>
        + fmt::Debug
        + Send
        + Unpin
{
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Incoming {
    /// A whole message.
    Message(Message),
    /// A sign of life, at most once a second: a control frame came, or bytes of a message that is
    /// not whole yet. A message of two megabytes that drips in for forty seconds is not silence.
    Progress,
}

/// A whole message.
///
/// `Debug` shows lengths, never contents.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Message {
    /// Bytes.
    Binary(Bytes),
    /// The end: `None` for an empty close frame.
    Close(Option<CloseFrame>),
    /// Text.
    Text(Utf8Bytes),
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Binary(bytes) => write!(f, "Binary({} bytes)", bytes.len()),
            Self::Close(frame) => f.debug_tuple("Close").field(frame).finish(),
            Self::Text(text) => write!(f, "Text({} bytes)", text.as_bytes().len()),
        }
    }
}

/// Code and reason of a close frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseFrame {
    /// The code.
    pub code: u16,
    /// The reason; what goes beyond 123 bytes is cut off when it is sent.
    pub reason: String,
}

/// Bytes that are known to be UTF-8. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Utf8Bytes(Bytes);

impl Utf8Bytes {
    /// Checks `bytes`.
    ///
    /// # Errors
    ///
    /// When they are not UTF-8.
    pub fn new(bytes: Bytes) -> Result<Self, std::str::Utf8Error> {
        match simdutf8::basic::from_utf8(&bytes) {
            Ok(_) => Ok(Self(bytes)),
            // The standard check is slower, but its error says where.
            Err(_) => std::str::from_utf8(&bytes).map(|_| Self(bytes.clone())),
        }
    }

    /// The text. Looking at it checks the bytes once more, at some forty nanoseconds a kilobyte:
    /// the price of having no `unsafe` here.
    pub fn as_str(&self) -> &str {
        simdutf8::basic::from_utf8(&self.0).expect("checked at construction")
    }

    /// The bytes of the text, without looking at them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes of the text, without copying them.
    pub fn into_bytes(self) -> Bytes {
        self.0
    }
}

impl Deref for Utf8Bytes {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl From<String> for Utf8Bytes {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<&'static str> for Utf8Bytes {
    fn from(text: &'static str) -> Self {
        Self(Bytes::from_static(text.as_bytes()))
    }
}

impl fmt::Debug for Utf8Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Utf8Bytes({} bytes)", self.0.len())
    }
}
