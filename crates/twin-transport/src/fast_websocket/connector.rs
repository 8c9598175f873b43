//! Opening WebSockets.

use async_trait::async_trait;
use http::Request;

use crate::{
    error::Error,
    fast_websocket::socket::Socket,
    hyper::Network,
    upgrade,
    websocket::{WebSocket, WebSocketConnector, WebSocketLimits},
};

/// The [`WebSocketConnector`] over hyper and fastwebsockets. It needs a tokio runtime with time and
/// I/O; it spawns nothing.
#[derive(Clone, Debug)]
pub struct FastWebSocketConnector {
    network: Network,
    limits: WebSocketLimits,
}

impl FastWebSocketConnector {
    /// A connector with the usual limits.
    pub fn new(network: &Network) -> Self {
        Self::with_limits(network, WebSocketLimits::default())
    }

    /// A connector with limits of your own.
    pub fn with_limits(network: &Network, limits: WebSocketLimits) -> Self {
        Self {
            network: network.clone(),
            limits,
        }
    }
}

#[async_trait]
impl WebSocketConnector for FastWebSocketConnector {
    async fn connect(&self, request: Request<()>) -> Result<Box<dyn WebSocket>, Error> {
        let stream = upgrade::connect(&self.network, request).await?;
        Ok(Box::new(Socket::new(stream, self.limits)))
    }
}
