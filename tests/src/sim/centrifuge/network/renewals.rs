//! By when a client must have renewed the token of a connection, so that the server does not end it.

use std::{collections::BTreeMap, time::Duration};

/// A client that has got no token tries again after this pause at the latest.
const PAUSE: Duration = Duration::from_secs(10);
/// A source that says nothing is waited for so long.
const FETCHING: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(in crate::sim::centrifuge) struct Renewals {
    /// The source of tokens has none until then; whether it says nothing at all.
    trouble: Option<(bool, Duration)>,
    /// Whoever asked before this may have got no answer.
    silent_until: Duration,
    /// The client does nothing until then.
    stands_until: Duration,
    /// When the token of a connection is to be renewed, as the client was told.
    due: BTreeMap<u64, Duration>,
    /// What the ways of a token, and late timers, may take together.
    slack: Duration,
}

impl Renewals {
    pub(super) fn new(latency: Duration, lag: Duration) -> Self {
        Self {
            trouble: None,
            silent_until: Duration::ZERO,
            stands_until: Duration::ZERO,
            due: BTreeMap::new(),
            slack: (latency + lag) * 3 + Duration::from_secs(1),
        }
    }

    /// Until then no token is to be had: the source says so, or says nothing.
    pub(in crate::sim::centrifuge) fn fail_source(
        &mut self,
        now: Duration,
        silent: bool,
        until: Duration,
    ) {
        // What went wrong before is over.
        self.silent_until = self.silent_until.min(now);
        if silent {
            self.silent_until = until;
        }
        self.trouble = Some((silent, until));
    }

    /// What is wrong with the source: whether it says nothing at all.
    pub(in crate::sim::centrifuge) fn trouble(&self, now: Duration) -> Option<bool> {
        let trouble = self.trouble.filter(|(_, until)| now < *until);
        trouble.map(|(silent, _)| silent)
    }

    /// The client does nothing until then.
    pub(in crate::sim::centrifuge) fn stand_still(&mut self, until: Duration) {
        self.stands_until = self.stands_until.max(until);
    }

    /// The client is told that a connection is allowed for so many seconds more.
    pub(in crate::sim::centrifuge) fn told(&mut self, now: Duration, conn: u64, ttl: u64) {
        self.due.insert(conn, now + Duration::from_secs(ttl));
    }

    /// The server is about to end a connection whose token has not been renewed. `clear_from`: what
    /// the client said was heard from then on.
    ///
    /// # Errors
    ///
    /// Where the client could have renewed it.
    pub(super) fn expire(
        &self,
        now: Duration,
        conn: u64,
        clear_from: Duration,
    ) -> Result<(), String> {
        let Some(due) = self.due.get(&conn) else {
            return Ok(());
        };
        let works_from = self.trouble.map_or(Duration::ZERO, |(_, until)| until);
        let possible = (*due)
            .max(works_from)
            .max(self.stands_until)
            .max(clear_from);
        let answered = (possible + PAUSE).max(self.silent_until + FETCHING + PAUSE);
        if now > answered + self.slack {
            return Err(format!("the token of {conn} has not been renewed"));
        }
        Ok(())
    }
}
