//! Which of the servers in the wild is played, and its numbers.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Which server is played where they differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Flavour {
    /// socket.io 2.5.1 on Node: polls are answered in text framing with lengths in UTF-16 units,
    /// JSON is UTF-8, a server that ends a connection sends a close frame.
    #[default]
    Node,
    /// python-socketio 4.6.1: polls are answered in binary framing, JSON is ASCII with escapes, a
    /// server that ends a connection sends `1` and leaves the socket open.
    Python,
}

/// How a `key` that is no open session is refused by socket.io on Node. Python always refuses it
/// with 401.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum TellingRefusal {
    /// By `44` in place of `40`, on a connection that stays open.
    #[default]
    Packet,
    /// By HTTP: 403 to a poll, 400 to the upgrade to a WebSocket.
    Status,
}

/// How the Socket.IO side behaves. A change holds for connections that are opened afterwards.
///
/// As JSON, field names are in camel case; absent fields are as in the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct SocketIoBehaviour {
    /// Which server is played.
    pub flavour: Flavour,
    /// How often a client is to ping, in milliseconds; default 25,000.
    pub ping_interval_ms: u64,
    /// How long a ping may be late, in milliseconds; default 20,000.
    pub ping_timeout_ms: u64,
    /// How a bad key is refused.
    pub refusal: TellingRefusal,
    /// Whether a polling client may go over to a WebSocket; default true.
    pub upgrades: bool,
    /// Whether a client is put out (`41`) when its session is closed; default true. This live
    /// channel has no event for that.
    pub kicks_on_close: bool,
}

impl Default for SocketIoBehaviour {
    fn default() -> Self {
        Self {
            flavour: Flavour::default(),
            ping_interval_ms: 25_000,
            ping_timeout_ms: 20_000,
            refusal: TellingRefusal::default(),
            upgrades: true,
            kicks_on_close: true,
        }
    }
}

impl SocketIoBehaviour {
    /// Whether a bad key is refused before there is a connection.
    pub(super) fn refuses_at_once(self) -> bool {
        self.flavour == Flavour::Python || self.refusal == TellingRefusal::Status
    }

    /// After which silence of the client its connection is over.
    pub(super) fn patience(self) -> Duration {
        /// Python's `ping_interval_grace_period`.
        const GRACE: Duration = Duration::from_secs(5);
        let interval = Duration::from_millis(self.ping_interval_ms);
        match self.flavour {
            Flavour::Node => interval.saturating_add(self.ping_timeout()),
            Flavour::Python => interval.saturating_add(GRACE),
        }
    }

    pub(super) fn ping_timeout(self) -> Duration {
        Duration::from_millis(self.ping_timeout_ms)
    }
}
