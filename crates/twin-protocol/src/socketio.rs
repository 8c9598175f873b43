//! The live channel over Socket.IO 2.x: Engine.IO 3, Socket.IO protocol 4, and the state machine of
//! a link.
//!
//! [`Machine`] holds one connection after another for one session: over a WebSocket, over HTTP, or
//! first the one and then the other ([`Transport`]). It delivers every event once and in order,
//! carries events the other way, acknowledges, keeps the connection alive, and says where events may
//! be missing. It does no I/O and has no clock: see [`link`](crate::link) for how a driver talks to
//! it. The driver knows the address and the key that opens it; the machine says what is added to it.
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
