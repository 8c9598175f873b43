//! Types, codecs and state machines of the TWIN chat platform: no I/O, no clock, no async.
//!
//! What is here can be used alone: by a program that only decodes events, by a server that plays the
//! platform, by a client over any transport. What is not here is the world: sockets, time and
//! randomness are handed in, and what a state machine wants of the world comes out as a value.
//!
//! - [`api`]: the platform's REST calls, one type a call, with their encoding and decoding.
//! - [`model`]: the shapes that calls and events share.
//! - [`event`]: what happens in a chat, as the live channels tell it.
//! - [`link`]: the words that both live channels share: inputs, actions, reports.
//! - [`centrifuge`]: the live channel over Centrifugo: codec and state machine.
//! - [`socketio`]: the older live channel over Socket.IO 2.x: codecs and state machine.
//! - [`id`], [`time`], [`raw`], [`url`]: opaque identifiers, points in time, JSON kept as it came,
//!   addresses that hold secrets.

pub mod api;
pub mod centrifuge;
mod draft;
pub mod event;
pub mod id;
pub mod link;
pub mod model;
pub mod raw;
pub mod secret;
pub mod socketio;
pub mod time;
pub mod token;
pub mod url;
mod wire;
