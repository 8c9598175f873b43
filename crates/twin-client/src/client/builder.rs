//! Putting a client together from parts.

use std::sync::{Arc, Mutex, atomic::AtomicU64};

use twin_transport::{HttpTransport, Reached, Runtime, WebSocketConnector};

use super::{Client, Gate, Resumer, RetryBudget, Shared, Tasks};
use crate::{
    config::Config,
    credentials::Credentials,
    error::{Error, ErrorKind},
    identity::Keeper,
    live::{LinkBoard, Pool, UnassignedOutlet},
    session::gap::Turns,
    stats::Counters,
};

/// Makes a [`Client`] over transports of your choice.
#[derive(Debug)]
pub struct ClientBuilder {
    config: Config,
    http: Option<Arc<dyn HttpTransport>>,
    web_socket: Option<Arc<dyn WebSocketConnector>>,
    runtime: Option<Arc<dyn Runtime>>,
    seed: Option<u64>,
}

impl ClientBuilder {
    pub(super) fn new(config: Config) -> Self {
        Self {
            config,
            http: None,
            web_socket: None,
            runtime: None,
            seed: None,
        }
    }

    /// Who carries out the REST calls. Wanted.
    #[must_use]
    pub fn http(mut self, http: impl HttpTransport) -> Self {
        self.http = Some(Arc::new(http));
        self
    }

    /// Who opens the WebSockets of links. Wanted.
    #[must_use]
    pub fn web_socket(mut self, web_socket: impl WebSocketConnector) -> Self {
        self.web_socket = Some(Arc::new(web_socket));
        self
    }

    /// Who gives time and runs tasks. Wanted.
    #[must_use]
    pub fn runtime(mut self, runtime: impl Runtime) -> Self {
        self.runtime = Some(Arc::new(runtime));
        self
    }

    /// What the jitter of pauses is drawn from. Default: something else each time, so that many
    /// clients which lose the same server do not come back all at once.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// With kind [`InvalidInput`](ErrorKind::InvalidInput) where a transport or the runtime is
    /// missing.
    pub fn build(self) -> Result<Client, Error> {
        let missing = |what: &str| {
            let what = format!("building a client without {what}");
            Error::new(ErrorKind::InvalidInput, Reached::No, what)
        };
        let pool = Pool::new(self.config.sessions_per_link, self.config.live_channel);
        let mut seeds = self
            .seed
            .map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed);
        let keeper = match &self.config.credentials {
            Credentials::Provider(provider) => {
                Some(Keeper::new(Arc::clone(provider), seeds.u64(..)))
            }
            _ => None,
        };
        let shared = Shared {
            http: self.http.ok_or_else(|| missing("an HTTP transport"))?,
            web_socket: self
                .web_socket
                .ok_or_else(|| missing("a WebSocket connector"))?,
            runtime: self.runtime.ok_or_else(|| missing("a runtime"))?,
            retry_budget: RetryBudget::new(&self.config.retry),
            config: self.config,
            keeper,
            counters: Arc::new(Counters::default()),
            pool,
            links: LinkBoard::default(),
            unassigned: UnassignedOutlet::default(),
            tasks: Tasks::default(),
            turns: Turns::default(),
            gate: Gate::default(),
            seeds: Mutex::new(seeds),
            messages: AtomicU64::new(0),
        };
        let shared = Arc::new(shared);
        Ok(Client {
            _resumer: Some(Resumer::new(&shared)),
            shared,
        })
    }
}
