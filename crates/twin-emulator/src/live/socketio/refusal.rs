//! Requests that are refused, in the words of either server.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

use super::flavour::Flavour;

/// What a bad key is told.
pub(super) const BAD_KEY: &str = "Unknown key";

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is none that is understood.
    BadRequest,
    /// No connection can be opened by it.
    HandshakeMethod,
    /// Its key is no open session.
    Key,
    /// The same, to one who wants a WebSocket.
    KeyOverWebSocket,
    /// Another request of the same kind is under way.
    Overlap,
    /// It speaks another revision of the protocol.
    Revision,
    /// There are too many connections.
    TooMany,
    /// There is no such connection, or no more.
    UnknownSid(String),
    UnknownTransport(String),
}

impl Refusal {
    /// The same, to one who wants a WebSocket.
    pub(super) fn over_a_web_socket(self) -> Self {
        match self {
            Self::Key => Self::KeyOverWebSocket,
            other => other,
        }
    }

    pub(super) fn answer(&self, flavour: Flavour) -> Response {
        match flavour {
            Flavour::Node => self.of_node(),
            Flavour::Python => self.of_python(),
        }
    }

    fn of_node(&self) -> Response {
        let coded = |status, code, message: &str| {
            let body = format!(r#"{{"code":{code},"message":"{message}"}}"#);
            (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
        };
        match self {
            Self::UnknownTransport(_) => coded(StatusCode::BAD_REQUEST, 0, "Transport unknown"),
            Self::UnknownSid(_) => coded(StatusCode::BAD_REQUEST, 1, "Session ID unknown"),
            Self::HandshakeMethod => coded(StatusCode::BAD_REQUEST, 2, "Bad handshake method"),
            Self::BadRequest | Self::Revision => coded(StatusCode::BAD_REQUEST, 3, "Bad request"),
            Self::Key => coded(StatusCode::FORBIDDEN, 4, BAD_KEY),
            Self::KeyOverWebSocket => {
                let kind = [(header::CONTENT_TYPE, "text/html")];
                (StatusCode::BAD_REQUEST, kind, BAD_KEY).into_response()
            }
            Self::Overlap => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            Self::TooMany => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    }

    fn of_python(&self) -> Response {
        let said = |status, text: &str| {
            let body = super::message::json(&super::message::quoted(text), Flavour::Python);
            (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
        };
        match self {
            Self::UnknownTransport(name) => said(
                StatusCode::BAD_REQUEST,
                &format!("Invalid transport {name}"),
            ),
            Self::UnknownSid(sid) => {
                said(StatusCode::BAD_REQUEST, &format!("Invalid session {sid}"))
            }
            Self::HandshakeMethod | Self::Overlap => {
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
            Self::BadRequest => said(StatusCode::BAD_REQUEST, "Bad Request"),
            Self::Key | Self::KeyOverWebSocket => said(StatusCode::UNAUTHORIZED, BAD_KEY),
            Self::Revision => said(
                StatusCode::BAD_REQUEST,
                "The client is using an unsupported version of the Socket.IO or Engine.IO protocols",
            ),
            Self::TooMany => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    }
}
