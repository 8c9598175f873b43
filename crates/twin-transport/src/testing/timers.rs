//! A clock that stands, and the timers set on it. What they wake is not its business.

use std::{collections::BTreeMap, task::Waker, time::Duration};

/// The name of a timer: its moment, and its place among those of the same moment.
pub(super) type TimerId = (Duration, u64);

/// The clock and its timers.
#[derive(Debug, Default)]
pub(super) struct Timers {
    now: Duration,
    set: u64,
    waiting: BTreeMap<TimerId, Waker>,
}

impl Timers {
    pub(super) const fn now(&self) -> Duration {
        self.now
    }

    /// A name for a timer that is to fire at `moment`.
    pub(super) fn name(&mut self, moment: Duration) -> TimerId {
        self.set += 1;
        (moment, self.set)
    }

    /// Sets a timer, or its waker anew.
    pub(super) fn set(&mut self, id: TimerId, waker: Waker) {
        self.waiting.insert(id, waker);
    }

    pub(super) fn forget(&mut self, id: TimerId) {
        self.waiting.remove(&id);
    }

    /// When the next timer fires.
    pub(super) fn next(&self) -> Option<Duration> {
        self.waiting.keys().next().map(|&(moment, _)| moment)
    }

    /// Puts the clock forward, and gives what is to be woken by then, in order.
    pub(super) fn set_clock(&mut self, now: Duration) -> Vec<Waker> {
        self.now = self.now.max(now);
        let later = self.waiting.split_off(&(self.now, u64::MAX));
        let due = std::mem::replace(&mut self.waiting, later);
        due.into_values().collect()
    }
}
