//! `cargo xtask test`: every test, and what else must hold before a change is sent.

use anyhow::Result;

use crate::{child::Child, tidy};

/// Runs the tests of the workspace, then the checks that are as quick.
///
/// # Errors
///
/// At the first that fails.
pub(crate) fn run() -> Result<()> {
    Child::cargo(&["test", "--workspace", "--locked"]).run()?;
    Child::cargo(&["xtask", "codegen", "--check"]).run()?;
    tidy::run()
}
