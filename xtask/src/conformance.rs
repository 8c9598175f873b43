//! `cargo xtask conformance`: the client against what it did not write itself.
//!
//! The runners are in `tests/src`; this hands them their arguments.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::child::Child;

/// What to prove against what.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Play captures of a real server to the machine. Prints JSON lines; fails where a publication
    /// is neither delivered nor declared missing, or where a reply could not be read.
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    replay: Vec<PathBuf>,
}

/// Runs the runner.
///
/// # Errors
///
/// When it finds something wrong.
pub(crate) fn run(args: &Args) -> Result<()> {
    let files = args.replay.iter().map(|file| absolute(file));
    let files = files.collect::<Result<Vec<_>>>()?;
    Child::cargo(&[
        "run",
        "--quiet",
        "--locked",
        "--package",
        "twin-tests",
        "--bin",
        "replay",
        "--",
    ])
    .args(files)
    .run_quietly()
}

/// Children run in the root of the checkout, wherever this program was called.
fn absolute(file: &Path) -> Result<String> {
    let shown = file.display();
    let file = std::path::absolute(file).with_context(|| format!("{shown} is no path"))?;
    file.into_os_string()
        .into_string()
        .ok()
        .with_context(|| format!("{shown} is not UTF-8"))
}
