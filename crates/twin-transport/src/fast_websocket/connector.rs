//! Opening WebSockets.

use async_trait::async_trait;
use http::Request;

use crate::{
    error::Error,
    fast_websocket::socket::Socket,
    hyper::Network,
    upgrade,
    websocket::{WebSocket, WebSocketConnector},
};

/// What a WebSocket may keep in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebSocketLimits {
    /// The longest message that is taken, in bytes, over all its fragments. A longer one ends the
    /// connection with [`TooLarge`](crate::ErrorKind::TooLarge). Default: 16 MiB.
    pub max_message: usize,
    /// How many bytes may wait to be written before the sink makes its user wait. Default: 64 KiB.
    pub write_mark: usize,
}

impl Default for WebSocketLimits {
    fn default() -> Self {
        Self {
            max_message: 16 << 20,
            write_mark: 64 << 10,
        }
    }
}

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
