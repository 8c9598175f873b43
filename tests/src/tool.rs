//! The built tool `twin` as a black box before a network that fails.
//!
//! A scenario says what the network and the server do while the program listens; what it prints is
//! held against what was published, each event once, in order and byte for byte, or a gap, and
//! against the contract of its lines: states in their order, pauses within their bounds, the right
//! last words and exit code. Scenarios are data (`tests/cases/tool`), or drawn from a seed.
//! Nothing here knows how the program does it.

mod book;
mod chaos;
mod grammar;
mod line;
mod play;
mod program;
mod run;
mod running;
mod scenario;
mod terminator;
mod verdict;

pub use self::{
    chaos::scenario as chaos,
    program::{ProgramError, program},
    run::run_all,
    scenario::Scenario,
};
