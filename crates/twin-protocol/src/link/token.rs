//! Tokens of connections: asked for by a machine, brought by its driver.

use std::fmt;

use crate::secret::Secret;

/// Names one request for a token.
///
/// A machine numbers its requests and never uses a number twice, so a late answer is told apart from
/// that of the present one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId(u64);

impl TokenId {
    /// The first request of a machine.
    pub const FIRST: Self = Self(1);

    /// The request after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The request's number, from 1.
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Debug for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenId({})", self.0)
    }
}

/// What came of a request for a token. It is the last news of its request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TokenInput {
    /// There is none at present, for the reason given in words without secrets; another time there
    /// may be.
    Failed(String),
    /// The token. An empty one makes the connection one of nobody; a connection that has begun with
    /// a token cannot go on with an empty one.
    Given(Secret),
    /// There is none and will be none, for the reason given in words without secrets: the user is
    /// not let in.
    Unauthorized(String),
}
