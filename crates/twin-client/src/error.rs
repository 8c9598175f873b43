//! What can go wrong, in one type: by who can act.

mod causes;
mod from;
mod kind;

use std::{error::Error as StdError, fmt, time::Duration};

use http::StatusCode;
use twin_protocol::api::{DecodeError, ErrorReply};
use twin_transport::Reached;

pub use self::{causes::with_causes, kind::ErrorKind};

/// A failed call, message or session.
///
/// `Display` says what failed, without the cause; [`source`](StdError::source) carries the cause.
/// Neither shows a token, a query string or a body.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    reached: Reached,
    retryable: bool,
    retry_after: Option<Duration>,
    what: Box<str>,
    code: Option<u32>,
    cause: Option<Cause>,
}

enum Cause {
    /// An answer of the platform, or of what stands before it, that is no success or no answer to
    /// what was asked.
    Answer(DecodeError),
    Other(Box<dyn StdError + Send + Sync>),
}

impl Error {
    /// `what` failed: `sendMessage`, say.
    pub(crate) fn new(kind: ErrorKind, reached: Reached, what: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            reached,
            retryable: matches!(kind, ErrorKind::Timeout | ErrorKind::Unreachable),
            retry_after: None,
            what: what.into().into_boxed_str(),
            code: None,
            cause: None,
        }))
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.cause = Some(Cause::Other(Box::new(source)));
        self
    }

    /// The same, where what was asked before has reached the platform.
    pub(crate) fn after_an_answer(mut self) -> Self {
        self.0.reached = Reached::Yes;
        self
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the platform may have seen what was asked of it: what decides if repeating it can do
    /// it twice.
    pub fn reached(&self) -> Reached {
        self.0.reached
    }

    /// Whether the same may succeed later without anyone changing anything. It does not say that
    /// repeating is safe: [`reached`](Self::reached) does.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// How long the server asks to be left alone (`Retry-After`), where it does: at most a day.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The HTTP status, where an answer came that is not a success.
    pub fn status(&self) -> Option<StatusCode> {
        self.reply().map(|reply| reply.status)
    }

    /// The code of the live channel: of a close frame or of an error reply.
    pub fn platform_code(&self) -> Option<u32> {
        self.0.code
    }

    /// What the platform answered, where an answer came that is not a success: its own `error` and
    /// `details` where it has them, and the beginning of the body.
    pub fn reply(&self) -> Option<&ErrorReply> {
        match &self.0.cause {
            Some(Cause::Answer(answer)) => answer.reply(),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.what, self.0.kind.describe())?;
        if let Some(code) = self.0.code {
            write!(f, " (code {code})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Error");
        debug
            .field("kind", &self.0.kind)
            .field("reached", &self.0.reached)
            .field("what", &self.0.what);
        match &self.0.cause {
            Some(Cause::Answer(answer)) => debug.field("source", answer),
            Some(Cause::Other(source)) => debug.field("source", source),
            None => &mut debug,
        };
        debug.finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.cause {
            Some(Cause::Answer(answer)) => Some(answer),
            Some(Cause::Other(source)) => Some(&**source),
            None => None,
        }
    }
}
