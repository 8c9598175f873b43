//! The transports by hyper: what is theirs alone, beyond the suites of their traits.

#![allow(clippy::unwrap_used, reason = "that is how a test fails")]

mod batching;
mod early_answers;
mod http2;
mod network;
mod pool;
mod proxies;
mod secrets;
mod wire;
