//! The live channel over Socket.IO 2.x: Engine.IO 3, Socket.IO protocol 4, and the state machine of
//! a link.
mod config;
pub mod engine;
pub mod packet;
pub use self::config::{Acks, Config, OnDisconnect, Transport};
