//! What can be wrong with a request or a response.

use std::fmt;

use crate::api::ErrorReply;

/// A request, or a server's response, that could not be made.
#[derive(Debug)]
pub struct EncodeError {
    kind: EncodeErrorKind,
    text: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Why a request could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EncodeErrorKind {
    /// The body cannot be written as JSON.
    Body,
    /// An id cannot stand in a path: it is empty, `.` or `..`.
    PathValue,
    /// A token has characters that cannot stand in a header.
    Token,
    /// The address is too long, or otherwise no URI.
    Uri,
}

impl EncodeError {
    /// What failed.
    pub fn kind(&self) -> EncodeErrorKind {
        self.kind
    }

    pub(super) fn body(source: serde_json::Error) -> Self {
        Self {
            kind: EncodeErrorKind::Body,
            text: "the body cannot be written as JSON".into(),
            source: Some(source.into()),
        }
    }

    pub(super) fn path_value(name: &str) -> Self {
        Self {
            kind: EncodeErrorKind::PathValue,
            text: format!("`{name}` cannot stand in a path: it is empty, \".\" or \"..\""),
            source: None,
        }
    }

    pub(super) fn token() -> Self {
        Self {
            kind: EncodeErrorKind::Token,
            text: "the token cannot stand in a header".into(),
            // The source would say no more, and nothing may repeat the token.
            source: None,
        }
    }

    pub(super) fn uri(source: http::Error) -> Self {
        Self {
            kind: EncodeErrorKind::Uri,
            text: "the address of the request is no URI".into(),
            source: Some(source.into()),
        }
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for EncodeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}

/// A response that is no success, or none that can be read.
#[derive(Debug)]
pub struct DecodeError(Box<DecodeErrorInner>);

#[derive(Debug)]
enum DecodeErrorInner {
    Body { field: String, reason: String },
    Status(ErrorReply),
}

/// Why a response is not what was hoped for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// A success whose body is not what the call promises. The call has been carried out.
    Body,
    /// The status is not a success; [`DecodeError::reply`] says what came.
    Status,
}

impl DecodeError {
    /// What failed.
    pub fn kind(&self) -> DecodeErrorKind {
        match &*self.0 {
            DecodeErrorInner::Body { .. } => DecodeErrorKind::Body,
            DecodeErrorInner::Status(_) => DecodeErrorKind::Status,
        }
    }

    /// What the platform answered, where its status is not a success.
    pub fn reply(&self) -> Option<&ErrorReply> {
        match &*self.0 {
            DecodeErrorInner::Body { .. } => None,
            DecodeErrorInner::Status(reply) => Some(reply),
        }
    }

    pub(super) fn body(field: String, reason: String) -> Self {
        Self(Box::new(DecodeErrorInner::Body { field, reason }))
    }

    pub(super) fn status(reply: ErrorReply) -> Self {
        Self(Box::new(DecodeErrorInner::Status(reply)))
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            DecodeErrorInner::Body { field, reason } if field.is_empty() => {
                write!(f, "the body of the response cannot be read: {reason}")
            }
            DecodeErrorInner::Body { field, reason } => {
                write!(
                    f,
                    "`{field}` in the body of the response cannot be read: {reason}"
                )
            }
            DecodeErrorInner::Status(reply) => fmt::Display::fmt(reply, f),
        }
    }
}

impl std::error::Error for DecodeError {}

/// A request that a server cannot read.
#[cfg(feature = "server")]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}`: {reason}")]
#[non_exhaustive]
pub struct RequestError {
    /// Which part of the request: a parameter's name or a field's path as it stands on the wire,
    /// `body` for the whole body, `path` for the whole path.
    pub field: String,
    /// What is wrong with it, without its contents.
    pub reason: String,
}

#[cfg(feature = "server")]
impl RequestError {
    /// `field` is wrong because of `reason`.
    pub fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            reason: reason.into(),
        }
    }
}
