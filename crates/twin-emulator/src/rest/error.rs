//! How a call is refused: `{"error": .., "details": ..}` (facts, 1).

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use twin_protocol::api::{EncodeError, ErrorReply, RequestError};

use crate::platform::Refusal;

/// A call that is refused.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    error: String,
    /// Which part of the request it is about, and what is wrong with it.
    details: Option<(String, String)>,
}

#[derive(Serialize)]
struct Body<'a> {
    error: &'a str,
    details: Option<Details<'a>>,
}

#[derive(Serialize)]
struct Details<'a> {
    field: &'a str,
    reason: &'a str,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, error: &str) -> Self {
        let error = error.to_owned();
        Self {
            status,
            error,
            details: None,
        }
    }

    /// A field that is not what it is to be.
    pub(crate) fn field(field: &str, reason: &str) -> Self {
        Self {
            details: Some((field.to_owned(), reason.to_owned())),
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Wrong request.")
        }
    }

    /// A body that is no JSON.
    pub(crate) fn no_json(error: serde_json::Error) -> Self {
        Self::body(&error.to_string())
    }

    /// A body that is not what it is to be.
    pub(crate) fn body(reason: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            ..Self::field("body", reason)
        }
    }

    /// Something that there is not.
    pub(crate) fn not_found(error: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, error)
    }

    /// A call whose token has expired (facts, 1: the very words).
    pub(crate) fn expired() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, ErrorReply::TOKEN_EXPIRED)
    }

    /// A call without a token that opens it.
    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized.")
    }
}

impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Self {
        Self::field(&error.field, &error.reason)
    }
}

impl From<EncodeError> for Failure {
    fn from(error: EncodeError) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let reason = refusal.to_string();
        let not_found = |error| Self::new(StatusCode::NOT_FOUND, error);
        match refusal {
            Refusal::DialogOver => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Dialog is over."),
            Refusal::Empty => Self::field("body", &reason),
            Refusal::NoSuchClient => not_found("Client not found."),
            Refusal::NoSuchDialog => not_found("Dialog not found."),
            Refusal::NoSuchFile { index } => Self::field(&format!("attachments[{index}]"), &reason),
            Refusal::NoSuchMessage => not_found("Message not found."),
            Refusal::NoSuchOperator => not_found("Operator not found."),
            Refusal::NoSuchSession => not_found("Session not found."),
            Refusal::SessionClosed => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Session is closed.")
            }
            Refusal::SessionElsewhere => Self::field("sessionId", &reason),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let details = self.details.as_ref();
        let body = Body {
            error: &self.error,
            details: details.map(|(field, reason)| Details { field, reason }),
        };
        let body = serde_json::to_vec(&body).expect("texts always encode");
        let mut response = (self.status, Bytes::from(body)).into_response();
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response
    }
}

/// An address that no call has.
pub(crate) async fn not_found() -> Failure {
    Failure::new(StatusCode::NOT_FOUND, "Not found.")
}

/// A method that no call at this address has.
pub(crate) async fn method_not_allowed() -> Failure {
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed.")
}
