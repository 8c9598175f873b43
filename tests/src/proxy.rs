//! A TCP proxy that does on demand what networks do: kill, stall, slow, re-cut, refuse, lie.
//!
//! What it does can be changed at any moment, for new connections and for those there are. It
//! loses no byte of a connection that it lets live: what it withholds comes once it may pass. It
//! knows nothing of what it carries.

mod census;
mod connection;
mod entrance;
mod network;
mod portal;

use std::{io, net::SocketAddr, sync::Arc};

use tokio::{
    sync::watch,
    task::{AbortHandle, JoinSet},
};

pub use self::network::Network;
use self::{entrance::Entrance, network::Plan};

/// A TCP proxy before one server. Everything of it ends when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: AbortHandle,
}

/// What the proxy, its entrance and its connections share.
#[derive(Debug)]
struct Shared {
    plan: watch::Sender<Plan>,
    upstream: watch::Sender<Option<SocketAddr>>,
    /// How many connections were accepted, in all.
    accepted: watch::Sender<u64>,
    /// How many connections there are.
    open: watch::Sender<usize>,
    /// The most connections that clients have held at once.
    most_held: watch::Sender<usize>,
    /// How many bytes have passed towards clients.
    down: watch::Sender<u64>,
    /// How many bytes have passed towards the server.
    up: watch::Sender<u64>,
}

impl Proxy {
    /// A proxy on a free port of 127.0.0.1 that lets everything pass. Until it is told of a
    /// server by [`set_upstream`](Self::set_upstream), connections wait.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn start() -> io::Result<Self> {
        let entrance = Entrance::open()?;
        let address = entrance.address();
        let shared = Arc::new(Shared {
            plan: watch::Sender::default(),
            upstream: watch::Sender::default(),
            accepted: watch::Sender::default(),
            open: watch::Sender::default(),
            most_held: watch::Sender::default(),
            down: watch::Sender::default(),
            up: watch::Sender::default(),
        });
        let task = tokio::spawn(serve(entrance, shared.clone())).abort_handle();
        Ok(Self {
            address,
            shared,
            task,
        })
    }

    /// The same before `upstream`.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn before(upstream: SocketAddr) -> io::Result<Self> {
        let proxy = Self::start().await?;
        proxy.set_upstream(upstream);
        Ok(proxy)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Which server stands behind it from now on; connections that there are stay where they are.
    pub fn set_upstream(&self, upstream: SocketAddr) {
        self.shared.upstream.send_replace(Some(upstream));
    }

    /// What the network does from now on.
    pub fn set(&self, network: Network) {
        self.shared.plan.send_modify(|plan| {
            plan.network = network;
            // Counted, so that it also ends those that hear of it only when it is over.
            plan.kills += u64::from(network == Network::Refuse);
        });
    }

    /// Closes every connection that there is.
    pub fn kill(&self) {
        self.shared.plan.send_modify(|plan| plan.kills += 1);
    }

    /// Resets every connection that there is.
    pub fn reset(&self) {
        self.shared.plan.send_modify(|plan| plan.resets += 1);
    }

    /// How many connections it has accepted.
    pub fn accepted(&self) -> u64 {
        *self.shared.accepted.borrow()
    }

    /// Waits until it has accepted so many connections.
    pub async fn has_accepted(&self, count: u64) {
        let mut accepted = self.shared.accepted.subscribe();
        // The sender lives as long as `self`.
        let _ = accepted.wait_for(|accepted| *accepted >= count).await;
    }

    /// The most connections that clients held at once, each time one was accepted; what a client
    /// has closed is not held. 0 where the system does not tell.
    pub fn most_held(&self) -> usize {
        *self.shared.most_held.borrow()
    }

    /// Waits until so many bytes have passed towards clients, in all.
    pub async fn has_passed_down(&self, bytes: u64) {
        let mut down = self.shared.down.subscribe();
        // The sender lives as long as `self`.
        let _ = down.wait_for(|passed| *passed >= bytes).await;
    }

    /// Waits until so many bytes more have passed towards the server.
    pub async fn passes_up(&self, bytes: u64) {
        let mut up = self.shared.up.subscribe();
        let goal = *up.borrow_and_update() + bytes;
        let _ = up.wait_for(|passed| *passed >= goal).await;
    }

    /// Waits until it has no connection.
    pub async fn is_empty(&self) {
        let mut open = self.shared.open.subscribe();
        let _ = open.wait_for(|open| *open == 0).await;
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Never returns.
async fn serve(mut entrance: Entrance, shared: Arc<Shared>) {
    let mut plan = shared.plan.subscribe();
    let mut connections = JoinSet::new();
    loop {
        let refuses = matches!(plan.borrow_and_update().network, Network::Refuse);
        entrance.turn(refuses);
        tokio::select! {
            Ok(()) = plan.changed() => {}
            stream = entrance.accept() => {
                shared.accepted.send_modify(|accepted| *accepted += 1);
                shared.open.send_modify(|open| *open += 1);
                let held = census::established(entrance.address().port()).unwrap_or(0);
                shared.most_held.send_modify(|most| *most = held.max(*most));
                let shared = shared.clone();
                connections.spawn(async move {
                    connection::carry(stream, &shared).await;
                    shared.open.send_modify(|open| *open -= 1);
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}
