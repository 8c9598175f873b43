//! What the platform answers when it refuses.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;

use crate::{raw::RawJson, wire};

/// How much of a body is kept: pages of proxies can be long, and their beginning says enough.
const MAX_BODY: usize = 4096;

/// How much of the platform's own words is shown.
const MAX_SHOWN: usize = 200;

/// An answer that is not a success.
///
/// The platform's own have a JSON body `{"error": .., "details": ..}` (the vendor's PHP SDK); what
/// answers in its place, a proxy say, sends what it likes. `Debug` shows the length of the body
/// only.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct ErrorReply {
    /// The HTTP status.
    pub status: StatusCode,
    /// The platform's `error`: its text, or the JSON text of any other value. `None` where the body
    /// has none.
    pub error: Option<String>,
    /// The platform's `details`, of any shape.
    pub details: Option<RawJson>,
    /// The body as it came, at most its first 4,096 bytes.
    pub body: Bytes,
}

impl ErrorReply {
    /// What the platform says when the access token has to be renewed.
    pub const TOKEN_EXPIRED: &'static str = "Token is expired.";

    pub(super) fn read(status: StatusCode, body: &Bytes) -> Self {
        #[derive(Deserialize)]
        struct Fields {
            error: Option<RawJson>,
            details: Option<RawJson>,
        }
        let fields = wire::from_slice(body).unwrap_or(Fields {
            error: None,
            details: None,
        });
        let error = fields.error.map(|error| match error.read::<String>() {
            Ok(text) => text,
            Err(_) => error.get().to_owned(),
        });
        // A copy, as a slice would keep the whole body in memory.
        let body = Bytes::copy_from_slice(&body[..body.len().min(MAX_BODY)]);
        Self {
            status,
            error,
            details: fields.details,
            body,
        }
    }

    /// Whether the access token has to be renewed before the call can be repeated.
    pub fn is_token_expired(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED
            && self.error.as_deref() == Some(Self::TOKEN_EXPIRED)
    }
}

impl fmt::Display for ErrorReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the platform answered {}", self.status)?;
        let Some(error) = &self.error else {
            return Ok(());
        };
        f.write_str(": ")?;
        // Words of a stranger, on their way to someone's terminal or log: one line, no escapes.
        let cut = error.chars().nth(MAX_SHOWN).is_some();
        for char in error.chars().take(MAX_SHOWN) {
            fmt::Write::write_char(f, if char.is_control() { ' ' } else { char })?;
        }
        if cut { f.write_str("..") } else { Ok(()) }
    }
}

impl fmt::Debug for ErrorReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorReply")
            .field("status", &self.status)
            .field("error", &self.error)
            .field("details", &self.details)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> ErrorReply {
        ErrorReply::read(
            StatusCode::from_u16(status).unwrap(),
            &Bytes::from(body.to_owned()),
        )
    }

    #[test]
    fn the_platforms_own_words_are_read() {
        let reply = read(401, r#"{"error":"Token is expired.","details":[1]}"#);
        assert!(reply.is_token_expired());
        assert_eq!(reply.details.as_ref().map(RawJson::get), Some("[1]"));
        assert_eq!(
            reply.to_string(),
            "the platform answered 401 Unauthorized: Token is expired."
        );
        assert!(!read(403, r#"{"error":"Token is expired."}"#).is_token_expired());
        assert_eq!(
            read(400, r#"{"error":{"a":1}}"#).error.as_deref(),
            Some(r#"{"a":1}"#)
        );
    }

    #[test]
    fn any_body_is_kept_and_none_is_shown_in_full() {
        let page = format!("<html>{}", "x".repeat(10_000));
        let reply = read(502, &page);
        assert_eq!(reply.body.len(), MAX_BODY);
        assert_eq!(reply.to_string(), "the platform answered 502 Bad Gateway");
        let reply = read(
            400,
            &format!(r#"{{"error":"\u001b[1m\n{}"}}"#, "y".repeat(5_000)),
        );
        assert!(reply.to_string().len() < 300);
        assert!(!reply.to_string().contains(char::is_control));
        for body in ["", "[]", r#"["x",{}]"#, "null", "5", r#"{"error":null}"#] {
            assert_eq!(read(500, body).error, None, "{body}");
        }
    }
}
