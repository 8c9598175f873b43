//! The older live side: Socket.IO 2.x as its two servers in the wild speak it, socket.io 2.5.1 on
//! Node and python-socketio 4.6.1 (Engine.IO revision 3, Socket.IO protocol 4).
//!
//! Written from transcripts of those two and apart from this project's client. A connection is
//! named by a *sid* and listens to one session, whose id is its `key`. Nothing is kept for a
//! connection that is away: this protocol has no recovery.

mod connection;
mod event;
mod flavour;
mod heard;
mod hub;
mod message;
mod outlet;
mod packet;
mod payload;
mod polling;
mod refusal;
mod socket;
mod watch;

use std::sync::Arc;

use axum::{
    Router,
    extract::{FromRequestParts, Query, Request, State, ws::WebSocketUpgrade},
    response::Response,
    routing,
};
use http::Method;
use serde::Deserialize;

use self::{connection::Connection, refusal::Refusal};
pub use self::{
    flavour::{Flavour, SocketIoBehaviour, TellingRefusal},
    hub::Kick,
};
pub(crate) use self::{
    hub::{Emission, Hub},
    outlet::SocketIoOutlet,
};

/// The path of the Socket.IO endpoint. Without the slash at its end there is nothing.
pub(crate) const PATH: &str = "/operator/socket.io/";

/// What the query of a request says; anything else in it means nothing.
#[derive(Deserialize)]
struct Wishes {
    #[serde(default)]
    key: String,
    #[serde(default)]
    transport: String,
    sid: Option<String>,
    #[serde(rename = "EIO", default)]
    revision: String,
    #[serde(default)]
    b64: String,
}

/// The endpoint.
pub(crate) fn endpoint(hub: Arc<Hub>) -> Router {
    Router::new()
        .route(PATH, routing::any(answer))
        .with_state(hub)
}

async fn answer(
    State(hub): State<Arc<Hub>>,
    Query(wishes): Query<Wishes>,
    request: Request,
) -> Response {
    let flavour = hub.behaviour().flavour;
    let reply = match wishes.transport.as_str() {
        "websocket" => upgrade(&hub, &wishes, request).await,
        "polling" => poll(&hub, &wishes, request).await,
        // Python takes it for polling where nothing is said.
        "" if flavour == Flavour::Python => poll(&hub, &wishes, request).await,
        other => Err(Refusal::UnknownTransport(other.to_owned())),
    };
    reply.unwrap_or_else(|refusal| refusal.answer(flavour))
}

async fn poll(hub: &Arc<Hub>, wishes: &Wishes, request: Request) -> Result<Response, Refusal> {
    let is_post = request.method() == Method::POST;
    match &wishes.sid {
        Some(sid) => {
            let connection = hub.connection(sid)?;
            match is_post {
                true => polling::take(hub, &connection, request).await,
                false => polling::give(&connection, wishes.b64 == "1").await,
            }
        }
        None if is_post => Err(Refusal::HandshakeMethod),
        None => {
            let connection = open(hub, wishes, connection::Carrier::Polling)?;
            polling::greet(&connection, wishes.b64 == "1")
        }
    }
}

async fn upgrade(hub: &Arc<Hub>, wishes: &Wishes, request: Request) -> Result<Response, Refusal> {
    let present = match &wishes.sid {
        Some(sid) => Some(hub.connection(sid)?),
        None => None,
    };
    let (mut parts, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &())
        .await
        .map_err(|_| Refusal::BadRequest)?
        .max_message_size(polling::MAX_BODY)
        .max_frame_size(polling::MAX_BODY);
    let hub = Arc::clone(hub);
    Ok(match present {
        Some(connection) => {
            connection.begin_upgrade()?;
            upgrade.on_upgrade(move |socket| socket::probe(socket, hub, connection))
        }
        None => {
            let connection = open(&hub, wishes, connection::Carrier::WebSocket)
                .map_err(Refusal::over_a_web_socket)?;
            upgrade.on_upgrade(move |socket| socket::serve(socket, hub, connection))
        }
    })
}

/// Opens a connection, unless its key is refused at once.
fn open(
    hub: &Arc<Hub>,
    wishes: &Wishes,
    carrier: connection::Carrier,
) -> Result<Arc<Connection>, Refusal> {
    let behaviour = hub.behaviour();
    if behaviour.flavour == Flavour::Python && !matches!(wishes.revision.as_str(), "2" | "3") {
        return Err(Refusal::Revision);
    }
    let is_known = hub.knows(&wishes.key);
    if !is_known && behaviour.refuses_at_once() {
        return Err(Refusal::Key);
    }
    hub.open(&wishes.key, behaviour, carrier, is_known)
}
