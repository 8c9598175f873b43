//! A connection attempt: its name, and the ways in which it, or an HTTP exchange, fails.

use std::fmt;

/// Names one attempt to connect, and the socket that came of it.
///
/// A machine numbers its attempts and never uses a number twice, so late news of an old socket is
/// told apart from news of the present one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(u64);

impl SocketId {
    /// The first attempt of a machine.
    pub const FIRST: Self = Self(1);

    /// The attempt after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The attempt's number, from 1.
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Debug for SocketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SocketId({})", self.0)
    }
}

/// Why a dial did not give a socket, or an HTTP exchange no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DialFailure {
    /// What failed; decides whether another attempt makes sense.
    pub kind: DialFailureKind,
    /// What failed, in words for a person, with no secrets in it.
    pub text: String,
}

impl DialFailure {
    /// A failure of this kind, described by `text`.
    pub fn new(kind: DialFailureKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
        }
    }
}

/// The ways in which a dial fails, as far as they lead to different decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DialFailureKind {
    /// The connection broke, or what answered does not speak the protocol (a `ws` address that
    /// leads to a TLS port, a broken TLS record, a wrong accept key).
    Broken,
    /// The peer was asked for `wss` and answered without TLS.
    NotTls,
    /// The peer answered the upgrade with this HTTP status.
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// Nothing answered in time.
    TimedOut,
    /// No connection: name not found, port closed, network unreachable.
    Unreachable,
    /// The peer's certificate does not verify.
    Untrusted,
}
