//! WebSockets in memory that write down when the client takes a message from one.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use async_trait::async_trait;
use futures_util::{Sink, Stream};
use http::Request;
use twin_transport::{
    Error, Incoming, Message, WebSocket, WebSocketConnector,
    testing::{Dial, MemoryConnector},
};

use super::{Entry, Journal};

/// A [`MemoryConnector`] whose connections have numbers, from 1.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct Sockets {
    connector: MemoryConnector,
    count: Arc<AtomicU64>,
    journal: Journal,
}

#[derive(Clone, Copy)]
struct Number(u64);

/// The number of a dial.
pub(in crate::sim) fn number_of(dial: &Dial) -> u64 {
    let number = dial.request().extensions().get::<Number>();
    number.map_or(0, |number| number.0)
}

impl Sockets {
    pub(in crate::sim) fn new(journal: Journal) -> Self {
        Self {
            journal,
            ..Self::default()
        }
    }

    /// The next dial that nobody has looked at yet.
    pub(in crate::sim) fn take_dial(&self) -> Option<Dial> {
        self.connector.take_dial()
    }
}

#[async_trait]
impl WebSocketConnector for Sockets {
    async fn connect(&self, mut request: Request<()>) -> Result<Box<dyn WebSocket>, Error> {
        let conn = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        request.extensions_mut().insert(Number(conn));
        Ok(Box::new(Socket {
            socket: self.connector.connect(request).await?,
            conn,
            is_closing: false,
            journal: self.journal.clone(),
        }))
    }
}

#[derive(Debug)]
struct Socket {
    socket: Box<dyn WebSocket>,
    conn: u64,
    /// The client has hung up: what it reads now is thrown away.
    is_closing: bool,
    journal: Journal,
}

impl Stream for Socket {
    type Item = Result<Incoming, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = Pin::new(&mut self.socket).poll_next(context);
        let is_message = |incoming: &Incoming| {
            matches!(
                incoming,
                Incoming::Message(Message::Text(_) | Message::Binary(_))
            )
        };
        if let Poll::Ready(Some(Ok(incoming))) = &next {
            if is_message(incoming) && !self.is_closing {
                self.journal.write(Entry::Told { conn: self.conn });
            }
        }
        next
    }
}

impl Sink<Message> for Socket {
    type Error = Error;

    fn poll_ready(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.socket).poll_ready(context)
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Error> {
        self.is_closing |= matches!(message, Message::Close(_));
        Pin::new(&mut self.socket).start_send(message)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.socket).poll_close(context)
    }
}
