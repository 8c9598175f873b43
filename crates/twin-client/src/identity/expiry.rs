//! When a token is to be renewed, by the platform's clock.
//!
//! The clock of this machine may be wrong, so it is not asked: what time it is to the platform is
//! known from the `Date` of its last answer, and goes on with the runtime's time.

use std::time::Duration;

use twin_protocol::time::Timestamp;

/// So long before its end a token is renewed, while calls go on with it.
const AHEAD: Duration = Duration::from_secs(60);
/// The part of the time ahead in which calls wait for the new one: a call takes time to arrive, and the
/// platform tells its time in whole seconds.
const LATE: u32 = 12;

/// The platform's clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    /// What it showed, in milliseconds since 1970.
    shown: i64,
    /// And when, by the runtime's time.
    at: Duration,
}

impl Clock {
    pub(super) fn new(date: &Timestamp, now: Duration) -> Self {
        Self {
            shown: date.unix_millis(),
            at: now,
        }
    }

    /// What it shows, in milliseconds since 1970.
    fn read(&self, now: Duration) -> i64 {
        let since = now.saturating_sub(self.at).as_millis();
        self.shown
            .saturating_add(i64::try_from(since).unwrap_or(i64::MAX))
    }
}

/// The end of a token's life.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expiry {
    /// In milliseconds since 1970, by the platform's clock.
    end: i64,
    /// How long before it the token is renewed.
    ahead: Duration,
}

/// What may be done with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// Use it.
    Good,
    /// Use it, and have it renewed.
    Ending,
    /// Have it renewed first.
    Over,
}

impl Expiry {
    /// The end of a token that has just come. `None` where it is not known; also where it has passed
    /// already: then the clocks of the platform's services differ, and nothing can be reckoned.
    pub(super) fn of_new(
        end: Option<&Timestamp>,
        clock: Option<Clock>,
        now: Duration,
    ) -> Option<Self> {
        let mut expiry = Self::of_old(end)?;
        if let Some(clock) = clock {
            let life = expiry.left(clock, now).filter(|life| !life.is_zero())?;
            // A token of a short life is not renewed all the time.
            expiry.ahead = AHEAD.min(life / 4);
        }
        Some(expiry)
    }

    /// The end of a token that was there already.
    pub(super) fn of_old(end: Option<&Timestamp>) -> Option<Self> {
        Some(Self {
            end: end?.unix_millis(),
            ahead: AHEAD,
        })
    }

    /// What may be done with the token.
    pub(super) fn life(&self, clock: Option<Clock>, now: Duration) -> Life {
        let Some(clock) = clock else {
            return Life::Good;
        };
        match self.left(clock, now) {
            Some(left) if left > self.ahead => Life::Good,
            Some(left) if left > self.ahead / LATE => Life::Ending,
            _ => Life::Over,
        }
    }

    fn left(&self, clock: Clock, now: Duration) -> Option<Duration> {
        let left = self.end.saturating_sub(clock.read(now));
        u64::try_from(left).ok().map(Duration::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn date(second: u32) -> Timestamp {
        let date = format!("2026-03-01T10:{:02}:{:02}Z", second / 60, second % 60);
        date.parse().unwrap()
    }

    #[test]
    fn a_token_is_renewed_ahead_and_waited_for_at_the_end() {
        // The runtime's time began long before.
        let clock = Clock::new(&date(0), seconds(5_000));
        let expiry = Expiry::of_new(Some(&date(600)), Some(clock), seconds(5_000)).unwrap();
        for (second, life) in [
            (0, Life::Good),
            (539, Life::Good),
            (540, Life::Ending),
            (594, Life::Ending),
            (595, Life::Over),
            (9_999, Life::Over),
        ] {
            let now = seconds(5_000 + second);
            assert_eq!(expiry.life(Some(clock), now), life, "{second}");
            assert_eq!(expiry.life(None, now), Life::Good);
        }
    }

    #[test]
    fn a_token_of_a_short_life_is_good_for_most_of_it() {
        let clock = Clock::new(&date(0), seconds(0));
        let expiry = Expiry::of_new(Some(&date(8)), Some(clock), seconds(0)).unwrap();
        assert_eq!(expiry.life(Some(clock), seconds(5)), Life::Good);
        assert_eq!(expiry.life(Some(clock), seconds(6)), Life::Ending);
        assert_eq!(expiry.life(Some(clock), seconds(8)), Life::Over);
    }

    #[test]
    fn where_clocks_contradict_each_other_nothing_is_reckoned() {
        let clock = Clock::new(&date(60), seconds(0));
        let expiry = |second| Expiry::of_new(Some(&date(second)), Some(clock), seconds(0));
        assert!(expiry(60).is_none());
        assert!(expiry(1).is_none());
        assert!(expiry(61).is_some());
    }
}
