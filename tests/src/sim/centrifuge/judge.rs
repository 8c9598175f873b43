//! What the user of a link is owed: every event once and in order, or a gap in its place; a join that
//! ends in one way; nothing of a session that is over.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use twin_protocol::link::{GapReason, LinkEvent, LinkState, Report, SessionEnd};

use super::line::{Line, Mark};

#[derive(Debug, Default)]
pub(super) struct Judge {
    accounts: BTreeMap<String, Account>,
    /// What the frame that is being told allows and demands.
    may_miss: BTreeMap<String, u64>,
    must_tell: BTreeSet<String>,
    recovered: BTreeSet<(String, u64)>,
    emits: BTreeSet<u64>,
    closed: bool,
}

/// How things stand with one session.
#[derive(Debug, Default)]
struct Account {
    /// Whether the user listens to it.
    active: bool,
    /// Whether the platform agreed on this connection, and whether that was reported.
    agreed: bool,
    joined: bool,
    /// How many of its events there were when the platform agreed last.
    agreed_at: u64,
    /// Whether what came before the first connect may be declared missing.
    fresh: bool,
    /// All up to here is delivered, declared missing, or was never owed; `None`: nothing is owed.
    settled: Option<u64>,
    /// The channel is lost, which was told: what comes before it is given again is not owed.
    channel_lost: bool,
    /// The last event delivered.
    delivered: u64,
}

impl Judge {
    pub(super) fn emit(&mut self, id: u64) {
        self.emits.insert(id);
    }

    pub(super) fn join(&mut self, session: &str, fresh: bool) {
        let account = self.accounts.entry(session.to_owned()).or_default();
        if account.active {
            return;
        }
        account.active = !self.closed;
        account.joined = false;
        account.fresh = fresh;
        account.channel_lost = false;
        account.settled = fresh.then_some(account.delivered);
    }

    /// The connection is over: what was agreed on it is void.
    pub(super) fn connection_over(&mut self) {
        for account in self.accounts.values_mut() {
            account.agreed = false;
            account.joined = false;
        }
    }

    /// The sessions that a connect command has to name.
    pub(super) fn active(&self) -> BTreeSet<&str> {
        let active = self.accounts.iter().filter(|(_, account)| account.active);
        active.map(|(session, _)| session.as_str()).collect()
    }

    /// These lines are about to be told.
    pub(super) fn before(&mut self, lines: &[Line]) {
        self.may_miss.clear();
        self.must_tell.clear();
        self.recovered.clear();
        for mark in lines.iter().flat_map(|line| &line.marks) {
            match mark.clone() {
                Mark::Agreed { session, serial } => {
                    if let Some(account) = self.accounts.get_mut(&session) {
                        account.agreed = true;
                        account.agreed_at = serial;
                    }
                }
                Mark::Forgotten { session, up_to } => {
                    let account = self.accounts.get_mut(&session);
                    if let Some(settled) = account.and_then(|account| account.settled.as_mut()) {
                        *settled = up_to.max(*settled);
                    }
                }
                Mark::Granted { session, base } => self.granted(&session, base),
                Mark::Allowed { .. } | Mark::Event { .. } | Mark::Greeted | Mark::Life => {}
                Mark::MayMiss { session, up_to } => self.allow(session, up_to),
                Mark::MustTell { session, up_to } => {
                    if self.active().contains(session.as_str()) {
                        self.must_tell.insert(session.clone());
                    }
                    self.allow(session, up_to);
                }
                Mark::Recovered { session, serial } => {
                    self.recovered.insert((session, serial));
                }
            }
        }
    }

    /// All that the machine had to say to what it was told is heard.
    pub(super) fn after(&mut self) -> Result<(), String> {
        self.may_miss.clear();
        let untold = std::mem::take(&mut self.must_tell);
        match untold.first() {
            Some(session) => Err(format!("nothing says that {session} was not recovered")),
            None => Ok(()),
        }
    }

    pub(super) fn hear(&mut self, report: &Report) -> Result<(), String> {
        match report {
            Report::Emitted { id, .. } if self.emits.remove(&id.number()) => Ok(()),
            Report::Ended { session, end } => self.ended(session.as_str(), end),
            Report::Event(event) => self.event(event),
            Report::Gap(gap) => match &gap.session {
                Some(session) => self.gap(session.as_str(), gap.reason),
                None if self.may_miss.is_empty() => Err("a gap without a cause".into()),
                None => Ok(()),
            },
            Report::Joined(session) => self.joined(session.as_str()),
            Report::State(state) => self.state(state),
            other => Err(format!("an unexpected report: {other:?}")),
        }
    }

    /// Nothing is wrong any more, for long enough: everything must have come.
    pub(super) fn at_rest(&self, published: &BTreeMap<String, u64>) -> Result<(), String> {
        if !self.emits.is_empty() {
            return Err(format!("emits without an outcome: {:?}", self.emits));
        }
        for (session, account) in self.accounts.iter().filter(|(_, account)| account.active) {
            if self.closed {
                return Err(format!("the link is closed, and {session} has not ended"));
            }
            if !account.joined {
                return Err(format!("{session} was never joined"));
            }
            let last = published[session];
            if account.delivered.max(account.settled.unwrap_or(0)) < last {
                return Err(format!("event {last} of {session} never came"));
            }
        }
        Ok(())
    }

    fn allow(&mut self, session: String, up_to: u64) {
        let allowed = self.may_miss.entry(session).or_default();
        *allowed = up_to.max(*allowed);
    }

    fn granted(&mut self, session: &str, base: u64) {
        let Some(account) = self.accounts.get_mut(session) else {
            return;
        };
        if !account.active {
            return;
        }
        if std::mem::take(&mut account.channel_lost) || account.settled.is_none() {
            account.settled = Some(account.settled.unwrap_or(0).max(base));
        }
    }

    fn event(&mut self, event: &LinkEvent) -> Result<(), String> {
        let payload: Value = serde_json::from_str(event.envelope.payload.get())
            .map_err(|error| format!("a payload that is none: {error}"))?;
        let Some((session, serial)) = payload["messageId"]
            .as_str()
            .and_then(|id| id.split_once('-'))
        else {
            return Err(format!("an event that was never published: {payload}"));
        };
        let serial: u64 = serial.parse().map_err(|_| "a torn payload")?;
        if event.session.as_ref().map(|id| id.as_str()) != Some(session) {
            let whose = &event.session;
            return Err(format!("event {serial} of {session} is given to {whose:?}"));
        }
        let recovered = self.recovered.contains(&(session.to_owned(), serial));
        if event.recovered != recovered {
            return Err(format!(
                "event {serial} of {session}: recovered is {}",
                event.recovered
            ));
        }
        let account = self.accounts.entry(session.to_owned()).or_default();
        if serial <= account.delivered {
            return Err(format!(
                "event {serial} of {session} after {}",
                account.delivered
            ));
        }
        account.delivered = serial;
        let Some(settled) = &mut account.settled else {
            return Ok(());
        };
        if serial > *settled + 1 {
            let first = *settled + 1;
            return Err(format!(
                "events of {session} from {first} on are missing before {serial}, and nothing says so"
            ));
        }
        *settled = serial.max(*settled);
        Ok(())
    }

    fn gap(&mut self, session: &str, reason: GapReason) -> Result<(), String> {
        self.must_tell.remove(session);
        let allowed = self.may_miss.get(session).copied();
        let Some(account) = self.accounts.get_mut(session).filter(|it| it.active) else {
            return Err(format!("a gap in {session}, which nobody listens to"));
        };
        let up_to = match (allowed, reason) {
            (Some(up_to), _) => up_to,
            (None, GapReason::Start) if account.fresh => account.agreed_at,
            (None, _) => return Err(format!("a gap in {session} without a cause")),
        };
        if reason == GapReason::Start && !std::mem::take(&mut account.fresh) {
            return Err(format!("{session} began twice"));
        }
        account.channel_lost |= reason == GapReason::ChannelLost;
        if let Some(settled) = &mut account.settled {
            *settled = up_to.max(*settled);
        }
        Ok(())
    }

    fn joined(&mut self, session: &str) -> Result<(), String> {
        let Some(account) = self.accounts.get_mut(session).filter(|it| it.active) else {
            return Err(format!("{session} is joined, and nobody asked"));
        };
        if !account.agreed {
            return Err(format!("{session} is joined without the platform's word"));
        }
        if std::mem::replace(&mut account.joined, true) {
            return Err(format!("{session} is joined twice on one connection"));
        }
        let since = account.agreed_at;
        account.settled.get_or_insert(since);
        Ok(())
    }

    fn ended(&mut self, session: &str, end: &SessionEnd) -> Result<(), String> {
        if self.closed {
            return Ok(());
        }
        let account = self.accounts.get_mut(session).filter(|it| it.active);
        let Some(account) = account else {
            return Err(format!("{session} ends, and nobody listened: {end:?}"));
        };
        account.active = false;
        account.settled = None;
        Ok(())
    }

    fn state(&mut self, state: &LinkState) -> Result<(), String> {
        match state {
            LinkState::Closed { .. } => self.closed = true,
            LinkState::Connected { .. } => {
                let mut active = self.accounts.iter().filter(|(_, account)| account.active);
                if let Some((session, _)) = active.find(|(_, account)| !account.agreed) {
                    return Err(format!("connected, but {session} is not joined"));
                }
            }
            LinkState::Connecting { .. } | LinkState::Suspended | LinkState::Waiting { .. } => {
                self.connection_over();
            }
            _ => {}
        }
        Ok(())
    }
}
