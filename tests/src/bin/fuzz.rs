//! The fuzz runner for any compiler: `cargo xtask fuzz` calls it.
//!
//! `fuzz [--seed N] (--iterations N | --seconds N | --minutes N) [TARGET]`: so many inputs for each target,
//! so much time for each, or so much for all of them together. A run of some time draws its seed.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal"
)]

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    process::ExitCode,
    time::Duration,
};

use twin_tests::fuzz::{self, Failure, Limit, TARGETS, Target};

struct Args {
    seed: Option<u64>,
    limit: Limit,
    /// Whether the time is for all targets together.
    shared: bool,
    target: Option<String>,
}

fn main() -> ExitCode {
    match parse(env::args().skip(1)).and_then(|args| feed(&args)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Args, String> {
    let mut args = Args {
        seed: None,
        limit: Limit::Iterations(100_000),
        shared: false,
        target: None,
    };
    while let Some(word) = words.next() {
        let mut number = || {
            let value = words.next().unwrap_or_default();
            value
                .parse::<u64>()
                .map_err(|_| format!("{word} wants a number, not `{value}`"))
        };
        match word.as_str() {
            "--seed" => args.seed = Some(number()?),
            "--iterations" => args.limit = Limit::Iterations(number()?),
            "--minutes" => {
                args.limit = Limit::Time(Duration::from_secs(number()?.saturating_mul(60)));
                args.shared = true;
            }
            "--seconds" => args.limit = Limit::Time(Duration::from_secs(number()?)),
            _ => args.target = Some(word),
        }
    }
    Ok(args)
}

fn feed(args: &Args) -> Result<(), String> {
    let wanted = |target: &&Target| {
        args.target
            .as_deref()
            .is_none_or(|name| name == target.name)
    };
    let targets: Vec<_> = TARGETS.iter().filter(wanted).collect();
    if targets.is_empty() {
        let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
        return Err(format!(
            "there is no such target, only {}",
            names.join(", ")
        ));
    }
    let limit = match args.limit {
        Limit::Time(time) if args.shared => Limit::Time(time / targets.len() as u32),
        limit => limit,
    };
    let seed = match (args.seed, limit) {
        (Some(seed), _) => seed,
        (None, Limit::Iterations(_)) => 1,
        (None, Limit::Time(_)) => fastrand::u64(..),
    };
    println!("seed {seed}");
    for target in targets {
        let corpus = fuzz::corpus(target.name).map_err(|error| error.to_string())?;
        match fuzz::run(target, &corpus, seed, limit) {
            Ok(count) => println!("{}: {count} inputs, no harm", target.name),
            Err(failure) => return Err(keep(target, &failure)),
        }
    }
    Ok(())
}

/// Puts the input where every later run tries it, and says so.
fn keep(target: &Target, failure: &Failure) -> String {
    let mut hasher = DefaultHasher::new();
    failure.input.hash(&mut hasher);
    let file = fuzz::folder(target.name).join(format!("found-{:016x}", hasher.finish()));
    let kept = match fs::write(&file, &failure.input) {
        Ok(()) => format!("kept as {}", file.display()),
        Err(error) => format!("not kept: {error}"),
    };
    format!("target {}: {failure}\n{kept}", target.name)
}
