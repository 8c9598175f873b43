//! The HTTP side of a live connection: the upgrade, and its refusals.

use std::sync::Arc;

use axum::{
    extract::{
        Query, State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::{
    connection::{self, Heartbeat},
    hub::Hub,
};
use crate::backend::Backend;

/// How much larger than the protocol's limit a message may be and still be read, so that its
/// sender is sure to see the close frame and not a reset.
const OVERSIZE: usize = 4;

/// What the query of the address can ask for; anything else in it means nothing.
#[derive(Deserialize)]
pub(crate) struct Wishes {
    #[serde(default)]
    cf_ws_frame_ping_pong: String,
}

/// Takes in a live connection (captures `http-*`).
pub(crate) async fn upgrade(
    State((hub, backend)): State<(Arc<Hub>, Arc<Backend>)>,
    Query(wishes): Query<Wishes>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(WebSocketUpgradeRejection::MethodNotGet(_)) => {
            return refusal(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed\n");
        }
        Err(_) => return refusal(StatusCode::BAD_REQUEST, "Bad Request\n"),
    };
    if !has_key(&headers) {
        return refusal(StatusCode::BAD_REQUEST, "Bad Request\n");
    }
    let Some(link) = hub.open() else {
        return refusal(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable\n");
    };
    let heartbeat = match wishes.cf_ws_frame_ping_pong.as_str() {
        "true" => Heartbeat::Frames,
        _ => Heartbeat::Protocol,
    };
    let largest = hub.settings.message_size_limit.saturating_mul(OVERSIZE);
    let guard = connection::Guard::new(hub, backend, link);
    upgrade
        .protocols(["centrifuge-json"])
        .max_message_size(largest)
        .max_frame_size(largest)
        .on_upgrade(move |socket| connection::serve(socket, guard, heartbeat))
}

/// Whether the client's key is one: sixteen bytes, which axum does not ask (RFC 6455, 4.2.1).
fn has_key(headers: &HeaderMap) -> bool {
    let key = headers.get("Sec-WebSocket-Key");
    let key = key.and_then(|key| STANDARD.decode(key).ok());
    key.is_some_and(|key| key.len() == 16)
}

fn refusal(status: StatusCode, body: &'static str) -> Response {
    (status, [("Sec-Websocket-Version", "13")], body).into_response()
}
