//! `cargo xtask peers`: servers and clients that this project did not write, as peers for its tests.
//!
//! `engine` is the small program of `tests/peers/centrifuge`, on the library that Centrifugo is
//! made of. `centrifugo` is a Centrifugo 6 binary that the variable `CENTRIFUGO_BIN` names. Both
//! take the same settings, and both say with one line of JSON on stdout when they are ready.

mod build;
mod centrifugo;
mod health;
mod settings;
mod start;
mod stop;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Subcommand, ValueEnum};

use self::settings::Setting;
use crate::workspace;

/// What to do with which peer.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the engine into `target/peers`. Without Go: a reason, and a failure where `CI` is set.
    Build,
    /// Run a server in the foreground; `--detach` leaves it running, until `peers stop`.
    Start(StartArgs),
    /// End the server that `peers start --detach` left running.
    Stop {
        /// Which server.
        #[arg(long, value_enum, default_value_t)]
        server: Server,
    },
    /// Print the line of readiness for a server that cannot say it itself.
    #[command(hide = true)]
    Announce {
        /// Where it will answer.
        address: String,
        /// Its process.
        pid: u32,
    },
}

#[derive(Debug, clap::Args)]
struct StartArgs {
    /// Which server.
    #[arg(long, value_enum, default_value_t)]
    server: Server,
    /// Where the backend has `/connect`, `/rpc` and `/subscribe`.
    #[arg(long, value_name = "URL")]
    backend: String,
    /// Where to serve; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: String,
    /// A setting other than by default, as `history-size=2` or `ping-interval=1s`; may be given
    /// several times. The names are the flags of the engine.
    #[arg(long, value_name = "NAME=VALUE", value_parser = Setting::parse)]
    set: Vec<Setting>,
    /// Leave it running and return once it is ready.
    #[arg(long)]
    detach: bool,
}

/// The servers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Server {
    /// A Centrifugo 6 binary.
    Centrifugo,
    /// Our program on the engine.
    #[default]
    Engine,
}

impl Server {
    const fn name(self) -> &'static str {
        match self {
            Self::Centrifugo => "centrifugo",
            Self::Engine => "engine",
        }
    }
}

/// Builds, starts or stops.
///
/// # Errors
///
/// When the peer cannot be built, started or stopped, with the reason.
pub(crate) fn run(args: &Args) -> Result<()> {
    match &args.command {
        Command::Announce { address, pid } => start::announce(address, *pid),
        Command::Build => build::run(),
        Command::Start(args) if args.detach => start::detached(args),
        Command::Start(args) => start::foreground(args),
        Command::Stop { server } => stop::run(*server),
    }
}

/// Why the engine cannot be had here, if so.
///
/// # Errors
///
/// When Go is there but cannot be started.
pub(crate) fn engine_is_missing() -> Result<Option<&'static str>> {
    build::missing()
}

/// Builds the engine, and proves it by what Go has for that.
///
/// # Errors
///
/// When it does not build, is not formatted, or a test of it fails.
pub(crate) fn prove_engine() -> Result<()> {
    build::ready()?;
    build::prove()
}

/// Whether the environment names a Centrifugo.
pub(crate) fn names_centrifugo() -> bool {
    centrifugo::is_named()
}

/// Where what is built and noted of peers is kept.
fn folder() -> Result<PathBuf> {
    Ok(workspace::root()?.join("target").join("peers"))
}
