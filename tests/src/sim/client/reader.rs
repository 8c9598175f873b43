//! The user's task that reads a session's events, at its own pace.

use std::time::Duration;

use tokio::sync::watch;
use twin_client::Events;
use twin_transport::{Runtime as _, testing::VirtualHandle};

use super::{Entry, Journal, Reading};

/// How a reader reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Pace {
    /// No more, and its stream is dropped.
    Gone,
    Quick,
    /// So long between two events.
    Slow(Duration),
    Stopped,
}

/// Reads until the end, or until it is told to go. A pending read is dropped with each change of the
/// pace.
pub(in crate::sim) async fn read(
    reader: usize,
    mut events: Events,
    mut pace: watch::Receiver<Pace>,
    runtime: VirtualHandle,
    journal: Journal,
) {
    loop {
        let now = *pace.borrow_and_update();
        let pause = match now {
            Pace::Gone => return,
            Pace::Quick => Duration::ZERO,
            Pace::Slow(pause) => pause,
            Pace::Stopped => Duration::MAX,
        };
        let next = async {
            if !pause.is_zero() {
                runtime.sleep(pause).await;
            }
            events.next().await
        };
        let next = tokio::select! {
            biased;
            changed = pace.changed() => match changed {
                Ok(()) => continue,
                // Whoever decides is gone, and with it the simulation.
                Err(_) => return,
            },
            next = next => next,
        };
        let Some(delivery) = next else {
            journal.write(Entry::End { reader });
            return;
        };
        let what = Reading::of(&delivery);
        let what = what.unwrap_or_else(|| panic!("never published: {delivery:?}"));
        journal.write(Entry::Read { reader, what });
    }
}
