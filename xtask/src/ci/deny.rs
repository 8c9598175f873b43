//! What the dependencies are: their licences, where they come from, which came twice.

use anyhow::Result;

use super::{Outcome, done, left_out};
use crate::child::Child;

/// cargo-deny without the network, over what `cargo fetch` has brought.
///
/// Advisories are not asked for: they come from a repository that changes from day to day, and
/// would fail a change that has nothing to do with them.
///
/// # Errors
///
/// When a dependency is not as `.deny.toml` wants it; when cargo-deny is missing where `CI` is set.
pub(super) fn run() -> Result<Outcome> {
    if Child::cargo(&["deny", "--version"]).output().is_err() {
        let missing = "cargo-deny is missing: cargo install --locked cargo-deny";
        return left_out(missing);
    }
    Child::cargo(&["fetch", "--locked"]).run()?;
    done(
        Child::cargo(&["deny", "--offline", "--config", ".deny.toml", "check"])
            .args(["--hide-inclusion-graph", "licenses", "bans", "sources"])
            .run(),
    )
}
