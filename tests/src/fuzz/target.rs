//! The targets, one file each, and their table.

mod api;
mod centrifuge_link;
mod centrifuge_protobuf;
mod envelope;
mod raw_json;
mod socketio_link;
mod socketio_packet;
mod socketio_payload;
mod timestamp;
mod webhook;

pub use self::{
    api::{api_request, api_response},
    centrifuge_link::centrifuge_link,
    centrifuge_protobuf::centrifuge_protobuf,
    envelope::envelope,
    raw_json::raw_json,
    socketio_link::socketio_link,
    socketio_packet::socketio_packet,
    socketio_payload::socketio_payload,
    timestamp::timestamp,
    webhook::webhook,
};

/// A function that must not panic, whatever bytes it is given.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name on the command line, of the folder of inputs and of the cargo-fuzz target.
    pub name: &'static str,
    /// The function.
    pub run: fn(&[u8]),
    /// How many mutated inputs the ordinary tests give it: some seconds' worth.
    pub smoke: u64,
}

/// Every target there is.
pub const TARGETS: &[Target] = &[
    Target {
        name: "api_request",
        run: api_request,
        smoke: 30_000,
    },
    Target {
        name: "api_response",
        run: api_response,
        smoke: 30_000,
    },
    Target {
        name: "centrifuge_link",
        run: centrifuge_link,
        smoke: 8_000,
    },
    Target {
        name: "centrifuge_protobuf",
        run: centrifuge_protobuf,
        smoke: 30_000,
    },
    Target {
        name: "envelope",
        run: envelope,
        smoke: 50_000,
    },
    Target {
        name: "raw_json",
        run: raw_json,
        smoke: 50_000,
    },
    Target {
        name: "socketio_link",
        run: socketio_link,
        smoke: 8_000,
    },
    Target {
        name: "socketio_packet",
        run: socketio_packet,
        smoke: 50_000,
    },
    Target {
        name: "socketio_payload",
        run: socketio_payload,
        smoke: 30_000,
    },
    Target {
        name: "timestamp",
        run: timestamp,
        smoke: 50_000,
    },
    Target {
        name: "webhook",
        run: webhook,
        smoke: 20_000,
    },
];
