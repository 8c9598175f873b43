//! `cargo xtask fuzz`: mutated input for everything that reads bytes from outside.
//!
//! The targets and the runner are in `tests/src/fuzz`, so that they also run as an ordinary test on
//! a stable compiler. The same targets stand in `tests/fuzz` for cargo-fuzz, which needs a nightly
//! one and finds more.

use std::fs;

use anyhow::{Context as _, Result};

use crate::{child::Child, workspace};

/// What to throw at what.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The target; all of them when left out.
    target: Option<String>,
    /// How many inputs a target gets.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 100_000,
        conflicts_with = "seconds"
    )]
    iterations: u64,
    /// How long each target is fed, instead of a number of inputs.
    #[arg(long, value_name = "N", conflicts_with = "minutes")]
    seconds: Option<u64>,
    /// How long all of them are fed together, each for the same time.
    #[arg(long, value_name = "N", conflicts_with = "iterations")]
    minutes: Option<u64>,
    /// The start of the random numbers: the same seed gives the same inputs. Left out, it is 1 for a
    /// number of inputs; a run of some time has another one every time, and says which.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Guide one target by coverage: needs a nightly compiler and cargo-fuzz.
    #[arg(long, requires = "target")]
    guided: bool,
}

/// Runs the stable runner, or cargo-fuzz.
///
/// # Errors
///
/// When an input makes a target panic. The input is then kept, and the error says where.
pub(crate) fn run(args: &Args) -> Result<()> {
    match &args.target {
        Some(target) if args.guided => {
            let minutes = args.minutes.map(|minutes| minutes.saturating_mul(60));
            guided(target, args.seconds.or(minutes))
        }
        _ => steady(args),
    }
}

fn steady(args: &Args) -> Result<()> {
    let mut words = Vec::new();
    let mut say = |name: &str, number: u64| words.extend([name.to_owned(), number.to_string()]);
    match (args.seconds, args.minutes) {
        (Some(seconds), _) => say("--seconds", seconds),
        (None, Some(minutes)) => say("--minutes", minutes),
        (None, None) => say("--iterations", args.iterations),
    }
    if let Some(seed) = args.seed {
        say("--seed", seed);
    }
    words.extend(args.target.clone());
    Child::cargo(&[
        "run",
        "--quiet",
        "--locked",
        "--package",
        "twin-tests",
        "--bin",
        "fuzz",
        "--",
    ])
    .args(words)
    .run()
}

/// cargo-fuzz keeps what it finds interesting in `tests/fuzz/corpus`, and starts from the kept
/// inputs of the target too.
fn guided(target: &str, seconds: Option<u64>) -> Result<()> {
    let own = format!("tests/fuzz/corpus/{target}");
    let kept = format!("tests/fixtures/fuzz/{target}");
    let root = workspace::root()?;
    fs::create_dir_all(root.join(&own)).with_context(|| format!("cannot make {own}"))?;
    // `cargo` may be a fixed toolchain's own; the one on the path understands `+nightly`.
    Child::new(
        "cargo",
        &[
            "+nightly",
            "fuzz",
            "run",
            "--fuzz-dir",
            "tests/fuzz",
            target,
        ],
    )
    .args([own, kept])
    .args(["--", "-max_len=16384"])
    .args(seconds.map(|seconds| format!("-max_total_time={seconds}")))
    .run()
}

/// The short run that every change has to pass: always the same inputs.
///
/// # Errors
///
/// As [`run`].
pub(crate) fn smoke() -> Result<()> {
    Child::cargo(&[
        "test",
        "--locked",
        "--package",
        "twin-tests",
        "--test",
        "fuzz",
    ])
    .run()
}
