//! The program: built once, unless one is named.

use std::{
    env, fmt, io,
    path::{Path, PathBuf},
    process::Stdio,
};

use serde::Deserialize;
use tokio::{process::Command, sync::OnceCell};

/// The variable that names a built `twin`; without it, cargo is asked to build one.
const PROGRAM: &str = "TWIN_BIN";

/// A program that could not be built.
#[derive(Debug)]
pub struct ProgramError(Reason);

#[derive(Debug)]
enum Reason {
    Io(io::Error),
    /// Cargo says why on stderr.
    NotBuilt,
}

/// One line of what cargo tells of a build.
#[derive(Deserialize)]
struct Told {
    executable: Option<PathBuf>,
}

/// Where the program is. It is built as its users build it: with its own features alone.
///
/// # Errors
///
/// When it cannot be built.
pub async fn program() -> Result<&'static Path, ProgramError> {
    static BUILT: OnceCell<PathBuf> = OnceCell::const_new();
    let path = BUILT.get_or_try_init(|| async {
        match env::var_os(PROGRAM) {
            Some(program) => Ok(PathBuf::from(program)),
            None => build().await,
        }
    });
    Ok(path.await?)
}

async fn build() -> Result<PathBuf, ProgramError> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--quiet", "--locked", "--message-format", "json"])
        .args(["--package", "twin-chat-cli", "--bin", "twin"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .await
        .map_err(|error| ProgramError(Reason::Io(error)))?;
    let lines = output.stdout.split(|byte| *byte == b'\n');
    let mut built = lines.filter_map(|line| serde_json::from_slice::<Told>(line).ok()?.executable);
    match built.next_back() {
        Some(program) if output.status.success() => Ok(program),
        _ => Err(ProgramError(Reason::NotBuilt)),
    }
}

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the tool cannot be built")
    }
}

impl std::error::Error for ProgramError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Reason::Io(error) => Some(error),
            Reason::NotBuilt => None,
        }
    }
}
