//! What one piece of news brings: one packet over a WebSocket, any number of them over HTTP.

use std::borrow::Cow;

use bytes::Bytes;

use crate::socketio::engine::payload::{self, Piece, Pieces};

/// The packets that came together, in order, and what they came in.
#[derive(Clone, Debug)]
pub(super) struct Incoming<'a> {
    pub(super) frame: &'a Bytes,
    pieces: Source<'a>,
}

#[derive(Clone, Debug)]
enum Source<'a> {
    Body(Pieces<'a>),
    Message(Option<Result<Piece<'a>, &'static str>>),
}

impl<'a> Incoming<'a> {
    /// The body of an answer by HTTP.
    pub(super) fn body(frame: &'a Bytes) -> Self {
        Self {
            frame,
            pieces: Source::Body(payload::decode(frame)),
        }
    }

    /// A message of text.
    pub(super) fn text(frame: &'a Bytes) -> Self {
        let piece = simdutf8::basic::from_utf8(frame)
            .map(|text| Piece::Text(Cow::Borrowed(text)))
            .map_err(|_| "text that is not UTF-8");
        Self {
            frame,
            pieces: Source::Message(Some(piece)),
        }
    }

    /// A message of bytes.
    pub(super) fn binary(frame: &'a Bytes) -> Self {
        Self {
            frame,
            pieces: Source::Message(Some(Ok(Piece::Binary(frame.clone())))),
        }
    }
}

impl<'a> Iterator for Incoming<'a> {
    /// A packet, or in words what is wrong with what came.
    type Item = Result<Piece<'a>, &'static str>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.pieces {
            Source::Body(pieces) => {
                let piece = pieces.next()?;
                Some(piece.map_err(|_| "an answer whose framing is broken"))
            }
            Source::Message(message) => message.take(),
        }
    }
}
