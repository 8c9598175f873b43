//! The engine's program, built by Go.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
    time::SystemTime,
};

use anyhow::{Context as _, Result, bail};

use super::folder;
use crate::{child::Child, ci::is_decisive, workspace};

/// Its source.
const SOURCE: &str = "tests/peers/centrifuge";

/// What is said where there is no Go.
const NO_GO: &str = "the engine peer wants Go 1.26 or newer on the path: https://go.dev/dl";

/// Builds it, or says why not.
///
/// # Errors
///
/// When the build fails; when there is no Go where `CI` is set.
pub(super) fn run() -> Result<()> {
    match missing()? {
        None => println!("{}", build()?.display()),
        Some(reason) if is_decisive() => bail!(reason),
        Some(reason) => println!("not built: {reason}"),
    }
    Ok(())
}

/// Proves that it is formatted, that Go finds no fault in it, and that its own tests pass.
///
/// # Errors
///
/// When one of that is not so, or Go cannot be started.
pub(super) fn prove() -> Result<()> {
    let folder = format!("-C={SOURCE}");
    let unformatted = Child::new("gofmt", &["-l", SOURCE]).output()?;
    if !unformatted.is_empty() {
        bail!("`gofmt -w {SOURCE}` would change {}", unformatted.trim());
    }
    Child::new("go", &["vet", &folder, "./..."]).run()?;
    Child::new("go", &["test", &folder, "./..."]).run()
}

/// Why it cannot be built here, if so.
///
/// # Errors
///
/// When Go is there but cannot be started.
pub(super) fn missing() -> Result<Option<&'static str>> {
    Ok((!has_go()?).then_some(NO_GO))
}

/// The program, built first where it is missing or older than its source.
///
/// # Errors
///
/// When it has to be built and cannot be.
pub(super) fn ready() -> Result<PathBuf> {
    let program = program()?;
    let built = fs::metadata(&program).and_then(|metadata| metadata.modified());
    if built.is_ok_and(|built| newest_source().is_ok_and(|source| source <= built)) {
        return Ok(program);
    }
    if let Some(reason) = missing()? {
        bail!(reason);
    }
    build()
}

fn program() -> Result<PathBuf> {
    Ok(folder()?.join(format!("centrifuge-peer{}", env::consts::EXE_SUFFIX)))
}

fn build() -> Result<PathBuf> {
    let program = program()?;
    fs::create_dir_all(folder()?).context("cannot make the folder of the peers")?;
    // Built aside and then put in place: another command may be running the old one.
    let fresh = program.with_extension(format!("{}.new", process::id()));
    let status = Command::new("go")
        .args(["build", "-trimpath", "-buildvcs=false", "-o"])
        .arg(&fresh)
        .arg(".")
        .current_dir(workspace::root()?.join(SOURCE))
        // Stdout is for the line of readiness.
        .stdout(Stdio::from(io::stderr()))
        .status()
        .context("cannot start `go build`")?;
    if !status.success() {
        bail!("`go build` in {SOURCE} failed ({status})");
    }
    fs::rename(&fresh, &program)
        .with_context(|| format!("cannot put {} in place", program.display()))?;
    Ok(program)
}

/// Whether `go` can be started.
fn has_go() -> Result<bool> {
    let started = Command::new("go")
        .arg("version")
        .stdout(Stdio::null())
        .status();
    match started {
        Ok(status) => Ok(status.success()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).context("cannot start `go version`"),
    }
}

/// When the source last changed.
fn newest_source() -> Result<SystemTime> {
    newest(&workspace::root()?.join(SOURCE))
}

fn newest(folder: &Path) -> Result<SystemTime> {
    let mut newest = SystemTime::UNIX_EPOCH;
    for entry in fs::read_dir(folder)? {
        newest = newest.max(entry?.metadata()?.modified()?);
    }
    Ok(newest)
}
