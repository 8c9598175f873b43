//! The emulator as its users meet it: over real sockets, by another WebSocket implementation than
//! its own.
#![allow(clippy::unwrap_used, reason = "that is how a test fails")]

mod bots;
mod control;
mod dialogs;
mod ends;
mod files;
mod identity;
mod live;
mod operators;
mod remote;
mod rest;
mod support;
