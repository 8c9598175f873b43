//! Why there is no token.

use std::{error::Error as StdError, fmt, time::Duration};

use crate::{
    credentials::AccessTokenError,
    error::{Error, ErrorKind},
};

/// Why a [`TokenProvider`](crate::TokenProvider) has no token.
///
/// A call that waits for the token fails with it as its source: nothing of the call has then reached
/// the platform. Calls go on with the token that is held for as long as that is valid.
#[derive(Debug)]
pub struct TokenError {
    kind: ErrorKind,
    passing: bool,
    retry_after: Option<Duration>,
    source: Box<dyn StdError + Send + Sync>,
}

impl TokenError {
    /// It may pass: a network that is down, a service that is overloaded. Calls fail with kind
    /// [`Unreachable`](ErrorKind::Unreachable), and may succeed later. The next call after a pause of
    /// at most a minute, which grows with each failure, asks again.
    pub fn passing(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            kind: ErrorKind::Unreachable,
            passing: true,
            retry_after: None,
            source: source.into(),
        }
    }

    /// It will not pass by itself: a wrong password, a refresh token that was used. Calls fail with
    /// kind [`Unauthorized`](ErrorKind::Unauthorized). The provider is asked again a minute later at
    /// the earliest.
    pub fn refused(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            kind: ErrorKind::Unauthorized,
            passing: false,
            retry_after: None,
            source: source.into(),
        }
    }

    /// Whether it may pass.
    pub fn is_passing(&self) -> bool {
        self.passing
    }

    /// The kind of error with which calls fail.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// How long the service asks to be left alone.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

/// A call of the identity service that failed: it may pass where the error
/// [is retryable](Error::is_retryable).
impl From<Error> for TokenError {
    fn from(error: Error) -> Self {
        Self {
            kind: error.kind(),
            passing: error.is_retryable(),
            retry_after: error.retry_after(),
            source: Box::new(error),
        }
    }
}

/// The platform gave a token that can be none.
impl From<AccessTokenError> for TokenError {
    fn from(error: AccessTokenError) -> Self {
        Self {
            kind: ErrorKind::Protocol,
            passing: false,
            retry_after: None,
            source: Box::new(error),
        }
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.passing {
            "no access token is to be had at present"
        } else {
            "no access token is given"
        })
    }
}

impl StdError for TokenError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}
