//! The servers that cases are played against.

use std::{error::Error, net::SocketAddr};

use twin_emulator::{Behaviour, Bot, CentrifugoSettings, Emulator};

use super::case::{self, ServerAct, Settings};
use crate::peer::{Backed, PeerKind};

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A Centrifugo 6 that the variable `CENTRIFUGO_BIN` names, with the emulator behind it.
    Centrifugo,
    /// The emulator alone.
    Emulator,
    /// The program on Centrifugo's engine, with the emulator behind it.
    Engine,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Centrifugo, Self::Emulator, Self::Engine];

    /// As people write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Centrifugo => "centrifugo",
            Self::Emulator => "emulator",
            Self::Engine => "engine",
        }
    }
}

/// A server that runs.
#[derive(Debug)]
pub(crate) enum Server {
    Backed(Box<Backed>),
    Embedded(Box<Emulator>),
}

impl Server {
    /// Starts one that differs from the usual by `settings`.
    pub(crate) async fn start(kind: Kind, settings: &Settings) -> Result<Self, Box<dyn Error>> {
        let behaviour: Behaviour = match &settings.behaviour {
            Some(json) => serde_json::from_value(json.clone())?,
            None => Behaviour::default(),
        };
        let bot = match settings.bot {
            case::Bot::Demo => Bot::demo(),
            case::Bot::Echo => Bot::echo(),
        };
        let builder = Emulator::builder().behaviour(behaviour).bot(bot);
        let peer = match kind {
            Kind::Centrifugo => PeerKind::Centrifugo,
            Kind::Emulator => {
                let emulator = builder.centrifugo(embedded(settings)).start().await?;
                return Ok(Self::Embedded(Box::new(emulator)));
            }
            Kind::Engine => PeerKind::Engine,
        };
        let backed = Backed::start(peer, &flags(settings), builder).await?;
        Ok(Self::Backed(Box::new(backed)))
    }

    /// The platform behind it.
    pub(crate) fn emulator(&self) -> &Emulator {
        match self {
            Self::Backed(backed) => &backed.emulator,
            Self::Embedded(emulator) => emulator,
        }
    }

    /// Where its live links are.
    pub(crate) fn address(&self) -> Result<SocketAddr, Box<dyn Error>> {
        match self {
            Self::Backed(backed) => Ok(backed.peer.address()),
            Self::Embedded(_) => self.platform_address(),
        }
    }

    /// Where the platform behind it is, which carries Socket.IO itself.
    pub(crate) fn platform_address(&self) -> Result<SocketAddr, Box<dyn Error>> {
        let http = self.emulator().addresses().http.as_str();
        Ok(http.strip_prefix("http://").unwrap_or(http).parse()?)
    }

    /// Does something of its own accord, to the channel of `session` where it is about one.
    pub(crate) async fn act(
        &mut self,
        act: &ServerAct,
        session: &str,
    ) -> Result<(), Box<dyn Error>> {
        let emulator = self.emulator();
        match act {
            ServerAct::Disconnect { code, reason } => emulator.disconnect(None, *code, reason),
            ServerAct::RemoveHistory {} => emulator.remove_history(session)?,
            ServerAct::Restart {} => return self.restart().await,
            ServerAct::Subscribe {} => {
                emulator.subscribe(Some(session), &emulator.channel(session)?);
            }
            ServerAct::Unsubscribe {} => {
                emulator.unsubscribe(Some(session), &emulator.channel(session)?);
            }
        }
        emulator.settle().await?;
        Ok(())
    }

    /// It dies without a word, and comes back with an empty memory.
    async fn restart(&mut self) -> Result<(), Box<dyn Error>> {
        match self {
            Self::Backed(backed) => {
                // What it was told before is published before, as by any server.
                backed.emulator.settle().await?;
                backed.peer.kill().await?;
                backed.peer.start_again().await?;
            }
            Self::Embedded(emulator) => emulator.restart_live()?,
        }
        Ok(())
    }
}

fn embedded(settings: &Settings) -> CentrifugoSettings {
    let milliseconds = std::time::Duration::from_millis;
    let mut centrifugo = CentrifugoSettings::default();
    if let Some(limit) = settings.channel_limit {
        centrifugo.channel_limit = limit;
    }
    if let Some(size) = settings.history_size {
        centrifugo.history_size = size;
    }
    if let Some(ms) = settings.ping_ms {
        centrifugo.ping_interval = milliseconds(ms);
    }
    if let Some(ms) = settings.pong_timeout_ms {
        centrifugo.pong_timeout = (ms > 0).then(|| milliseconds(ms));
    }
    if let Some(size) = settings.queue_max_size {
        centrifugo.queue_max_size = size;
    }
    if let Some(limit) = settings.recovery_limit {
        centrifugo.recovery_limit = limit;
    }
    centrifugo
}

/// The same in the words of `cargo xtask peers start --set`.
fn flags(settings: &Settings) -> Vec<String> {
    let number = |name: &str, value: Option<usize>| value.map(|value| format!("{name}={value}"));
    let time = |name: &str, ms: Option<u64>| ms.map(|ms| format!("{name}={ms}ms"));
    [
        number("channel-limit", settings.channel_limit),
        number("history-size", settings.history_size),
        time("ping-interval", settings.ping_ms),
        time("pong-timeout", settings.pong_timeout_ms),
        number("queue-max-size", settings.queue_max_size),
        number("recovery-limit", settings.recovery_limit),
    ]
    .into_iter()
    .flatten()
    .collect()
}
