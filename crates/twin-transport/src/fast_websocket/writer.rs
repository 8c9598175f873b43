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

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes little at once, and keeps it until it is flushed, as TLS may.
    #[derive(Default)]
    struct Keeping {
        kept: Vec<u8>,
        sent: Vec<u8>,
    }

    impl AsyncWrite for Keeping {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            let taken = bytes.len().min(1000);
            self.kept.extend_from_slice(&bytes[..taken]);
            Poll::Ready(Ok(taken))
        }

        fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            let kept = std::mem::take(&mut self.kept);
            self.sent.extend(kept);
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    #[test]
    fn what_is_flushed_is_kept_by_no_layer() {
        let (mut writer, mut stream) = (Writer::default(), Keeping::default());
        writer.message(&Message::Binary(vec![1; 40_000].into()));
        let mut context = Context::from_waker(std::task::Waker::noop());
        assert!(writer.poll_flush(&mut stream, &mut context).is_ready());
        // Four of head with the length, four of mask.
        assert_eq!(stream.sent.len(), 40_008);
        assert_eq!(writer.waiting(), 0);
    }

    #[test]
    fn a_stream_that_takes_nothing_is_broken() {
        struct Full;

        impl AsyncWrite for Full {
            fn poll_write(
                self: Pin<&mut Self>,
                _: &mut Context<'_>,
                _: &[u8],
            ) -> Poll<io::Result<usize>> {
                Poll::Ready(Ok(0))
            }

            fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                Poll::Ready(Ok(()))
            }

            fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                Poll::Ready(Ok(()))
            }
        }

        let mut writer = Writer::default();
        writer.pong(b"here");
        let mut context = Context::from_waker(std::task::Waker::noop());
        let written = writer.poll_flush(&mut Full, &mut context);
        assert!(matches!(written, Poll::Ready(Err(_))));
    }
}
