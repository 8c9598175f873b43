//! What a WebSocket may keep in memory.

/// What a WebSocket may keep in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebSocketLimits {
    /// The longest message that is taken, in bytes, over all its fragments. A longer one ends the
    /// connection with [`TooLarge`](crate::ErrorKind::TooLarge). Default: 16 MiB.
    pub max_message: usize,
    /// How many bytes may wait to be written before the sink makes its user wait. Default: 64 KiB.
    pub write_mark: usize,
}

impl Default for WebSocketLimits {
    fn default() -> Self {
        Self {
            max_message: 16 << 20,
            write_mark: 64 << 10,
        }
    }
}
