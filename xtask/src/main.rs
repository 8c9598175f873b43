//! The project's own commands, run as `cargo xtask <command>`.
//!
//! One file a command. None of them links a crate of the SDK: cargo is run as a child, so that the
//! commands work while the code they look after does not compile.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal"
)]

mod bench;
mod child;
mod ci;
mod codegen;
mod conformance;
mod fuzz;
mod mutants;
mod peers;
mod sim;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure what the client and the tool cost.
    Bench(bench::Args),
    /// Prove everything that a change must keep: format, lints, tests, docs, arrows, packages.
    Ci(ci::Args),
    /// Print the calls, models and payloads of twin-protocol from docs/spec.
    Codegen(codegen::Args),
    /// Prove the client against recorded and real servers.
    Conformance(conformance::Args),
    /// Throw mutated input at everything that reads bytes from outside.
    Fuzz(fuzz::Args),
    /// Change the links' code, one thing after another, and tell what no test notices.
    Mutants(mutants::Args),
    /// Build and run servers that this project did not write, for its tests to meet.
    Peers(peers::Args),
    /// Play the links' machines against models of their servers, with what goes wrong drawn from seeds.
    Sim(sim::Args),
    /// Run all tests, and check that generated code and the tree are in order.
    Test,
    /// Check what the compiler does not: the arrows between crates, the layout, the texts.
    Tidy,
}

fn main() -> ExitCode {
    let result = match Args::parse().command {
        Command::Bench(args) => bench::run(&args),
        Command::Ci(args) => ci::run(&args),
        Command::Codegen(args) => codegen::run(&args),
        Command::Conformance(args) => conformance::run(&args),
        Command::Fuzz(args) => fuzz::run(&args),
        Command::Mutants(args) => mutants::run(&args),
        Command::Peers(args) => peers::run(&args),
        Command::Sim(args) => sim::run(&args),
        Command::Test => test::run(),
        Command::Tidy => tidy::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
