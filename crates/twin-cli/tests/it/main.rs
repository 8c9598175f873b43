//! The tool as scripts and people meet it: the built program, its stdout, stderr and exit codes.
#![allow(clippy::unwrap_used, reason = "that is how a test fails")]

mod api;
mod bots;
mod chat;
mod demo;
mod emulator;
mod files;
mod listen;
mod local;
mod login;
mod messages;
mod network;
#[cfg(unix)]
mod output;
#[cfg(unix)]
mod renewals;
mod secrets;
#[cfg(unix)]
mod signals;
mod support;
#[cfg(unix)]
mod terminal;
mod usage;
