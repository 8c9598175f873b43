//! Work that may block for long: a file may be a pipe, and at a terminal someone has to type.

use std::io;

use tokio::task::spawn_blocking;

/// Does `work` on a thread that may be stuck in it.
///
/// # Cancel safety
///
/// What has begun goes on, and nobody sees what comes of it.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
}
