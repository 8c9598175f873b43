//! The time of a run, its chance, and what is to happen.

use std::time::Duration;

use fastrand::Rng;

use super::agenda::Agenda;

/// Acts fall into this time; after it nothing is wrong any more.
pub(super) const TROUBLE: Duration = Duration::from_secs(150);

#[derive(Debug)]
pub(super) struct Clock<T> {
    pub(super) now: Duration,
    pub(super) random: Rng,
    agenda: Agenda<T>,
    /// The longest way through the network.
    longest_way: Duration,
}

impl<T> Clock<T> {
    /// A clock at the beginning of the run of `seed`.
    pub(super) fn new(seed: u64, longest_way: Duration) -> Self {
        Self {
            now: Duration::ZERO,
            random: Rng::with_seed(seed ^ 0x5eed),
            agenda: Agenda::new(),
            longest_way,
        }
    }

    pub(super) fn at(&mut self, moment: Duration, what: impl Into<T>) {
        self.agenda.add(moment, what.into());
    }

    pub(super) fn after(&mut self, time: Duration, what: impl Into<T>) {
        self.at(self.now + time, what);
    }

    /// When the next thing happens.
    pub(super) fn next_at(&self) -> Option<Duration> {
        self.agenda.next_at()
    }

    /// The next thing, where it happens at `moment` or before.
    pub(super) fn take_due(&mut self, moment: Duration) -> Option<T> {
        self.agenda.take_due(moment)
    }

    /// How long something is on its way.
    pub(super) fn latency(&mut self) -> Duration {
        let longest = self.longest_way.as_millis() as u64;
        Duration::from_millis(self.random.u64(1..=longest))
    }

    /// Any time, this at the most.
    pub(super) fn up_to(&mut self, longest: Duration) -> Duration {
        Duration::from_millis(self.random.u64(0..=longest.as_millis() as u64))
    }
}

pub(super) const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
