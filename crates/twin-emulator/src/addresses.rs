//! Where an emulator is to be found.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use serde::Serialize;
use uuid::Uuid;

pub(crate) use crate::live::socketio::PATH as SOCKETIO_PATH;

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
    /// Which run of an emulator this is: new with each start. What another run gave out, a token of a
    /// login say, is of no use here.
    pub instance: String,
}

/// The path of the Centrifugo endpoint.
pub(crate) const CENTRIFUGO_PATH: &str = "/centrifugo/connection/websocket";
/// The path below which a real Centrifugo finds its backend.
pub(crate) const PROXY_PATH: &str = "/centrifugo/proxy";
/// The path below which the calls of the bot service are.
pub(crate) const BOT_PATH: &str = "/api/bot/v1";
/// The path below which the calls of the identity service are.
pub(crate) const IAM_PATH: &str = "/api/iam/v1";
/// The path below which the calls of the chats service are.
pub(crate) const CHATS_PATH: &str = "/api/chats/v1";

impl Addresses {
    /// The addresses of a new run of an emulator, which listens on `address`. One that listens on all of the
    /// machine's addresses is found on its own.
    pub(crate) fn of(mut address: SocketAddr, token: String) -> Self {
        match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
        Self::at(&address.to_string(), token)
    }

    /// The same, but the live events come from another server.
    pub(crate) fn with_centrifugo(self, url: &str) -> Self {
        let centrifugo = url.to_owned();
        Self { centrifugo, ..self }
    }

    /// The same for those who find it at `host`, a name or an address with its port.
    pub(crate) fn seen_at(&self, host: &str) -> Self {
        let instance = self.instance.clone();
        Self {
            instance,
            ..Self::at(host, self.token.clone())
        }
    }

    fn at(host: &str, token: String) -> Self {
        let http = format!("http://{host}");
        Self {
            widget: format!("{http}{CHATS_PATH}"),
            chats: format!("{http}{CHATS_PATH}"),
            bot: Some(format!("{http}{BOT_PATH}")),
            iam: Some(format!("{http}{IAM_PATH}")),
            centrifugo: format!("ws://{host}{CENTRIFUGO_PATH}"),
            socketio: Some(format!("{http}{SOCKETIO_PATH}")),
            token,
            instance: Uuid::new_v4().to_string(),
            http,
        }
    }
}
