//! The socket of a link, from its dial to the end of its closing handshake. One at a time.

use std::{
    collections::VecDeque,
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_core::Stream;
use futures_sink::Sink;
use twin_protocol::link::{self, SocketId, SocketInput};
use twin_transport::{BoxFuture, CloseFrame, ErrorKind, Incoming, Message, WebSocket};

use crate::{
    client::Shared,
    error::with_causes,
    live::dial::{self, Call, Dialing},
};

/// How long a closing handshake may take: no longer than the shortest pause before the next dial.
pub(super) const CLOSING: Duration = Duration::from_millis(500);

/// How many messages may wait to be written. A peer that takes so few is dead.
const OUTGOING: usize = 4096;

/// The socket of a link.
#[derive(Default)]
pub(super) struct Connection {
    socket: Socket,
}

#[derive(Default)]
enum Socket {
    /// Being closed. What comes is of no interest any more.
    Closing {
        open: Open,
        until: BoxFuture<'static, ()>,
        /// What is dialled once it is closed.
        then: Option<Box<(SocketId, Call)>>,
    },
    Dialing(SocketId, Dialing),
    #[default]
    None,
    Open(SocketId, Open),
}

/// A socket, and what waits to be written to it.
struct Open {
    web_socket: Box<dyn WebSocket>,
    outgoing: VecDeque<Message>,
    unflushed: bool,
    /// Writing has failed. What the peer has said before is read first.
    failed: Option<String>,
}

impl Connection {
    /// Opens a socket, once the one before is closed.
    pub(super) fn dial(&mut self, shared: &Shared, id: SocketId, call: Call) {
        match &mut self.socket {
            Socket::Closing { then, .. } => *then = Some(Box::new((id, call))),
            socket => *socket = Socket::Dialing(id, dial::begin(shared, call)),
        }
    }

    /// Sends a message over the socket.
    pub(super) fn send(&mut self, id: SocketId, message: Message) {
        if let Socket::Open(present, open) = &mut self.socket {
            if *present == id {
                open.outgoing.push_back(message);
            }
        }
    }

    /// Closes the socket, or forgets its dial.
    pub(super) fn hang_up(&mut self, shared: &Shared, id: SocketId, code: u16) {
        match std::mem::take(&mut self.socket) {
            Socket::Closing { open, until, then } => {
                let then = then.filter(|then| then.0 != id);
                self.socket = Socket::Closing { open, until, then };
            }
            Socket::Open(present, mut open) if present == id => {
                let reason = String::new();
                open.outgoing
                    .push_back(Message::Close(Some(CloseFrame { code, reason })));
                self.close(shared, open);
            }
            Socket::Dialing(present, _) if present == id => {}
            other => self.socket = other,
        }
    }

    /// Whether there is no socket at all, not even one that is being closed.
    pub(super) fn is_none(&self) -> bool {
        matches!(self.socket, Socket::None)
    }

    /// Whether a socket is open.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.socket, Socket::Open(..))
    }

    /// The next news of the socket. It writes what waits all the while; it reads what comes only
    /// where `reading` says so.
    pub(super) fn poll_news(
        &mut self,
        context: &mut Context<'_>,
        shared: &Shared,
        reading: bool,
    ) -> Poll<(SocketId, SocketInput)> {
        if ready!(self.poll_closed(context)) {
            let closed = std::mem::take(&mut self.socket);
            if let Socket::Closing {
                then: Some(then), ..
            } = closed
            {
                let (id, call) = *then;
                self.socket = Socket::Dialing(id, dial::begin(shared, call));
            }
        }
        match &mut self.socket {
            Socket::Closing { .. } | Socket::None => Poll::Pending,
            Socket::Dialing(id, dialing) => {
                let id = *id;
                let (socket, news) = match ready!(dialing.as_mut().poll(context)) {
                    Ok(web_socket) => {
                        (Socket::Open(id, Open::new(web_socket)), SocketInput::Opened)
                    }
                    Err(error) => (Socket::None, SocketInput::DialFailed(dial::failure(&error))),
                };
                self.socket = socket;
                Poll::Ready((id, news))
            }
            Socket::Open(id, open) => {
                let id = *id;
                let news = ready!(open.poll(context, reading));
                match (&news, std::mem::take(&mut self.socket)) {
                    // The peer's close frame still is to be answered.
                    (SocketInput::Closed(_), Socket::Open(_, open)) => self.close(shared, open),
                    (SocketInput::Lost(_), _) => {}
                    (_, socket) => self.socket = socket,
                }
                Poll::Ready((id, news))
            }
        }
    }

    /// Ready once nothing is being closed; says whether something was.
    pub(super) fn poll_closed(&mut self, context: &mut Context<'_>) -> Poll<bool> {
        let Socket::Closing { open, until, .. } = &mut self.socket else {
            return Poll::Ready(false);
        };
        if until.as_mut().poll(context).is_ready() {
            return Poll::Ready(true);
        }
        open.poll_closed(context).map(|()| true)
    }

    fn close(&mut self, shared: &Shared, open: Open) {
        let until = shared.runtime.sleep(CLOSING);
        self.socket = Socket::Closing {
            open,
            until,
            then: None,
        };
    }
}

impl Open {
    fn new(web_socket: Box<dyn WebSocket>) -> Self {
        Self {
            web_socket,
            outgoing: VecDeque::new(),
            unflushed: false,
            failed: None,
        }
    }

    fn poll(&mut self, context: &mut Context<'_>, reading: bool) -> Poll<SocketInput> {
        self.write(context);
        if !reading {
            return Poll::Pending;
        }
        match Pin::new(&mut self.web_socket).poll_next(context) {
            Poll::Ready(Some(Ok(incoming))) => Poll::Ready(match incoming {
                Incoming::Message(Message::Binary(bytes)) => SocketInput::Binary(bytes),
                Incoming::Message(Message::Close(frame)) => SocketInput::Closed(said(frame)),
                Incoming::Message(Message::Text(text)) => SocketInput::Text(text.into_bytes()),
                // Whatever else there will be is a sign of life.
                _ => SocketInput::Progress,
            }),
            Poll::Ready(Some(Err(error))) => {
                let text = with_causes(&error);
                Poll::Ready(match error.kind() {
                    ErrorKind::Protocol | ErrorKind::TooLarge => SocketInput::Unreadable(text),
                    _ => SocketInput::Lost(text),
                })
            }
            Poll::Ready(None) => Poll::Ready(SocketInput::Lost(
                "the connection ended without a word".into(),
            )),
            Poll::Pending => match self.failed.take() {
                Some(text) => Poll::Ready(SocketInput::Lost(text)),
                None => Poll::Pending,
            },
        }
    }

    /// Writes as much as can be written now.
    fn write(&mut self, context: &mut Context<'_>) {
        if self.failed.is_some() {
            return;
        }
        if let Poll::Ready(Err(error)) = self.poll_flush(context) {
            self.failed = Some(with_causes(&error));
            self.outgoing.clear();
        } else if self.outgoing.len() > OUTGOING {
            self.failed = Some("the peer takes nothing".into());
        }
    }

    fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<Result<(), twin_transport::Error>> {
        while !self.outgoing.is_empty() {
            ready!(Pin::new(&mut self.web_socket).poll_ready(context))?;
            if let Some(message) = self.outgoing.pop_front() {
                Pin::new(&mut self.web_socket).start_send(message)?;
                self.unflushed = true;
            }
        }
        if self.unflushed {
            ready!(Pin::new(&mut self.web_socket).poll_flush(context))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Ready once the peer has said goodbye too, or cannot.
    fn poll_closed(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.write(context);
        loop {
            match ready!(Pin::new(&mut self.web_socket).poll_next(context)) {
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Poll::Ready(()),
            }
        }
    }
}

fn said(frame: Option<CloseFrame>) -> link::CloseFrame {
    frame.map_or_else(link::CloseFrame::default, |frame| link::CloseFrame {
        code: Some(frame.code),
        reason: frame.reason,
    })
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.socket {
            Socket::Closing { .. } => "Connection(closing)",
            Socket::Dialing(..) => "Connection(dialing)",
            Socket::None => "Connection(none)",
            Socket::Open(..) => "Connection(open)",
        })
    }
}
