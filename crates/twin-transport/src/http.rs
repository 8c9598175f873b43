//! HTTP: one request, one answer, with bodies that stream.

mod body;

use std::fmt;

use async_trait::async_trait;
use http::{Request, Response};

pub use self::body::Body;
use crate::error::Error;

/// Carries out HTTP requests.
///
/// One request gives one answer: nothing is retried, no redirect is followed, no cookie is kept.
#[async_trait]
pub trait HttpTransport: fmt::Debug + Send + Sync + 'static {
    /// Sends the request and gives the answer once its head has come; the body is read from it
    /// afterwards.
    ///
    /// # Errors
    ///
    /// Whatever keeps the answer's head from coming; a status of 400 and above is an answer. The
    /// error says whether the server may have seen the request
    /// ([`Error::reached`](crate::Error::reached)).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the request; whether the server has seen it is then unknown.
    async fn execute(&self, request: Request<Body>) -> Result<Response<Body>, Error>;
}
