//! Renewals that are under way: a program that ended amid one would leave a refresh token that is used
//! up, and nothing in its place.

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, time};

use crate::stop::Stop;

/// How long the program's end waits for them.
const PATIENCE: Duration = Duration::from_secs(10);
/// And where it was asked to stop.
const LAST_PATIENCE: Duration = Duration::from_millis(300);

/// Counts the renewals that are under way. Cheap to clone; the clones count together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Renewals(Arc<watch::Sender<usize>>);

impl Renewals {
    /// One has begun, and goes on until the guard is dropped.
    pub(super) fn begin(&self) -> Renewing {
        self.0.send_modify(|number| *number += 1);
        Renewing(self.clone())
    }

    /// Waits until all have come to an end; not for long.
    pub(crate) async fn finish(&self, stop: &Stop) {
        let mut number = self.0.subscribe();
        let stopped = async {
            stop.requested().await;
            time::sleep(LAST_PATIENCE).await;
        };
        tokio::select! {
            biased;
            // The sender lives in `self`.
            _ = number.wait_for(|number| *number == 0) => {}
            () = stopped => {}
            () = time::sleep(PATIENCE) => {}
        }
    }
}

/// A renewal that is under way.
pub(super) struct Renewing(Renewals);

impl Drop for Renewing {
    fn drop(&mut self) {
        self.0.0.send_modify(|number| *number -= 1);
    }
}
