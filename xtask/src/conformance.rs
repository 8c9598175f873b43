//! `cargo xtask conformance`: the client against what it did not write itself.
//!
//! The runners are in `tests/src`; this hands them their arguments.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use clap::ValueEnum;

use crate::child::Child;

/// What to prove against what.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Play captures of a real server to the machine. Prints JSON lines; fails where a publication
    /// is neither delivered nor declared missing, or where a reply could not be read.
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["server", "case", "tool"])]
    replay: Vec<PathBuf>,
    /// Play the cases of `tests/cases` to the client and this server.
    #[arg(long, value_enum, default_value_t)]
    server: Server,
    /// In what the client speaks to a server of Centrifugo's protocol. The emulator speaks JSON alone.
    #[arg(long, value_enum, default_value_t)]
    codec: Codec,
    /// Only cases whose name contains this; may be given several times.
    #[arg(long, value_name = "NAME")]
    case: Vec<String>,
    /// Play the scenarios of `tests/cases/tool` to the built tool `twin`, as a black box.
    #[arg(long)]
    tool: bool,
    /// Play so many scenarios to the tool that are drawn from seeds: faults upon faults.
    #[arg(long, value_name = "N", conflicts_with_all = ["case", "replay"])]
    chaos: Option<u32>,
    /// The first of these seeds; the others follow it.
    #[arg(long, value_name = "SEED", default_value_t = 1, requires = "chaos")]
    seed: u64,
}

/// The servers that the cases can be played against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Server {
    /// The Centrifugo 6 that the variable `CENTRIFUGO_BIN` names.
    Centrifugo,
    /// The emulator.
    #[default]
    Emulator,
    /// The program on Centrifugo's engine; see `cargo xtask peers`.
    Engine,
}

/// What can be spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Codec {
    /// Lines of JSON.
    #[default]
    Json,
    /// Length-delimited Protobuf.
    Protobuf,
}

/// Runs the runner.
///
/// # Errors
///
/// When it finds something wrong.
pub(crate) fn run(args: &Args) -> Result<()> {
    if let Some(count) = args.chaos {
        let seeds = [
            "--seeds".to_owned(),
            args.seed.to_string(),
            count.to_string(),
        ];
        return play("tool", args.server, &seeds);
    }
    if args.tool {
        return play("tool", args.server, &args.case);
    }
    if args.replay.is_empty() {
        return play_cases(args.server, args.codec, &args.case);
    }
    let files = args.replay.iter().map(|file| absolute(file));
    let files = files.collect::<Result<Vec<_>>>()?;
    runner("replay").args(files).run_quietly()
}

/// Plays every scenario to the built tool, before a server.
///
/// # Errors
///
/// When one of them does not hold.
pub(crate) fn play_to_tool(server: Server) -> Result<()> {
    play("tool", server, &[])
}

/// Plays every case against a server.
///
/// # Errors
///
/// When one of them does not hold.
pub(crate) fn play_all(server: Server, codec: Codec) -> Result<()> {
    play_cases(server, codec, &[])
}

fn play_cases(server: Server, codec: Codec, names: &[String]) -> Result<()> {
    let codec = codec.to_possible_value();
    let codec = codec.context("every codec has a name")?;
    let mut args = vec![codec.get_name().to_owned()];
    args.extend_from_slice(names);
    play("conformance", server, &args)
}

/// Lets a runner play what its arguments choose, against a server.
fn play(program: &str, server: Server, args: &[String]) -> Result<()> {
    let server = server.to_possible_value();
    let server = server.context("every server has a name")?;
    let xtask = env::current_exe().context("cannot name this program")?;
    runner(program)
        .args([server.get_name()])
        .args(args)
        .env("TWIN_XTASK", xtask)
        .run_quietly()
}

/// A program of `tests/src/bin`, its arguments still to come.
fn runner(program: &str) -> Child {
    let cargo = [
        "run",
        "--quiet",
        "--locked",
        "--package",
        "twin-tests",
        "--bin",
    ];
    Child::cargo(&cargo).args([program, "--"])
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
