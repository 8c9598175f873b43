//! An open WebSocket of tokio-websockets, as a stream and a sink in our words.

use std::{
    fmt,
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_core::Stream;
use futures_sink::Sink;
use tokio::time::Sleep;
use tokio_websockets::{
    ClientBuilder, CloseCode, Config, Error as WireError, Limits, Message as WireMessage,
    WebSocketStream,
};

use crate::{
    error::{Error, ErrorKind, Reached},
    tokio_websocket::counted::Counted,
    upgrade::Upgraded,
    websocket::{
        CloseFrame, Incoming, Message, Utf8Bytes, WebSocketLimits,
        rules::{self, CLOSE_TIMEOUT, SignOfLife},
    },
};

/// The [`WebSocket`](crate::WebSocket).
pub(super) struct Socket {
    stream: WebSocketStream<Counted>,
    limits: WebSocketLimits,
    state: State,
    sign_of_life: SignOfLife,
    /// How many bytes had been read when this was last looked at.
    read: u64,
}

enum State {
    /// Nothing follows.
    Ended,
    Open,
    /// The peer has closed, or has broken the protocol: nothing more is read, and what remains to
    /// be written is a close frame.
    PeerClosed,
    /// This side has sent a close frame and waits for the peer's.
    WeClosed(Pin<Box<Sleep>>),
}

impl Socket {
    pub(super) fn new(stream: Box<dyn Upgraded>, limits: WebSocketLimits) -> Self {
        let builder = ClientBuilder::new()
            .limits(Limits::default().max_payload_len(Some(limits.max_message)))
            .config(
                Config::default()
                    // One message is one frame; some servers know no fragments.
                    .frame_size(usize::MAX)
                    .flush_threshold(limits.write_mark),
            );
        Self {
            stream: builder.take_over(Counted::new(stream)),
            limits,
            state: State::Open,
            sign_of_life: SignOfLife::default(),
            read: 0,
        }
    }

    /// What came, in our words; `None` where it says nothing.
    fn take(&mut self, message: WireMessage) -> Option<Incoming> {
        if message.is_ping() || message.is_pong() {
            return self.sign_of_life.is_due().then_some(Incoming::Progress);
        }
        let message = if let Some((code, reason)) = message.as_close() {
            self.state = State::PeerClosed;
            let frame = (code != CloseCode::NO_STATUS_RECEIVED).then(|| CloseFrame {
                code: code.into(),
                reason: reason.to_owned(),
            });
            Message::Close(frame)
        } else if message.is_text() {
            let bytes = Bytes::from(message.into_payload());
            // They were checked below, where the type cannot say so.
            Message::Text(Utf8Bytes::new(bytes).ok()?)
        } else {
            Message::Binary(message.into_payload().into())
        };
        Some(Incoming::Message(message))
    }

    /// Why nothing more can be read. After our own close frame a connection that ends is no news.
    fn fail(&mut self, error: WireError) -> Option<Error> {
        let before = std::mem::replace(&mut self.state, State::Ended);
        match error {
            WireError::Io(_) if matches!(before, State::WeClosed(_)) => None,
            WireError::Io(error) => Some(rules::unreadable(error)),
            WireError::PayloadTooLong { .. } => {
                self.state = State::PeerClosed;
                // It says so itself where one frame is too long, but not where fragments are.
                let why = WireMessage::close(Some(CloseCode::MESSAGE_TOO_BIG), "");
                let _ = Pin::new(&mut self.stream).start_send(why);
                let limit = self.limits.max_message;
                let context = format!("reading a WebSocket message of more than {limit} bytes");
                Some(Error::new(ErrorKind::TooLarge, Reached::Yes, context))
            }
            error => {
                self.state = State::PeerClosed;
                let context = "reading from a WebSocket";
                let broken = Error::new(ErrorKind::Protocol, Reached::Yes, context);
                Some(broken.with_source(error))
            }
        }
    }

    fn check_open(&self) -> Result<(), Error> {
        match self.state {
            State::Open => Ok(()),
            _ => Err(rules::closed()),
        }
    }
}

impl Stream for Socket {
    type Item = Result<Incoming, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let socket = &mut *self;
        loop {
            match &mut socket.state {
                State::Ended => return Poll::Ready(None),
                State::PeerClosed => {
                    // Written or not: there is nothing to do about it any more.
                    let _ = Pin::new(&mut socket.stream).poll_flush(context);
                    socket.state = State::Ended;
                    return Poll::Ready(None);
                }
                State::WeClosed(deadline) => {
                    if deadline.as_mut().poll(context).is_ready() {
                        socket.state = State::Ended;
                        return Poll::Ready(None);
                    }
                }
                State::Open => {}
            }
            match Pin::new(&mut socket.stream).poll_next(context) {
                Poll::Ready(Some(Ok(message))) => {
                    socket.read = socket.stream.get_ref().read();
                    if let Some(incoming) = socket.take(message) {
                        return Poll::Ready(Some(Ok(incoming)));
                    }
                }
                Poll::Ready(Some(Err(error))) => {
                    let error = socket.fail(error);
                    if matches!(socket.state, State::PeerClosed) {
                        // The close frame that says why.
                        let _ = Pin::new(&mut socket.stream).poll_flush(context);
                        socket.state = State::Ended;
                    }
                    return Poll::Ready(error.map(Err));
                }
                Poll::Ready(None) => {
                    let end = io::Error::from(io::ErrorKind::UnexpectedEof);
                    return Poll::Ready(socket.fail(WireError::Io(end)).map(Err));
                }
                Poll::Pending => {
                    let read = socket.stream.get_ref().read();
                    if read > std::mem::replace(&mut socket.read, read)
                        && socket.sign_of_life.is_due()
                    {
                        return Poll::Ready(Some(Ok(Incoming::Progress)));
                    }
                    return Poll::Pending;
                }
            }
        }
    }
}

impl Sink<Message> for Socket {
    type Error = Error;

    fn poll_ready(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.check_open()?;
        Pin::new(&mut self.stream)
            .poll_ready(context)
            .map_err(writing)
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Error> {
        self.check_open()?;
        rules::check(&message)?;
        let wire = match message {
            Message::Binary(bytes) => WireMessage::binary(bytes),
            Message::Close(frame) => {
                self.state = State::WeClosed(Box::pin(tokio::time::sleep(CLOSE_TIMEOUT)));
                close(frame)
            }
            Message::Text(text) => WireMessage::text(text.into_bytes()),
        };
        Pin::new(&mut self.stream).start_send(wire).map_err(writing)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.stream)
            .poll_flush(context)
            .map_err(writing)
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        use tokio::io::AsyncWrite as _;

        ready!(self.as_mut().poll_flush(context))?;
        // Not `poll_close` of the stream below, which would read, and so lose, what still comes.
        let shut = ready!(Pin::new(self.stream.get_mut()).poll_shutdown(context));
        Poll::Ready(shut.map_err(rules::unwritable))
    }
}

/// A close frame. What may not be sent was refused before, and a reason that is too long is cut.
fn close(frame: Option<CloseFrame>) -> WireMessage {
    let code = frame
        .as_ref()
        .and_then(|frame| CloseCode::try_from(frame.code).ok());
    let reason = frame.as_ref().map_or("", |frame| rules::cut(&frame.reason));
    WireMessage::close(code, reason)
}

fn writing(error: WireError) -> Error {
    match error {
        WireError::AlreadyClosed => rules::closed(),
        WireError::Io(error) => rules::unwritable(error),
        error => {
            let context = "writing to a WebSocket";
            Error::new(ErrorKind::Lost, Reached::Unknown, context).with_source(error)
        }
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Ended => "ended",
            State::Open => "open",
            State::PeerClosed => "closed by the peer",
            State::WeClosed(_) => "closed by us",
        };
        f.debug_struct("Socket")
            .field("state", &state)
            .finish_non_exhaustive()
    }
}
