//! Other people's clients against the emulator.

use anyhow::{Result, bail};

use super::{Outcome, done, is_decisive};
use crate::{child::Child, workspace};

const FOLDER: &str = "tests/peers/centrifuge-js";

/// The integration article's recipe, written with the official JavaScript client.
///
/// # Errors
///
/// When the recipe fails; when what it wants is missing where `CI` is set.
pub(super) fn run() -> Result<Outcome> {
    let installed = workspace::root()?
        .join(FOLDER)
        .join("node_modules")
        .is_dir();
    if !installed || Child::new("node", &["--version"]).output().is_err() {
        let missing = format!("the recipe wants Node and its packages: npm ci --prefix {FOLDER}");
        if is_decisive() {
            bail!(missing);
        }
        return Ok(Outcome::Skipped(missing));
    }
    let args = [
        "test",
        "--locked",
        "-p",
        "twin-tests",
        "--test",
        "recipe",
        "--",
        "--ignored",
    ];
    done(Child::cargo(&args).run())
}
