//! The specifications before a linter that nobody here wrote.

use anyhow::Result;

use super::{Outcome, done, left_out};
use crate::{child::Child, workspace};

const FOLDER: &str = "tests/peers/redocly";

/// Redocly's linter over both files: OpenAPI and AsyncAPI by the book, examples that fit their
/// schemas. It is told to call nobody.
///
/// # Errors
///
/// When it finds an error; when what it wants is missing where `CI` is set.
pub(super) fn run() -> Result<Outcome> {
    let program = format!("{FOLDER}/node_modules/@redocly/cli/bin/cli.js");
    let is_installed = workspace::root()?.join(&program).is_file();
    if !is_installed || Child::new("node", &["--version"]).output().is_err() {
        let missing = format!("the linter wants Node and its packages: npm ci --prefix {FOLDER}");
        return left_out(missing);
    }
    let config = "--config=docs/spec/redocly.yaml";
    let lint = Child::new("node", &[&program, "lint", config, "--max-problems=1000"]);
    done(
        lint.env("REDOCLY_TELEMETRY", "off")
            .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
            .run(),
    )
}
