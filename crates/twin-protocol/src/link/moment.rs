//! A point in the driver's time. It does not know what time of day it is.

use std::{
    ops::{Add, Sub},
    time::Duration,
};

/// How long after its start a driver is: the only notion of time that a state machine has.
///
/// The driver's clock must never go back. Addition saturates, so a timer that is too far away to
/// be expressed never expires.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(Duration);

impl Moment {
    /// The moment at which the driver started.
    pub const START: Self = Self(Duration::ZERO);

    /// The moment `elapsed` after the driver's start.
    pub const fn after_start(elapsed: Duration) -> Self {
        Self(elapsed)
    }

    /// How long after the driver's start this moment is.
    pub const fn since_start(self) -> Duration {
        self.0
    }

    /// How long after `earlier` this moment is; nothing where it is not after it.
    pub const fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    fn add(self, later: Duration) -> Self {
        Self(self.0.saturating_add(later))
    }
}

impl Sub for Moment {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.since(earlier)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_so_long_after_the_start() {
        let second = Duration::from_secs(1);
        let moment = Moment::after_start(second);
        assert_eq!(moment.since_start(), second);
        assert_eq!(moment, Moment::START + second);
        assert_eq!(moment + Duration::MAX, Moment::after_start(Duration::MAX));
        assert_eq!(moment - Moment::START, second);
        assert_eq!(Moment::START - moment, Duration::ZERO);
    }
}
