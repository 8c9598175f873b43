//! WebSockets: frames written by fastwebsockets, read by a strict, cancel-safe reader of our own.
//!
//! fastwebsockets 0.10 masks and writes frames well, but its reader loses the stream when a read is
//! cancelled, takes masked frames and oversized control frames for good, checks its size limit by
//! frame only and lets its buffer grow without bound (`docs/decisions`). So what comes is read
//! here: `header` tells what a frame is and whether it may be, `reader` joins frames to messages,
//! `socket` is the stream and sink over both.

mod connector;
mod flushing;
mod header;
mod reader;
mod socket;
mod writer;

pub use self::connector::FastWebSocketConnector;
