//! What of Centrifugo's configuration a client can notice.

use std::time::Duration;

/// How the embedded Centrifugo behaves towards its clients.
///
/// The defaults are those of a Centrifugo 6.2.2 that is configured as the platform's appears to be
/// (facts, 5.1): a namespace `widget` with history and forced recovery.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CentrifugoSettings {
    /// What the connect reply says of the server.
    pub version: String,
    /// How often a link is pinged; told to the client in whole seconds, rounded down. At least
    /// 10 ms, and longer than [`pong_timeout`](Self::pong_timeout).
    pub ping_interval: Duration,
    /// How long a pong may take before the link is closed with 3012; `None`: no pongs are wanted.
    pub pong_timeout: Option<Duration>,
    /// How long a link may take to its connect reply before it is closed with 3502.
    pub stale_close_delay: Duration,
    /// How many channels a link may hold; more end it with 3505.
    pub channel_limit: usize,
    /// How many bytes may wait for a slow client before its link is closed with 3008.
    pub queue_max_size: usize,
    /// How many bytes a message of a client may have; more end the link with 1009.
    pub message_size_limit: usize,
    /// How many publications a channel keeps; 0: no history, no offsets, no recovery.
    pub history_size: usize,
    /// How long a channel keeps them after the last one.
    pub history_ttl: Duration,
    /// How many publications are recovered at most; if more are missed, none are.
    pub recovery_limit: usize,
}

impl Default for CentrifugoSettings {
    fn default() -> Self {
        Self {
            version: "6.2.2 OSS".to_owned(),
            ping_interval: Duration::from_secs(25),
            pong_timeout: Some(Duration::from_secs(8)),
            stale_close_delay: Duration::from_secs(10),
            channel_limit: 128,
            queue_max_size: 1024 * 1024,
            message_size_limit: 65_536,
            history_size: 100,
            history_ttl: Duration::from_secs(300),
            recovery_limit: 300,
        }
    }
}

impl CentrifugoSettings {
    /// What is wrong with these settings, if anything is.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        if self.ping_interval < Duration::from_millis(10) {
            return Some("the ping interval is shorter than 10 ms");
        }
        if self
            .pong_timeout
            .is_some_and(|timeout| timeout >= self.ping_interval)
        {
            return Some("the ping interval is not longer than the pong timeout");
        }
        None
    }
}
