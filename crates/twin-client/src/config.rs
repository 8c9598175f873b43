//! What the owner of a client chooses. Nothing here is checked late: addresses, tokens and headers
//! are parsed values.

mod connection_tokens;
mod endpoints;
mod live_channel;
mod retry_policy;
mod slow_readers;

use std::{fmt, time::Duration};

use http::{HeaderMap, HeaderValue};
use twin_protocol::{centrifuge, id::UserId, link::BackoffConfig, socketio};

pub use self::{
    connection_tokens::{ConnectionTokens, NoToken},
    endpoints::{Endpoints, LinkUrl, LinkUrlError},
    live_channel::{LiveChannel, LiveChannelError},
    retry_policy::RetryPolicy,
    slow_readers::SlowReaders,
};
use crate::credentials::Credentials;

/// How a [`Client`](crate::Client) behaves. Every field has a default that suits the platform.
///
/// ```
/// let mut config = twin_client::Config::default();
/// config.sessions_per_link = 20;
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Config {
    /// The pauses between attempts to connect.
    pub backoff: BackoffConfig,
    /// How many bytes of events may wait for the readers of one link's sessions. What becomes of a
    /// reader that lets more wait, [`slow_readers`](Self::slow_readers) says.
    ///
    /// Where it holds up its link, the link's socket is not read until some of them are taken: the
    /// peer feels it, ends the connection in the end, and what it then cuts off is recovered, or
    /// declared as a gap. At most one more frame is taken in beyond the number.
    ///
    /// Where it falls behind, it does so with half of the number for itself, or with an equal share
    /// of it when all of it is used up: so twice the number may wait, and a frame for each session.
    ///
    /// Default: 4 MiB.
    pub buffer_per_link: usize,
    /// How long a REST call may take, with its body, its retries and the waiting for a token; of an upload or a download, how long
    /// nothing may go on. Default: 30 s.
    pub call_timeout: Duration,
    /// In what links over Centrifugo speak. An address that asks for Protobuf itself, by
    /// `format=protobuf` or `cf_protocol=protobuf` in its query, is spoken to in that in any case.
    /// Default: JSON.
    pub codec: centrifuge::Codec,
    /// How long dial, upgrade and connect reply of a link may take together. Default: 10 s.
    pub connect_timeout: Duration,
    /// Where tokens for the live connections over Centrifugo come from. Default: none, as the platform
    /// lets its widgets in without.
    pub connection_tokens: Option<ConnectionTokens>,
    /// Who this client is to the platform. Default: nobody.
    pub credentials: Credentials,
    /// Where the platform is. Default: its own addresses.
    pub endpoints: Endpoints,
    /// Whether holes in the events are filled from the platform's list of messages. Default: yes.
    pub gap_filling: bool,
    /// How long a newly joined session may be without its channel before its Centrifugo link reconnects
    /// with the longer list of sessions; also how long a channel that was taken away may stay away
    /// before the link reconnects to recover it. Default: 2 s.
    pub grant_wait: Duration,
    /// Headers for every request, the upgrade to a WebSocket too; the client's own win. Default:
    /// none.
    pub headers: HeaderMap,
    /// Over which of the platform's live channels events come. Default: Centrifugo.
    pub live_channel: LiveChannel,
    /// The proxy of all connections; `Client::new` alone looks at it. Default: none.
    #[cfg(feature = "native")]
    pub proxy: twin_transport::hyper::Proxy,
    /// Which REST calls are repeated by themselves. Default: those that may be, at most twice.
    pub retry: RetryPolicy,
    /// Whose certificates are trusted; `Client::new` alone looks at it. Default: those that the
    /// operating system trusts.
    #[cfg(feature = "native")]
    pub roots: twin_transport::hyper::Roots,
    /// How many sessions one link may carry, at least one. Centrifugo allows 128 channels to a
    /// connection unless configured otherwise; where the server allows fewer, the client halves
    /// this number for itself. Default: 100.
    ///
    /// Over Socket.IO it is always one session a link.
    pub sessions_per_link: usize,
    /// What becomes of a session that is read too slowly, where others share its link. Default: it
    /// falls behind, and holds up nobody.
    pub slow_readers: SlowReaders,
    /// Over what a Socket.IO link runs. Default: a WebSocket.
    pub socketio_transport: socketio::Transport,
    /// `User-Agent` of every request. Default: `twin-client/` and the version.
    pub user_agent: HeaderValue,
    /// `settings.userId` of the live connection: the widget's visitor. Default: none.
    pub user_id: Option<UserId>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            backoff: BackoffConfig::default(),
            buffer_per_link: 4 << 20,
            call_timeout: Duration::from_secs(30),
            codec: centrifuge::Codec::default(),
            connect_timeout: Duration::from_secs(10),
            connection_tokens: None,
            credentials: Credentials::default(),
            endpoints: Endpoints::default(),
            gap_filling: true,
            grant_wait: Duration::from_secs(2),
            headers: HeaderMap::new(),
            live_channel: LiveChannel::default(),
            #[cfg(feature = "native")]
            proxy: twin_transport::hyper::Proxy::none(),
            retry: RetryPolicy::default(),
            #[cfg(feature = "native")]
            roots: twin_transport::hyper::Roots::default(),
            sessions_per_link: 100,
            slow_readers: SlowReaders::default(),
            socketio_transport: socketio::Transport::WebSocket,
            user_agent: HeaderValue::from_static(concat!(
                "twin-client/",
                env!("CARGO_PKG_VERSION")
            )),
            user_id: None,
        }
    }
}

impl Config {
    /// In what links over Centrifugo speak, by choice or by their address.
    pub(crate) fn spoken(&self) -> centrifuge::Codec {
        match self.endpoints.centrifugo.asks_for_protobuf() {
            true => centrifuge::Codec::Protobuf,
            false => self.codec,
        }
    }
}

/// Shows no value of a header and no secret.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.keys().collect();
        f.debug_struct("Config")
            .field("backoff", &self.backoff)
            .field("buffer_per_link", &self.buffer_per_link)
            .field("call_timeout", &self.call_timeout)
            .field("codec", &self.codec)
            .field("connect_timeout", &self.connect_timeout)
            .field("connection_tokens", &self.connection_tokens)
            .field("credentials", &self.credentials)
            .field("endpoints", &self.endpoints)
            .field("gap_filling", &self.gap_filling)
            .field("grant_wait", &self.grant_wait)
            .field("headers", &headers)
            .field("live_channel", &self.live_channel)
            .field("retry", &self.retry)
            .field("sessions_per_link", &self.sessions_per_link)
            .field("slow_readers", &self.slow_readers)
            .field("socketio_transport", &self.socketio_transport)
            .field("user_agent", &self.user_agent)
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}
