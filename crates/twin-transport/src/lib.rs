//! How bytes get to the TWIN platform and back: pluggable HTTP and WebSocket transports.
//!
//! Three small, object-safe traits ([`HttpTransport`], [`WebSocketConnector`], [`Runtime`]) and
//! their words. Nothing here knows the platform: no event, no session, no endpoint; nothing is
//! retried; no body and no credential is logged.
//!
//! # Features
//!
//! Without any there are the traits and their words alone. By default there is everything that a
//! program needs to talk to the platform: the first six.
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `http-hyper` | `HyperTransport`: HTTP/1.1 and HTTP/2, proxies, TLS by rustls |
//! | `ws-fastwebsockets` | `FastWebSocketConnector`: WebSockets by hyper and fastwebsockets |
//! | `tls-ring` | cryptography by ring |
//! | `roots-platform` | trust what the operating system trusts |
//! | `roots-webpki` | trust Mozilla's roots, compiled in |
//! | `runtime-tokio` | `TokioRuntime`: time and tasks by tokio |
//! | `tls-aws-lc-rs` | cryptography by aws-lc-rs; it wins where both are there |
//! | `ws-tokio-websockets` | `TokioWebSocketConnector`; it needs Rust 1.89, more than the rest |
//! | `testing` | a runtime with a virtual clock, and transports in memory that a test drives |
//! | `suite` | suites that judge any implementation of the traits, for dev-dependencies |

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
