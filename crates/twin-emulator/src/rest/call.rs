//! What all calls have in common: the token is checked, the body read, the request decoded, the
//! reply encoded. What differs is a `Serve` for each.

use std::sync::Arc;

use axum::{
    body::{self, Body},
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header, request::Parts};
use serde::de::IgnoredAny;
use twin_protocol::{
    api::{Auth, Content, ContentHead, ServerEndpoint, ServerMultipartEndpoint},
    id::UserId,
};

use super::{
    Rest,
    error::Failure,
    form::{self, Upload},
};
use crate::platform::{Access, Platform};

/// The largest body of a request that is no upload, in bytes.
const MAX_BODY: usize = 1024 * 1024;

/// Who calls: the user whose token it is, or nobody in particular.
#[derive(Clone, Debug, Default)]
pub(super) struct Caller {
    pub(super) user: Option<UserId>,
}

/// What a call does.
pub(super) trait Serve: ServerEndpoint<Response: Send> + Send + 'static {
    fn serve(
        self,
        rest: Arc<Rest>,
        caller: Caller,
    ) -> impl Future<Output = Result<Self::Response, Failure>> + Send;
}

/// What a call does whose reply is a file.
pub(super) trait ServeContent: ServerEndpoint<Response = Content> + Send + 'static {
    fn open(
        self,
        rest: Arc<Rest>,
        caller: Caller,
    ) -> impl Future<Output = Result<(ContentHead, Body), Failure>> + Send;
}

/// What a call does whose body is a form with files, once they are there.
pub(super) trait ServeForm:
    ServerMultipartEndpoint<Response: Send> + Send + 'static
{
    fn serve(
        self,
        rest: Arc<Rest>,
        caller: Caller,
        files: Vec<Upload>,
    ) -> impl Future<Output = Result<Self::Response, Failure>> + Send;
}

/// Carries out a call.
pub(super) async fn call<E: Serve>(State(rest): State<Arc<Rest>>, request: Request) -> Response {
    let answer = async {
        let (parts, body) = request.into_parts();
        let (call, caller) = read::<E>(&rest, parts, body).await?;
        let response = call.serve(rest, caller).await?;
        Ok::<_, Failure>(E::encode_response(&response)?)
    };
    match answer.await {
        Ok(response) => response.map(Body::from),
        Err(failure) => failure.into_response(),
    }
}

/// Carries out a call whose reply is a file.
pub(super) async fn download<E: ServeContent>(
    State(rest): State<Arc<Rest>>,
    request: Request,
) -> Response {
    let answer = async {
        let (parts, body) = request.into_parts();
        let (call, caller) = read::<E>(&rest, parts, body).await?;
        call.open(rest, caller).await
    };
    match answer.await {
        Ok((head, body)) => {
            let mut response = Response::new(body);
            head.write(response.headers_mut());
            response
        }
        Err(failure) => failure.into_response(),
    }
}

/// Carries out a call whose body is a form with files.
pub(super) async fn upload<E: ServeForm>(
    State(rest): State<Arc<Rest>>,
    request: Request,
) -> Response {
    let answer = async {
        let (parts, body) = request.into_parts();
        let caller = authorize_call::<E>(&rest.platform, &parts)?;
        let path = parts.uri.path().to_owned();
        let content_type = parts.headers.get(header::CONTENT_TYPE).cloned();
        let mut call = E::decode_request(&path, &http::Request::from_parts(parts, Bytes::new()))?;
        let files = form::read(&mut call, content_type.as_ref(), body).await?;
        let response = call.serve(rest, caller, files).await?;
        Ok::<_, Failure>(E::encode_response(&response)?)
    };
    match answer.await {
        Ok(response) => response.map(Body::from),
        Err(failure) => failure.into_response(),
    }
}

async fn read<E: ServerEndpoint>(
    rest: &Rest,
    parts: Parts,
    body: Body,
) -> Result<(E, Caller), Failure> {
    let caller = authorize_call::<E>(&rest.platform, &parts)?;
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
    Ok((E::decode_request(&path, &request)?, caller))
}

fn authorize_call<E: ServerEndpoint>(
    platform: &Platform,
    parts: &Parts,
) -> Result<Caller, Failure> {
    let request = http::Request::from_parts(parts.clone(), ());
    match E::auth_of(&request) {
        // Which token it is says the call; without any it is not even looked at.
        Auth::Bare if !parts.headers.contains_key(header::AUTHORIZATION) => {
            Err(Failure::unauthorized())
        }
        Auth::Bearer => authorize(platform, &parts.headers),
        // What needs none may have one.
        _ => Ok(authorize(platform, &parts.headers).unwrap_or_default()),
    }
}

/// Checks the bearer token of a request.
pub(super) fn authorize(platform: &Platform, headers: &HeaderMap) -> Result<Caller, Failure> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    match token.map(|token| platform.identity.access(token)) {
        Some(Access::Granted(user)) => Ok(Caller { user: Some(user) }),
        Some(Access::Expired) => Err(Failure::expired()),
        Some(Access::Unknown) | None => Err(Failure::unauthorized()),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media_type = value.and_then(|value| value.split(';').next());
    media_type.is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("application/json"))
}
