//! What all calls have in common: the body is read, the token checked, the request decoded, the
//! reply encoded.

use std::{future::Future, pin::Pin, sync::Arc};

use axum::{
    body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header, request::Parts};
use serde::de::IgnoredAny;
use twin_protocol::api::{Auth, ServerEndpoint};

use super::{Rest, error::Failure};
use crate::platform::Platform;

/// The largest body of a request, in bytes.
const MAX_BODY: usize = 1024 * 1024;

/// What a handler returns: boxed, as its type depends on the call.
type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

/// The handler of one call. `is_open` says of a request whether it needs no token although the
/// call does.
pub(super) fn call<E, H, F>(
    handler: H,
    is_open: fn(&Parts) -> bool,
) -> impl Fn(State<Arc<Rest>>, Request) -> Answer + Clone + Send + Sync + 'static
where
    E: ServerEndpoint + Send + 'static,
    E::Response: Send,
    H: Fn(Arc<Rest>, E) -> F + Copy + Send + Sync + 'static,
    F: Future<Output = Result<E::Response, Failure>> + Send + 'static,
{
    move |State(rest), request| {
        Box::pin(async move {
            match serve(rest, request, handler, is_open).await {
                Ok(response) => response.map(body::Body::from),
                Err(failure) => failure.into_response(),
            }
        })
    }
}

async fn serve<E, H, F>(
    rest: Arc<Rest>,
    request: Request,
    handler: H,
    is_open: fn(&Parts) -> bool,
) -> Result<http::Response<Bytes>, Failure>
where
    E: ServerEndpoint,
    H: Fn(Arc<Rest>, E) -> F,
    F: Future<Output = Result<E::Response, Failure>>,
{
    let (parts, body) = request.into_parts();
    if E::AUTH != Auth::None && !is_open(&parts) {
        authorize(&rest.platform, &parts.headers)?;
    }
    let body = body::to_bytes(body, MAX_BODY).await.map_err(|_| {
        let error = "The body is larger than 1 MiB, or broke off.";
        Failure::new(StatusCode::PAYLOAD_TOO_LARGE, error)
    })?;
    if !body.is_empty() && !is_json(&parts.headers) {
        let failure = Failure::field("Content-Type", "is to be application/json");
        return Err(failure);
    }
    if !body.is_empty() {
        // What is no JSON at all has no fields to be wrong.
        serde_json::from_slice::<IgnoredAny>(&body).map_err(Failure::no_json)?;
    }
    let path = parts.uri.path().to_owned();
    let request = http::Request::from_parts(parts, body);
    let call = E::decode_request(&path, &request)?;
    let response = handler(rest, call).await?;
    Ok(E::encode_response(&response)?)
}

/// Checks the bearer token of a request.
pub(crate) fn authorize(platform: &Platform, headers: &HeaderMap) -> Result<(), Failure> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    match token {
        Some(token) if platform.accepts(token) => Ok(()),
        _ => Err(Failure::unauthorized()),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media_type = value.and_then(|value| value.split(';').next());
    media_type.is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("application/json"))
}
