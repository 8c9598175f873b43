//! Frames on their way out: masked by fastwebsockets, gathered, written together.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf, BytesMut};
use fastwebsockets::{Frame, OpCode, Payload};
use tokio::io::AsyncWrite;

use crate::websocket::{Message, rules};

/// What waits to be written.
#[derive(Debug, Default)]
pub(super) struct Writer {
    waiting: BytesMut,
    /// Written, but perhaps kept by a layer below.
    is_unflushed: bool,
}

impl Writer {
    pub(super) fn message(&mut self, message: &Message) {
        match message {
            Message::Binary(bytes) => self.frame(OpCode::Binary, bytes),
            Message::Close(None) => self.frame(OpCode::Close, &[]),
            Message::Close(Some(frame)) => self.close(frame.code, &frame.reason),
            Message::Text(text) => self.frame(OpCode::Text, text.as_bytes()),
        }
    }

    /// A close frame; the reason is cut to what fits.
    pub(super) fn close(&mut self, code: u16, reason: &str) {
        let mut body = code.to_be_bytes().to_vec();
        body.extend_from_slice(rules::cut(reason).as_bytes());
        self.frame(OpCode::Close, &body);
    }

    pub(super) fn pong(&mut self, body: &[u8]) {
        self.frame(OpCode::Pong, body);
    }

    fn frame(&mut self, kind: OpCode, body: &[u8]) {
        let mut frame = Frame::new(true, kind, None, Payload::Owned(body.to_vec()));
        frame.mask();
        let mut head = [0; 16];
        let size = frame.fmt_head(&mut head);
        self.waiting.reserve(size + frame.payload.len());
        self.waiting.extend_from_slice(&head[..size]);
        self.waiting.extend_from_slice(&frame.payload);
    }

    /// How many bytes wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Writes everything, and makes the layers below send it.
    pub(super) fn poll_flush<S: AsyncWrite + Unpin>(
        &mut self,
        stream: &mut S,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while !self.waiting.is_empty() {
            let written = ready!(Pin::new(&mut *stream).poll_write(context, &self.waiting))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.waiting.advance(written);
            self.is_unflushed = true;
        }
        // Most connections have nothing to say most of the time.
        self.waiting = BytesMut::new();
        if self.is_unflushed {
            ready!(Pin::new(stream).poll_flush(context))?;
            self.is_unflushed = false;
        }
        Poll::Ready(Ok(()))
    }
}
