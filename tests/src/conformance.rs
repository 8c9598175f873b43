//! The client against servers: cases as data, the same for every server.
//!
//! A case is a file of `tests/cases`: which server settings, which steps, what is expected. The
//! runner starts the server, puts the fault-injecting proxy before it, and holds what the client
//! delivers against what was published: each event once, in order, byte for byte, or a gap at the
//! very place of the hole.

pub(crate) mod account;
pub(crate) mod case;
mod expected;
pub(crate) mod folder;
mod listener;
pub(crate) mod run;
pub(crate) mod server;
pub(crate) mod steps;
mod verdict;
mod world;

pub use self::{
    case::Case,
    expected::{Expected, ExpectedError},
    folder::CaseError,
    run::{Report, Verdict, run_all},
    server::Kind,
};
