//! The peer on the engine that Centrifugo is made of, and the tests that meet it.

use std::env;

use anyhow::{Context as _, Result, bail};

use super::{Outcome, done, is_decisive};
use crate::{child::Child, peers};

/// Builds and proves the peer, then runs what wants it.
///
/// # Errors
///
/// When anything of it fails; when Go is missing where `CI` is set.
pub(super) fn run() -> Result<Outcome> {
    if let Some(missing) = peers::engine_is_missing()? {
        if is_decisive() {
            bail!(missing);
        }
        return Ok(Outcome::Skipped(missing.to_owned()));
    }
    peers::prove_engine()?;
    let xtask = env::current_exe().context("cannot name this program")?;
    let args = [
        "test",
        "--locked",
        "-p",
        "twin-tests",
        "--test",
        "engine",
        "--",
        "--ignored",
    ];
    done(Child::cargo(&args).env("TWIN_XTASK", xtask).run())
}
