//! The client's side of a WebSocket in memory. It keeps the contract of [`WebSocket`], but frames,
//! masks and limits there are none.
//!
//! [`WebSocket`]: crate::WebSocket

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures_core::Stream;
use futures_sink::Sink;

use crate::{
    error::{Error, ErrorKind, Reached},
    testing::{peer::Peer, watched::Watched},
    websocket::{Incoming, Message},
};

/// So many messages may wait for a peer that does not read, before the sink makes its user wait.
const WRITE_MARK: usize = 64;

/// What both sides of a WebSocket in memory share.
#[derive(Debug, Default)]
pub(super) struct Wire {
    /// On its way to the client; `None` ends the stream.
    pub(super) to_client: VecDeque<Option<Result<Incoming, Error>>>,
    /// What the client has flushed, batch by batch.
    pub(super) to_peer: VecDeque<VecDeque<Message>>,
    pub(super) peer_is_deaf: bool,
    pub(super) is_ended: bool,
    /// The client has dropped its side.
    pub(super) client_is_gone: bool,
    /// The connection is broken: nothing can be written.
    pub(super) is_broken: bool,
}

impl Wire {
    /// Ends the stream once what is on its way has come.
    pub(super) fn end(&mut self) {
        if !self.is_ended {
            self.is_ended = true;
            self.to_client.push_back(None);
        }
    }
}

/// The client's side.
#[derive(Debug)]
pub(super) struct MemorySocket {
    wire: Arc<Watched<Wire>>,
    /// What waits to be flushed.
    batch: VecDeque<Message>,
    /// A close frame went in one of the directions.
    is_closing: bool,
    is_ended: bool,
}

impl MemorySocket {
    pub(super) fn open() -> (Self, Peer) {
        let wire = Arc::new(Watched::default());
        let peer = Peer::new(Arc::clone(&wire));
        let socket = Self {
            wire,
            batch: VecDeque::new(),
            is_closing: false,
            is_ended: false,
        };
        (socket, peer)
    }

    fn poll_write_out(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if self.batch.is_empty() {
            return Poll::Ready(Ok(()));
        }
        let batch = &mut self.batch;
        let written = self.wire.poll(context, |wire| {
            if wire.is_broken {
                let context = "writing to a WebSocket";
                Poll::Ready(Err(Error::new(ErrorKind::Lost, Reached::Unknown, context)))
            } else if wire.peer_is_deaf {
                Poll::Pending
            } else {
                wire.to_peer.push_back(std::mem::take(batch));
                Poll::Ready(Ok(()))
            }
        });
        if let Poll::Ready(Ok(())) = written {
            self.wire.change(answer_close);
        }
        written
    }
}

/// A peer that reads answers a close frame at once, where it has not closed itself.
fn answer_close(wire: &mut Wire) {
    let last = wire.to_peer.back().and_then(VecDeque::back);
    if let Some(Message::Close(frame)) = last {
        if !wire.is_ended {
            let answer = Incoming::Message(Message::Close(frame.clone()));
            wire.to_client.push_back(Some(Ok(answer)));
            wire.end();
        }
    }
}

impl Stream for MemorySocket {
    type Item = Result<Incoming, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.is_ended {
            return Poll::Ready(None);
        }
        // Whether it could be written or not is told by the sink.
        let _ = self.poll_write_out(context);
        let next = self.wire.poll(context, |wire| {
            wire.to_client
                .pop_front()
                .map_or(Poll::Pending, Poll::Ready)
        });
        match &next {
            Poll::Ready(Some(Ok(Incoming::Message(Message::Close(frame))))) if !self.is_closing => {
                self.is_closing = true;
                self.batch.push_back(Message::Close(frame.clone()));
                let _ = self.poll_write_out(context);
            }
            Poll::Ready(Some(Err(_))) => self.is_closing = true,
            Poll::Ready(None) => self.is_ended = true,
            _ => {}
        }
        next
    }
}

impl Sink<Message> for MemorySocket {
    type Error = Error;

    fn poll_ready(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if self.is_closing || self.is_ended {
            let context = "writing to a WebSocket";
            return Poll::Ready(Err(Error::new(ErrorKind::Closed, Reached::No, context)));
        }
        if self.batch.len() < WRITE_MARK {
            return Poll::Ready(Ok(()));
        }
        self.poll_write_out(context)
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Error> {
        if self.is_closing || self.is_ended {
            let context = "writing to a WebSocket";
            return Err(Error::new(ErrorKind::Closed, Reached::No, context));
        }
        self.is_closing = matches!(message, Message::Close(_));
        self.batch.push_back(message);
        Ok(())
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.poll_write_out(context)
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.poll_write_out(context)
    }
}

impl Drop for MemorySocket {
    fn drop(&mut self) {
        self.wire.change(|wire| wire.client_is_gone = true);
    }
}
