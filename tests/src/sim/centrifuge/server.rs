//! A small model of the server, and of the platform behind it, written from Centrifugo's protocol and
//! not from the client or the emulator: `subs` in the connect reply, recovery by epoch and offset,
//! pushes, pings. Where the client does what a server would end the connection for, it says so.

mod commands;
mod platform;
mod tokens;

use std::{collections::BTreeMap, mem, time::Duration};

use serde_json::{Value, json};

use super::{
    line::{Line, Mark},
    plan::{Answer, Settings},
    stream::{Item, Stream},
};
use crate::sim::session_name;

pub(super) use self::tokens::token;

/// How long the server waits for a pong; it is always less than the interval of its pings.
const PONG_WAIT: Duration = Duration::from_secs(8);

pub(super) struct Server {
    settings: Settings,
    streams: BTreeMap<String, Stream>,
    /// How many events of each session were published so far.
    pub(super) published: BTreeMap<String, u64>,
    /// Messages that were published since they were asked for: when, whose, and which.
    spoken: Vec<(Duration, String, u64)>,
    last_date: Duration,
    /// Sessions that say nothing: not started yet, or over.
    silent: Vec<String>,
    conns: BTreeMap<u64, Conn>,
    connects: Manner,
    joins: Manner,
    said: Vec<Said>,
}

/// How commands of a kind are answered, and until when.
#[derive(Default)]
struct Manner(Option<(Answer, Duration)>);

#[derive(Default)]
struct Conn {
    greeted: bool,
    /// The sessions that the client has spoken of.
    named: Vec<String>,
    last_id: u64,
    /// Until when its token is good, where it has one.
    allowed_until: Option<Duration>,
    /// The offset that was sent last, by channel.
    subs: BTreeMap<String, u64>,
    /// Channels that were taken away, and the epoch then.
    taken: BTreeMap<String, String>,
    /// Pings so far, and whether the last is still to be answered.
    pings: u64,
    pong_due: bool,
    last_publication: Option<Line>,
}

/// What the server wants done.
#[derive(Debug)]
pub(super) enum Said {
    /// The connection ends, after what was said before.
    Close(u64, u16),
    /// The same for one whose token has not been renewed.
    Expired(u64),
    Later(Duration, Task),
    Line(u64, Line),
    /// The client did what the protocol forbids.
    Wrong(String),
}

/// What the server does later of its own accord.
#[derive(Debug)]
pub(in crate::sim) enum Task {
    Connect {
        conn: u64,
        command: Value,
    },
    /// Ends a connection whose token has not been renewed since.
    Expire {
        conn: u64,
        until: Duration,
    },
    Join {
        conn: u64,
        command: Value,
    },
    Ping {
        conn: u64,
    },
    PongDue {
        conn: u64,
        ping: u64,
    },
}

impl Manner {
    fn at(&self, now: Duration) -> Option<Answer> {
        self.0
            .and_then(|(answer, until)| (now < until).then_some(answer))
    }
}

impl Server {
    /// A server on which all but some sessions have been started.
    pub(super) fn new(settings: &Settings, sessions: usize, unstarted: &[String]) -> Self {
        let mut server = Self {
            settings: settings.clone(),
            streams: BTreeMap::new(),
            published: BTreeMap::new(),
            spoken: Vec::new(),
            last_date: Duration::ZERO,
            silent: unstarted.to_vec(),
            conns: BTreeMap::new(),
            connects: Manner::default(),
            joins: Manner::default(),
            said: Vec::new(),
        };
        for session in (0..sessions).map(session_name) {
            let stream = Stream::new(settings.history_size, settings.history_ttl);
            server.streams.insert(server.channel(&session), stream);
            server.published.insert(session, 0);
        }
        server
    }

    /// What it wants done since it was asked last.
    pub(super) fn take_said(&mut self) -> Vec<Said> {
        mem::take(&mut self.said)
    }

    /// The messages that were published since it was asked last.
    pub(super) fn take_spoken(&mut self) -> Vec<(Duration, String, u64)> {
        mem::take(&mut self.spoken)
    }

    /// A session begins.
    pub(super) fn start(&mut self, session: &str) {
        self.silent.retain(|silent| silent != session);
    }

    pub(super) fn open(&mut self, conn: u64) {
        self.conns.insert(conn, Conn::default());
    }

    /// The client is gone, or cut off.
    pub(super) fn forget(&mut self, conn: u64) {
        self.conns.remove(&conn);
    }

    pub(super) fn answer_connects(&mut self, answer: Answer, until: Duration) {
        self.connects = Manner(Some((answer, until)));
    }

    pub(super) fn answer_joins(&mut self, answer: Answer, until: Duration) {
        self.joins = Manner(Some((answer, until)));
    }

    pub(super) fn perform(&mut self, now: Duration, task: Task) {
        match task {
            Task::Connect { conn, command } => self.greet(now, conn, &command),
            Task::Expire { conn, until } => self.expire(conn, until),
            Task::Join { conn, command } => self.join(conn, &command),
            Task::Ping { conn } => self.ping(conn),
            Task::PongDue { conn, ping } => {
                let late = |conn: &&mut Conn| conn.pong_due && conn.pings == ping;
                if self.conns.get_mut(&conn).filter(late).is_some() {
                    self.close(conn, 3012);
                }
            }
        }
    }

    pub(super) fn close(&mut self, conn: u64, code: u16) {
        if self.conns.remove(&conn).is_some() {
            self.said.push(Said::Close(conn, code));
        }
    }

    fn ping(&mut self, conn: u64) {
        let Some(state) = self.conns.get_mut(&conn) else {
            return;
        };
        state.pings += 1;
        state.pong_due = self.settings.pong;
        let ping = state.pings;
        self.said.push(Said::Line(
            conn,
            Line {
                text: "{}".into(),
                marks: vec![Mark::Life],
            },
        ));
        let interval = Duration::from_secs(self.settings.ping);
        if self.settings.pong {
            let wait = PONG_WAIT.min(interval * 2 / 3);
            self.said
                .push(Said::Later(wait, Task::PongDue { conn, ping }));
        }
        self.said.push(Said::Later(interval, Task::Ping { conn }));
    }

    fn channel(&self, session: &str) -> String {
        if self.settings.shared {
            "personal:u".to_owned()
        } else {
            format!("widget:{session}")
        }
    }

    /// The sessions whose events a channel carries.
    fn carried_by(&self, channel: &str) -> Vec<String> {
        let on = |session: &&String| self.channel(session) == channel;
        self.published.keys().filter(on).cloned().collect()
    }

    /// A mark for each session of a channel, with the number of its last event.
    fn marks(&self, channel: &str, mark: impl Fn(String, u64) -> Mark) -> Vec<Mark> {
        let sessions = self.carried_by(channel).into_iter();
        sessions
            .map(|session| {
                let serial = self.published[&session];
                mark(session, serial)
            })
            .collect()
    }

    /// What was said before the stream began anew, for one who holds no place in it. `all` is the
    /// number of publications that it still has from its first on.
    fn forgotten(&self, channel: &str, all: u64) -> Vec<Mark> {
        if self.streams[channel].top() != all {
            return Vec::new();
        }
        self.marks(channel, |session, serial| Mark::Forgotten {
            session,
            up_to: serial.saturating_sub(all),
        })
    }

    fn write_publication(&self, channel: &str, item: &Item) -> String {
        let data = &item.data;
        let mut rest = String::new();
        if self.settings.recoverable {
            rest += &format!(r#","offset":{}"#, item.offset);
        }
        if self.settings.epoch_on_publications {
            rest += &format!(r#","epoch":"{}""#, self.streams[channel].epoch());
        }
        format!(r#"{{"data":{data}{rest}}}"#)
    }

    /// What a reply or a push says of a subscription that starts at `offset`.
    fn describe(&self, channel: &str, offset: u64) -> Value {
        if !self.settings.recoverable {
            return json!({});
        }
        let epoch = self.streams[channel].epoch();
        // What is 0 or false is left out.
        match offset {
            0 => json!({ "recoverable": true, "positioned": true, "epoch": epoch }),
            _ => {
                json!({ "recoverable": true, "positioned": true, "epoch": epoch, "offset": offset })
            }
        }
    }
}
