//! The states of all links, for whoever wants to watch them.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use tokio::sync::broadcast;
use twin_protocol::{id::SessionId, link::LinkState};

/// How many changes wait for one who watches.
const WAITING: usize = 1024;

/// A link that has changed its state.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LinkChange {
    /// Which link, from 1; a client never uses a number twice.
    pub link: u64,
    /// The sessions that it carries now; those that it carried where it has closed.
    pub sessions: Vec<SessionId>,
    /// Its state.
    pub state: LinkState,
}

impl fmt::Debug for LinkChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkChange")
            .field("link", &self.link)
            .field("state", &self.state)
            .field("sessions", &self.sessions)
            .finish()
    }
}

/// The changes of the states of a client's links, in order, see
/// [`Client::links`](crate::Client::links).
#[derive(Debug)]
pub struct LinkChanges {
    /// The states at the beginning.
    present: VecDeque<LinkChange>,
    changes: broadcast::Receiver<LinkChange>,
    missed: u64,
}

impl LinkChanges {
    /// The next change; `None` once the client is gone.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<LinkChange> {
        if let Some(change) = self.present.pop_front() {
            return Some(change);
        }
        loop {
            match self.changes.recv().await {
                Ok(change) => return Some(change),
                Err(broadcast::error::RecvError::Lagged(missed)) => self.missed += missed,
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    /// How many changes were dropped because they were not taken in time.
    pub fn missed(&self) -> u64 {
        self.missed
    }
}

/// Where drivers post the states of their links.
#[derive(Debug, Default)]
pub(crate) struct LinkBoard {
    present: Mutex<BTreeMap<u64, LinkChange>>,
    /// Made for the first who watches: its memory is all there from the beginning.
    changes: OnceLock<broadcast::Sender<LinkChange>>,
}

impl LinkBoard {
    /// A link has changed its state.
    pub(crate) fn post(&self, change: LinkChange) {
        let mut present = self.lock();
        if let Some(changes) = self.changes.get() {
            // Nobody may be watching any more.
            let _ = changes.send(change.clone());
        }
        match change.state {
            LinkState::Closed { .. } => present.remove(&change.link),
            _ => present.insert(change.link, change),
        };
    }

    /// Everything from now on, the present states first.
    pub(crate) fn subscribe(&self) -> LinkChanges {
        let present = self.lock();
        let changes = self.changes.get_or_init(|| broadcast::Sender::new(WAITING));
        LinkChanges {
            present: present.values().cloned().collect(),
            changes: changes.subscribe(),
            missed: 0,
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, LinkChange>> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn change(link: u64, attempt: u32) -> LinkChange {
        let state = LinkState::Connecting { attempt };
        LinkChange {
            link,
            sessions: Vec::new(),
            state,
        }
    }

    fn next(changes: &mut LinkChanges) -> Option<LinkChange> {
        changes.next().now_or_never().flatten()
    }

    #[test]
    fn the_present_states_come_first_and_each_change_once() {
        let board = LinkBoard::default();
        board.post(change(1, 1));
        let mut changes = board.subscribe();
        board.post(change(1, 2));
        assert_eq!(next(&mut changes), Some(change(1, 1)));
        assert_eq!(next(&mut changes), Some(change(1, 2)));
        assert!(changes.next().now_or_never().is_none());
        drop(board);
        assert_eq!(changes.next().now_or_never(), Some(None));
    }

    #[test]
    fn changes_that_are_not_taken_are_counted() {
        let board = LinkBoard::default();
        let mut changes = board.subscribe();
        for attempt in 0..2000 {
            board.post(change(1, attempt));
        }
        assert_eq!(next(&mut changes), Some(change(1, 976)));
        assert_eq!(changes.missed(), 976);
    }
}
