//! `cargo xtask bench events`: rounds of runs, interleaved, so that what disturbs one disturbs all.

use std::path::PathBuf;

use anyhow::{Result, bail};

use super::{
    contender::{Contender, Link},
    doc, instructions,
    server::Server,
    table::{Seen, Table},
};
use crate::{child::Child, workspace};

/// The workspace of what is measured.
pub(super) const WORKSPACE: &str = "tests/bench/Cargo.toml";

/// The numbers of replies in a frame that are measured. Socket.IO has one event a frame.
const SIZES: [u64; 2] = [1, 16];

/// What to measure, and how long.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Over which live channel.
    #[arg(long, value_name = "LINK", default_value = "centrifugo")]
    link: Link,
    /// How often each contender runs.
    #[arg(long, value_name = "N", default_value_t = 5)]
    rounds: usize,
    /// How many events a run has.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    count: u64,
    /// How many idle connections are opened to see what one costs; 0: none.
    #[arg(long, value_name = "N", default_value_t = 200)]
    idle: usize,
    /// Leave out contenders that want more than cargo: Go, Node, Python and their packages.
    #[arg(long)]
    rust: bool,
    /// Run only contenders with one of these words in their names; the floor always runs.
    #[arg(long, value_name = "WORD")]
    only: Vec<String>,
    /// Count instructions of the client and the floors with valgrind, instead of time: they are the
    /// same each time, whatever else the machine does.
    #[arg(long)]
    instructions: bool,
    /// Write the table into docs/performance.md and docs/ru/performance.md.
    #[arg(long, conflicts_with_all = ["instructions", "only", "rust"])]
    write: bool,
}

/// Builds the contenders, runs them, prints the table.
///
/// # Errors
///
/// When one cannot be built, fails, or does not get what was sent.
pub(super) fn run(args: &Args) -> Result<()> {
    let contenders = choose(args);
    let folder = build(&contenders)?;
    let server = Server::start(&folder.join("blaster"), &[])?;
    if args.instructions {
        return instructions::run(args.link, &folder, &server);
    }
    let sizes = match args.link {
        Link::Centrifugo => &SIZES[..],
        Link::Socketio => &SIZES[..1],
    };
    let pin = pinned();
    let mut table = Table::new(args.link, sizes, args.rounds, args.count);
    for round in 1..=args.rounds {
        for contender in &contenders {
            for &replies in sizes {
                let count = contender.part_of(args.count);
                let url = server.url(args.link, count, replies);
                let command = contender.command(&folder, pin);
                let words = [
                    "--url".to_owned(),
                    url,
                    "--count".to_owned(),
                    count.to_string(),
                ];
                let run = contender.read_run(&command.args(words).output()?, count)?;
                let time = run.cpu_us_per_event;
                eprintln!(
                    "round {round}: {}, {replies} a frame: {time:.2} us",
                    contender.name
                );
                table.add(contender.name, Seen::run(replies, &run));
            }
            if args.idle > 0 {
                let idle = measure_idle(args, contender, &folder, &server, &[])?;
                table.add(contender.name, Seen::Idle(idle));
            }
        }
        if args.idle > 0 && args.link == Link::Centrifugo {
            let more = ["--sessions-per-link=100"];
            let each = measure_idle(args, &contenders[0], &folder, &server, &more)?;
            table.add(contenders[0].name, Seen::Session(each));
        }
    }
    println!("{}", table.print(&doc::ENGLISH)?);
    if args.write {
        doc::write(&table)?;
    }
    Ok(())
}

fn measure_idle(
    args: &Args,
    contender: &Contender,
    folder: &std::path::Path,
    server: &Server,
    more: &[&str],
) -> Result<f64> {
    let command = contender.command(folder, &[]).args([
        "--url".to_owned(),
        server.url(args.link, 0, 1),
        "--count=0".to_owned(),
        format!("--idle={}", args.idle),
    ]);
    let output = command.args(more.iter().copied()).output()?;
    Ok(contender.read_idle(&output)?.rss_kb_per_conn)
}

fn choose(args: &Args) -> Vec<Contender> {
    let is_wanted = |contender: &&Contender| {
        let named = args
            .only
            .iter()
            .any(|word| contender.name.contains(word.as_str()));
        let is_base = Contender::all(args.link)[..3]
            .iter()
            .any(|it| it.name == contender.name);
        (args.only.is_empty() || named || is_base)
            && (!args.rust || contender.is_rust())
            && (!args.instructions || is_base)
    };
    Contender::all(args.link)
        .iter()
        .filter(is_wanted)
        .copied()
        .collect()
}

/// Builds what the contenders are made of. Says where the programs of the workspace are.
fn build(contenders: &[Contender]) -> Result<PathBuf> {
    // Its lock file is not held to: what the SDK comes to depend on is added to it here.
    // Package by package: what one asks of a shared dependency is not for the others.
    let mut packages = vec!["blaster", "contender", "floor"];
    if contenders
        .iter()
        .any(|it| it.is_rust() && it.name.contains("centrifuge"))
    {
        packages.push("peers");
    }
    for package in packages {
        let name = format!("twin-bench-{package}");
        let cargo = ["build", "--release", "--manifest-path", WORKSPACE];
        Child::cargo(&cargo)
            .args(["--package".to_owned(), name])
            .run()?;
    }
    if contenders.iter().any(|it| it.name.ends_with("-go")) {
        let go = [
            "build",
            "-C",
            "tests/bench/peers/go",
            "-o",
            "bin/centrifuge-go",
            ".",
        ];
        Child::new("go", &go).run()?;
    }
    let root = workspace::root()?;
    let packages = [
        (
            "-js",
            "tests/peers/centrifuge-js/node_modules",
            "npm ci --prefix tests/peers/centrifuge-js",
        ),
        (
            "socket.io-client",
            "tests/peers/socket.io-client/node_modules",
            "npm ci --prefix tests/peers/socket.io-client",
        ),
        (
            "python-socketio",
            "tests/peers/python-socketio/.venv",
            "a virtual environment there with the packages of its requirements.txt",
        ),
    ];
    for (word, folder, remedy) in packages {
        let is_wanted = contenders.iter().any(|it| it.name.ends_with(word));
        if is_wanted && !root.join(folder).exists() {
            bail!("{folder} is missing; it wants: {remedy} (or run with --rust)");
        }
    }
    Ok(root.join("tests/bench/target/release"))
}

/// What pins a contender to one processor, where that can be had: the server then has the others.
fn pinned() -> &'static [&'static str] {
    const TASKSET: [&str; 3] = ["taskset", "--cpu-list", "1"];
    let works = Child::new("taskset", &["--cpu-list", "1", "true"])
        .output()
        .is_ok();
    if works { &TASKSET } else { &[] }
}
