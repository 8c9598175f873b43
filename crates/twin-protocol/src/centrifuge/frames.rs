//! Frames, whichever codec they come in.

use bytes::Bytes;

use crate::centrifuge::{Codec, json, protobuf, reply::Incoming};

/// What the frames of one message say, in order. After the first that cannot be read nothing more
/// comes.
pub(super) enum Frames<'a> {
    Json(json::Frames<'a>),
    Protobuf(protobuf::Frames<'a>),
}

/// A frame that is not what the protocol promises. It holds the decoder's words, never the frame's.
#[derive(Debug)]
pub(super) struct FrameError(pub(super) String);

impl FrameError {
    pub(super) fn into_words(self) -> String {
        self.0
    }
}

impl<'a> Frames<'a> {
    /// The frames of a text message.
    ///
    /// # Errors
    ///
    /// In words, where the codec has no text, or it is none.
    pub(super) fn text(codec: Codec, message: &'a Bytes) -> Result<Self, &'static str> {
        match codec {
            Codec::Json => match simdutf8::basic::from_utf8(message) {
                Ok(text) => Ok(Self::Json(json::Frames::new(message, text))),
                Err(_) => Err("text that is not UTF-8"),
            },
            Codec::Protobuf => Err("a text message"),
        }
    }

    /// The frames of a binary message.
    ///
    /// # Errors
    ///
    /// In words, where the codec has no binary messages.
    pub(super) fn binary(codec: Codec, message: &'a Bytes) -> Result<Self, &'static str> {
        match codec {
            Codec::Json => Err("a binary message"),
            Codec::Protobuf => Ok(Self::Protobuf(protobuf::Frames::new(message))),
        }
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = Result<Incoming<'a>, FrameError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Json(frames) => frames.next(),
            Self::Protobuf(frames) => frames.next(),
        }
    }
}
