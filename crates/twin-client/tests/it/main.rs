//! The client as its users see it: over transports in memory, a server that each test plays, and a
//! clock that each test moves.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod back_pressure;
mod dialogs;
mod events;
mod falling_behind;
mod files;
mod gaps;
mod identity;
mod leaving;
mod links;
mod lists;
mod marking_read;
mod odd_servers;
mod protobuf;
mod races;
mod receipts;
mod reconnecting;
mod retries;
mod secrets;
mod sending;
mod shut_down;
mod start;
mod support;
mod suspension;
mod tokens;
mod types;
mod unassigned;
#[cfg(feature = "webhook")]
mod webhook;
