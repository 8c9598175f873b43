//! The contenders: how each is run, and the line that it prints.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::child::Child;

/// Over which of the platform's live channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Link {
    Centrifugo,
    Socketio,
}

impl Link {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Centrifugo => "centrifugo",
            Self::Socketio => "socketio",
        }
    }
}

/// A program that reads events.
#[derive(Clone, Copy, Debug)]
pub(super) struct Contender {
    /// The name in its line.
    pub(super) name: &'static str,
    /// The program: of the workspace's own, or a path from the root of the checkout.
    program: Program,
    args: &'static [&'static str],
    /// Events that it gets for each hundred of the others': the slow ones would take for ever.
    share: u64,
}

#[derive(Clone, Copy, Debug)]
enum Program {
    Built(&'static str),
    Found(&'static str),
    Go(&'static str),
}

const NODE: Program = Program::Found("node");

/// The client first, then the floors, which are what others are compared with.
pub(super) const OURS: &str = "twin";
pub(super) const FLOOR: &str = "floor";
pub(super) const LOWER_FLOOR: &str = "floor, text checked once";

const CENTRIFUGO: [Contender; 8] = [
    Contender::built(OURS, "contender", &[]),
    Contender::built(FLOOR, "floor", &[]),
    Contender::built(LOWER_FLOOR, "floor", &["--trusting"]),
    Contender::built("tokio-centrifuge", "tokio-centrifuge", &[]),
    Contender::built(
        "centrifuge-client, inline",
        "centrifuge-client",
        &["--inline"],
    ),
    Contender::built("centrifuge-client, threaded", "centrifuge-client", &[]),
    Contender {
        name: "centrifuge-js",
        program: NODE,
        args: &["tests/bench/peers/node/centrifuge.js"],
        share: 100,
    },
    Contender {
        name: "centrifuge-go",
        program: Program::Go("tests/bench/peers/go/bin/centrifuge-go"),
        args: &[],
        share: 100,
    },
];

const SOCKETIO: [Contender; 5] = [
    Contender::built(OURS, "contender", &["--link=socketio"]),
    Contender::built(FLOOR, "floor", &["--link=socketio"]),
    Contender::built(LOWER_FLOOR, "floor", &["--link=socketio", "--trusting"]),
    Contender {
        name: "socket.io-client",
        program: NODE,
        args: &["tests/bench/peers/node/socketio.js"],
        share: 100,
    },
    Contender {
        name: "python-socketio",
        program: Program::Found("tests/peers/python-socketio/.venv/bin/python"),
        args: &["tests/bench/peers/python/socketio_client.py"],
        share: 20,
    },
];

/// What a contender prints after a run of events.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(super) struct Run {
    pub(super) name: String,
    pub(super) events: u64,
    pub(super) wall_s: f64,
    pub(super) cpu_s: f64,
    pub(super) cpu_us_per_event: f64,
    pub(super) max_rss_kb: u64,
    pub(super) last_offset: u64,
    pub(super) gaps: u64,
    pub(super) body_units: u64,
}

/// What a contender prints of idle connections.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(super) struct Idle {
    pub(super) name: String,
    pub(super) conns: usize,
    pub(super) rss_kb_per_conn: f64,
}

impl Contender {
    const fn built(
        name: &'static str,
        program: &'static str,
        args: &'static [&'static str],
    ) -> Self {
        Self {
            name,
            program: Program::Built(program),
            args,
            share: 100,
        }
    }

    /// Who contends over `link`.
    pub(super) const fn all(link: Link) -> &'static [Self] {
        match link {
            Link::Centrifugo => &CENTRIFUGO,
            Link::Socketio => &SOCKETIO,
        }
    }

    /// Whether it stands in the workspace of the benchmark, and comes with cargo alone.
    pub(super) const fn is_rust(&self) -> bool {
        matches!(self.program, Program::Built(_))
    }

    /// How many of `count` events it gets.
    pub(super) const fn part_of(&self, count: u64) -> u64 {
        count * self.share / 100
    }

    /// The command that runs it; programs of the workspace's own stand in `folder`.
    pub(super) fn command(&self, folder: &Path, before: &[&str]) -> Child {
        let program = match self.program {
            Program::Built(name) => folder.join(name).into_os_string(),
            Program::Found(path) | Program::Go(path) => path.into(),
        };
        let child = match before {
            [] => Child::new(program, &[]),
            [first, rest @ ..] => {
                Child::new(*first, rest).args([program.to_string_lossy().into_owned()])
            }
        };
        child
            .args(self.args.iter().copied())
            // glibc 2.36 copies at half the speed where it happens to choose `rep movsb`.
            .env(
                "GLIBC_TUNABLES",
                "glibc.cpu.x86_rep_movsb_threshold=2000000000",
            )
    }

    /// Reads its line of a run, which must have brought `count` events and nothing wrong.
    pub(super) fn read_run(&self, output: &str, count: u64) -> Result<Run> {
        let run: Run = self.read(output)?;
        ensure!(
            run.events == count,
            "{} got {} of {count} events",
            self.name,
            run.events
        );
        ensure!(run.gaps == 0, "{} missed something", self.name);
        ensure!(
            run.body_units > 0,
            "{} has not looked at the texts",
            self.name
        );
        Ok(run)
    }

    /// Reads its line of idle connections.
    pub(super) fn read_idle(&self, output: &str) -> Result<Idle> {
        self.read(output)
    }

    fn read<T: for<'a> Deserialize<'a>>(&self, output: &str) -> Result<T> {
        serde_json::from_str(output.trim())
            .with_context(|| format!("{} printed `{}`", self.name, output.trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"name":"twin","events":10,"wall_s":0.5,"cpu_s":0.25,"cpu_us_per_event":25000.0,"max_rss_kb":9000,"last_offset":10,"gaps":0,"body_units":4380}"#;

    #[test]
    fn a_run_is_read_to_the_letter() {
        let contender = &CENTRIFUGO[0];
        assert_eq!(contender.read_run(LINE, 10).unwrap().body_units, 4380);
        let short = contender.read_run(LINE, 11).unwrap_err().to_string();
        assert_eq!(short, "twin got 10 of 11 events");
        assert!(
            contender
                .read_run(&LINE.replace("gaps\":0", "gaps\":1"), 10)
                .is_err()
        );
        assert!(contender.read_run(&LINE.replace("4380", "0"), 10).is_err());
        assert!(
            contender
                .read_run(&LINE.replace("wall_s", "wall"), 10)
                .is_err()
        );
    }

    #[test]
    fn the_client_and_the_floors_are_among_both() {
        for link in [Link::Centrifugo, Link::Socketio] {
            let names: Vec<_> = Contender::all(link).iter().map(|it| it.name).collect();
            assert_eq!(names[..3], [OURS, FLOOR, LOWER_FLOOR]);
        }
    }
}
