//! Watching that a client pings.

use std::sync::{Arc, Weak};

use tokio::time;

use super::{
    connection::{Connection, Over},
    flavour::Flavour,
    hub::Hub,
};

/// Ends a connection whose client has been silent for too long, and forgets it once it is over.
pub(super) async fn watch(hub: Weak<Hub>, connection: Arc<Connection>) {
    let patience = connection.behaviour.patience();
    while connection.over().is_none() {
        let changed = connection.changed.notified();
        let Some(until) = connection.silent_since().checked_add(patience) else {
            changed.await;
            continue;
        };
        if until > time::Instant::now() {
            tokio::select! {
                () = time::sleep_until(until) => {}
                () = changed => {}
            }
        } else if connection.behaviour.flavour == Flavour::Python && !connection.is_mute() {
            connection.mute();
        } else if connection.is_mute() {
            // It is noticed at the client's next frame; who sends none is forgotten in time.
            time::sleep(connection.behaviour.ping_timeout()).await;
            connection.end(Over::Gone);
        } else {
            connection.end(Over::Closing);
        }
    }
    // Whoever polls has the time of one more poll to learn of it.
    time::sleep(
        connection
            .behaviour
            .ping_timeout()
            .min(time::Duration::from_secs(5)),
    )
    .await;
    if let Some(hub) = hub.upgrade() {
        hub.forget(&connection);
    }
}
