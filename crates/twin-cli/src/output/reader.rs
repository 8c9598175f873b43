//! Noticing that the reader of stdout has gone, while there is nothing to write to it.

use crate::stop::Stop;

/// Tells `stop` when stdout is a pipe whose other end is closed. Where the system does not tell, the
/// next line will.
#[cfg(unix)]
pub(super) fn watch(stop: Stop) {
    use std::{
        fs::File,
        io,
        os::{fd::AsFd as _, unix::fs::FileTypeExt as _},
    };

    use tokio::{io::Interest, net::unix::pipe::Sender};

    let pipe = || {
        let stdout = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        if !stdout.metadata()?.file_type().is_fifo() {
            return Err(io::Error::from(io::ErrorKind::InvalidInput));
        }
        // Not the checked form, which would make the pipe non-blocking for whoever has it too.
        Sender::from_file_unchecked(stdout)
    };
    let Ok(pipe) = pipe() else {
        return;
    };
    tokio::spawn(async move {
        if pipe.ready(Interest::ERROR).await.is_ok() {
            stop.request();
        }
    });
}

#[cfg(not(unix))]
pub(super) fn watch(_stop: Stop) {}
