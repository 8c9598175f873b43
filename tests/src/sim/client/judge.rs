//! What a user of the client is owed, at the end of the stream: every event once and in order, or a
//! gap in its place; no gap without a cause; a stream that ends when its session does.

use std::collections::{BTreeMap, BTreeSet};

use super::Reading;

/// What a reader that has fallen behind may miss.
const ANYTHING: u64 = u64::MAX;

#[derive(Debug)]
pub(in crate::sim) struct Judge {
    /// One for each time that a session was listened to, by the number of its reader.
    accounts: Vec<Account>,
    /// Whose session it is now.
    active: BTreeMap<String, usize>,
    /// The last event that was told of a session while nobody listened to it.
    early: BTreeMap<String, u64>,
    /// Whether a reader that is too slow falls behind.
    falls_behind: bool,
    /// Whether the platform has ended anything for good.
    may_end: bool,
}

#[derive(Debug, Default)]
struct Account {
    session: String,
    /// What was published before it was listened to is not owed.
    before: u64,
    /// All after this is owed; `None` as long as nothing is.
    owed_from: Option<u64>,
    /// Of what was before this nobody can know whether it was missed.
    silent: u64,
    /// A gap may stand for events up to this one.
    allowed: u64,
    /// How many gaps there may be for what the server has said so far.
    causes: u64,
    /// Whether a gap may say that the beginning is missing.
    fresh: bool,
    /// How many events there were when the platform agreed.
    agreed_at: u64,
    /// The last event that was read.
    read: u64,
    had: BTreeSet<u64>,
    /// Events that a gap stood for, and that nobody had from the list then: a later answer may bring
    /// them.
    lacking: BTreeSet<u64>,
    /// Events that a part of a list has left out and that the live channel may bring after it.
    overtaken: BTreeSet<u64>,
    /// A gap that was read after it.
    declared: Option<Declared>,
    /// The platform has told of the session's end.
    closed: bool,
    /// The user has left.
    left: bool,
    /// The reader is gone.
    gone: bool,
    /// The stream has ended.
    ended: bool,
}

#[derive(Clone, Copy, Debug)]
struct Declared {
    up_to: u64,
    filled: bool,
    /// A channel is gone: what may be missing is known when one comes again.
    is_open: bool,
}

impl Judge {
    pub(in crate::sim) fn new(falls_behind: bool, may_end: bool) -> Self {
        Self {
            accounts: Vec::new(),
            active: BTreeMap::new(),
            early: BTreeMap::new(),
            falls_behind,
            may_end,
        }
    }

    /// A session is listened to from now on, when it had so many events; `fresh`: from its first event
    /// on. Gives the number of its reader.
    pub(in crate::sim) fn listen(&mut self, session: &str, serial: u64, fresh: bool) -> usize {
        let reader = self.accounts.len();
        self.active.insert(session.to_owned(), reader);
        self.accounts.push(Account {
            session: session.to_owned(),
            before: if fresh { 0 } else { serial },
            owed_from: fresh.then_some(0),
            fresh,
            allowed: self.early.get(session).copied().unwrap_or(0),
            ..Account::default()
        });
        reader
    }

    pub(in crate::sim) fn leave(&mut self, session: &str) {
        if let Some(reader) = self.active.remove(session) {
            self.accounts[reader].left = true;
        }
    }

    /// A reader drops its stream.
    pub(in crate::sim) fn gone(&mut self, reader: usize) {
        self.accounts[reader].gone = true;
    }

    /// An event of a session is told.
    pub(in crate::sim) fn told(&mut self, session: &str, serial: u64) {
        if !self.is_active(session) {
            self.early.insert(session.to_owned(), serial);
        }
    }

    /// The platform has agreed to a session, when it had so many events.
    pub(in crate::sim) fn agreed(&mut self, session: &str, serial: u64) {
        if let Some(account) = self.active(session) {
            account.agreed_at = serial;
        }
    }

    /// The last event of a session is told.
    pub(in crate::sim) fn closed(&mut self, session: &str) {
        if let Some(account) = self.active(session) {
            account.closed = true;
        }
    }

    /// From here on all events of a session come.
    pub(in crate::sim) fn granted(&mut self, session: &str, base: u64) {
        if let Some(account) = self.active(session) {
            let owed_from = base.max(account.before);
            account.owed_from.get_or_insert(owed_from);
            account.allowed = account.allowed.max(base);
        }
    }

    /// Nobody can know of events up to this one.
    pub(in crate::sim) fn forgotten(&mut self, session: &str, up_to: u64) {
        if let Some(account) = self.active(session) {
            account.silent = account.silent.max(up_to);
        }
    }

    /// Events up to this one may be missing without a fault of the client's.
    pub(in crate::sim) fn may_miss(&mut self, session: &str, up_to: u64) {
        if let Some(account) = self.active(session) {
            account.allowed = account.allowed.max(up_to);
            account.causes += 1;
        } else {
            let early = self.early.entry(session.to_owned()).or_default();
            *early = up_to.max(*early);
        }
    }

    /// Who reads a session now.
    pub(in crate::sim) fn reader(&self, session: &str) -> Option<usize> {
        self.active.get(session).copied()
    }

    fn active(&mut self, session: &str) -> Option<&mut Account> {
        self.accounts.get_mut(*self.active.get(session)?)
    }

    pub(in crate::sim) fn is_active(&self, session: &str) -> bool {
        self.active.contains_key(session)
    }

    pub(in crate::sim) fn read(&mut self, reader: usize, what: &Reading) -> Result<(), String> {
        let falls_behind = self.falls_behind;
        let account = &mut self.accounts[reader];
        match what {
            Reading::Event { id, listed, .. } => account.event(id, *listed),
            Reading::Gap { reason, filled } => account.gap(reason, *filled, falls_behind),
        }
    }

    pub(in crate::sim) fn end(&mut self, reader: usize) -> Result<(), String> {
        let account = &mut self.accounts[reader];
        account.ended = true;
        if self.active.get(&account.session) == Some(&reader) {
            self.active.remove(&account.session);
        }
        if account.left || account.closed || self.may_end {
            return Ok(());
        }
        let session = &account.session;
        Err(format!(
            "the events of {session} end, and nobody has said so"
        ))
    }

    /// Nothing is wrong any more, for long enough, and all readers read: everything must have come.
    pub(in crate::sim) fn at_rest(&self, published: &BTreeMap<String, u64>) -> Result<(), String> {
        for (reader, account) in self.accounts.iter().enumerate().filter(|(_, it)| !it.gone) {
            let session = &account.session;
            if account.ended {
                continue;
            }
            if account.closed {
                return Err(format!("{session} is over, and its events do not end"));
            }
            if self.active.get(session) != Some(&reader) {
                return Err(format!("{session} was left, and its events do not end"));
            }
            let last = published[session];
            if account.owed_from.is_none() {
                return Err(format!("{session} was never joined"));
            }
            let declared = account.declared.filter(|gap| !gap.filled);
            let covered = declared.map_or(0, |gap| account.covered(gap));
            if account.settled().max(covered) < last {
                return Err(format!("event {last} of {session} never came"));
            }
        }
        Ok(())
    }
}

impl Account {
    /// All up to here is read, or was never owed.
    fn settled(&self) -> u64 {
        let owed_from = self.owed_from.unwrap_or(0);
        self.read.max(owed_from).max(self.silent)
    }

    /// A gap stands for events up to this one.
    fn covered(&self, gap: Declared) -> u64 {
        let known_since = if gap.is_open { self.allowed } else { 0 };
        gap.up_to.max(known_since)
    }

    fn event(&mut self, id: &str, listed: bool) -> Result<(), String> {
        let session = &self.session;
        let number = id.strip_prefix(&format!("{session}-"));
        let Some(serial) = number.and_then(|number| number.parse::<u64>().ok()) else {
            return Err(format!("{id} is given to the reader of {session}"));
        };
        if !self.had.insert(serial) {
            return Err(format!("event {serial} of {session} comes twice"));
        }
        // Of what was written just before anyone listened the list cannot tell that nobody did; and what
        // the channel has forgotten the list may still have.
        let is_early = self.owed_from.is_some_and(|owed_from| serial <= owed_from);
        let is_late = self.overtaken.remove(&serial);
        let may_come =
            listed && (self.lacking.remove(&serial) || is_early || serial <= self.silent);
        if is_late || may_come {
            self.read = self.read.max(serial);
            return Ok(());
        }
        if serial <= self.read {
            return Err(format!("event {serial} of {session} after {}", self.read));
        }
        let first = self.settled() + 1;
        if self.owed_from.is_some() && serial > first {
            let missing =
                format!("events of {session} from {first} on are missing before {serial}");
            match self.declared {
                None => return Err(format!("{missing}, and nothing says so")),
                Some(gap) if gap.filled => return Err(format!("{missing}, and are in the list")),
                Some(gap) if self.covered(gap) < serial - 1 && !listed => {
                    return Err(format!("{missing}, and could be had"));
                }
                Some(gap) => {
                    self.lacking.extend(first..serial);
                    // A part of a list that begins with the newest may be ahead of a live channel that
                    // is late.
                    let known = self.covered(gap).max(first - 1).saturating_add(1);
                    self.overtaken.extend(known..serial);
                }
            }
        }
        self.read = serial;
        if !listed {
            self.declared = None;
        }
        Ok(())
    }

    fn gap(&mut self, reason: &str, filled: bool, falls_behind: bool) -> Result<(), String> {
        let up_to = match reason {
            "overflow" if falls_behind => ANYTHING,
            "start" if std::mem::take(&mut self.fresh) => {
                self.allowed = self.allowed.max(self.agreed_at);
                self.allowed
            }
            _ if self.causes > 0 => {
                self.causes -= 1;
                self.allowed
            }
            _ => {
                return Err(format!(
                    "a gap ({reason}) in {} without a cause",
                    self.session
                ));
            }
        };
        let before = self.declared.map_or(0, |gap| gap.up_to);
        let up_to = up_to.max(before);
        self.declared = Some(Declared {
            up_to,
            filled,
            is_open: reason == "channel_lost",
        });
        Ok(())
    }
}
