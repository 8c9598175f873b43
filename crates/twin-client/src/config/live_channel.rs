//! Over which of the platform's live channels events come.

use std::{fmt, str::FromStr};

/// Over which of the platform's live channels events come. What a program sees of either is the
/// same; over Socket.IO there is no recovery, so that each reconnect is a gap, filled from the list
/// of messages where that can be had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LiveChannel {
    /// Centrifugo; where it refuses for good, Socket.IO. Why, tells
    /// [`Client::fallback`](crate::Client::fallback), and the closed link's state.
    Auto,
    /// Centrifugo.
    #[default]
    Centrifugo,
    /// Socket.IO, the platform's older channel.
    SocketIo,
}

impl LiveChannel {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Centrifugo => "centrifugo",
            Self::SocketIo => "socketio",
        }
    }
}

impl fmt::Display for LiveChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no live channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a live channel: it is one of centrifugo, socketio, auto")]
#[non_exhaustive]
pub struct LiveChannelError;

impl FromStr for LiveChannel {
    type Err = LiveChannelError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        [Self::Auto, Self::Centrifugo, Self::SocketIo]
            .into_iter()
            .find(|channel| channel.as_str() == word)
            .ok_or(LiveChannelError)
    }
}
