//! The JSON bodies of the emulator's own calls.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use http::StatusCode;
use serde::de::DeserializeOwned;

use crate::rest::Failure;

/// A JSON body, whatever its content type says: these calls are typed by hand.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let body = Bytes::from_request(request, state).await.map_err(|_| {
            let error = "The body is too large, or broke off.";
            Failure::new(StatusCode::PAYLOAD_TOO_LARGE, error)
        })?;
        let read = serde_json::from_slice(&body);
        read.map(Self)
            .map_err(|error| Failure::field("body", &error.to_string()))
    }
}
