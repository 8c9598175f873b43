//! The server's side of a WebSocket in memory, in the hands of the test.

use std::sync::Arc;

use bytes::Bytes;

use crate::{
    error::{Error, ErrorKind, Reached},
    testing::{memory_socket::Wire, watched::Watched},
    websocket::{CloseFrame, Incoming, Message, Utf8Bytes},
};

/// The server that a client of [`MemoryConnector`](crate::testing::MemoryConnector) is connected to.
///
/// It reads whatever the client flushes and answers its close frame, unless it is told to
/// [`stop_reading`](Self::stop_reading). When dropped, the connection breaks.
#[derive(Debug)]
pub struct Peer {
    wire: Arc<Watched<Wire>>,
}

impl Peer {
    pub(super) const fn new(wire: Arc<Watched<Wire>>) -> Self {
        Self { wire }
    }

    /// Sends a text message.
    pub fn send_text(&self, text: impl Into<Utf8Bytes>) {
        self.send(Ok(Incoming::Message(Message::Text(text.into()))));
    }

    /// Sends a binary message.
    pub fn send_binary(&self, bytes: impl Into<Bytes>) {
        self.send(Ok(Incoming::Message(Message::Binary(bytes.into()))));
    }

    /// Sends a sign of life, as a ping or a part of a long message would be.
    pub fn send_progress(&self) {
        self.send(Ok(Incoming::Progress));
    }

    /// Sends a close frame with this code; the client's stream ends after it.
    pub fn close(&self, code: u16, reason: impl Into<String>) {
        let reason = reason.into();
        self.send_close(Some(CloseFrame { code, reason }));
    }

    /// Sends a close frame without a code; the client's stream ends after it.
    pub fn close_without_code(&self) {
        self.send_close(None);
    }

    /// Breaks the connection: after what was sent before, the client reads an error of kind
    /// [`Lost`](ErrorKind::Lost) and the end, and can write nothing more.
    pub fn lose(&self) {
        let context = "reading from a WebSocket";
        self.fail(Error::new(ErrorKind::Lost, Reached::Yes, context));
    }

    /// The same with this very error.
    pub fn fail(&self, error: Error) {
        self.send(Err(error));
        self.wire.change(|wire| {
            wire.end();
            wire.is_broken = true;
        });
    }

    /// Reads no more: the client's flush waits, and its close frame gets no answer.
    pub fn stop_reading(&self) {
        self.wire.change(|wire| wire.peer_is_deaf = true);
    }

    /// Reads again after [`stop_reading`](Self::stop_reading).
    pub fn read_on(&self) {
        self.wire.change(|wire| wire.peer_is_deaf = false);
    }

    /// Waits for the next message of the client; `None` once the client has dropped its side.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped.
    pub async fn received(&self) -> Option<Message> {
        self.wire
            .until(|wire| match next(wire) {
                None if !wire.client_is_gone => None,
                message => Some(message),
            })
            .await
    }

    /// The next message of the client, where it has come already.
    pub fn take_received(&self) -> Option<Message> {
        self.wire.look(next)
    }

    /// Waits for what the client flushes together next, or what is left of it; `None` once the
    /// client has dropped its side.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped.
    pub async fn received_batch(&self) -> Option<Vec<Message>> {
        self.wire
            .until(|wire| match wire.to_peer.pop_front() {
                None if !wire.client_is_gone => None,
                batch => Some(batch.map(Vec::from)),
            })
            .await
    }

    /// Whether the client has dropped its side.
    pub fn is_gone(&self) -> bool {
        self.wire.look(|wire| wire.client_is_gone)
    }

    /// Waits until the client has dropped its side.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped.
    pub async fn gone(&self) {
        self.wire
            .until(|wire| wire.client_is_gone.then_some(()))
            .await;
    }

    fn send_close(&self, frame: Option<CloseFrame>) {
        self.send(Ok(Incoming::Message(Message::Close(frame))));
        self.wire.change(Wire::end);
    }

    /// Nothing comes after the end.
    fn send(&self, incoming: Result<Incoming, Error>) {
        self.wire.change(|wire| {
            if !wire.is_ended {
                wire.to_client.push_back(Some(incoming));
            }
        });
    }
}

fn next(wire: &mut Wire) -> Option<Message> {
    let batch = wire.to_peer.front_mut()?;
    let message = batch.pop_front();
    if batch.is_empty() {
        wire.to_peer.pop_front();
    }
    message
}

impl Drop for Peer {
    fn drop(&mut self) {
        if !self.wire.look(|wire| wire.is_ended) {
            self.lose();
        }
    }
}

#[cfg(test)]
mod tests;
