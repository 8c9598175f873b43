//! A small model of an Engine.IO 3 server with Socket.IO on it, written from the protocol: sessions by
//! their sid, one question and one message at a time, the move to a socket, pings. Where the client
//! does what a real server would lose packets or end the connection for, it says so.

mod event;
mod ways;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    mem,
    time::Duration,
};

use self::event::Event;
use super::plan::Settings;

pub(super) use self::event::attachment;

/// So many packets share an answer.
const MOST_PACKETS: usize = 60;

pub(super) struct Server {
    settings: Settings,
    /// The session whose events it has.
    name: String,
    sessions: BTreeMap<String, Session>,
    opened: u64,
    /// How many events were published so far.
    pub(super) published: u64,
    /// Messages that were published since they were asked for: when, and which.
    spoken: Vec<(Duration, u64)>,
    last_date: Duration,
    /// The numbers of the emits that came, in their order.
    received: u64,
    mute_until: Duration,
    refuses: bool,
    /// Whether the session has had its last event.
    is_over: bool,
    said: Vec<Said>,
}

#[derive(Default)]
struct Session {
    queue: VecDeque<String>,
    get: Option<u64>,
    socket: Option<u64>,
    on_socket: bool,
    probed: bool,
    dead: bool,
    pings: u64,
    /// Acknowledgements that the client owes.
    owed: BTreeSet<u64>,
}

#[derive(Debug)]
pub(super) enum Said {
    Answer(u64, u16, Vec<String>),
    /// The question gets no answer: the connection below it broke.
    Break(u64),
    Close(u64, u16),
    Later(Duration, Cut),
    Lose(u64),
    Text(u64, String),
    Wrong(String),
}

/// Ends a connection that has not pinged since.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Cut {
    sid: String,
    pings: u64,
}

impl Server {
    pub(super) fn new(settings: &Settings, name: &str) -> Self {
        Self {
            settings: settings.clone(),
            name: name.to_owned(),
            spoken: Vec::new(),
            last_date: Duration::ZERO,
            sessions: BTreeMap::new(),
            opened: 0,
            published: 0,
            received: 0,
            mute_until: Duration::ZERO,
            refuses: false,
            is_over: false,
            said: Vec::new(),
        }
    }

    pub(super) fn take_said(&mut self) -> Vec<Said> {
        mem::take(&mut self.said)
    }

    /// Which acknowledgements have not come of those that a connection owes that is in good order.
    pub(super) fn owed(&self) -> Option<u64> {
        let mut living = self.sessions.values().filter(|session| !session.dead);
        living.find_map(|session| session.owed.first().copied())
    }

    pub(super) fn mute(&mut self, until: Duration) {
        self.mute_until = until;
    }

    /// The messages that were published since it was asked last.
    pub(super) fn take_spoken(&mut self) -> Vec<(Duration, u64)> {
        mem::take(&mut self.spoken)
    }

    /// Publishes an event, as long as the session is not over.
    pub(super) fn publish(&mut self, now: Duration) {
        if !self.is_over {
            let event = self.next_event(now);
            self.spread(&event);
        }
    }

    /// Publishes the last event of the session.
    pub(super) fn close_session(&mut self) {
        if !mem::replace(&mut self.is_over, true) {
            self.published += 1;
            self.spread(&Event::last(&self.name, self.published));
        }
    }

    fn next_event(&mut self, now: Duration) -> Event {
        self.published += 1;
        let number = self.published;
        if self.settings.messages {
            // No two have the same date: in which order a list has those, nobody knows.
            self.last_date = now.max(self.last_date + Duration::from_millis(1));
            self.spoken.push((self.last_date, number));
            return Event::message(&self.name, number, self.last_date);
        }
        let attached = match number % 4 {
            0 if self.settings.attachments => 1 + number % 3,
            _ => 0,
        };
        Event::read(&self.name, number, attached)
    }

    /// Sends the event that was published last to everyone.
    fn spread(&mut self, event: &Event) {
        let number = self.published;
        let asks = self.settings.asks && number % 3 == 0;
        for session in self.sessions.values_mut() {
            let id = if asks {
                session.owed.insert(number);
                number.to_string()
            } else {
                String::new()
            };
            session.queue.extend(event.frames(&id));
        }
        self.serve();
    }

    /// Lets nobody in any more.
    pub(super) fn refuse(&mut self) {
        self.refuses = true;
        self.drop_all(None);
    }

    /// Says something to everyone.
    pub(super) fn say(&mut self, packet: &str) {
        for session in self.sessions.values_mut() {
            session.queue.push_back(packet.to_owned());
        }
        self.serve();
    }

    /// Connections carry nothing any more.
    pub(super) fn go_dead(&mut self) {
        for session in self.sessions.values_mut() {
            session.dead = true;
        }
    }

    /// All connections end: with a close frame, or none.
    pub(super) fn drop_all(&mut self, code: Option<u16>) {
        let sids: Vec<_> = self.sessions.keys().cloned().collect();
        for sid in sids {
            self.drop_session(&sid, code);
        }
    }

    fn drop_session(&mut self, sid: &str, code: Option<u16>) {
        let Some(session) = self.sessions.remove(sid) else {
            return;
        };
        if session.dead {
            return;
        }
        if let Some(exchange) = session.get {
            self.said.push(match code {
                Some(_) => Said::Answer(exchange, 200, vec!["1".into()]),
                None => Said::Break(exchange),
            });
        }
        if let Some(socket) = session.socket {
            self.said.push(match code {
                Some(code) => Said::Close(socket, code),
                None => Said::Lose(socket),
            });
        }
    }

    pub(super) fn cut(&mut self, cut: &Cut) {
        if self
            .sessions
            .get(&cut.sid)
            .is_some_and(|it| it.pings == cut.pings)
        {
            self.drop_session(&cut.sid, None);
        }
    }

    fn open(&mut self, now: Duration) -> (String, String) {
        self.opened += 1;
        let sid = format!("sid{}", self.opened);
        let Settings {
            ping_interval: interval,
            ping_timeout: timeout,
            ..
        } = self.settings;
        let mut session = Session::default();
        let let_in = if self.refuses { r#"44"gone""# } else { "40" };
        session.queue.push_back(let_in.into());
        let from = self.published + 1;
        if !self.refuses && !self.is_over && self.settings.early_event {
            for frame in self.next_event(now).frames("").into_iter().rev() {
                session.queue.push_front(frame);
            }
        }
        self.sessions.insert(sid.clone(), session);
        self.watch(&sid);
        let open = format!(
            r#"0{{"sid":"{sid}","upgrades":["websocket"],"pingInterval":{},"pingTimeout":{},"from":{}}}"#,
            interval * 1000,
            timeout * 1000,
            from
        );
        (sid, open)
    }

    fn watch(&mut self, sid: &str) {
        let Some(session) = self.sessions.get(sid) else {
            return;
        };
        let cut = Cut {
            sid: sid.to_owned(),
            pings: session.pings,
        };
        let patience = self.settings.ping_interval + self.settings.ping_timeout;
        // The way of a ping is not the client's fault.
        let patience =
            Duration::from_secs(patience) + self.settings.latency * 8 + self.settings.lag;
        self.said.push(Said::Later(patience, cut));
    }

    fn wrong(&mut self, what: &str) {
        self.said.push(Said::Wrong(what.to_owned()));
    }
}
