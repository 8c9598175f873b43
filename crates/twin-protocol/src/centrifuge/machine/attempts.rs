//! Attempts to connect: their numbers, the pauses between them, and what was learnt from the last.

use std::time::Duration;

use crate::link::{Backoff, BackoffConfig, Moment, SocketId};

/// Connects in a row that something in the recovered publications may have spoilt, after which the
/// next one does without recovery.
const SPOILT_BOUND: u8 = 2;

#[derive(Clone, Debug)]
pub(super) struct Attempts {
    backoff: Backoff,
    /// Attempts since the last proof of life.
    number: u32,
    /// When the next attempt may begin that is not waited for: no two are closer to each other than
    /// the shortest pause.
    earliest: Moment,
    floor: Duration,
    socket: SocketId,
    /// Whether the last connection that the server ended was ended with 3502.
    stale: bool,
    /// Connects in a row that were spoilt before their reply could be read.
    spoilt: u8,
}

impl Attempts {
    pub(super) const fn new(config: BackoffConfig, seed: u64) -> Self {
        Self {
            backoff: Backoff::new(config, seed),
            number: 0,
            earliest: Moment::START,
            floor: config.floor,
            socket: SocketId::FIRST,
            stale: false,
            spoilt: 0,
        }
    }

    /// Begins an attempt: its socket and its number.
    pub(super) fn begin(&mut self, now: Moment) -> (SocketId, u32) {
        self.earliest = now + self.floor;
        let socket = self.socket;
        self.socket = socket.next();
        self.number = self.number.saturating_add(1);
        (socket, self.number)
    }

    /// The number of the attempt that failed, and the pause before the next: its bound goes by the
    /// number, as whoever reads both would expect. The loss of a link that was alive is the failure
    /// of none.
    pub(super) fn fail(&mut self) -> (u32, Duration) {
        (self.number(), self.backoff.pause_after(self.failures()))
    }

    /// The user wants an attempt now: the failures before it count no more. Says when it may begin.
    pub(super) fn hurry(&mut self) -> Moment {
        self.prove();
        self.earliest
    }

    /// There was proof of life: pauses and numbers start again.
    pub(super) fn prove(&mut self) {
        self.number = 0;
    }

    /// The connect reply came and could be read.
    pub(super) fn connected(&mut self) {
        self.stale = false;
        self.spoilt = 0;
    }

    /// The connection ended with 3502. Says whether coming back makes sense: not after the second
    /// in a row.
    pub(super) fn stale(&mut self) -> bool {
        !std::mem::replace(&mut self.stale, true)
    }

    /// The server ended the connection for another reason, which it would come back from.
    pub(super) fn ended_otherwise(&mut self) {
        self.stale = false;
    }

    /// The connect reply could not be read, or was too much for the server to send. What it would
    /// have recovered may be to blame.
    pub(super) fn spoil(&mut self) {
        self.spoilt = self.spoilt.saturating_add(1);
    }

    /// Whether the next connect may ask for recovery.
    pub(super) const fn may_recover(&self) -> bool {
        self.spoilt < SPOILT_BOUND
    }

    pub(super) fn number(&self) -> u32 {
        self.number.max(1)
    }

    /// The pause before a token is fetched again on a live connection: 5 to 10 s, as the official
    /// clients have it.
    pub(super) fn token_pause(&mut self) -> Duration {
        self.backoff
            .pause_between(Duration::from_secs(5), Duration::from_secs(10))
    }

    /// How many attempts have failed before the present one.
    const fn failures(&self) -> u32 {
        self.number.saturating_sub(1)
    }

    /// How long a connection must be held to count as alive.
    pub(super) fn proving_time(&self) -> Duration {
        self.backoff.bound_after(self.failures())
    }

    /// A pause for one thing that failed `failures` times in a row.
    pub(super) fn pause_after(&mut self, failures: u32) -> Duration {
        self.backoff.pause_after(failures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_of_a_pause_goes_by_the_number_of_the_attempt_whatever_came_before() {
        for seed in 0..200 {
            let mut attempts = Attempts::new(BackoffConfig::default(), seed);
            let fail = |attempts: &mut Attempts, number: u32| {
                let (attempt, pause) = attempts.fail();
                assert_eq!(attempt, number);
                let bound = Duration::from_secs(1 << (number - 1));
                assert!(pause <= bound, "{pause:?} after attempt {number}");
            };
            for number in 1..4 {
                attempts.begin(Moment::START);
                fail(&mut attempts, number);
            }
            // Connected, alive, and lost: that is the end of no attempt.
            attempts.begin(Moment::START);
            attempts.prove();
            fail(&mut attempts, 1);
            for number in 1..4 {
                attempts.begin(Moment::START);
                fail(&mut attempts, number);
            }
        }
    }
}
