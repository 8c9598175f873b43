//! `cargo xtask sim`: the links' machines, and the whole client, against models of their servers, with
//! what goes wrong drawn from seeds.
//!
//! The simulation is in `tests/src/sim`; this hands it its arguments.

use anyhow::Result;
use clap::ValueEnum;

use crate::child::Child;

/// What a change has to pass of each link.
const SMOKE: u64 = 1_000;
/// What it has to pass of the client over each link: a run of it takes longer.
const SMOKE_OF_CLIENT: u64 = 300;

/// Which runs to play.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Over which link.
    #[arg(long, value_enum, default_value_t)]
    link: Link,
    /// The whole client, rather than a link's machine.
    #[arg(long)]
    client: bool,
    /// The first seed: without `--seeds`, the only one.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// How many seeds, from the first on.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seeds: u64,
}

/// The links there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Link {
    /// Over Centrifugo.
    #[default]
    Centrifugo,
    /// Over Socket.IO.
    #[value(name = "socketio")]
    SocketIo,
}

/// Plays them.
///
/// # Errors
///
/// With the first seed whose run breaks a law. Its trace is printed.
pub(crate) fn run(args: &Args) -> Result<()> {
    let subject = match (args.client, args.link) {
        (true, Link::Centrifugo) => "client",
        (true, Link::SocketIo) => "client-over-socketio",
        (false, Link::Centrifugo) => "centrifugo",
        (false, Link::SocketIo) => "socketio",
    };
    Child::cargo(&[
        "run",
        "--quiet",
        "--locked",
        "--package",
        "twin-tests",
        "--bin",
        "sim",
        "--",
    ])
    .args(["--of", subject])
    .args(["--seed".to_owned(), args.seed.to_string()])
    .args(["--seeds".to_owned(), args.seeds.to_string()])
    .run()
}

/// The runs that every change has to pass.
///
/// # Errors
///
/// As [`run`].
pub(crate) fn smoke() -> Result<()> {
    let args = |link, client, seeds| Args {
        link,
        client,
        seed: 1,
        seeds,
    };
    let links = Link::value_variants().iter().copied();
    let machines = links.clone().map(|link| args(link, false, SMOKE));
    let clients = links.map(|link| args(link, true, SMOKE_OF_CLIENT));
    machines.chain(clients).try_for_each(|args| run(&args))
}
