//! Attempts to connect: their numbers, the pauses between them, the names of what they ask for.

use std::time::Duration;

use crate::link::{Backoff, BackoffConfig, ExchangeId, Moment, Query, SocketId};

#[derive(Clone, Debug)]
pub(super) struct Attempts {
    backoff: Backoff,
    /// Attempts since the last proof of life.
    number: u32,
    /// When the next attempt may begin that is not waited for: no two are closer to each other than
    /// the shortest pause.
    earliest: Moment,
    floor: Duration,
    socket: SocketId,
    exchange: ExchangeId,
    /// Makes the addresses of this machine's requests unlike another's, for caches on the way.
    seed: u64,
}

impl Attempts {
    pub(super) const fn new(config: BackoffConfig, seed: u64) -> Self {
        Self {
            backoff: Backoff::new(config, seed),
            number: 0,
            earliest: Moment::START,
            floor: config.floor,
            socket: SocketId::FIRST,
            exchange: ExchangeId::FIRST,
            seed,
        }
    }

    /// Begins an attempt: its number.
    pub(super) fn begin(&mut self, now: Moment) -> u32 {
        self.earliest = now + self.floor;
        self.number = self.number.saturating_add(1);
        self.number
    }

    /// The name of the next socket, and its query.
    pub(super) fn next_socket(&mut self, sid: Option<&str>) -> (SocketId, Query) {
        let socket = self.socket;
        self.socket = socket.next();
        (socket, query("websocket", sid))
    }

    /// The name of the next question by HTTP, and its query. The last parameter is never twice the
    /// same, so that nothing on the way answers from a cache.
    pub(super) fn next_get(&mut self, sid: Option<&str>) -> (ExchangeId, Query) {
        let exchange = self.next_exchange();
        let unlike = format!("{:x}.{}", self.seed, exchange.number());
        (exchange, query("polling", sid).with("t", unlike))
    }

    /// The name of the next message by HTTP, and its query.
    pub(super) fn next_post(&mut self, sid: &str) -> (ExchangeId, Query) {
        (self.next_exchange(), query("polling", Some(sid)))
    }

    fn next_exchange(&mut self) -> ExchangeId {
        let exchange = self.exchange;
        self.exchange = exchange.next();
        exchange
    }

    /// The number of the attempt that failed, and the pause before the next: its bound goes by the
    /// number, as whoever reads both would expect. The loss of a link that was alive is the failure
    /// of none.
    pub(super) fn fail(&mut self) -> (u32, Duration) {
        (self.number(), self.backoff.pause_after(self.failures()))
    }

    /// The user wants an attempt now: the failures before it count no more. Says when it may begin.
    pub(super) fn hurry(&mut self) -> Moment {
        self.prove();
        self.earliest
    }

    /// There was proof of life: pauses and numbers start again.
    pub(super) fn prove(&mut self) {
        self.number = 0;
    }

    pub(super) fn number(&self) -> u32 {
        self.number.max(1)
    }

    /// How many attempts have failed before the present one.
    const fn failures(&self) -> u32 {
        self.number.saturating_sub(1)
    }

    /// How long a connection must be held to count as alive.
    pub(super) fn proving_time(&self) -> Duration {
        self.backoff.bound_after(self.failures())
    }
}

fn query(transport: &'static str, sid: Option<&str>) -> Query {
    let query = Query::new().with("EIO", "3").with("transport", transport);
    match sid {
        Some(sid) => query.with("sid", sid.to_owned()),
        None => query,
    }
}
