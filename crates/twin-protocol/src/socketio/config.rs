//! What the owner of a link may choose.

use std::time::Duration;

use crate::link::BackoffConfig;

/// How a [`Machine`](crate::socketio::Machine) behaves. Every field has a default that suits the
/// platform.
///
/// Memory is bounded: emits that wait by [`max_waiting`](Self::max_waiting) and
/// [`max_waiting_bytes`](Self::max_waiting_bytes), an event whose attachments are not all here by
/// [`max_attachments`](Self::max_attachments) and
/// [`max_attachment_bytes`](Self::max_attachment_bytes), acknowledgements that either side owes by
/// [`max_acks`](Self::max_acks) each way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// Who acknowledges events for which the server asks it. Default: the machine, at once.
    pub acks: Acks,
    /// The pauses between attempts.
    pub backoff: BackoffConfig,
    /// How long the server may take to answer the heartbeat by which a live connection is tried when
    /// the network has changed. Default: 5 s.
    pub check_timeout: Duration,
    /// How long everything up to the word that the session is connected may take together: dial,
    /// upgrade or first request, open packet, connect packet; also how long the answer to what is
    /// sent by HTTP may take. Default: 10 s.
    pub connect_timeout: Duration,
    /// The most acknowledgements that are owed to either side at a time. Beyond it an event of the
    /// server's is acknowledged at once, and an emit that asks for it is refused. Default: 256.
    pub max_acks: usize,
    /// The most bytes of attachments of one event; more of them end the connection. Default:
    /// 16 MiB.
    pub max_attachment_bytes: usize,
    /// The most attachments of one event; more of them end the connection. Default: 64.
    pub max_attachments: usize,
    /// The longest packet that is sent, its bytes together; a Node server ends the connection after
    /// a million. Default: 1,000,000.
    pub max_sent_bytes: usize,
    /// The most emits that wait to be sent. Default: 64.
    pub max_waiting: usize,
    /// The most bytes of them. Default: 1 MiB.
    pub max_waiting_bytes: usize,
    /// What follows when the server disconnects the session. Default: the link is over.
    pub on_disconnect: OnDisconnect,
    /// How much longer than the ping interval the server may be silent. Default: 10 s.
    pub silence_grace: Duration,
    /// Over what the link runs. Default: [`Transport::WebSocket`].
    pub transport: Transport,
    /// How long the move from HTTP to a WebSocket may take; after it the connection stays on HTTP.
    /// Default: 10 s, as long as a Node server waits.
    pub upgrade_timeout: Duration,
}

/// Who acknowledges events for which the server asks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Acks {
    /// The machine, without arguments, as soon as it has reported the event.
    AtOnce,
    /// The user, with [`Command::Respond`](crate::link::Command::Respond). After `within` the
    /// machine does it, and notes that.
    ByUser {
        /// How long the user may take.
        within: Duration,
    },
}

/// What follows when the server disconnects the session (a `41`): a kick, a newer connection of the
/// same session, or its end; the server does not say which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnDisconnect {
    /// The link tries again after a pause.
    ComeBack,
    /// The link is over.
    StayAway,
}

/// Over what a link runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transport {
    /// HTTP requests only.
    Polling,
    /// HTTP requests first; then a WebSocket, where the server offers it and it can be opened.
    PollingThenWebSocket,
    /// A WebSocket from the beginning.
    WebSocket,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            acks: Acks::AtOnce,
            backoff: BackoffConfig::default(),
            check_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(10),
            max_acks: 256,
            max_attachment_bytes: 16 << 20,
            max_attachments: 64,
            max_sent_bytes: 1_000_000,
            max_waiting: 64,
            max_waiting_bytes: 1 << 20,
            on_disconnect: OnDisconnect::StayAway,
            silence_grace: Duration::from_secs(10),
            transport: Transport::WebSocket,
            upgrade_timeout: Duration::from_secs(10),
        }
    }
}
