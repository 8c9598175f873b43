//! The transports by hyper: what is theirs alone, beyond the suites of their traits.

mod batching;
mod http2;
mod network;
mod pool;
mod proxies;
mod secrets;
mod wire;
