//! How bytes get to the TWIN platform and back: pluggable HTTP and WebSocket transports.
//!
//! Three small, object-safe traits ([`HttpTransport`], [`WebSocketConnector`], [`Runtime`]) and
//! their words. Nothing here knows the platform: no event, no session, no endpoint; nothing is
//! retried; no body and no credential is logged.

pub mod error;
pub mod http;
#[cfg(feature = "http-hyper")]
pub mod hyper;
pub mod runtime;
pub mod websocket;

pub use self::{
    error::{Error, ErrorKind, Reached, Refusal},
    http::{Body, HttpTransport},
    runtime::{BoxFuture, Runtime},
    websocket::{CloseFrame, Incoming, Message, Utf8Bytes, WebSocket, WebSocketConnector},
};
