//! The emulator as its users meet it: over real sockets, by another WebSocket implementation than
//! its own.

mod bots;
mod captures;
mod control;
mod ends;
mod live;
mod rest;
mod support;
