//! The emulator's calls before a tester that nobody here wrote.

use anyhow::Result;

use super::{Outcome, done, left_out};
use crate::{child::Child, workspace};

const FOLDER: &str = "tests/peers/schemathesis";

/// Schemathesis throws what it makes of the specification at a running emulator.
///
/// # Errors
///
/// When an answer is not as specified; when what it wants is missing where `CI` is set.
pub(super) fn run() -> Result<Outcome> {
    let program = format!("{FOLDER}/.venv/bin/schemathesis");
    if !workspace::root()?.join(program).is_file() {
        let missing = format!("the tester wants its Python packages: see {FOLDER}/README.md");
        return left_out(missing);
    }
    let args = [
        "test",
        "--locked",
        "-p",
        "twin-tests",
        "--test",
        "schemathesis",
        "--",
        "--ignored",
    ];
    done(Child::cargo(&args).run())
}
