//! The live channel over Centrifugo: its client protocol in JSON or Protobuf and the state machine of a link.
//!
//! [`Machine`] holds one connection after another, joins sessions on it, keeps the position in each
//! channel, and says for every event whose it is and for every hole that there is one. It does no
//! I/O and has no clock: see [`link`](crate::link) for how a driver talks to it.
//!
//! It speaks the subset of the protocol that the platform uses: connect with data and recovery,
//! server-side subscriptions, the documented subscribe, rpc `joinSession`, ping and pong, refreshing of tokens. It does
//! not speak of presence, deltas or client-side publishing.

mod close;
mod command;
mod config;
mod frames;
mod json;
mod machine;
mod protobuf;
mod reply;
mod usual;

pub use self::{
    config::{Codec, Config},
    machine::Machine,
};
