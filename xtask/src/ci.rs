//! `cargo xtask ci`: everything that a change must keep, step by step.
//!
//! The steps are the leaves that people run by hand, in the order of what fails soonest. What each
//! does stands in `ci/`; here is only their table, their order and the summary.

mod deny;
mod engine;
mod features;
mod msrv;
mod package;
mod peers;
mod rest;
mod spec;

use std::{
    env,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::{bench, child::Child, fuzz, sim, tidy, workspace::LIBRARIES};

/// What of it to run.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Run this step only; may be given several times.
    #[arg(long, value_name = "NAME")]
    step: Vec<String>,
    /// Leave this step out; may be given several times.
    #[arg(long, value_name = "NAME", conflicts_with = "step")]
    skip: Vec<String>,
    /// Name the steps and stop.
    #[arg(long)]
    list: bool,
}

/// How a step ended when it did not fail.
enum Outcome {
    /// It proved what it is there for.
    Done,
    /// It cannot be done here, for this reason.
    Skipped(String),
}

struct Step {
    name: &'static str,
    about: &'static str,
    run: fn() -> Result<Outcome>,
}

const STEPS: [Step; 16] = [
    Step {
        name: "fmt",
        about: "the code is formatted",
        run: || done(Child::cargo(&["fmt", "--all", "--check"]).run()),
    },
    Step {
        name: "tidy",
        about: "the arrows between crates, the layout, the texts",
        run: || done(tidy::run()),
    },
    Step {
        name: "codegen",
        about: "the generated code is that of the specification",
        run: || done(Child::cargo(&["xtask", "codegen", "--check"]).run()),
    },
    Step {
        name: "spec",
        about: "a linter of others finds no fault in the specifications",
        run: spec::run,
    },
    Step {
        name: "clippy",
        about: "no lint, in any set of features",
        run: features::clippy,
    },
    Step {
        name: "test",
        about: "every test",
        run: || done(Child::cargo(&["test", "--workspace", "--locked"]).run()),
    },
    Step {
        name: "doc",
        about: "the documentation builds without a warning",
        run: doc,
    },
    Step {
        name: "fuzz",
        about: "mutated input does no harm",
        run: || done(fuzz::smoke()),
    },
    Step {
        name: "sim",
        about: "no seed of the simulation breaks a law",
        run: || done(sim::smoke()),
    },
    Step {
        name: "engine",
        about: "the server on Centrifugo's engine, and what meets it",
        run: engine::run,
    },
    Step {
        name: "peers",
        about: "other people's clients get on with the emulator",
        run: peers::run,
    },
    Step {
        name: "rest",
        about: "a tester of others finds every answer as specified",
        run: rest::run,
    },
    Step {
        name: "bench",
        about: "the benchmark builds, and its contender counts right",
        run: || done(bench::smoke()),
    },
    Step {
        name: "deny",
        about: "licences, sources and doubled crates of the dependencies",
        run: deny::run,
    },
    Step {
        name: "msrv",
        about: "the stated rust-version is enough",
        run: msrv::run,
    },
    Step {
        name: "package",
        about: "the libraries can be published as they stand",
        run: package::run,
    },
];

/// Runs the steps, stops at the first that fails, and sums up.
///
/// # Errors
///
/// When a step fails, or a name is none of a step.
pub(crate) fn run(args: &Args) -> Result<()> {
    let steps = select(args)?;
    if args.list {
        for step in steps {
            println!("{:<8} {}", step.name, step.about);
        }
        return Ok(());
    }
    let mut summary = Vec::new();
    for step in steps {
        println!("\n=== {}: {}", step.name, step.about);
        let start = Instant::now();
        let result = (step.run)();
        let word = match &result {
            Ok(Outcome::Done) => "ok".to_owned(),
            Ok(Outcome::Skipped(reason)) => format!("skipped: {reason}"),
            Err(_) => "FAILED".to_owned(),
        };
        summary.push(line(step.name, start.elapsed(), &word));
        if let Err(error) = result {
            println!("\n{}", summary.join("\n"));
            let rerun = format!("cargo xtask ci --step {}", step.name);
            return Err(error.context(format!("step `{}`; run it again: {rerun}\n ", step.name)));
        }
    }
    println!("\n{}", summary.join("\n"));
    Ok(())
}

/// Whether this is the machine that decides: there nothing may be left out for want of a tool.
pub(crate) fn is_decisive() -> bool {
    env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

/// A step that wants something that is not here: where it counts, that is an error.
fn left_out(reason: impl Into<String>) -> Result<Outcome> {
    let reason = reason.into();
    if is_decisive() {
        bail!(reason);
    }
    Ok(Outcome::Skipped(reason))
}

fn done(result: Result<()>) -> Result<Outcome> {
    result.map(|()| Outcome::Done)
}

fn doc() -> Result<Outcome> {
    let strict = |args: &[&str]| Child::cargo(args).env("RUSTDOCFLAGS", "-D warnings").run();
    strict(&["doc", "--workspace", "--no-deps", "--locked"])?;
    // Once more with what is off by default, so that its links hold too.
    let mut args = vec!["doc", "--no-deps", "--locked", "--all-features"];
    args.extend(LIBRARIES.iter().flat_map(|&library| ["-p", library]));
    done(strict(&args))
}

fn select(args: &Args) -> Result<Vec<&'static Step>> {
    for name in args.step.iter().chain(&args.skip) {
        if !STEPS.iter().any(|step| step.name == name) {
            let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
            bail!("no step is named `{name}`; there are {}", names.join(", "));
        }
    }
    let named = |names: &[String], step: &Step| names.iter().any(|name| name == step.name);
    Ok(STEPS
        .iter()
        .filter(|step| args.step.is_empty() || named(&args.step, step))
        .filter(|step| !named(&args.skip, step))
        .collect())
}

fn line(name: &str, took: Duration, word: &str) -> String {
    format!("{name:<8} {:>6.1} s  {word}", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(step: &[&str], skip: &[&str]) -> Result<Vec<&'static str>> {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let args = Args {
            step: owned(step),
            skip: owned(skip),
            list: false,
        };
        Ok(select(&args)?.iter().map(|step| step.name).collect())
    }

    #[test]
    fn steps_are_chosen_and_left_out_by_name() {
        assert_eq!(names(&[], &[]).unwrap().len(), STEPS.len());
        assert_eq!(names(&["doc", "fmt"], &[]).unwrap(), ["fmt", "doc"]);
        assert!(!names(&[], &["test"]).unwrap().contains(&"test"));
    }

    #[test]
    fn a_name_that_is_no_step_is_refused() {
        for (step, skip) in [(&["tests"][..], &[][..]), (&[], &["tests"])] {
            let error = names(step, skip).unwrap_err().to_string();
            assert!(error.contains("no step is named `tests`; there are fmt, tidy"));
        }
    }

    #[test]
    fn every_step_has_a_name_of_its_own() {
        for (at, step) in STEPS.iter().enumerate() {
            assert!(STEPS[at + 1..].iter().all(|other| other.name != step.name));
        }
    }
}
