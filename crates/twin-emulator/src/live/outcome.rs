//! What became of something that a live side was asked for.
//!
//! It does not repeat anything: what is tried again, and when, says the live side.

use std::{fmt, io};

use tokio::sync::oneshot;

use super::Published;

/// What became of something that a live side was asked for, now or later.
#[derive(Debug)]
#[must_use = "a failure is only seen by whoever looks at it"]
pub(crate) struct Outcome(State);

#[derive(Debug)]
enum State {
    Later(oneshot::Receiver<Result<Published, LiveError>>),
    Now(Result<Published, LiveError>),
}

impl Outcome {
    /// It is done, and there is nothing to say of it.
    pub(crate) fn done() -> Self {
        Self::published(Published::default())
    }

    /// It is published, and stands there.
    pub(crate) fn published(published: Published) -> Self {
        Self(State::Now(Ok(published)))
    }

    /// It was refused at once.
    pub(super) fn failed(error: LiveError) -> Self {
        Self(State::Now(Err(error)))
    }

    /// It is under way.
    pub(super) fn later(receiver: oneshot::Receiver<Result<Published, LiveError>>) -> Self {
        Self(State::Later(receiver))
    }

    /// Where the publication stands, as far as that is known without waiting.
    ///
    /// # Errors
    ///
    /// If it was refused at once.
    pub(crate) fn known(self) -> Result<Published, LiveError> {
        match self.0 {
            State::Later(_) => Ok(Published::default()),
            State::Now(result) => result,
        }
    }

    /// Leaves it to itself: a live side counts and logs its failures.
    pub(crate) fn forget(self) {}

    /// Waits for it.
    ///
    /// # Errors
    ///
    /// If it could not be done.
    ///
    /// # Cancel safety
    ///
    /// It is done all the same if this is dropped.
    pub(crate) async fn settled(self) -> Result<Published, LiveError> {
        match self.0 {
            // The sender goes only when the emulator stops.
            State::Later(receiver) => receiver.await.unwrap_or(Err(LiveError::Stopped)),
            State::Now(result) => result,
        }
    }
}

/// Why a live side did not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LiveError {
    /// The connection broke, or what came is no answer: it may have been done.
    Broken(String),
    /// Too much waits already.
    Full,
    /// The server understood and refused.
    Refused { code: u32, message: String },
    /// The server answered with this HTTP status.
    Status(u16),
    /// The emulator stops.
    Stopped,
    /// No answer in time: it may have been done.
    TimedOut,
    /// The server cannot be reached: it was not done.
    Unreachable(io::ErrorKind),
}

impl fmt::Display for LiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken(what) => write!(f, "the live side's answer broke off: {what}"),
            Self::Full => f.write_str("too much waits for the live side"),
            Self::Refused { code, message } => {
                write!(f, "the live side refuses: error {code}, {message}")
            }
            Self::Status(401) => f.write_str("the live side does not take the key of its API"),
            Self::Status(status) => write!(f, "the live side answers with status {status}"),
            Self::Stopped => f.write_str("the emulator stops"),
            Self::TimedOut => f.write_str("the live side does not answer in time"),
            Self::Unreachable(kind) => write!(f, "the live side cannot be reached: {kind}"),
        }
    }
}
