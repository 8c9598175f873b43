//! WebSockets by tokio-websockets, over the same handshake as those by fastwebsockets: a second
//! implementation, by other people, of the same trait.
//!
//! It needs Rust 1.89, more than this package promises; so nothing uses it by default. What it does
//! otherwise than the connector over fastwebsockets stands where the suite is called for it, each
//! with its reason.

mod connector;
mod counted;
mod socket;

pub use self::connector::TokioWebSocketConnector;
