//! How long to wait before the next attempt. Shared by both links.

use std::time::Duration;

/// The bounds of the pauses between attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BackoffConfig {
    /// No pause is shorter. Default: 500 ms.
    pub floor: Duration,
    /// The first pause is no longer than this; the bound doubles with each attempt. Default: 1 s.
    pub first_bound: Duration,
    /// The bound grows no further than this. Default: 20 s.
    pub last_bound: Duration,
}

impl Default for BackoffConfig {
    fn default() -> Self {
        Self {
            floor: Duration::from_millis(500),
            first_bound: Duration::from_secs(1),
            last_bound: Duration::from_secs(20),
        }
    }
}

/// Pauses with full jitter: each is drawn evenly between the floor and a bound that doubles.
///
/// The draws come from a seed, so a run can be repeated. Many clients that lose the same server
/// must be given different seeds, or they come back all at once.
#[derive(Clone, Debug)]
pub struct Backoff {
    config: BackoffConfig,
    failures: u32,
    random: u64,
}

impl Backoff {
    /// A back-off that has seen no failure yet.
    pub const fn new(config: BackoffConfig, seed: u64) -> Self {
        Self {
            config,
            failures: 0,
            random: seed,
        }
    }

    /// Starts again: there was proof of life.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// Counts a failure and draws the pause before the next attempt.
    pub fn next_pause(&mut self) -> Duration {
        let failures = self.failures;
        self.failures = failures.saturating_add(1);
        self.pause_after(failures)
    }

    /// Draws the pause before something else is tried again that failed `failures` times before,
    /// without counting.
    pub fn pause_after(&mut self, failures: u32) -> Duration {
        let spread = self.bound_after(failures).saturating_sub(self.config.floor);
        self.config.floor + spread.mul_f64(self.draw())
    }

    /// Draws a pause from these bounds, without counting.
    pub fn pause_between(&mut self, floor: Duration, bound: Duration) -> Duration {
        floor + bound.saturating_sub(floor).mul_f64(self.draw())
    }

    /// The longest that the next pause can be.
    pub fn bound(&self) -> Duration {
        self.bound_after(self.failures)
    }

    /// The longest that a pause can be after something failed `failures` times before.
    pub fn bound_after(&self, failures: u32) -> Duration {
        let doubled = 1_u32.checked_shl(failures).unwrap_or(u32::MAX);
        self.config
            .first_bound
            .saturating_mul(doubled)
            .min(self.config.last_bound)
    }

    /// An even draw from [0, 1): SplitMix64, whose every seed gives a full period.
    fn draw(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        // The upper 53 bits fill the mantissa of an f64.
        (z >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_stay_between_the_floor_and_a_bound_that_doubles() {
        for seed in 0..200 {
            let mut backoff = Backoff::new(BackoffConfig::default(), seed);
            for bound in [1, 2, 4, 8, 16, 20, 20, 20] {
                let pause = backoff.next_pause();
                assert!(pause >= Duration::from_millis(500), "{pause:?}");
                assert!(pause <= Duration::from_secs(bound), "{pause:?} > {bound} s");
            }
        }
    }

    #[test]
    fn a_reset_starts_again() {
        let mut backoff = Backoff::new(BackoffConfig::default(), 7);
        for _ in 0..100 {
            backoff.next_pause();
        }
        assert_eq!(backoff.bound(), Duration::from_secs(20));
        backoff.reset();
        assert_eq!(backoff.bound(), Duration::from_secs(1));
    }

    #[test]
    fn pauses_of_different_seeds_differ() {
        let first = |seed| Backoff::new(BackoffConfig::default(), seed).next_pause();
        assert_ne!(first(1), first(2));
        assert_eq!(first(3), first(3));
    }

    #[test]
    fn the_draws_are_those_of_splitmix64() {
        let mut backoff = Backoff::new(BackoffConfig::default(), 0);
        // What its authors' program prints for the seed 0.
        for number in [
            0xe220_a839_7b1d_cdaf_u64,
            0x6e78_9e6a_a1b9_65f4,
            0x06c4_5d18_8009_454f,
        ] {
            assert_eq!(backoff.draw(), (number >> 11) as f64 / (1_u64 << 53) as f64);
        }
    }
}
