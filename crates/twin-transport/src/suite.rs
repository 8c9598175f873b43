//! What every implementation of a trait must do, as tests that any implementation can run.
//!
//! One macro a trait writes one test a case, so that a failure has a name:
//! [`web_socket_connector_suite!`](crate::web_socket_connector_suite),
//! [`http_transport_suite!`](crate::http_transport_suite) and
//! [`runtime_suite!`](crate::runtime_suite). The cases of the first two speak to the implementation
//! over real sockets of this machine, once plain and once by TLS with certificates made for the
//! run; what the other side says is written byte by byte, and shares no code with this crate's
//! implementations.
//!
//! An implementation that has to differ says so: `differs: { case: "reason" }`. Such a case must
//! fail. When it passes, the entry is stale, and that is an error too; so is one that names no case.
//!
//! No case asserts how long something takes. What hangs is stopped after a minute.

pub mod http;
pub mod runtime;
pub mod web_socket;

mod certificates;
mod frame;
mod judge;
mod server;

pub use self::{
    judge::{Differences, Security},
    server::Trusted,
};
