//! What a client has counted.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What a client has counted since it was made.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Stats {
            $($(#[$doc])* pub $name: u64,)*
        }

        #[derive(Debug, Default)]
        pub(crate) struct Counters {
            $(pub(crate) $name: Counter,)*
        }

        impl Counters {
            pub(crate) fn snapshot(&self) -> Stats {
                Stats { $($name: self.$name.0.load(Ordering::Relaxed),)* }
            }
        }
    };
}

counters! {
    /// REST calls that were made.
    calls,
    /// REST calls that failed.
    calls_failed,
    /// REST calls that were made another time after a failure that may pass.
    calls_retried,
    /// Connections of links that were tried.
    dials,
    /// Events that came a second time and were dropped.
    duplicates_dropped,
    /// Events that were handed to their readers' buffers.
    events,
    /// Holes in the events that were declared.
    gaps,
    /// Holes that the list of messages filled.
    gaps_filled,
    /// Joins of sessions that were tried again.
    joins_retried,
    /// Events that were not kept, as their reader had fallen behind: a gap stands for them.
    overflowed,
    /// Times that a link's socket was not read because its readers were too slow.
    pauses,
    /// Replies to which no command was waiting.
    stale_replies,
    /// Events of no known session that nobody wanted, or was too slow to read.
    unassigned_dropped,
    /// Posts that the webhook has taken in.
    webhook_posts,
    /// Posts that the webhook has refused.
    webhook_refused,
    /// Posts that came again and were dropped, of those that were taken in.
    webhook_repeated,
}

#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
