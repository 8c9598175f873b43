//! The calls below `/_emulator`, one function each.

use std::sync::Arc;

use axum::{Json, extract::State};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::{Act, Control, Publication, PublicationReceipt, body::Body};
use crate::{
    addresses::Addresses,
    backend::Behaviour,
    error::{Error, ErrorKind},
    live::{
        LiveError, Outcome,
        socketio::{Emission, Kick},
    },
    rest::Failure,
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

/// An error packet for the Socket.IO clients of a session, or for all.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    session: Option<String>,
    text: String,
}

/// The end of the Socket.IO clients of a session, or of all.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PutOut {
    session: Option<String>,
    how: Kick,
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
    control.settle().await.map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /publish`
pub(super) async fn publish(
    State(control): Shared,
    Body(publication): Body<Publication>,
) -> Result<Json<PublicationReceipt>, Failure> {
    let (channel, outcome) = control.publish(&publication).map_err(refused)?;
    let published = outcome.settled().await.map_err(undone)?;
    Ok(Json(PublicationReceipt::new(channel, published)))
}

/// `POST /subscribe`
pub(super) async fn subscribe(
    State(control): Shared,
    Body(wanted): Body<Subscription>,
) -> Result<StatusCode, Failure> {
    let outcome = control.subscribe(wanted.session.as_deref(), &wanted.channel);
    done(outcome).await
}

/// `POST /unsubscribe`
pub(super) async fn unsubscribe(
    State(control): Shared,
    Body(wanted): Body<Subscription>,
) -> Result<StatusCode, Failure> {
    let outcome = control.unsubscribe(wanted.session.as_deref(), &wanted.channel);
    done(outcome).await
}

/// `POST /disconnect`
pub(super) async fn disconnect(
    State(control): Shared,
    Body(wanted): Body<Disconnection>,
) -> Result<StatusCode, Failure> {
    let session = wanted.session.as_deref();
    done(control.disconnect(session, wanted.code, &wanted.reason)).await
}

/// `POST /history/remove`
pub(super) async fn remove_history(
    State(control): Shared,
    Body(named): Body<Named>,
) -> Result<StatusCode, Failure> {
    done(control.remove_history(&named.session).map_err(refused)?).await
}

/// `POST /socketio/emit`
pub(super) async fn emit(State(control): Shared, Body(emission): Body<Emission>) -> StatusCode {
    control.socketio.emit(&emission);
    StatusCode::NO_CONTENT
}

/// `POST /socketio/error`
pub(super) async fn error(State(control): Shared, Body(said): Body<Said>) -> StatusCode {
    control.socketio.error(said.session.as_deref(), &said.text);
    StatusCode::NO_CONTENT
}

/// `POST /socketio/kick`
pub(super) async fn kick(State(control): Shared, Body(wanted): Body<PutOut>) -> StatusCode {
    control.socketio.kick(wanted.session.as_deref(), wanted.how);
    StatusCode::NO_CONTENT
}

/// `POST /restart`
pub(super) async fn restart(State(control): Shared) -> Result<StatusCode, Failure> {
    control.restart().map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn done(outcome: Outcome) -> Result<StatusCode, Failure> {
    outcome.settled().await.map_err(undone)?;
    Ok(StatusCode::NO_CONTENT)
}

fn refused(error: Error) -> Failure {
    match error.kind() {
        ErrorKind::Live => Failure::new(StatusCode::BAD_GATEWAY, &error.to_string()),
        _ => Failure::field("body", &error.to_string()),
    }
}

fn undone(error: LiveError) -> Failure {
    refused(Error::live(&error))
}
