//! The simulation: `cargo xtask sim` calls it.
//!
//! `sim [--of centrifugo|client|client-over-socketio|socketio] [--seed S] [--seeds N]`: the runs of N seeds from S on.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal"
)]

use std::{env, process::ExitCode};

use twin_tests::sim::Subject;

fn main() -> ExitCode {
    match play(env::args().skip(1)) {
        Ok(count) => {
            println!("{count} seeds, every law held");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn play(mut words: impl Iterator<Item = String>) -> Result<u64, String> {
    let (mut subject, mut seed, mut seeds) = (Subject::Centrifugo, 1, 1);
    while let Some(word) = words.next() {
        let value = words.next().unwrap_or_default();
        let number = || {
            value
                .parse::<u64>()
                .map_err(|_| format!("{word} wants a number, not `{value}`"))
        };
        match word.as_str() {
            "--of" => subject = value.parse()?,
            "--seed" => seed = number()?,
            "--seeds" => seeds = number()?,
            _ => return Err(format!("`{word}` is not known")),
        }
    }
    for seed in seed..seed.saturating_add(seeds) {
        subject
            .play(seed)
            .map_err(|failure| format!("{failure}\nagain: {}", subject.again(seed)))?;
    }
    Ok(seeds)
}
