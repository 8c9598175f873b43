//! `cargo xtask codegen`: the calls, models and payloads of `twin-protocol`, printed from
//! `docs/spec`.
//!
//! In three steps, one module each: [`yaml`] keeps a file with the place of every node, [`spec`]
//! (and [`proto`], for the messages of the live channel) reads what the generator understands and refuses the rest, [`mod@print`] writes Rust. [`output`]
//! compares it with what is there. Nothing here knows of a particular call.

mod output;
mod print;
mod proto;
mod spec;
#[cfg(test)]
mod tests;
mod yaml;

use std::fs;

use anyhow::{Context as _, Result, bail};

use crate::workspace;

/// The specification of the calls, below the root of the checkout.
pub(crate) const REST: &str = "docs/spec/twin.openapi.yaml";
/// The specification of the events, below the root of the checkout.
pub(crate) const EVENTS: &str = "docs/spec/twin.asyncapi.yaml";

/// The messages of Centrifugo's protocol, below the root of the checkout.
const LIVE: &str = "docs/spec/centrifugo.proto";

/// Print the calls, models and payloads of twin-protocol from `docs/spec`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Change nothing; fail if what is there is not what would be printed.
    #[arg(long)]
    check: bool,
}

/// The calls that a specification names, each with its method and path.
///
/// # Errors
///
/// When a specification holds what the generator does not understand.
pub(crate) fn operations(rest: &str, events: &str) -> Result<Vec<(String, String)>> {
    let spec = spec::Spec::read(REST, rest, EVENTS, events)?;
    let operations = spec.operations.into_iter();
    Ok(operations
        .map(|operation| {
            (
                operation.id,
                format!("{} {}", operation.method, operation.path),
            )
        })
        .collect())
}

/// Prints the files, or checks that they are as they would be printed.
///
/// # Errors
///
/// When a specification holds what the generator does not understand, when rustfmt is missing, or,
/// with `--check`, when a file is stale.
pub(crate) fn run(args: &Args) -> Result<()> {
    let root = workspace::root()?;
    let read =
        |path| fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"));
    let spec = spec::Spec::read(REST, &read(REST)?, EVENTS, &read(EVENTS)?)?;
    let live = proto::Definition::read(LIVE, &read(LIVE)?)?;
    let files = output::format(&root, print::files(&spec, &live)?)?;
    let changes = output::Changes::find(&root, &files)?;
    if !args.check {
        let count = changes.apply(&root)?;
        println!("codegen: {} files, {count} changed", files.len());
        return Ok(());
    }
    if changes.is_empty() {
        println!("codegen: {} files, all as docs/spec has them", files.len());
        return Ok(());
    }
    bail!("generated code is stale; run `cargo xtask codegen`\n{changes}")
}
