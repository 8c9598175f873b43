//! The kinds of failures.

use std::fmt;

use twin_protocol::link::EndKind;

/// The kinds of failures, as far as they lead to different decisions. [`as_str`](Self::as_str) is
/// the word that the `twin` tool prints, and a key by which a program can translate messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Caller: the credentials do not suffice (HTTP 403).
    Forbidden,
    /// Us: what cannot be has happened.
    Internal,
    /// Caller: what was asked for cannot be asked.
    InvalidInput,
    /// This machine: a file, a pipe.
    Io,
    /// Peer: the platform refused to let this client listen to a session.
    JoinRefused,
    /// Caller: it does not exist (HTTP 404).
    NotFound,
    /// Peer: what it said is not what the protocol allows.
    Protocol,
    /// Peer: it refused, with any other HTTP status or error reply.
    Refused,
    /// Peer: it ended the live connection in a way that forbids to come back.
    Terminated,
    /// Network: nothing came in time.
    Timeout,
    /// Network: TLS failed.
    Tls,
    /// Peer: it sends more than the limit that the caller set.
    TooLarge,
    /// Caller: there are no credentials, or no valid ones (HTTP 401).
    Unauthorized,
    /// Network: no connection could be made, or it broke.
    Unreachable,
}

impl ErrorKind {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Forbidden => "forbidden",
            Self::Internal => "internal",
            Self::InvalidInput => "invalid_input",
            Self::Io => "io",
            Self::JoinRefused => "join_refused",
            Self::NotFound => "not_found",
            Self::Protocol => "protocol",
            Self::Refused => "refused",
            Self::Terminated => "terminated",
            Self::Timeout => "timeout",
            Self::Tls => "tls",
            Self::TooLarge => "too_large",
            Self::Unauthorized => "unauthorized",
            Self::Unreachable => "unreachable",
        }
    }

    pub(super) const fn describe(self) -> &'static str {
        match self {
            Self::Forbidden => "the platform forbids it",
            Self::Internal => "it went wrong on this side",
            Self::InvalidInput => "it cannot be asked",
            Self::Io => "input or output failed",
            Self::JoinRefused => "the platform refused to join the session",
            Self::NotFound => "the platform does not know it",
            Self::Protocol => "the answer is not what the protocol promises",
            Self::Refused => "the platform refused",
            Self::Terminated => "the platform ended the connection for good",
            Self::Timeout => "no answer in time",
            Self::Tls => "TLS failed",
            Self::TooLarge => "it is larger than allowed here",
            Self::Unauthorized => "the platform wants credentials",
            Self::Unreachable => "the platform cannot be reached",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<EndKind> for ErrorKind {
    fn from(end: EndKind) -> Self {
        match end {
            EndKind::Forbidden => Self::Forbidden,
            EndKind::JoinRefused => Self::JoinRefused,
            EndKind::NotFound => Self::NotFound,
            EndKind::Protocol => Self::Protocol,
            EndKind::Refused => Self::Refused,
            EndKind::Terminated => Self::Terminated,
            EndKind::Timeout => Self::Timeout,
            EndKind::Tls => Self::Tls,
            EndKind::Unauthorized => Self::Unauthorized,
            EndKind::Closed | EndKind::Lost | EndKind::Unreachable => Self::Unreachable,
            _ => Self::Internal,
        }
    }
}
