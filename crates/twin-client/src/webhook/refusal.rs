//! Why a request is no post, and what it is answered.

use bytes::Bytes;
use http::{
    HeaderValue, Response, StatusCode,
    header::{ALLOW, RETRY_AFTER},
};

/// Why a request is not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Too many posts wait: 503.
    #[error("too many posts wait")]
    Busy,
    /// The post broke off: 400, if anyone is left to hear it.
    #[error("the post broke off")]
    Broken,
    /// Its media type is not that of JSON: 415.
    #[error("its media type is not that of JSON")]
    MediaType,
    /// It is no POST: 405.
    #[error("it is no POST")]
    Method,
    /// It takes too long to come in: 408.
    #[error("it takes too long to come in")]
    Slow,
    /// It is larger than may be: 413.
    #[error("it is larger than may be")]
    TooLarge,
    /// It goes to another path, or does not know the secret: 404.
    #[error("it goes elsewhere, or does not know the secret")]
    Unknown,
    /// It is no JSON: 400.
    #[error("it is no JSON")]
    Unreadable,
}

impl Refusal {
    /// The status of the answer.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Broken | Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unknown => StatusCode::NOT_FOUND,
        }
    }

    /// The answer: its status, and what else the status asks for.
    pub fn to_response(self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = self.status();
        let header = match self {
            Self::Busy => Some((RETRY_AFTER, "1")),
            Self::Method => Some((ALLOW, "POST")),
            _ => None,
        };
        if let Some((name, value)) = header {
            let value = HeaderValue::from_static(value);
            response.headers_mut().insert(name, value);
        }
        response
    }
}
