//! What a scripted HTTP transport answers, and when. It sends nothing by itself.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};

use crate::{
    error::{Error, ErrorKind, Reached},
    http::Body,
    testing::watched::Watched,
};

/// How a request to [`MemoryHttp`](crate::testing::MemoryHttp) ends.
///
/// ```
/// use http::StatusCode;
/// use twin_transport::{ErrorKind, Reached, testing::Answer};
///
/// Answer::json(r#"{"id":"1"}"#);
/// Answer::status(StatusCode::BAD_GATEWAY).body("<html>Bad Gateway</html>");
/// Answer::failure(ErrorKind::Lost, Reached::Unknown);
/// Answer::never();
/// let (answer, release) = Answer::status(StatusCode::NO_CONTENT).held();
/// release.release();
/// # drop(answer);
/// ```
#[derive(Debug)]
pub struct Answer {
    pub(super) outcome: Outcome,
    gate: Option<Arc<Watched<bool>>>,
}

pub(super) enum Outcome {
    Failure(Box<Error>),
    Never,
    Response(Box<Response<Body>>),
}

impl Answer {
    /// An answer with this status, without headers and body.
    pub fn status(status: StatusCode) -> Self {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        Self::response(response)
    }

    /// 200 with this JSON.
    pub fn json(json: impl Into<Bytes>) -> Self {
        Self::status(StatusCode::OK)
            .header(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            )
            .body(json)
    }

    /// This very answer; its body may stream, and break.
    pub fn response(response: Response<Body>) -> Self {
        Self::new(Outcome::Response(Box::new(response)))
    }

    /// No answer but a failure of this kind.
    pub fn failure(kind: ErrorKind, reached: Reached) -> Self {
        Self::error(Error::new(kind, reached, "answering as scripted"))
    }

    /// No answer but this very failure.
    pub fn error(error: Error) -> Self {
        Self::new(Outcome::Failure(Box::new(error)))
    }

    /// No answer, ever: the request waits until it is dropped.
    pub fn never() -> Self {
        Self::new(Outcome::Never)
    }

    /// The answer with one header more. A failure stays what it is.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        if let Outcome::Response(response) = &mut self.outcome {
            response.headers_mut().append(name, value);
        }
        self
    }

    /// The answer with this body. A failure stays what it is.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        if let Outcome::Response(response) = &mut self.outcome {
            *response.body_mut() = Body::full(body);
        }
        self
    }

    /// The same, but only once it is released.
    pub fn held(mut self) -> (Self, Release) {
        let gate = Arc::new(Watched::new(false));
        self.gate = Some(Arc::clone(&gate));
        (self, Release { gate })
    }

    fn new(outcome: Outcome) -> Self {
        Self {
            outcome,
            gate: None,
        }
    }

    /// Waits until it may be given, and gives it.
    pub(super) async fn give(self) -> Result<Response<Body>, Error> {
        if let Some(gate) = &self.gate {
            gate.until(|is_open| is_open.then_some(())).await;
        }
        match self.outcome {
            Outcome::Failure(error) => Err(*error),
            Outcome::Never => std::future::pending().await,
            Outcome::Response(response) => Ok(*response),
        }
    }
}

impl From<Response<Body>> for Answer {
    fn from(response: Response<Body>) -> Self {
        Self::response(response)
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failure(error) => f.debug_tuple("Failure").field(&error.kind()).finish(),
            Self::Never => f.write_str("Never"),
            Self::Response(response) => {
                f.debug_tuple("Response").field(&response.status()).finish()
            }
        }
    }
}

/// Lets a held answer go. Dropped unused, the answer is never given.
#[derive(Debug)]
#[must_use = "the answer is held until it is released"]
pub struct Release {
    gate: Arc<Watched<bool>>,
}

impl Release {
    /// Lets the answer go.
    pub fn release(self) {
        self.gate.change(|is_open| *is_open = true);
    }
}
