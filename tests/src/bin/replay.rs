//! Plays captures of a real server to the machine of its protocol and prints what that says.
//!
//! Called by `cargo xtask conformance --replay FILE...`. Exit code 0: all is well; 1: a finding, or
//! a file that cannot be read; 2: wrong usage.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use twin_tests::replay::replay_text;

fn main() -> ExitCode {
    let files: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if files.is_empty() {
        complain("usage: replay FILE...");
        return ExitCode::from(2);
    }
    let mut well = true;
    for file in &files {
        match play(file) {
            Ok(findings) => {
                well &= findings.is_empty();
                for finding in findings {
                    complain(&format!("{}: {finding}", file.display()));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
            Err(error) => {
                well = false;
                complain(&format!("{}: {error}", file.display()));
            }
        }
    }
    if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn play(file: &PathBuf) -> io::Result<Vec<String>> {
    let text = std::fs::read_to_string(file)?;
    let outcome = replay_text(&text).map_err(io::Error::other)?;
    let mut stdout = io::stdout().lock();
    for line in &outcome.lines {
        writeln!(stdout, "{line}")?;
    }
    stdout.flush()?;
    Ok(outcome.findings)
}

/// Writes a line to stderr; where that is closed there is nobody to tell.
fn complain(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
