//! A large file up and down: how much memory `twin upload` and `twin download` take, against an
//! emulator in a process of its own.
//!
//! The measure is `VmHWM`, the most memory that a process ever had at once, as Linux keeps it. It is
//! read until the process has gone.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, BufWriter, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Child as Process, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::{child::Child, workspace};

/// What the tool may take, in MiB.
const BOUND: u64 = 64;
/// How much is written and compared at once, in bytes.
const PIECE: usize = 1 << 20;
/// How often the memory of a process is looked at.
const POLL: Duration = Duration::from_millis(10);

/// How large the file is.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The size of the file, in MiB.
    #[arg(long, value_name = "MIB", default_value_t = 2048)]
    size: u64,
    /// A built tool to measure, instead of building one.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

/// What a command took.
struct Taken {
    time: Duration,
    /// In KiB.
    memory: u64,
    line: Value,
}

/// Builds the tool, sends the file up and down, and prints a table.
///
/// # Errors
///
/// When a command fails, the file does not come back as it went, or the tool takes more memory than it
/// may.
pub(super) fn run(args: &Args) -> Result<()> {
    ensure!(cfg!(target_os = "linux"), "only Linux tells of VmHWM");
    let program = match &args.program {
        Some(program) => program.clone(),
        None => build()?,
    };
    let folder = Folder::new()?;
    let (original, copy) = (folder.0.join("original"), folder.0.join("copy"));
    write(&original, args.size)?;
    let emulator = Emulator::start(program, &folder.0)?;
    let up = measure(&emulator, &["upload", text(&original)?])?;
    let id = up.line["id"].as_str().context("an upload without an id")?;
    let down = measure(&emulator, &["download", id, "--output", text(&copy)?])?;
    compare(&original, &copy)?;

    println!("| {} MiB | time | MiB/s | VmHWM |", args.size);
    println!("| --- | --- | --- | --- |");
    for (name, taken) in [("`twin upload`", &up), ("`twin download`", &down)] {
        let seconds = taken.time.as_secs_f64();
        let speed = args.size as f64 / seconds;
        let memory = taken.memory as f64 / 1024.0;
        println!("| {name} | {seconds:.1} s | {speed:.0} | {memory:.1} MiB |");
    }
    let memory = emulator.memory()? as f64 / 1024.0;
    println!("| the emulator | | | {memory:.1} MiB |");
    let most = up.memory.max(down.memory);
    ensure!(
        most < BOUND * 1024,
        "the tool took more than {BOUND} MiB of memory"
    );
    Ok(())
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("the temporary folder has no name")
}

/// A folder that goes with all that is in it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        let name = format!("twin-bench-files-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).context("cannot make a temporary folder")?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left of it the system removes some day.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Writes `size` MiB of which no two pieces are the same.
fn write(path: &Path, size: u64) -> Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let mut piece = vec![0; PIECE];
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..size {
        for word in piece.chunks_exact_mut(8) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            word.copy_from_slice(&random.to_le_bytes());
        }
        file.write_all(&piece)
            .context("cannot write the file to send")?;
    }
    Ok(file.flush()?)
}

fn compare(original: &Path, copy: &Path) -> Result<()> {
    ensure!(
        fs::metadata(original)?.len() == fs::metadata(copy)?.len(),
        "the file came back at another length"
    );
    let (mut original, mut copy) = (File::open(original)?, File::open(copy)?);
    let (mut left, mut right) = (vec![0; PIECE], vec![0; PIECE]);
    loop {
        let read = original.read(&mut left)?;
        if read == 0 {
            return Ok(());
        }
        copy.read_exact(&mut right[..read])?;
        ensure!(
            left[..read] == right[..read],
            "the file came back with other bytes"
        );
    }
}

fn build() -> Result<PathBuf> {
    let package = ["--package", "twin-chat-cli"];
    Child::cargo(&["build", "--release", "--locked"])
        .args(package)
        .run()?;
    let metadata = workspace::metadata()?;
    Ok(metadata.target_directory.join("release/twin").into())
}

/// An emulator that runs, and ends with this.
struct Emulator {
    program: PathBuf,
    process: Process,
    url: String,
    /// It ends when nobody can read what it prints, so this is kept.
    stdout: BufReader<ChildStdout>,
}

impl Emulator {
    /// Starts one that keeps files in `folder`.
    fn start(program: PathBuf, folder: &Path) -> Result<Self> {
        let mut process = Command::new(&program)
            .args(["emulator", "--listen", "127.0.0.1:0", "--format", "json"])
            .env("TMPDIR", folder)
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the emulator")?;
        let stdout = process.stdout.take().context("no stdout")?;
        let mut emulator = Self {
            program,
            process,
            url: String::new(),
            stdout: BufReader::new(stdout),
        };
        let mut line = String::new();
        emulator.stdout.read_line(&mut line)?;
        let ready: Value = serde_json::from_str(&line).context("the emulator does not start")?;
        let url = ready["http"].as_str();
        url.context("the emulator has no address")?
            .clone_into(&mut emulator.url);
        Ok(emulator)
    }

    fn memory(&self) -> Result<u64> {
        memory(&self.process).context("the emulator has gone")
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs the tool to its end.
fn measure(emulator: &Emulator, args: &[&str]) -> Result<Taken> {
    let begun = Instant::now();
    let mut process = Command::new(&emulator.program)
        .args(["--emulator", &emulator.url, "--format", "json"])
        .args(args)
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start the tool")?;
    let mut most = 0;
    let status = loop {
        // It never falls, so the last that is seen is the most.
        most = memory(&process).unwrap_or(most);
        match process.try_wait()? {
            Some(status) => break status,
            None => thread::sleep(POLL),
        }
    };
    let time = begun.elapsed();
    let mut stdout = String::new();
    let pipe = process.stdout.take();
    pipe.context("no stdout")?.read_to_string(&mut stdout)?;
    if !status.success() {
        bail!("`twin {}` failed: {stdout}", args[0]);
    }
    let line = serde_json::from_str(&stdout).context("the tool printed no JSON line")?;
    Ok(Taken {
        time,
        memory: most,
        line,
    })
}

/// `VmHWM` of a process, in KiB; `None` once it has gone.
fn memory(process: &Process) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
