//! A few events through the client, right or wrong: that other harnesses can run the contender, and
//! that what stands in `tests/bench` still builds. No time is judged.

use anyhow::{Result, ensure};

use super::{
    contender::{Contender, Link, OURS},
    events::WORKSPACE,
    rest,
    server::Server,
};
use crate::{child::Child, workspace};

/// Shared with the rest, so that what is built alike is built once.
const TARGET: &str = "target";
const COUNT: u64 = 2_000;

/// The text of the recorded message has so many bytes.
const BODY: u64 = 438;

/// Builds the server and the client's contender without optimization, and runs every mode of it once.
///
/// # Errors
///
/// When something does not build, or the contender's line is not what it must be.
pub(crate) fn run() -> Result<()> {
    let shared = ["--manifest-path", WORKSPACE, "--target-dir", TARGET];
    Child::cargo(&["build"])
        .args(shared)
        .args([
            "--package=twin-bench-blaster",
            "--package=twin-bench-contender",
            "--package=twin-bench-rest",
        ])
        .run()?;
    Child::cargo(&["clippy"])
        .args(shared)
        .args(["--workspace", "--all-targets", "--", "--deny", "warnings"])
        .run()?;
    let folder = workspace::root()?.join(TARGET).join("debug");
    let server = Server::start(&folder.join("blaster"), &[])?;
    for (link, replies) in [
        (Link::Centrifugo, 1),
        (Link::Centrifugo, 16),
        (Link::Socketio, 1),
    ] {
        let contender = &Contender::all(link)[0];
        let url = server.url(link, COUNT, replies);
        let command = contender.command(&folder, &[]);
        let count = format!("--count={COUNT}");
        let run = contender.read_run(
            &command.args(["--url".to_owned(), url, count]).output()?,
            COUNT,
        )?;
        let offset = if link == Link::Centrifugo {
            1_000_000_000 + COUNT
        } else {
            0
        };
        ensure!(run.name == OURS, "the contender calls itself {}", run.name);
        ensure!(
            run.last_offset == offset,
            "the last offset is {}",
            run.last_offset
        );
        ensure!(
            run.body_units == COUNT * BODY,
            "the texts have {} bytes",
            run.body_units
        );
        ensure!(
            run.cpu_s <= run.wall_s * 2.0,
            "{run:?} took more time than there was"
        );
    }
    let contender = &Contender::all(Link::Centrifugo)[0];
    let url = server.url(Link::Centrifugo, 0, 1);
    for (more, conns) in [("--sessions-per-link=1", 5), ("--sessions-per-link=4", 30)] {
        let command = contender.command(&folder, &[]);
        let args = ["--url", &url, "--count=0", "--idle=5", more];
        let idle = contender.read_idle(&command.args(args).output()?)?;
        ensure!(idle.conns == conns, "{idle:?}, and not {conns} connections");
    }
    let program = folder.join("rest");
    let server = Server::start(&program, &["--serve"])?;
    for client in ["twin", "hyper"] {
        rest::one(&program, &server, client, 200, 8)?;
    }
    println!("the contender of the benchmark does as it should");
    Ok(())
}
