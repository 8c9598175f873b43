//! `cargo xtask bench rest`: the processor time of a REST call through the client, beside that of the
//! same bytes through hyper alone and of the same call by hand with hyper and serde. Rounds are interleaved, as with events.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use super::{doc, events::WORKSPACE, server::Server, table::cell};
use crate::{child::Child, workspace};

/// The client first, then what it is compared with.
const CLIENTS: [&str; 3] = ["twin", "hyper", "typed"];
/// How many calls go at a time.
const AT_ONCE: [usize; 2] = [1, 64];

/// How long to measure.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How often each client runs.
    #[arg(long, value_name = "N", default_value_t = 7)]
    rounds: usize,
    /// How many calls a run has.
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    count: u64,
    /// Write the table into docs/performance.md and docs/ru/performance.md.
    #[arg(long)]
    write: bool,
}

/// What a client prints after a run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Run {
    name: String,
    calls: u64,
    at_once: usize,
    #[serde(rename = "wall_s")]
    _wall_s: f64,
    #[serde(rename = "cpu_s")]
    _cpu_s: f64,
    cpu_us_per_call: f64,
}

/// Builds the clients, runs them, prints the table.
///
/// # Errors
///
/// When one cannot be built, or a call fails.
pub(super) fn run(args: &Args) -> Result<()> {
    let cargo = ["build", "--release", "--manifest-path", WORKSPACE];
    Child::cargo(&cargo)
        .args(["--package=twin-bench-rest"])
        .run()?;
    let program = workspace::root()?.join("tests/bench/target/release/rest");
    let server = Server::start(&program, &["--serve"])?;
    let mut times = BTreeMap::<_, Vec<f64>>::new();
    for round in 1..=args.rounds {
        for at_once in AT_ONCE {
            for client in CLIENTS {
                let run = one(&program, &server, client, args.count, at_once)?;
                let time = run.cpu_us_per_call;
                eprintln!("round {round}: {client}, {at_once} at once: {time:.2} us");
                times.entry((at_once, client)).or_default().push(time);
            }
        }
    }
    let table = |words: &Words| print(words, &mut times.clone(), args);
    println!("{}", table(&ENGLISH)?);
    if args.write {
        doc::write_text("bench rest", &table(&ENGLISH)?, &table(&RUSSIAN)?)?;
    }
    Ok(())
}

/// One run of a client.
pub(super) fn one(
    program: &Path,
    server: &Server,
    client: &str,
    count: u64,
    at_once: usize,
) -> Result<Run> {
    let output = Child::new(program, &["--client", client])
        .args(["--url".to_owned(), format!("http://{}", server.address())])
        .args([format!("--count={count}"), format!("--at-once={at_once}")])
        .output()?;
    let run: Run = serde_json::from_str(output.trim())
        .with_context(|| format!("{client} printed `{}`", output.trim()))?;
    ensure!(
        (run.name.as_str(), run.calls, run.at_once) == (client, count, at_once),
        "{client} did something else: {run:?}"
    );
    Ok(run)
}

struct Words {
    at_once: &'static str,
    client: &'static str,
    typed: &'static str,
    ratio: &'static str,
    rounds: fn(usize, u64) -> String,
}

const ENGLISH: Words = Words {
    at_once: "calls at once",
    client: "this client, µs a call",
    typed: "hyper and serde",
    ratio: "ratio in a round",
    rounds: |rounds, count| format!("Rounds: {rounds}; calls in a run: {count}."),
};

const RUSSIAN: Words = Words {
    at_once: "вызовов сразу",
    client: "этот клиент, мкс на вызов",
    typed: "hyper и serde",
    ratio: "отношение в раунде",
    rounds: |rounds, count| format!("Раундов: {rounds}; вызовов в прогоне: {count}."),
};

fn print(
    words: &Words,
    times: &mut BTreeMap<(usize, &str), Vec<f64>>,
    args: &Args,
) -> Result<String> {
    let Words {
        at_once,
        client,
        typed,
        ratio,
        rounds,
    } = words;
    let mut text = format!(
        "| {at_once} | {client} | hyper | {ratio} | {typed} | {ratio} |\n\
         | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    );
    for number in AT_ONCE {
        let mut of = |client| times.remove(&(number, client)).context("a run is missing");
        let [ours, hyper, typed] = [of("twin")?, of("hyper")?, of("typed")?];
        let to = |floor: &[f64]| {
            ours.iter()
                .zip(floor)
                .map(|(ours, floor)| ours / floor)
                .collect()
        };
        let ratios = [to(&hyper), to(&typed)];
        let [ours, hyper, typed] = [ours, hyper, typed].map(|times| cell(times, 2));
        let [to_hyper, to_typed] = ratios.map(|ratios| cell(ratios, 2));
        text.push_str(&format!(
            "| {number} | {ours} | {hyper} | {to_hyper} | {typed} | {to_typed} |\n"
        ));
    }
    text.push('\n');
    text.push_str(&rounds(args.rounds, args.count));
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_medians_and_the_ratio_of_the_same_round() {
        let mut times = BTreeMap::new();
        for number in AT_ONCE {
            times.insert((number, "twin"), vec![30.0, 20.0, 11.0]);
            times.insert((number, "hyper"), vec![20.0, 20.0, 10.0]);
            times.insert((number, "typed"), vec![30.0, 20.0, 11.0]);
        }
        let args = Args {
            rounds: 3,
            count: 5,
            write: false,
        };
        let text = print(&ENGLISH, &mut times, &args).unwrap();
        let row = "| 64 | 20.00 (11.00–30.00) | 20.00 (10.00–20.00) | 1.10 (1.00–1.50) \
            | 20.00 (11.00–30.00) | 1.00 (1.00–1.00) |";
        assert!(text.contains(row), "{text}");
        assert!(print(&ENGLISH, &mut times, &args).is_err());
    }
}
