//! A server, the network before it, a client, and its sessions.

use std::{
    collections::BTreeSet,
    error::Error,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::watch, task::JoinSet};
use twin_client::{
    AccessToken, Client, Codec, Config, Credentials, Endpoints, LinkState, LinkUrl, SlowReaders,
};

use super::{
    case::{Case, ClientSettings},
    listener::Listener,
    server::{Kind, Server},
};
use crate::proxy::Proxy;

/// Everything that a case plays with.
#[derive(Debug)]
pub(super) struct World {
    pub(super) server: Server,
    pub(super) network: Proxy,
    pub(super) client: Client,
    pub(super) listeners: Vec<Listener>,
    pub(super) links: Arc<Links>,
    /// Where in the links' states a step begins to look.
    pub(super) seen: usize,
    /// How many publications were made, over all sessions.
    pub(super) publications: u64,
    _watchers: JoinSet<()>,
}

/// What is known of the links, and of what belongs to no session.
#[derive(Debug, Default)]
pub(super) struct Links {
    log: Mutex<Log>,
    changes: watch::Sender<usize>,
}

/// The states in their order, and counts.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) states: Vec<&'static str>,
    pub(super) numbers: BTreeSet<u64>,
    pub(super) unassigned: usize,
}

impl World {
    pub(super) async fn start(
        kind: Kind,
        codec: Codec,
        case: &Case,
    ) -> Result<Self, Box<dyn Error>> {
        let server = Server::start(kind, &case.server).await?;
        let network = Proxy::before(server.address()?).await?;
        let client = Client::new(config(codec, &server, &network, &case.client)?)?;
        let links = Arc::new(Links::default());
        let mut watchers = JoinSet::new();
        let (mut changes, log) = (client.links(), links.clone());
        watchers.spawn(async move {
            while let Some(change) = changes.next().await {
                log.enter(|log| {
                    log.numbers.insert(change.link);
                    log.states.push(name(&change.state));
                });
            }
        });
        let (mut unassigned, log) = (client.unassigned(), links.clone());
        watchers.spawn(async move {
            while unassigned.next().await.is_some() {
                log.enter(|log| log.unassigned += 1);
            }
        });
        Ok(Self {
            server,
            network,
            client,
            listeners: Vec::new(),
            links,
            seen: 0,
            publications: 0,
            _watchers: watchers,
        })
    }

    /// States are looked for from here on.
    pub(super) fn mark(&mut self) {
        self.seen = self.links.log().states.len();
    }
}

impl Links {
    pub(super) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a link is in this state, after the first `seen`; gives how many then are seen.
    pub(super) async fn reach(&self, state: &str, seen: usize) -> usize {
        let mut changes = self.changes.subscribe();
        loop {
            let found = self.log().states[seen..].iter().position(|it| *it == state);
            if let Some(found) = found {
                return seen + found + 1;
            }
            // The sender lives as long as `self`.
            let _ = changes.changed().await;
        }
    }

    fn enter(&self, change: impl FnOnce(&mut Log)) {
        let mut log = self.log();
        change(&mut log);
        drop(log);
        self.changes.send_modify(|count| *count += 1);
    }
}

fn name(state: &LinkState) -> &'static str {
    match state {
        LinkState::Closed { .. } => "closed",
        LinkState::Connected { .. } => "connected",
        LinkState::Connecting { .. } => "connecting",
        LinkState::Suspended => "suspended",
        LinkState::Waiting { .. } => "waiting",
        _ => "unknown",
    }
}

/// REST goes directly, live links through the network; pauses are short.
fn config(
    codec: Codec,
    server: &Server,
    network: &Proxy,
    settings: &ClientSettings,
) -> Result<Config, Box<dyn Error>> {
    let addresses = server.emulator().addresses();
    let mut config = Config::default();
    config.codec = codec;
    config.endpoints = Endpoints::emulator(&addresses.http)?;
    let live = format!("ws://{}/centrifugo/connection/websocket", network.address());
    config.endpoints.centrifugo = LinkUrl::parse(&live)?;
    config.credentials = Credentials::Token(AccessToken::parse(addresses.token.clone())?);
    config.backoff.floor = Duration::from_millis(10);
    config.backoff.first_bound = Duration::from_millis(50);
    config.backoff.last_bound = Duration::from_millis(500);
    config.gap_filling = settings.fill_gaps;
    if settings.hold_up {
        config.slow_readers = SlowReaders::HoldUp;
    }
    if let Some(count) = settings.sessions_per_link {
        config.sessions_per_link = count;
    }
    if let Some(ms) = settings.connect_timeout_ms {
        config.connect_timeout = Duration::from_millis(ms);
    }
    if let Some(ms) = settings.grant_wait_ms {
        config.grant_wait = Duration::from_millis(ms);
    }
    Ok(config)
}
