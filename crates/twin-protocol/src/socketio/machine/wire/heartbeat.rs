//! The heartbeat: the client's own, every interval, whatever else is said; and how long a server may
//! be silent.

use std::time::Duration;

use crate::{link::Moment, socketio::engine::Open};

#[derive(Clone, Copy, Debug)]
pub(super) struct Heartbeat {
    every: Duration,
    /// When the last one was sent; at first, when the connection began.
    last: Moment,
    last_heard: Moment,
    /// How long silence is no loss.
    silence: Duration,
    /// Until when a heartbeat must be answered that tries the connection.
    checked_by: Option<Moment>,
    /// Whether the answer to the last one says what such a server bears: it was sent when its time
    /// had come, not soon after another.
    tells: bool,
    /// The server's timeout, where it is shorter than the interval.
    short_timeout: Option<Duration>,
}

/// How fast the heart beats on servers whose timeout is shorter than their interval.
///
/// To a Node server that is usual: it waits for the interval and the timeout together. A Python
/// server ends every connection on which it received nothing for the timeout alone
/// (`raw-short-timeout.py-server`), so there the first heartbeat comes too late. A server does not say
/// which it is, so the first connection finds out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::socketio::machine) enum Pace {
    /// A connection ended before its first heartbeat, after the timeout: twice a timeout.
    Hurried,
    /// A heartbeat after more than the timeout was answered: once an interval, for good.
    Steady,
    /// Not known yet: once an interval.
    #[default]
    Unknown,
}

impl Heartbeat {
    pub(super) fn new(now: Moment, open: &Open, grace: Duration, pace: Pace) -> Self {
        let (interval, timeout) = (open.ping_interval, open.ping_timeout);
        let short_timeout = (timeout < interval).then_some(timeout);
        // A Python server's timeout that is hardly longer is won or lost by how long a heartbeat
        // is on its way. No server has such times by default, so nobody pays for more heartbeats.
        let is_tight = short_timeout.is_none() && timeout < interval * 3 / 2;
        Self {
            every: if is_tight || short_timeout.is_some() && pace == Pace::Hurried {
                timeout / 2
            } else {
                interval
            },
            last: now,
            last_heard: now,
            silence: interval.saturating_add(grace),
            checked_by: None,
            tells: true,
            short_timeout,
        }
    }

    /// The server gave a sign of life.
    pub(super) fn hear(&mut self, now: Moment) {
        self.last_heard = now;
    }

    /// Whether the silence has become a loss.
    pub(super) fn is_silent(&self, now: Moment) -> bool {
        self.silent_at() <= now
    }

    /// The connection is to be tried: its next answer must come in `time`. Says whether a heartbeat
    /// is due for that, which then counts as sent; not where one is on its way for it.
    pub(super) fn checks(&mut self, now: Moment, time: Duration) -> bool {
        let is_due = self.checked_by.is_none();
        if is_due {
            self.checked_by = Some(now + time);
            self.last = now;
            self.tells = false;
        }
        is_due
    }

    /// Whether a heartbeat is due. It counts as sent.
    pub(super) fn beats(&mut self, now: Moment) -> bool {
        let is_due = self.last + self.every <= now;
        if is_due {
            self.last = now;
            self.tells = true;
        }
        is_due
    }

    pub(super) fn deadline(&self) -> Moment {
        (self.last + self.every).min(self.silent_at())
    }

    /// A heartbeat was answered. The pace from then on.
    pub(super) fn is_answered(&mut self, pace: Pace) -> Pace {
        self.checked_by = None;
        match (self.short_timeout, pace) {
            (Some(_), Pace::Unknown) if self.tells => Pace::Steady,
            _ => pace,
        }
    }

    /// The server ended the connection. The pace from then on.
    pub(super) fn is_cut_off(&self, now: Moment, pace: Pace) -> Pace {
        match (self.short_timeout, pace) {
            (Some(timeout), Pace::Unknown) if now.since(self.last) >= timeout => Pace::Hurried,
            _ => pace,
        }
    }

    fn silent_at(&self) -> Moment {
        let silent = self.last_heard + self.silence;
        self.checked_by.map_or(silent, |by| by.min(silent))
    }
}
