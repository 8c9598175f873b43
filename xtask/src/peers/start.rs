//! Starting a server.
//!
//! In the foreground this program becomes the server (on Unix): whoever started it holds the
//! server's own process, and ends the server by ending what it started. Detached, the same runs as
//! a child of its own, and its line of readiness is kept for `peers stop`.

use std::{
    env, fs,
    fs::File,
    io::{self, BufRead as _, BufReader},
    path::PathBuf,
    process::{self, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use super::{Server, StartArgs, build, centrifugo, folder, health};

/// How long a server may take until it answers.
const START: Duration = Duration::from_secs(10);

/// How often it is asked meanwhile.
const POLL: Duration = Duration::from_millis(20);

/// Where the line of readiness of a detached server is kept.
pub(super) fn note(server: Server) -> Result<PathBuf> {
    Ok(folder()?.join(format!("{}.json", server.name())))
}

/// Runs the server in place of this program.
///
/// # Errors
///
/// When it cannot be started. On Unix this returns in no other case.
pub(super) fn foreground(args: &StartArgs) -> Result<()> {
    let mut command = match args.server {
        Server::Centrifugo => centrifugo(args)?,
        Server::Engine => engine(args)?,
    };
    become_it(&mut command)
}

fn engine(args: &StartArgs) -> Result<Command> {
    let mut command = Command::new(build::ready()?);
    command
        .arg(format!("--listen={}", args.listen))
        .arg(format!("--backend={}", args.backend))
        .args(args.set.iter().map(|setting| setting.flag()));
    Ok(command)
}

fn centrifugo(args: &StartArgs) -> Result<Command> {
    let binary = centrifugo::binary()?;
    let address = centrifugo::address(&args.listen)?;
    let config = centrifugo::config(address, &args.backend, &args.set);
    let path = folder()?.join(format!("centrifugo-{}.config.json", address.port()));
    fs::create_dir_all(folder()?).context("cannot make the folder of the peers")?;
    fs::write(&path, format!("{config:#}\n"))
        .with_context(|| format!("cannot write {}", path.display()))?;

    // Centrifugo says nowhere that it is ready: a process beside it asks, and says it on stdout.
    // Its own words go to stderr, where they are in nobody's way.
    Command::new(env::current_exe().context("cannot name this program")?)
        .args(["peers", "announce"])
        .args([address.to_string(), process::id().to_string()])
        .stdin(Stdio::null())
        .spawn()
        .context("cannot start the process that waits for Centrifugo")?;
    let mut command = Command::new(binary);
    command
        .arg("--config")
        .arg(path)
        .stdout(Stdio::from(io::stderr()));
    Ok(command)
}

/// Waits until the server at `address` answers, and prints the line that the engine prints itself.
///
/// # Errors
///
/// When it does not answer in time, or its process has ended.
pub(super) fn announce(address: &str, pid: u32) -> Result<()> {
    let start = Instant::now();
    while !health::check(address).unwrap_or(false) {
        if has_ended(pid) {
            bail!("the server has ended before it was ready");
        }
        if start.elapsed() > START {
            bail!("nothing answers at http://{address}/health");
        }
        thread::sleep(POLL);
    }
    let ready = json!({
        "type": "ready",
        "address": address,
        "http": format!("http://{address}"),
        "api": format!("http://{address}/api"),
        "websocket": format!("ws://{address}/centrifugo/connection/websocket"),
        "pid": pid,
    });
    println!("{ready}");
    Ok(())
}

/// Starts it as a process of its own, waits for its line of readiness, keeps and prints it.
///
/// # Errors
///
/// When one runs already, or it does not become ready; then with the place of its log.
pub(super) fn detached(args: &StartArgs) -> Result<()> {
    let note = note(args.server)?;
    let name = args.server.name();
    if let Ok(old) = fs::read_to_string(&note) {
        let old: serde_json::Value = serde_json::from_str(&old).unwrap_or_default();
        let address = old["address"].as_str().unwrap_or_default();
        if health::check(address).is_ok() {
            bail!("one runs at {address}: `cargo xtask peers stop --server {name}` ends it");
        }
    }
    fs::create_dir_all(folder()?).context("cannot make the folder of the peers")?;
    let log = folder()?.join(format!("{name}.log"));
    let shown = log.display();
    let file = File::create(&log).with_context(|| format!("cannot write {shown}"))?;

    let mut command = Command::new(env::current_exe().context("cannot name this program")?);
    command
        .args(["peers", "start", "--server", name])
        .args(["--backend", &args.backend, "--listen", &args.listen])
        .args(args.set.iter().map(|setting| setting.argument()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(file);
    leave_the_terminal(&mut command);
    let mut child = command.spawn().context("cannot start the server")?;
    let stdout = child.stdout.take().context("the server has no stdout")?;
    let mut ready = String::new();
    BufReader::new(stdout).read_line(&mut ready)?;
    if ready.is_empty() {
        bail!("the server did not become ready: see {shown}");
    }
    fs::write(&note, &ready).with_context(|| format!("cannot write {}", note.display()))?;
    print!("{ready}");
    Ok(())
}

#[cfg(unix)]
fn become_it(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;

    let error = command.exec();
    let program = command.get_program().to_string_lossy().into_owned();
    Err(error).with_context(|| format!("cannot start {program}"))
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> Result<()> {
    let status = command.status().context("cannot start the server")?;
    if !status.success() {
        bail!("the server ended with {status}");
    }
    Ok(())
}

/// Keys pressed in the terminal are not meant for a detached server.
#[cfg(unix)]
fn leave_the_terminal(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;

    command.process_group(0);
}

#[cfg(not(unix))]
fn leave_the_terminal(_: &mut Command) {}

/// Whether this process's parent, which is the server, is gone.
#[cfg(unix)]
fn has_ended(pid: u32) -> bool {
    std::os::unix::process::parent_id() != pid
}

#[cfg(not(unix))]
fn has_ended(_: u32) -> bool {
    false
}
