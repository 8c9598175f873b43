//! Plays scenarios to the built tool: `tool SERVER [NAME...]`, where a name is a part of a
//! scenario's, or `tool SERVER --seeds FIRST COUNT` for those that are drawn from seeds.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal"
)]

use std::{env, error::Error, path::Path, process::ExitCode};

use twin_tests::{
    conformance::{Expected, Kind},
    tool::{Scenario, chaos, run_all},
};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run() -> Result<bool, Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let (server, names) = args.split_first().ok_or("name a server")?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == server);
    let kind = kind.ok_or("the first argument is to be a server")?;
    let (scenarios, expected) = match names {
        [flag, first, count] if flag == "--seeds" => {
            let first: u64 = first.parse()?;
            let seeds = first..first.saturating_add(count.parse()?);
            (seeds.map(chaos).collect(), Expected::default())
        }
        names => named(names)?,
    };
    if scenarios.is_empty() {
        return Err("no scenario has such a name".into());
    }
    let report = run_all(kind, &scenarios, &expected).await;
    print!("{report}");
    for scenario in &scenarios {
        if report.has_failed(&scenario.name) {
            println!(
                "{}: {}\n{:#?}",
                scenario.name, scenario.about, scenario.steps
            );
        }
    }
    Ok(report.is_good())
}

fn named(names: &[String]) -> Result<(Vec<Scenario>, Expected), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/tool");
    let mut scenarios = Scenario::read_all(&folder)?;
    let mut expected = Expected::read(&folder)?;
    if !names.is_empty() {
        scenarios.retain(|it| names.iter().any(|name| it.name.contains(name.as_str())));
        expected.retain(|name| scenarios.iter().any(|it| it.name == name));
    }
    Ok((scenarios, expected))
}
