//! What a program has printed, and what that amounts to.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use super::{
    grammar::Grammar,
    line::{Line, Position, Reason},
};
use crate::conformance::account::Account;

/// How many of the last lines a finding shows.
const SHOWN: usize = 12;
/// And how much of each.
const WIDTH: usize = 160;

/// What a program has printed so far, and word of every line.
#[derive(Debug, Default)]
pub(super) struct Book {
    pages: Mutex<Pages>,
    changes: watch::Sender<u64>,
}

/// What the lines amount to.
#[derive(Debug, Default)]
pub(super) struct Pages {
    /// By session.
    pub(super) accounts: BTreeMap<String, Account>,
    /// The states of all links in their order.
    pub(super) states: Vec<State>,
    /// The error line.
    pub(super) error: Option<Reason>,
    /// How many event lines there are.
    pub(super) events: usize,
    pub(super) findings: Vec<String>,
    /// Stdout has ended.
    pub(super) is_over: bool,
    /// The newest position in every channel of every epoch.
    positions: BTreeMap<(String, String), u64>,
    last: Vec<String>,
    grammar: Grammar,
}

/// What a state line says.
#[derive(Debug)]
pub(super) struct State {
    pub(super) link: Option<u64>,
    pub(super) name: String,
    pub(super) reason: Option<Reason>,
}

impl State {
    /// Whether it waits for a reason of this kind.
    pub(super) fn waits_for(&self, kind: &str) -> bool {
        let reason = self.reason.as_ref();
        self.name == "waiting" && reason.is_some_and(|reason| reason.kind == kind)
    }
}

impl Book {
    pub(super) fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A publication is about to go out.
    pub(super) fn publish(&self, session: &str, payload: String) {
        let mut pages = self.pages();
        let account = pages.accounts.entry(session.to_owned()).or_default();
        account.publish(payload);
    }

    /// The program has printed a line; `None`: it prints no more.
    pub(super) fn enter(&self, line: Option<&str>) {
        match line {
            Some(line) => self.pages().enter(line),
            None => self.pages().is_over = true,
        }
        self.changes.send_modify(|count| *count += 1);
    }

    /// Waits until this is so.
    pub(super) async fn until(&self, is_so: impl Fn(&Pages) -> bool) {
        let mut changes = self.changes.subscribe();
        // The sender lives as long as `self`.
        let _ = changes.wait_for(|_| is_so(&self.pages())).await;
    }
}

impl Pages {
    /// Whether nothing is outstanding in any session.
    pub(super) fn are_settled(&self) -> bool {
        self.accounts.values().all(Account::is_settled)
    }

    /// How many dials the program has given up for want of an answer in time.
    pub(super) fn late_dials(&self) -> usize {
        let is_late = |(index, state): &(usize, &State)| {
            let mut before = self.states[..*index].iter().rev();
            let last = before.find(|it| it.link == state.link);
            state.waits_for("timeout") && last.is_some_and(|it| it.name == "connecting")
        };
        self.states.iter().enumerate().filter(is_late).count()
    }

    /// The last lines, for people.
    pub(super) fn shown(&self) -> String {
        self.last.join("\n         ")
    }

    fn enter(&mut self, text: &str) {
        if self.last.len() == SHOWN {
            self.last.remove(0);
        }
        self.last.push(text.chars().take(WIDTH).collect());
        let line = match Line::read(text) {
            Ok(line) => line,
            Err(error) => {
                self.findings
                    .push(format!("no JSON line ({error}): {text}"));
                return;
            }
        };
        self.findings.extend(self.grammar.hear(&line));
        match line.name.as_str() {
            "error" => {
                self.error = line.kind.map(|kind| Reason {
                    kind,
                    code: line.code,
                });
            }
            "event" => self.event(&line),
            "gap" => self.gap(&line),
            "state" => self.states.push(State {
                reason: line.reason(),
                link: line.link,
                name: line.state.unwrap_or_default(),
            }),
            name => self.findings.push(format!("a line of the type {name}")),
        }
    }

    fn event(&mut self, line: &Line<'_>) {
        self.events += 1;
        let (Some(session), Some(key)) = (&line.session, line.key()) else {
            self.findings.push(format!("whose event is that: {line:?}"));
            return;
        };
        if let Some(position) = &line.position {
            let finding = self.advance(position);
            self.findings.extend(finding);
        }
        let Some(account) = self.accounts.get_mut(session) else {
            self.findings.push(format!("an event of session {session}"));
            return;
        };
        match line.origin.as_deref() {
            Some("list") => account.listed(&key),
            _ => account.event(&key, line.recovered == Some(true)),
        }
    }

    /// Positions of a channel only grow while its epoch is the same.
    fn advance(&mut self, position: &Position) -> Option<String> {
        let place = (position.channel.clone(), position.epoch.clone());
        let before = self.positions.insert(place, position.offset);
        let goes_back = before.is_some_and(|before| before >= position.offset);
        goes_back.then(|| format!("offset {} after {before:?}", position.offset))
    }

    fn gap(&mut self, line: &Line<'_>) {
        let lost = line
            .reason
            .is_some_and(|it| it.get() == r#""channel_lost""#);
        let Some(session) = &line.session else {
            self.findings.push(format!("whose gap is that: {line:?}"));
            return;
        };
        match self.accounts.get_mut(session) {
            Some(account) if lost => account.channel_lost(),
            Some(account) => account.gap(),
            None => self.findings.push(format!("a gap of session {session}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dial_is_late_and_a_link_that_fell_silent_is_not() {
        let states = |lines: &[(u64, &str)]| {
            let mut pages = Pages::default();
            for (link, state) in lines {
                let reason = r#""reason":{"kind":"timeout"}"#;
                pages.enter(&format!(
                    r#"{{"type":"state","link":{link},"state":"{state}",{reason}}}"#
                ));
            }
            pages.late_dials()
        };
        assert_eq!(states(&[(1, "connecting"), (1, "waiting")]), 1);
        let silent = [(1, "connecting"), (1, "connected"), (1, "waiting")];
        assert_eq!(states(&silent), 0);
        let two = [
            (1, "connecting"),
            (2, "connecting"),
            (1, "connected"),
            (2, "waiting"),
            (1, "waiting"),
        ];
        assert_eq!(states(&two), 1);
    }
}
