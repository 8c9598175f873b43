//! `cargo xtask bench`: what the client and the tool cost.

mod files;

use anyhow::Result;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// A large file up and down: memory of the tool, and whether every byte is the same.
    Files(files::Args),
}

/// Measures it, and prints what was seen.
///
/// # Errors
///
/// When something cannot be built, or does not do what is measured of it.
pub(crate) fn run(args: &Args) -> Result<()> {
    match &args.what {
        What::Files(args) => files::run(args),
    }
}
