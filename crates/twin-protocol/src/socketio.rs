//! The live channel over Socket.IO 2.x: Engine.IO 3, Socket.IO protocol 4, and the state machine of
//! a link.
//!
//! [`Machine`] holds one connection after another for one session: over a WebSocket, over HTTP, or
//! first the one and then the other ([`Transport`]). It delivers every event once and in order,
//! carries events the other way, acknowledges, keeps the connection alive, and says where events may
//! be missing. It does no I/O and has no clock: see [`link`](crate::link) for how a driver talks to
//! it. The driver knows the address and the key that opens it; the machine says what is added to it.
//!
//! What a driver of it adds to the actions:
//!
//! - The address, its path with a slash at the end, and before the query its own parameters (the
//!   session's `key`), on every dial and every request.
//! - The cookies that the server has set since the last [`Get`](crate::link::Action::Get) without a
//!   `sid`, on every later request of that connection and on its dials: a load balancer may need
//!   them.
//! - No `Origin`, no `Accept-Encoding`, and for sockets no extensions and HTTP/1.1 only.
//! - The head and the body of a POST in one write: some servers read no more than came at once.
//! - No time limit, no retry and no redirect of its own; a bound on the length of answers.
//!
//! The codecs can be used alone: [`engine`] for the layer below, [`packet`] for Socket.IO's own.
//!
//! It speaks the default namespace only, and no revision of either protocol but these.

mod config;
pub mod engine;
mod machine;
mod mark;
pub mod packet;

pub use self::{
    config::{Acks, Config, OnDisconnect, Transport},
    machine::Machine,
    mark::mark_read,
};
