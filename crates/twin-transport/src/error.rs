//! What can go wrong on the way: by who can act, and whether the peer may have been reached.

use std::{error::Error as StdError, fmt};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

/// A failed request, connection or message.
///
/// `Display` says what failed, without the cause; [`source`](StdError::source) carries the cause.
/// Neither shows a query string, a header or a body.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    reached: Reached,
    context: Box<str>,
    refusal: Option<Box<Refusal>>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kinds of failures, as far as they lead to different decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Us: this side closed the connection or gave up.
    Closed,
    /// Caller: the request cannot be sent as it is (no host, an unknown scheme, a bad header).
    InvalidRequest,
    /// Network: the connection broke.
    Lost,
    /// Peer: it was asked for TLS and answered without.
    NotTls,
    /// Peer: what came is not what the protocol allows.
    Protocol,
    /// Peer: it answered the upgrade to a WebSocket with something else; see [`Error::refusal`].
    Refused,
    /// Network: nothing came in time.
    TimedOut,
    /// Network: TLS broke for another reason than the certificate.
    Tls,
    /// Peer: it sent more than the limit that the caller set.
    TooLarge,
    /// Network: name not found, port closed, no route.
    Unreachable,
    /// Peer: its certificate does not verify.
    Untrusted,
}

impl ErrorKind {
    const fn describe(self) -> &'static str {
        match self {
            Self::Closed => "the connection is closed on this side",
            Self::InvalidRequest => "the request cannot be sent",
            Self::Lost => "the connection broke",
            Self::NotTls => "the peer does not speak TLS",
            Self::Protocol => "the peer broke the protocol",
            Self::Refused => "the peer refused the upgrade",
            Self::TimedOut => "no answer in time",
            Self::Tls => "TLS failed",
            Self::TooLarge => "the peer sent more than the limit",
            Self::Unreachable => "no connection could be made",
            Self::Untrusted => "the peer's certificate does not verify",
        }
    }
}

/// Whether the server may have seen the request: what decides if repeating it can do it twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reached {
    /// Certainly not.
    No,
    /// It may have.
    Unknown,
    /// Certainly: it answered.
    Yes,
}

/// The HTTP answer of a peer that refused to upgrade.
#[derive(Clone)]
#[non_exhaustive]
pub struct Refusal {
    /// The status; 200 is a refusal too (a captive portal, say).
    pub status: StatusCode,
    /// The headers (`Retry-After`, say).
    pub headers: HeaderMap,
    /// The first bytes of the body, where the reason often is; bounded by the connector.
    pub body: Bytes,
}

impl Refusal {
    /// A refusal.
    pub fn new(status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        Self {
            status,
            headers,
            body,
        }
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl Error {
    /// A failure of this kind. `context` says what was being done: `connecting to
    /// chats-api.twin24.ai`. No query string, no credential.
    pub fn new(kind: ErrorKind, reached: Reached, context: impl Into<String>) -> Self {
        let context = context.into().into_boxed_str();
        Self {
            kind,
            reached,
            context,
            refusal: None,
            source: None,
        }
    }

    /// A refused upgrade.
    pub fn refused(refusal: Refusal, context: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorKind::Refused, Reached::Yes, context);
        error.refusal = Some(Box::new(refusal));
        error
    }

    /// The same with its cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What kind of failure it is.
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether the server may have seen the request.
    pub const fn reached(&self) -> Reached {
        self.reached
    }

    /// The HTTP answer, where the kind is [`ErrorKind::Refused`].
    pub fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.context, self.kind.describe())?;
        if let Some(refusal) = &self.refusal {
            write!(f, " with HTTP status {}", refusal.status.as_u16())?;
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}
