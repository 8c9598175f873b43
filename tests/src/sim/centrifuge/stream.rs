//! A channel as the server keeps it: what was published, and how much of it can be had again.

use std::{collections::VecDeque, time::Duration};

/// The most publications that one recovery gives back.
const RECOVERY_LIMIT: usize = 60;

/// One publication.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// Its number in the stream.
    pub(super) offset: u64,
    /// Whose it is.
    pub(super) session: String,
    /// Its number among all that were ever published for the session.
    pub(super) serial: u64,
    /// As it goes over the wire.
    pub(super) data: String,
}

#[derive(Debug)]
pub(super) struct Stream {
    epoch: u32,
    top: u64,
    kept: VecDeque<Item>,
    size: usize,
    ttl: Duration,
    last_published: Duration,
}

impl Stream {
    pub(super) const fn new(size: usize, ttl: Duration) -> Self {
        Self {
            epoch: 1,
            top: 0,
            kept: VecDeque::new(),
            size,
            ttl,
            last_published: Duration::ZERO,
        }
    }

    pub(super) fn epoch(&self) -> String {
        format!("e{}", self.epoch)
    }

    pub(super) const fn top(&self) -> u64 {
        self.top
    }

    pub(super) fn publish(
        &mut self,
        now: Duration,
        session: &str,
        serial: u64,
        data: String,
    ) -> Item {
        self.expire(now);
        self.last_published = now;
        self.top += 1;
        let item = Item {
            offset: self.top,
            session: session.to_owned(),
            serial,
            data,
        };
        self.kept.push_back(item.clone());
        while self.kept.len() > self.size {
            self.kept.pop_front();
        }
        item
    }

    /// What was published after `offset`; `None` where that is not known to be all.
    pub(super) fn after(
        &mut self,
        now: Duration,
        epoch: Option<&str>,
        offset: u64,
    ) -> Option<Vec<Item>> {
        self.expire(now);
        if epoch.is_some_and(|epoch| epoch != self.epoch()) || offset > self.top {
            return None;
        }
        let missed: Vec<_> = self
            .kept
            .iter()
            .filter(|item| item.offset > offset)
            .cloned()
            .collect();
        let complete = missed.len() as u64 == self.top - offset;
        (complete && missed.len() <= RECOVERY_LIMIT).then_some(missed)
    }

    /// The history is removed; the numbers go on.
    pub(super) fn clear(&mut self) {
        self.kept.clear();
    }

    /// The stream begins anew, as after a restart of a server that keeps nothing.
    pub(super) fn renew(&mut self) {
        self.epoch += 1;
        self.top = 0;
        self.kept.clear();
    }

    fn expire(&mut self, now: Duration) {
        if now.saturating_sub(self.last_published) > self.ttl {
            self.kept.clear();
        }
    }
}
