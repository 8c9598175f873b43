//! Mutated input for everything that reads bytes from outside.
//!
//! A target is a plain function over bytes that panics when something is wrong: a panic in the
//! code under test, or a law that does not hold. The same functions run in three ways: a short,
//! repeatable round as an ordinary test (`tests/tests/fuzz.rs`), longer rounds on any compiler
//! (`cargo xtask fuzz`), and guided by coverage on a nightly one (`tests/fuzz`).

mod corpus;
mod mutate;
mod runner;
pub mod target;

pub use self::{
    corpus::{corpus, folder},
    runner::{Failure, Limit, run},
    target::{TARGETS, Target},
};
