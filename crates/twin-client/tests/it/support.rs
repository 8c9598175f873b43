//! The world of a test: a client, the REST side it asks, and the server that the test plays.

mod server;
mod told;
mod wire;
mod world;

pub(crate) use self::{
    server::Server,
    told::{told, words},
    wire::{A, B, C, channel, granted, listed, message, page, recovered, started, text_of},
    world::World,
};
