//! The clocks of a connection: too long without a connect, pings, and pongs that do not come.

use std::{future, time::Duration};

use tokio::time;

use super::{
    super::{link::Link, outgoing::Close, settings::CentrifugoSettings},
    Heartbeat,
};

/// Never returns; what it finds closes the link.
pub(super) async fn watch(link: &Link, settings: &CentrifugoSettings, heartbeat: Heartbeat) {
    // The delay runs until the connect is answered, whoever is slow (facts, 0.7).
    let answered = link.answered.notified();
    if time::timeout(settings.stale_close_delay, answered)
        .await
        .is_err()
    {
        link.close(Close::new(3502, "stale"));
        return future::pending().await;
    }
    link.connected.notified().await;
    if heartbeat == Heartbeat::Frames {
        return future::pending().await;
    }
    let interval = settings.ping_interval;
    // At a random moment of the interval's second half, so that not all links are pinged at once.
    time::sleep(interval.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
    loop {
        link.ping();
        let mut pause = interval;
        if let Some(timeout) = settings.pong_timeout {
            time::sleep(timeout).await;
            if link.is_pong_due() {
                link.close(Close::new(3012, "no pong"));
                return future::pending().await;
            }
            pause = interval
                .saturating_sub(timeout)
                .max(Duration::from_millis(1));
        }
        time::sleep(pause).await;
    }
}
