//! What the contender is asked to do, and the client for it.

use anyhow::{Context as _, Result};
use http::Uri;
use twin_bench_meter::{Args, SESSION};
use twin_client::{Client, Config, Endpoints, LinkUrl, LiveChannel};

/// What the contender is asked to do.
#[derive(Debug, clap::Parser)]
pub(crate) struct Contender {
    #[command(flatten)]
    pub(crate) args: Args,
    /// The session to listen to.
    #[arg(long, default_value = SESSION)]
    pub(crate) session: String,
    /// With `--count 0`: how many sessions a link carries.
    #[arg(long, default_value_t = 1)]
    pub(crate) sessions_per_link: usize,
    /// Over which channel.
    #[arg(long, default_value = "centrifugo")]
    pub(crate) link: Link,
}

/// A live channel of the platform.
#[derive(Clone, Copy, Debug, PartialEq, clap::ValueEnum)]
pub(crate) enum Link {
    /// Centrifugo's protocol.
    Centrifugo,
    /// Socket.IO 2; the address ends with its path.
    Socketio,
}

impl Contender {
    /// A client that knows no address but that of the server, with so many sessions to a link.
    pub(crate) fn client(&self, sessions_per_link: usize) -> Result<Client> {
        let uri: Uri = self.args.url.parse().context("the address")?;
        let host = uri.authority().context("the address names no host")?;
        let scheme = match uri.scheme_str() {
            Some("wss" | "https") => "https",
            _ => "http",
        };
        let mut config = Config::default();
        config.endpoints = Endpoints::emulator(&format!("{scheme}://{host}"))?;
        config.sessions_per_link = sessions_per_link;
        match self.link {
            Link::Centrifugo => config.endpoints.centrifugo = LinkUrl::parse(&self.args.url)?,
            Link::Socketio => {
                let path = uri.path().trim_end_matches('/');
                config.endpoints.socketio = format!("{scheme}://{host}{path}").parse()?;
                config.live_channel = LiveChannel::SocketIo;
            }
        }
        Ok(Client::new(config)?)
    }
}
