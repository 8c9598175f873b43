//! `cargo xtask bench`: what the client and the tool cost, beside other people's clients and beside the
//! least that there is.
//!
//! What live events are measured with stands in `tests/bench`, a workspace of its own: a server that
//! says recorded events as fast as they are taken, and contenders, each a program that prints one
//! line of JSON. Here they are built, run in rounds, one after the other, and compared.

mod contender;
mod doc;
mod events;
mod files;
mod instructions;
mod rest;
mod server;
mod smoke;
mod table;

use anyhow::Result;

pub(crate) use self::smoke::run as smoke;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Live events: processor time for each, memory of idle connections.
    Events(events::Args),
    /// A large file up and down: memory of the tool, and whether every byte is the same.
    Files(files::Args),
    /// REST calls: processor time for each, beside hyper alone.
    Rest(rest::Args),
    /// A few events through the client, right or wrong, whatever they cost.
    Smoke,
}

/// Measures it, and prints what was seen.
///
/// # Errors
///
/// When something cannot be built, or does not do what is measured of it.
pub(crate) fn run(args: &Args) -> Result<()> {
    match &args.what {
        What::Events(args) => events::run(args),
        What::Files(args) => files::run(args),
        What::Rest(args) => rest::run(args),
        What::Smoke => smoke::run(),
    }
}
