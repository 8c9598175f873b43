//! How bytes get to the TWIN platform and back: pluggable HTTP and WebSocket transports.
//!
//! Three small, object-safe traits ([`HttpTransport`], [`WebSocketConnector`], [`Runtime`]) and
//! their words. Nothing here knows the platform: no event, no session, no endpoint; nothing is
//! retried; no body and no credential is logged.

pub mod error;
#[cfg(feature = "ws-fastwebsockets")]
pub mod fast_websocket;
pub mod http;
#[cfg(feature = "http-hyper")]
pub mod hyper;
pub mod runtime;
#[cfg(feature = "suite")]
pub mod suite;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "ws-tokio-websockets")]
pub mod tokio_websocket;
#[cfg(any(feature = "ws-fastwebsockets", feature = "ws-tokio-websockets"))]
mod upgrade;
pub mod websocket;

#[cfg(feature = "ws-fastwebsockets")]
pub use self::fast_websocket::FastWebSocketConnector;
#[cfg(feature = "http-hyper")]
pub use self::hyper::{HttpLimits, HyperTransport, Network, Proxy, Roots, Tls};
#[cfg(feature = "runtime-tokio")]
pub use self::runtime::TokioRuntime;
#[cfg(feature = "ws-tokio-websockets")]
pub use self::tokio_websocket::TokioWebSocketConnector;
pub use self::{
    error::{Error, ErrorKind, Reached, Refusal},
    http::{Body, HttpTransport},
    runtime::{BoxFuture, Runtime},
    websocket::{
        CloseFrame, Incoming, Message, Utf8Bytes, WebSocket, WebSocketConnector, WebSocketLimits,
    },
};
