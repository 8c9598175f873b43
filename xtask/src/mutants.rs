//! `cargo xtask mutants`: whether the tests of the links notice when their code is changed.
//!
//! cargo-mutants changes one thing after another and runs the tests of `twin-protocol` each time. Those
//! that no test catches are compared with `tests/mutants/survivors.toml`. It takes hours for everything,
//! so it is run by command, perhaps for a file.

mod survivors;

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail, ensure};
use clap::ValueEnum;
use serde::Deserialize;

use self::survivors::{Mutant, Survivors};
use crate::{child::Child, workspace};

/// Where the code is.
const SOURCES: &str = "crates/twin-protocol/src";

/// Printed, and exercised by what uses it.
const GENERATED: &str = "centrifuge/protobuf/messages.rs";

/// Where cargo-mutants writes what it finds.
const OUTPUT: &str = "target/mutants";

/// What to change.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// One link's machine and codecs; without, both and the words that they share.
    #[arg(long, value_enum)]
    link: Option<Link>,
    /// Files of them, as paths in the checkout or below `crates/twin-protocol/src`; without, all.
    #[arg(value_name = "FILE")]
    files: Vec<String>,
}

/// The links there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Link {
    /// Over Centrifugo.
    Centrifugo,
    /// Over Socket.IO.
    #[value(name = "socketio")]
    SocketIo,
}

impl Args {
    /// Which files are changed, below [`SOURCES`].
    fn globs(&self) -> Vec<String> {
        let own = format!("{SOURCES}/");
        let named = self.files.iter();
        let named = named.map(|file| file.strip_prefix(&own).unwrap_or(file).to_owned());
        match self.link {
            _ if !self.files.is_empty() => named.collect(),
            Some(Link::Centrifugo) => vec!["centrifuge/**".to_owned()],
            Some(Link::SocketIo) => vec!["socketio/**".to_owned()],
            None => ["centrifuge/**", "link/**", "socketio/**"]
                .map(str::to_owned)
                .to_vec(),
        }
    }
}

/// Changes it, and tells what no test has noticed.
///
/// # Errors
///
/// When a mutant survives that is not listed, or one is listed that does not; when cargo-mutants is
/// missing, or ends before it has tried them all.
pub(crate) fn run(args: &Args) -> Result<()> {
    if Child::cargo(&["mutants", "--version"]).output().is_err() {
        bail!("cargo-mutants is missing: cargo install --locked cargo-mutants@27.1.0");
    }
    let root = workspace::root()?;
    let survivors = Survivors::read(&root.join("tests/mutants/survivors.toml"))?;
    for file in survivors.files() {
        let is_there = root.join(SOURCES).join(file).is_file();
        ensure!(is_there, "{file} is listed and is no file in {SOURCES}");
    }
    let scope = args.globs().into_iter();
    let scope: Vec<_> = scope
        .flat_map(|glob| ["--file".to_owned(), format!("{SOURCES}/{glob}")])
        .chain(["--exclude".to_owned(), format!("{SOURCES}/{GENERATED}")])
        .collect();

    let listed = Child::cargo(&["mutants", "--list", "--json", "--package=twin-protocol"])
        .args(scope.clone())
        .output()?;
    let listed: Vec<Listed> = serde_json::from_str(&listed).context("a list of mutants")?;
    ensure!(
        !listed.is_empty(),
        "there is nothing to change in {scope:?}"
    );

    // Its end says whether some survived; which did stands in what it has written.
    let folder = root.join(OUTPUT);
    let ended = mutants(scope).run();
    let outcomes = Outcomes::read(&folder.join("mutants.out/outcomes.json"));
    let outcomes = match (outcomes, ended) {
        (Ok(outcomes), _) => outcomes,
        (Err(error), Ok(())) => return Err(error),
        (Err(_), Err(error)) => return Err(error),
    };
    let tried = outcomes.mutants().count();
    ensure!(
        tried == listed.len(),
        "{tried} mutants of {} were tried: see {OUTPUT}/mutants.out/log",
        listed.len()
    );

    let files = listed.iter().map(|listed| &*listed.file);
    let verdict = survivors.judge(outcomes.survived()?, &files.collect());
    println!(
        "{tried} mutants: {} caught, {} that do not compile, {} that never end, {} known to survive, {} new",
        outcomes.count(Summary::CaughtMutant),
        outcomes.count(Summary::Unviable),
        outcomes.count(Summary::Timeout),
        verdict.known,
        verdict.new.len(),
    );
    for Mutant { file, name } in &verdict.new {
        println!("survives: {file}: {name}");
    }
    for Mutant { file, name } in &verdict.stale {
        println!("listed, and caught or gone: {file}: {name}");
    }
    if verdict.new.is_empty() && verdict.stale.is_empty() {
        return Ok(());
    }
    bail!(
        "catch what survives by a test, or list it with a reason; take out what is listed for nothing"
    )
}

/// Tries them one after another, in a copy of the checkout.
fn mutants(scope: Vec<String>) -> Child {
    Child::cargo(&[
        "mutants",
        "--package=twin-protocol",
        "--output",
        OUTPUT,
        "--no-shuffle",
        "--cap-lints=true",
        "--cargo-arg=--lib",
        "--cargo-arg=--locked",
    ])
    .args(scope)
    // The tests of the links alone; runs of pairs take seconds, and catch little that others do not.
    .args(["--", "--", "centrifuge::", "link::", "socketio::"])
    .args(["--skip", "pair::"])
    // Half of the time of each would go into what a debugger needs.
    .env("CARGO_PROFILE_DEV_DEBUG", "0")
    .env("CARGO_PROFILE_TEST_DEBUG", "0")
}

/// A mutant as cargo-mutants lists it. The name begins with the place.
#[derive(Debug, Deserialize)]
struct Listed {
    file: String,
    name: String,
}

impl Listed {
    /// The same without its place, which changes with every line before it.
    fn mutant(&self) -> Result<Mutant> {
        let name = self.name.strip_prefix(&*self.file);
        let name = name.and_then(|place| place.splitn(4, ':').nth(3));
        let name = name.with_context(|| format!("a name without its place: {}", self.name))?;
        let file = Path::new(&self.file).strip_prefix(SOURCES);
        let file = file.with_context(|| format!("{} is not below {SOURCES}", self.file))?;
        Ok(Mutant {
            file: file.display().to_string(),
            name: name.trim().to_owned(),
        })
    }
}

/// What cargo-mutants writes at its end.
#[derive(Debug, Deserialize)]
struct Outcomes {
    outcomes: Vec<Outcome>,
}

#[derive(Debug, Deserialize)]
struct Outcome {
    scenario: Scenario,
    summary: Summary,
}

#[derive(Debug, Deserialize)]
enum Scenario {
    /// The code as it is.
    Baseline,
    Mutant(Listed),
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
enum Summary {
    CaughtMutant,
    Failure,
    MissedMutant,
    Success,
    Timeout,
    Unviable,
}

impl Outcomes {
    fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path);
        let text = text.with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("cannot read {}", path.display()))
    }

    fn mutants(&self) -> impl Iterator<Item = (&Listed, Summary)> {
        self.outcomes
            .iter()
            .filter_map(|outcome| match &outcome.scenario {
                Scenario::Baseline => None,
                Scenario::Mutant(listed) => Some((listed, outcome.summary)),
            })
    }

    fn count(&self, summary: Summary) -> usize {
        self.mutants().filter(|(_, its)| *its == summary).count()
    }

    fn survived(&self) -> Result<Vec<Mutant>> {
        self.mutants()
            .filter(|(_, summary)| *summary == Summary::MissedMutant)
            .map(|(listed, _)| listed.mutant())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_read_and_its_mutant_named_without_its_place() {
        let text = r#"{"total_mutants": 1, "outcomes": [
            {"scenario": "Baseline", "summary": "Success", "log_path": "log/baseline.log"},
            {"scenario": {"Mutant": {
                "name": "crates/twin-protocol/src/link/a.rs:20:9: replace A::b -> u8 with 0",
                "file": "crates/twin-protocol/src/link/a.rs", "genre": "FnValue"
            }}, "summary": "MissedMutant"}
        ]}"#;
        let outcomes: Outcomes = serde_json::from_str(text).unwrap();
        assert_eq!(outcomes.mutants().count(), 1);
        assert_eq!(outcomes.count(Summary::CaughtMutant), 0);
        let expected = Mutant {
            file: "link/a.rs".to_owned(),
            name: "replace A::b -> u8 with 0".to_owned(),
        };
        assert_eq!(outcomes.survived().unwrap(), [expected]);
    }

    #[test]
    fn files_are_named_from_either_folder() {
        let args = |link, files: &[&str]| Args {
            link,
            files: files.iter().map(|&file| file.to_owned()).collect(),
        };
        let files = ["crates/twin-protocol/src/link/a.rs", "socketio/b.rs"];
        assert_eq!(args(None, &files).globs(), ["link/a.rs", "socketio/b.rs"]);
        let globs = args(Some(Link::SocketIo), &[]).globs();
        assert_eq!(globs, ["socketio/**"]);
    }
}
