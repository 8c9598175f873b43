//! The HTTP server: it accepts connections and hands each to the router.
//!
//! All that it starts ends with it: dropping the future that [`run`] returns cuts every
//! connection but those that have become WebSockets, whose end is the hub's affair.

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::time::Duration;
use tokio::{net::TcpListener, task::JoinSet, time};

/// How many connections there can be; more wait to be accepted.
const MAX_CONNECTIONS: usize = 10_000;
/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How long to wait when connections cannot be accepted: out of file descriptors, say.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves `router` on `listener`; never returns.
pub(crate) async fn run(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => {
                let Ok((stream, _)) = accepted else {
                    time::sleep(ACCEPT_PAUSE).await;
                    continue;
                };
                // Answers are small and wanted at once; without it they are only later.
                let _ = stream.set_nodelay(true);
                let service = TowerToHyperService::new(router.clone());
                let connection = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEAD_TIMEOUT)
                    .serve_connection(TokioIo::new(stream), service)
                    .with_upgrades();
                connections.spawn(async move {
                    if let Err(error) = connection.await {
                        tracing::debug!(target: "twin::emulator", %error, "a connection broke");
                    }
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}
