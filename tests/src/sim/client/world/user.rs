//! The user of the client: what it listens to, reads and sends, and what it holds of all that.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::FutureExt as _;
use tokio::sync::watch;
use twin_client::{Events, SendOutcome, Sending, Session};
use twin_protocol::model::{MessageDraft, SessionDraft};
use twin_transport::Runtime as _;

use super::{Link, World};
use crate::sim::client::{Entry, Pace, read};

#[derive(Default)]
pub(super) struct User {
    /// What it has of each session that it listens to, or has listened to.
    held: BTreeMap<String, Held>,
    /// Sessions that are being started, and how much each says at once.
    starting: BTreeMap<String, u64>,
    started: Arc<Mutex<Vec<Started>>>,
    sends: u64,
    sending: BTreeMap<String, Sending>,
    not_sent: Vec<String>,
    /// How often it has been suspended or resumed.
    rests: u64,
    /// How much was read.
    pub(super) had: u64,
    /// What the readers of streams are told by that have been followed by others.
    past: Vec<watch::Sender<Pace>>,
}

/// A session whose start is answered: what came of it, unless it failed.
struct Started {
    session: String,
    listened: Option<(Session, Events)>,
}

struct Held {
    reader: usize,
    session: Option<Session>,
    pace: watch::Sender<Pace>,
}

impl User {
    /// Drops a session's handle; its events are read on.
    pub(super) fn forget(&mut self, session: &str) {
        if let Some(held) = self.held.get_mut(session) {
            held.session = None;
        }
    }

    /// Every reader that is left reads as quickly as it can.
    pub(super) fn read_all(&mut self) {
        for held in self.held.values() {
            held.pace.send_if_modified(|pace| {
                let is_slow = !matches!(pace, Pace::Gone | Pace::Quick);
                if is_slow {
                    *pace = Pace::Quick;
                }
                is_slow
            });
        }
    }

    /// Whether anyone does not read as quickly as possible.
    pub(super) fn reads_slowly(&self) -> bool {
        let mut paces = self.held.values().map(|held| *held.pace.borrow());
        paces.any(|pace| !matches!(pace, Pace::Gone | Pace::Quick))
    }

    pub(super) fn drop_all(&mut self) {
        self.held.clear();
        self.past.clear();
        self.sending.clear();
    }
}

impl<L: Link> World<'_, L> {
    pub(super) fn listen(&mut self, session: &str) {
        let is_taken = self.judge.is_active(session) || self.user.starting.contains_key(session);
        let Some(client) = self.client.as_ref().filter(|_| !is_taken) else {
            return;
        };
        // Who has dropped the handle alone may still be listening.
        let Ok(mut listened) = client.listen([session]) else {
            return;
        };
        if let Some((handle, events)) = listened.pop() {
            self.hold(session, handle, events, false);
        }
    }

    fn hold(&mut self, session: &str, handle: Session, events: Events, fresh: bool) {
        let serial = self.link.published(session);
        let reader = self.judge.listen(session, serial, fresh);
        self.trace.add(self.clock.now, || {
            format!("  reader {reader} reads {session}")
        });
        let (pace, receiver) = watch::channel(Pace::Quick);
        let runtime = self.runtime.handle();
        let task = read(reader, events, receiver, runtime, self.journal.clone());
        self.runtime.spawn("reader", Box::pin(task));
        let held = Held {
            reader,
            session: Some(handle),
            pace,
        };
        if let Some(before) = self.user.held.insert(session.to_owned(), held) {
            // What is left of the stream before is read to its end.
            before.pace.send_replace(Pace::Quick);
            self.user.past.push(before.pace);
        }
    }

    /// Starts a session, which says so much at once.
    pub(super) fn start(&mut self, session: &str, said: u64) {
        let is_taken = self.judge.is_active(session) || self.user.starting.contains_key(session);
        let Some(client) = self.client.as_ref().filter(|_| !is_taken) else {
            return;
        };
        self.user.starting.insert(session.to_owned(), said);
        let (chat, session) = (client.chat(session), session.to_owned());
        let started = Arc::clone(&self.user.started);
        let task = async move {
            let listened = chat.start(SessionDraft::new("visitor")).await.ok();
            started
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(Started { session, listened });
        };
        self.runtime.spawn("start", Box::pin(task));
    }

    /// The platform has started a session.
    pub(super) fn begin(&mut self, session: &str) {
        self.link.start(session);
        for _ in 0..self.user.starting.get(session).copied().unwrap_or(0) {
            self.link.publish(self.clock.now, session);
        }
    }

    /// Takes over the sessions whose start is answered.
    pub(super) fn take_started(&mut self) {
        let started = Arc::clone(&self.user.started);
        let started = std::mem::take(&mut *started.lock().unwrap_or_else(PoisonError::into_inner));
        for Started { session, listened } in started {
            self.user.starting.remove(&session);
            if let Some((handle, events)) = listened {
                self.hold(&session, handle, events, true);
            }
        }
    }

    pub(super) fn leave(&mut self, session: &str) {
        let held = self.user.held.get(session);
        if let Some(handle) = held.and_then(|held| held.session.as_ref()) {
            handle.leave();
            self.judge.leave(session);
        }
    }

    pub(super) fn set_pace(&mut self, session: &str, pace: Pace) {
        let Some(held) = self.user.held.get(session) else {
            return;
        };
        if *held.pace.borrow() == Pace::Gone {
            return;
        }
        held.pace.send_replace(pace);
        if pace == Pace::Gone {
            self.judge.gone(held.reader);
            if held.session.is_none() {
                self.judge.leave(session);
            }
        }
    }

    pub(super) fn suspend(&mut self) {
        self.user.rests += 1;
        let Some(client) = self.client.clone() else {
            return;
        };
        let (asked, journal) = (self.user.rests, self.journal.clone());
        let task = async move {
            client.suspend().await;
            journal.write(Entry::Suspended { asked });
        };
        self.runtime.spawn("suspend", Box::pin(task));
    }

    pub(super) fn resume(&mut self) {
        self.user.rests += 1;
        if let Some(client) = &self.client {
            client.resume();
        }
    }

    /// The client says that it has no connection any more.
    pub(super) fn check_suspended(&self, asked: u64) -> Result<(), String> {
        let open = self.peers.iter().find(|(_, peer)| !peer.is_gone());
        match open {
            Some((conn, _)) if asked == self.user.rests => {
                Err(format!("the client is suspended, and {conn} is open"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn send(&mut self, session: &str) {
        let Some(client) = &self.client else {
            return;
        };
        self.user.sends += 1;
        let text = format!("m{}", self.user.sends);
        let held = self.user.held.get(session);
        let handle = held.and_then(|held| held.session.clone());
        let handle = handle.unwrap_or_else(|| client.session(session));
        let sending = handle.send(MessageDraft::new(text.clone()));
        self.user.sending.insert(text, sending);
    }

    /// What became of a message is what the client says of it, and none is posted twice.
    pub(super) fn check_sends(&mut self) -> Result<(), String> {
        let mut settled = Vec::new();
        for (text, sending) in &mut self.user.sending {
            if let Some(outcome) = sending.now_or_never() {
                settled.push((text.clone(), outcome));
            }
        }
        for (text, outcome) in settled {
            self.user.sending.remove(&text);
            self.trace
                .add(self.clock.now, || format!("  {text}: {outcome:?}"));
            let posted = self
                .platform
                .posted
                .iter()
                .filter(|it| **it == text)
                .count();
            match outcome {
                SendOutcome::Sent(_) if posted == 0 => {
                    return Err(format!("{text} is sent, and the platform has not got it"));
                }
                SendOutcome::NotSent(_) => self.user.not_sent.push(text),
                _ => {}
            }
        }
        let mut posted = self.platform.posted.clone();
        posted.sort_unstable();
        match posted.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(format!("{} is posted twice", pair[0])),
            None => Ok(()),
        }
    }

    /// Every message has its outcome, and what was not sent did not arrive later.
    pub(super) fn check_all_sent(&self) -> Result<(), String> {
        if let Some(text) = self.user.sending.keys().next() {
            return Err(format!("nobody says what became of {text}"));
        }
        let arrived = |text: &&String| self.platform.posted.contains(text);
        match self.user.not_sent.iter().find(arrived) {
            Some(text) => Err(format!("{text} is not sent, and the platform has got it")),
            None => Ok(()),
        }
    }
}
