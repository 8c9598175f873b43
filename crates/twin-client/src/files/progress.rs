//! How far a transfer has come.

/// How far a transfer has come, in bytes of the files themselves.
///
/// Of an upload these bytes are handed to the network, and not yet confirmed by anyone: only the
/// answer does that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// How many have passed.
    pub passed: u64,
    /// How many there are in all, where that is known.
    pub total: Option<u64>,
}

impl Progress {
    pub(super) const fn new(passed: u64, total: Option<u64>) -> Self {
        Self { passed, total }
    }
}

/// Who is told; it returns at once.
pub(super) type Watcher = Box<dyn FnMut(Progress) + Send>;
