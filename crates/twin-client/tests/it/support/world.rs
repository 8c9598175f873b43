//! A client and what it lives in.

use std::time::Duration;

use futures_util::FutureExt as _;
use serde_json::{Map, Value};
use twin_client::{Client, Config, Events, Session};
use twin_transport::testing::{Dial, MemoryConnector, MemoryHttp, VirtualRuntime};

use super::{Server, channel, granted};

pub(crate) struct World {
    pub(crate) runtime: VirtualRuntime,
    pub(crate) http: MemoryHttp,
    pub(crate) connector: MemoryConnector,
    pub(crate) client: Client,
}

impl World {
    /// A client without a token that fills no gaps.
    pub(crate) fn new() -> Self {
        Self::with(|config| config.gap_filling = false)
    }

    /// A client of which something is chosen.
    pub(crate) fn with(choose: impl FnOnce(&mut Config)) -> Self {
        let runtime = VirtualRuntime::new();
        let http = MemoryHttp::new();
        let connector = MemoryConnector::new();
        let mut config = Config::default();
        choose(&mut config);
        let client = Client::builder(config)
            .http(http.clone())
            .web_socket(connector.clone())
            .runtime(runtime.handle())
            .seed(7)
            .build()
            .unwrap();
        Self {
            runtime,
            http,
            connector,
            client,
        }
    }

    /// Lets everything happen that needs no time.
    pub(crate) fn settle(&self) {
        self.runtime.run_until_stalled();
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.runtime.advance(Duration::from_secs(seconds));
    }

    /// What `future` gives, time going on as it must.
    pub(crate) fn wait<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    pub(crate) fn listen(&self, session: &str) -> (Session, Events) {
        let mut listened = self.client.listen([session]).unwrap();
        listened.pop().unwrap()
    }

    /// The dial that is under way; there is one.
    pub(crate) fn dial(&self) -> Dial {
        self.wait(self.connector.next_dial())
    }

    /// Whether a dial is under way.
    pub(crate) fn no_dial(&self) -> bool {
        self.settle();
        self.connector.next_dial().now_or_never().is_none()
    }

    /// Accepts the next dial; its connect command is not answered yet.
    pub(crate) fn accept(&self) -> Server<'_> {
        let server = Server::new(self, self.dial().accept());
        self.settle();
        server
    }

    /// Accepts the next dial, grants these `subs` and lets every session join.
    pub(crate) fn grant(&self, subs: &Value) -> Server<'_> {
        let server = self.accept();
        server.greet(subs);
        server.agree();
        server
    }

    /// The same with one channel a session, nothing published in it so far.
    pub(crate) fn serve(&self, sessions: &[&str]) -> Server<'_> {
        let subs: Map<_, _> = sessions
            .iter()
            .map(|session| (channel(session), granted(0)))
            .collect();
        self.grant(&subs.into())
    }

    /// What was asked over HTTP: method, path and query.
    pub(crate) fn asked(&self) -> Vec<String> {
        let requests = self.http.requests();
        let line = |request: &http::Request<_>| {
            format!(
                "{} {}",
                request.method(),
                request.uri().path_and_query().unwrap()
            )
        };
        requests.iter().map(line).collect()
    }
}
