//! The SDK's client, through the stream that its users read, with nothing set but addresses.
//!
//! `--url URL --count N`: connects, joins, reads N events, and prints what they took.
//! `--count 0 --idle K`: opens 10 links, then K more, and prints by how much each of these makes the
//! process grow; `--sessions-per-link S` puts S sessions on each link and prints the same for each
//! session beyond the first of its link.

mod events;
mod idle;
mod setup;

use anyhow::Result;
use clap::Parser as _;
use setup::Contender;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let contender = Contender::parse();
    match (contender.args.count, contender.sessions_per_link) {
        (0, 1) => idle::links(&contender).await,
        (0, _) => idle::sessions(&contender).await,
        _ => events::run(&contender).await,
    }
}
