//! HTTP by hyper, TLS by rustls; and how both, and the WebSockets over them, get a connection.
//!
//! [`HyperTransport`] is the [`HttpTransport`](crate::HttpTransport). [`Network`] says how a
//! connection is made: who dials, through which proxy, with which TLS, in what time. It is a value:
//! nothing is a process-wide default.

mod body;
mod connection;
pub(crate) mod connector;
mod dial;
pub(crate) mod failure;
mod heard_out;
mod network;
mod proxy;
mod roots;
mod tls;
mod transport;

pub use self::{
    dial::{Dial, Io, TcpDialer},
    network::Network,
    proxy::{Proxy, ProxyError},
    roots::{Roots, RootsError},
    tls::{CryptoProvider, Tls, TlsError},
    transport::{HttpLimits, HyperTransport},
};
