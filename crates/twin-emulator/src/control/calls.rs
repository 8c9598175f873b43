//! The calls below `/_emulator`, one function each.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::{Act, Control, Publication, PublicationReceipt, StoredFile, body::Body};
use crate::{
    Error, addresses::Addresses, backend::Behaviour, rest::Failure, webhook::WebhookAttempt,
};

type Shared = State<Arc<Control>>;

/// A channel of the connections of a session, or of all.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Subscription {
    session: Option<String>,
    channel: String,
}

/// The end of the connections of a session, or of all.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Disconnection {
    session: Option<String>,
    code: u16,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    session: String,
}

/// `GET /addresses`
pub(super) async fn addresses(State(control): Shared, headers: HeaderMap) -> Json<Addresses> {
    let host = headers.get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok());
    Json(control.addresses_for(host))
}

/// `GET /behaviour`
pub(super) async fn behaviour(State(control): Shared) -> Json<Behaviour> {
    Json(control.behaviour())
}

/// `PUT /behaviour`
pub(super) async fn set_behaviour(
    State(control): Shared,
    Body(behaviour): Body<Behaviour>,
) -> StatusCode {
    control.set_behaviour(behaviour);
    StatusCode::NO_CONTENT
}

/// `POST /act`
pub(super) async fn act(
    State(control): Shared,
    Body(act): Body<Act>,
) -> Result<StatusCode, Failure> {
    control.act(&act)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /publish`
pub(super) async fn publish(
    State(control): Shared,
    Body(publication): Body<Publication>,
) -> Result<Json<PublicationReceipt>, Failure> {
    Ok(Json(control.publish(&publication).map_err(refused)?))
}

/// `POST /subscribe`
pub(super) async fn subscribe(
    State(control): Shared,
    Body(wanted): Body<Subscription>,
) -> StatusCode {
    control.subscribe(wanted.session.as_deref(), &wanted.channel);
    StatusCode::NO_CONTENT
}

/// `POST /unsubscribe`
pub(super) async fn unsubscribe(
    State(control): Shared,
    Body(wanted): Body<Subscription>,
) -> StatusCode {
    control.unsubscribe(wanted.session.as_deref(), &wanted.channel);
    StatusCode::NO_CONTENT
}

/// `POST /disconnect`
pub(super) async fn disconnect(
    State(control): Shared,
    Body(wanted): Body<Disconnection>,
) -> StatusCode {
    control.disconnect(wanted.session.as_deref(), wanted.code, &wanted.reason);
    StatusCode::NO_CONTENT
}

/// `POST /history/remove`
pub(super) async fn remove_history(
    State(control): Shared,
    Body(named): Body<Named>,
) -> Result<StatusCode, Failure> {
    control.remove_history(&named.session).map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /restart`
pub(super) async fn restart(State(control): Shared) -> Result<StatusCode, Failure> {
    control.restart().map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /tokens/expire`
pub(super) async fn expire_tokens(State(control): Shared) -> StatusCode {
    control.expire_tokens();
    StatusCode::NO_CONTENT
}

/// `GET /webhooks`
pub(super) async fn webhooks(State(control): Shared) -> Json<Vec<WebhookAttempt>> {
    Json(control.webhooks())
}

/// `GET /files/{id}`
pub(super) async fn file(
    State(control): Shared,
    Path(id): Path<String>,
) -> Result<Json<StoredFile>, Failure> {
    let file = control.file(&id);
    file.map(Json)
        .ok_or_else(|| Failure::not_found("File not found."))
}

fn refused(error: Error) -> Failure {
    Failure::field("body", &error.to_string())
}
