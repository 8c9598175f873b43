//! An open WebSocket as a stream and a sink.

use std::{
    fmt,
    future::Future,
    io,
    pin::{Pin, pin},
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use futures_core::Stream;
use futures_sink::Sink;
use tokio::{
    io::{AsyncReadExt, AsyncWrite},
    time::Sleep,
};

use crate::{
    error::{Error, ErrorKind, Reached},
    fast_websocket::{
        connector::WebSocketLimits,
        header::Violation,
        reader::{Reader, Received, Unreadable},
        writer::Writer,
    },
    upgrade::Upgraded,
    websocket::{Incoming, Message},
};

/// Signs of life are passed on no more often.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);
/// How long a peer may take to answer our close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// The [`WebSocket`](crate::WebSocket). Reading and writing share no lock and no task: a pending
/// read holds nothing back but its own waker.
pub(super) struct Socket {
    stream: Box<dyn Upgraded>,
    reader: Reader,
    writer: Writer,
    limits: WebSocketLimits,
    state: State,
    last_progress: Option<Instant>,
}

enum State {
    /// Nothing follows.
    Ended,
    /// Nothing more is read; the error is to be given.
    Failing(Option<Error>),
    Open,
    /// The peer has closed: nothing more is read, its close frame is to be answered.
    PeerClosed,
    /// This side has sent a close frame and waits for the peer's.
    WeClosed(Pin<Box<Sleep>>),
}

impl Socket {
    pub(super) fn new(stream: Box<dyn Upgraded>, limits: WebSocketLimits) -> Self {
        Self {
            stream,
            reader: Reader::new(limits.max_message),
            writer: Writer::default(),
            limits,
            state: State::Open,
            last_progress: None,
        }
    }

    /// Gives what is to be given, or says that more must come.
    fn take(&mut self) -> Option<Result<Incoming, Error>> {
        loop {
            match self.reader.next() {
                Ok(None) => return None,
                Ok(Some(Received::Message(message))) => {
                    return Some(Ok(Incoming::Message(message)));
                }
                Ok(Some(Received::Close(frame))) => {
                    if !matches!(self.state, State::WeClosed(_)) {
                        self.answer_close(frame.as_ref().map(|frame| frame.code));
                    }
                    self.state = State::PeerClosed;
                    return Some(Ok(Incoming::Message(Message::Close(frame))));
                }
                Ok(Some(Received::Ping(body))) => {
                    if matches!(self.state, State::Open) {
                        self.writer.pong(&body);
                    }
                    if self.may_show_progress() {
                        return Some(Ok(Incoming::Progress));
                    }
                }
                Ok(Some(Received::Pong)) => {
                    if self.may_show_progress() {
                        return Some(Ok(Incoming::Progress));
                    }
                }
                Err(unreadable) => {
                    self.fail(unreadable);
                    return None;
                }
            }
        }
    }

    /// The same code goes back, where a peer may send it.
    fn answer_close(&mut self, code: Option<u16>) {
        match code {
            None => self.writer.message(&Message::Close(None)),
            Some(code @ (1000..=1003 | 1007..=1014 | 3000..=4999)) => self.writer.close(code, ""),
            Some(_) => self.writer.close(1002, ""),
        }
    }

    fn fail(&mut self, unreadable: Unreadable) {
        let context = "reading from a WebSocket";
        let (code, error) = match unreadable {
            Unreadable::TooLarge => {
                let context = format!(
                    "reading a WebSocket message of more than {} bytes",
                    self.limits.max_message
                );
                (1009, Error::new(ErrorKind::TooLarge, Reached::Yes, context))
            }
            Unreadable::Violation(violation) => {
                let code = if violation == Violation::Utf8 {
                    1007
                } else {
                    1002
                };
                let error = Error::new(ErrorKind::Protocol, Reached::Yes, context);
                (code, error.with_source(violation))
            }
        };
        self.writer.close(code, "");
        self.state = State::Failing(Some(error));
    }

    fn may_show_progress(&mut self) -> bool {
        let now = Instant::now();
        let due = self
            .last_progress
            .is_none_or(|last| now - last >= PROGRESS_INTERVAL);
        if due {
            self.last_progress = Some(now);
        }
        due
    }

    /// The connection is at its end, without a close frame of the peer.
    fn lose(&mut self, error: Option<io::Error>) -> Error {
        self.state = State::Ended;
        let lost = Error::new(ErrorKind::Lost, Reached::Yes, "reading from a WebSocket");
        match error {
            Some(error) => lost.with_source(error),
            None => lost.with_source(io::Error::from(io::ErrorKind::UnexpectedEof)),
        }
    }

    fn check_open(&self) -> Result<(), Error> {
        match self.state {
            State::Open => Ok(()),
            _ => Err(Error::new(
                ErrorKind::Closed,
                Reached::No,
                "writing to a WebSocket",
            )),
        }
    }

    fn poll_write_out(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.writer
            .poll_flush(&mut self.stream, context)
            .map_err(|error| {
                Error::new(ErrorKind::Lost, Reached::Unknown, "writing to a WebSocket")
                    .with_source(error)
            })
    }
}

impl Stream for Socket {
    type Item = Result<Incoming, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let socket = &mut *self;
        loop {
            match &mut socket.state {
                State::Ended => return Poll::Ready(None),
                State::PeerClosed | State::Failing(_) => {
                    // Written or not: there is nothing to do about it any more.
                    let _ = socket.poll_write_out(context);
                    let before = std::mem::replace(&mut socket.state, State::Ended);
                    let State::Failing(Some(error)) = before else {
                        return Poll::Ready(None);
                    };
                    return Poll::Ready(Some(Err(error)));
                }
                State::WeClosed(deadline) => {
                    if deadline.as_mut().poll(context).is_ready() {
                        socket.state = State::Ended;
                        return Poll::Ready(None);
                    }
                }
                State::Open => {}
            }
            if let Some(item) = socket.take() {
                return Poll::Ready(Some(item));
            }
            if !matches!(socket.state, State::Open | State::WeClosed(_)) {
                continue;
            }
            // Pongs leave as soon as they can. Where the connection cannot be written to, reading
            // will tell.
            let _ = socket.poll_write_out(context);
            // The future of `read_buf` keeps nothing between polls, so a new one goes on where the
            // last one was dropped.
            let read = pin!(socket.stream.read_buf(socket.reader.room())).poll(context);
            match read {
                Poll::Pending => {
                    socket.reader.rest();
                    return Poll::Pending;
                }
                Poll::Ready(Ok(0)) => {
                    if matches!(socket.state, State::WeClosed(_)) {
                        socket.state = State::Ended;
                        return Poll::Ready(None);
                    }
                    return Poll::Ready(Some(Err(socket.lose(None))));
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Some(Err(socket.lose(Some(error))))),
                Poll::Ready(Ok(count)) => {
                    socket.reader.came(count);
                    if let Some(item) = socket.take() {
                        return Poll::Ready(Some(item));
                    }
                    if socket.reader.is_in_the_middle() && socket.may_show_progress() {
                        return Poll::Ready(Some(Ok(Incoming::Progress)));
                    }
                }
            }
        }
    }
}

impl Sink<Message> for Socket {
    type Error = Error;

    fn poll_ready(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.check_open()?;
        if self.writer.waiting() < self.limits.write_mark {
            return Poll::Ready(Ok(()));
        }
        self.poll_write_out(context)
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Error> {
        self.check_open()?;
        self.writer.message(&message);
        if matches!(message, Message::Close(_)) {
            self.state = State::WeClosed(Box::pin(tokio::time::sleep(CLOSE_TIMEOUT)));
        }
        Ok(())
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.poll_write_out(context)
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        ready!(self.poll_write_out(context))?;
        let shut = ready!(Pin::new(&mut self.stream).poll_shutdown(context));
        Poll::Ready(shut.map_err(|error| {
            Error::new(ErrorKind::Lost, Reached::Unknown, "closing a WebSocket").with_source(error)
        }))
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Ended => "ended",
            State::Failing(_) => "failing",
            State::Open => "open",
            State::PeerClosed => "closed by the peer",
            State::WeClosed(_) => "closed by us",
        };
        f.debug_struct("Socket")
            .field("state", &state)
            .finish_non_exhaustive()
    }
}
