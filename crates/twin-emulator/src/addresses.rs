//! Where an emulator is to be found.

use std::net::SocketAddr;

use serde::Serialize;

/// Where an emulator is to be found: exactly what `GET /_emulator/addresses` answers.
///
/// Services that the emulator does not play yet are `None`, and left out of the JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Addresses {
    /// The emulator itself: `http://127.0.0.1:8080`.
    pub http: String,
    /// Chats, widget gateway.
    pub widget: String,
    /// Chats, public API.
    pub chats: String,
    /// Bot dialogs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bot: Option<String>,
    /// Identity and files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iam: Option<String>,
    /// Live events over Centrifugo.
    pub centrifugo: String,
    /// Live events over Socket.IO.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub socketio: Option<String>,
    /// A token that this emulator accepts.
    pub token: String,
}

/// The path of the Centrifugo endpoint.
pub(crate) const CENTRIFUGO_PATH: &str = "/centrifugo/connection/websocket";
/// The path below which the calls of the chats service are.
pub(crate) const CHATS_PATH: &str = "/api/chats/v1";

impl Addresses {
    pub(crate) fn new(address: SocketAddr, token: String) -> Self {
        let http = format!("http://{address}");
        Self {
            widget: format!("{http}{CHATS_PATH}"),
            chats: format!("{http}{CHATS_PATH}"),
            bot: None,
            iam: None,
            centrifugo: format!("ws://{address}{CENTRIFUGO_PATH}"),
            socketio: None,
            token,
            http,
        }
    }
}
