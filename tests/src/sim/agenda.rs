//! What is to happen, in the order of its time; of what falls on one moment, in the order in which
//! it was written down.

use std::{collections::BTreeMap, time::Duration};

#[derive(Debug)]
pub(super) struct Agenda<T> {
    entries: BTreeMap<(Duration, u64), T>,
    count: u64,
}

impl<T> Agenda<T> {
    pub(super) const fn new() -> Self {
        Self {
            entries: BTreeMap::new(),
            count: 0,
        }
    }

    pub(super) fn add(&mut self, at: Duration, what: T) {
        self.count += 1;
        self.entries.insert((at, self.count), what);
    }

    /// When the next thing happens.
    pub(super) fn next_at(&self) -> Option<Duration> {
        self.entries.keys().next().map(|(at, _)| *at)
    }

    /// The next thing, where it happens at `now` or before.
    pub(super) fn take_due(&mut self, now: Duration) -> Option<T> {
        let entry = self.entries.first_entry()?;
        (entry.key().0 <= now).then(|| entry.remove())
    }
}
