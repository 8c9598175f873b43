//! What the owner of a link may choose.

use std::time::Duration;

use crate::{id::UserId, link::BackoffConfig};

/// How a [`Machine`](crate::centrifuge::Machine) behaves. Every field has a default that suits the
/// platform.
///
/// Memory is bounded by what is joined: a few hundred bytes a session, and at most
/// [`max_channels`](Self::max_channels) channels. The machine itself holds no frames.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// The pauses between attempts, and between tries to join a session.
    pub backoff: BackoffConfig,
    /// In what the link speaks. Default: JSON, as the platform's own widget does.
    pub codec: Codec,
    /// How long dial, upgrade and connect reply may take together. While the bytes of a long
    /// connect reply keep coming, it may take six times as long. Default: 10 s.
    pub connect_timeout: Duration,
    /// How long a newly joined session may be without a channel before the link reconnects with
    /// the longer list of sessions; also how long a channel that was taken away may stay away
    /// before the link reconnects to recover it. Default: 2 s.
    pub grant_wait: Duration,
    /// Sessions added within this time of each other share one such reconnect. Default: 200 ms.
    pub join_burst: Duration,
    /// How long a `joinSession` may be unanswered before it is tried again. Default: 10 s.
    pub join_timeout: Duration,
    /// The most channels that a server may give to one link; more of them end the connection.
    /// Default: 1,024.
    pub max_channels: usize,
    /// How much longer than the server's ping interval it may be silent. Default: 10 s.
    pub silence_grace: Duration,
    /// Whether connections have tokens, for which the driver is asked
    /// ([`Action::FetchToken`](crate::link::Action::FetchToken)). Without, an expired one is for
    /// good. Default: no, the platform lets its widgets in without.
    pub tokens: bool,
    /// `settings.userId` of the connect data: the widget's visitor. Default: none.
    pub user_id: Option<UserId>,
}

/// In what a link speaks. Both say the same; the platform's data is JSON in either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Codec {
    /// Lines of JSON in text messages.
    #[default]
    Json,
    /// Length-delimited Protobuf in binary messages. The socket must be opened with the subprotocol
    /// [`SUBPROTOCOL`](Self::SUBPROTOCOL).
    Protobuf,
}

impl Codec {
    /// What `Sec-WebSocket-Protocol` says of [`Protobuf`](Self::Protobuf).
    pub const SUBPROTOCOL: &'static str = "centrifuge-protobuf";
}

impl Default for Config {
    fn default() -> Self {
        Self {
            backoff: BackoffConfig::default(),
            codec: Codec::default(),
            connect_timeout: Duration::from_secs(10),
            grant_wait: Duration::from_secs(2),
            join_burst: Duration::from_millis(200),
            join_timeout: Duration::from_secs(10),
            max_channels: 1024,
            silence_grace: Duration::from_secs(10),
            tokens: false,
            user_id: None,
        }
    }
}
