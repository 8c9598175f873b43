//! Ending a server that was left running.

use std::{
    fs,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::{Server, health, start};

/// How long a server may take to close its connections.
const STOP: Duration = Duration::from_secs(10);

/// How often it is looked for meanwhile.
const POLL: Duration = Duration::from_millis(50);

/// What is needed of the line of readiness.
#[derive(Deserialize)]
struct Ready {
    address: String,
    pid: u32,
}

/// Asks the server to end, waits until nothing answers any more, and forgets it.
///
/// # Errors
///
/// When none was left running, or it does not end.
pub(super) fn run(server: Server) -> Result<()> {
    let note = start::note(server)?;
    let Ok(text) = fs::read_to_string(&note) else {
        bail!("no {} was left running", server.name());
    };
    let shown = note.display();
    let ready: Ready =
        serde_json::from_str(&text).with_context(|| format!("{shown} cannot be read"))?;
    // Whoever has the number of a server that is gone is none of our business.
    if health::check(&ready.address).is_ok() {
        end(ready.pid)?;
        let asked = Instant::now();
        while health::check(&ready.address).is_ok() {
            if asked.elapsed() > STOP {
                bail!("process {} still answers at {}", ready.pid, ready.address);
            }
            thread::sleep(POLL);
        }
        println!("ended process {}", ready.pid);
    } else {
        println!("nothing answers at {}: it had ended", ready.address);
    }
    fs::remove_file(&note).with_context(|| format!("cannot remove {shown}"))
}

/// Asks a process to end.
fn end(pid: u32) -> Result<()> {
    let pid = pid.to_string();
    let (program, args) = if cfg!(windows) {
        ("taskkill", ["/F", "/PID", &pid])
    } else {
        ("kill", ["-s", "TERM", &pid])
    };
    let status = Command::new(program).args(args).status();
    let status = status.with_context(|| format!("cannot start `{program}`"))?;
    if !status.success() {
        bail!("`{program}` could not end process {pid}");
    }
    Ok(())
}
