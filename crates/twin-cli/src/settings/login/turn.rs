//! Whose turn it is to change a login, of all runs of the program.

use std::{
    fs::{File, OpenOptions},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use fs4::{FileExt, TryLockError};
use tokio::time::{self, Instant};

use crate::blocking::blocking;

/// How often is looked whether another run has done.
const PAUSE: Duration = Duration::from_millis(50);
/// After so long another run is taken to be stuck. A renewal is one call, which takes no longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The turn to change a login. Nobody else has it until this is dropped, or its process ends, however
/// it does.
#[derive(Debug)]
pub(crate) struct Turn {
    /// `None` where nothing can be locked, so that nothing can be kept either.
    _locked: Option<File>,
}

/// Another run has had its turn for so long that it must be stuck.
#[derive(Debug)]
pub(crate) struct Stuck;

impl Turn {
    /// Waits until nobody changes the login in `path`.
    ///
    /// # Cancel safety
    ///
    /// A turn that comes later is dropped.
    pub(super) async fn of(path: &Path) -> Result<Self, Stuck> {
        let until = Instant::now() + PATIENCE;
        loop {
            let path = path.to_owned();
            match blocking(move || take(&path)).await {
                Ok(Some(locked)) => {
                    return Ok(Self {
                        _locked: Some(locked),
                    });
                }
                Ok(None) if Instant::now() >= until => return Err(Stuck),
                Ok(None) => time::sleep(PAUSE).await,
                Err(error) => {
                    tracing::debug!(kind = %error.kind(), "the login cannot be locked");
                    return Ok(Self { _locked: None });
                }
            }
        }
    }
}

/// Locks the file beside the login's own, which cannot be locked itself, as it is replaced. `None` where
/// another has done so.
fn take(path: &Path) -> io::Result<Option<File>> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(PathBuf::from(name))?;
    // By its full name, as the standard library has one of this name from Rust 1.89 on.
    match FileExt::try_lock(&file) {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
