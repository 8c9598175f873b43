//! An open WebSocket as a stream and a sink.

use std::{
    fmt,
    future::Future,
    io,
    pin::{Pin, pin},
    task::{Context, Poll, ready},
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
        flushing::Flushing,
        header::Violation,
        reader::{Reader, Received, Unreadable},
        writer::Writer,
    },
    upgrade::Upgraded,
    websocket::{
        Incoming, Message, WebSocketLimits,
        rules::{self, CLOSE_TIMEOUT, SignOfLife},
    },
};

/// The [`WebSocket`](crate::WebSocket). Reading and writing share no lock and no task: a pending
/// read holds nothing back but its own waker.
pub(super) struct Socket {
    stream: Box<dyn Upgraded>,
    reader: Reader,
    writer: Writer,
    limits: WebSocketLimits,
    state: State,
    sign_of_life: SignOfLife,
    flushing: Flushing,
    /// Whether messages were given of a read that brought much.
    has_given: bool,
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
            sign_of_life: SignOfLife::default(),
            flushing: Flushing::default(),
            has_given: false,
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
                    if self.sign_of_life.is_due() {
                        return Some(Ok(Incoming::Progress));
                    }
                }
                Ok(Some(Received::Pong)) => {
                    if self.sign_of_life.is_due() {
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
            Some(code) if rules::may_be_sent(code) => self.writer.close(code, ""),
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
        // There is one close frame in each direction, and ours may have gone already.
        if matches!(self.state, State::Open) {
            self.writer.close(code, "");
        }
        self.state = State::Failing(Some(error));
    }

    /// The connection is at its end, without a close frame of the peer. After our own close frame
    /// that is no news: many peers just hang up.
    fn lose(&mut self, error: io::Error) -> Option<Error> {
        match std::mem::replace(&mut self.state, State::Ended) {
            State::WeClosed(_) => None,
            _ => Some(rules::unreadable(error)),
        }
    }

    fn check_open(&self) -> Result<(), Error> {
        match self.state {
            State::Open => Ok(()),
            _ => Err(rules::closed()),
        }
    }

    fn poll_write_out(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.writer
            .poll_flush(&mut self.stream, context)
            .map_err(rules::unwritable)
    }

    /// The same for who reads, and so must not take the wake-up of who writes.
    fn poll_write_aside(&mut self, context: &mut Context<'_>) {
        // Where the connection cannot be written to, reading will tell.
        let _ = match self.flushing.with(context.waker()) {
            None => self.poll_write_out(context),
            Some(both) => self.poll_write_out(&mut Context::from_waker(&both)),
        };
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
                    socket.poll_write_aside(context);
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
                socket.has_given = socket.reader.has_read_much();
                return Poll::Ready(Some(item));
            }
            if !matches!(socket.state, State::Open | State::WeClosed(_)) {
                continue;
            }
            // Pongs leave as soon as they can.
            socket.poll_write_aside(context);
            // Where more is waiting already, whoever has the last messages may let go of them first:
            // then the same memory, still in the processor's cache, serves for the next read.
            if std::mem::take(&mut socket.has_given) {
                let _ = pin!(tokio::task::yield_now()).poll(context);
                return Poll::Pending;
            }
            // The future of `read_buf` keeps nothing between polls, so a new one goes on where the
            // last one was dropped.
            let read = pin!(socket.stream.read_buf(socket.reader.room())).poll(context);
            match read {
                Poll::Pending => {
                    socket.reader.rest();
                    return Poll::Pending;
                }
                Poll::Ready(Ok(0)) => {
                    let end = io::Error::from(io::ErrorKind::UnexpectedEof);
                    return Poll::Ready(socket.lose(end).map(Err));
                }
                Poll::Ready(Err(error)) => return Poll::Ready(socket.lose(error).map(Err)),
                Poll::Ready(Ok(count)) => {
                    socket.reader.came(count);
                    if let Some(item) = socket.take() {
                        socket.has_given = socket.reader.has_read_much();
                        return Poll::Ready(Some(item));
                    }
                    if socket.reader.is_in_the_middle() && socket.sign_of_life.is_due() {
                        return Poll::Ready(Some(Ok(Incoming::Progress)));
                    }
                }
            }
        }
    }
}

impl Sink<Message> for Socket {
    type Error = Error;

    fn poll_ready(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.check_open()?;
        if self.writer.waiting() < self.limits.write_mark {
            return Poll::Ready(Ok(()));
        }
        self.poll_flush(context)
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Error> {
        self.check_open()?;
        rules::check(&message)?;
        self.writer.message(&message);
        if matches!(message, Message::Close(_)) {
            self.state = State::WeClosed(Box::pin(tokio::time::sleep(CLOSE_TIMEOUT)));
        }
        Ok(())
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let flushed = self.poll_write_out(context);
        self.flushing.note(&flushed, context);
        flushed
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        ready!(self.as_mut().poll_flush(context))?;
        let shut = ready!(Pin::new(&mut self.stream).poll_shutdown(context));
        Poll::Ready(shut.map_err(rules::unwritable))
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
