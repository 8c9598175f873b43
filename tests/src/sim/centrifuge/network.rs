//! The server and the ways to it, one pipe a connection.

mod acts;
mod pipe;
mod renewals;

use std::{collections::BTreeMap, mem, time::Duration};

use twin_protocol::link::DialFailureKind;

use self::{pipe::Pipe, renewals::Renewals};
use super::{
    line::Line,
    plan::Settings,
    server::{Said, Server, Task},
};
use crate::sim::{clock::Clock, dial::Dial};

/// So many lines share a frame.
const MOST_LINES: usize = 16;
/// With so many frames unread, the server gives a slow client up.
const SLOW: usize = 24;

pub(super) struct Network {
    pub(super) server: Server,
    /// The connection that acts are about: the last one.
    pub(super) present: u64,
    pub(super) renewals: Renewals,
    settings: Settings,
    /// The server is gone until then.
    down_until: Duration,
    /// How dials go, and until when.
    dials: Option<(Dial, Duration)>,
    pipes: BTreeMap<u64, Pipe>,
}

/// What the client's end of a connection brings.
#[derive(Clone, Debug)]
pub(in crate::sim) enum News {
    Binary,
    Closed(u16),
    DialFailed(DialFailureKind),
    Frame(Vec<Line>),
    Lost,
    Opened,
    Progress,
    /// Text that is no reply.
    Spoilt(&'static [u8]),
    Unreadable,
}

/// What happens in the network.
#[derive(Debug)]
pub(in crate::sim) enum Traffic {
    AtClient(u64, News),
    AtServer(u64, String),
    Flush(u64),
    /// The server learns that the client has gone.
    Gone(u64),
    Task(Task),
}

impl News {
    /// Whether nothing follows it.
    pub(super) const fn is_last(&self) -> bool {
        matches!(
            self,
            Self::Closed(_) | Self::DialFailed(_) | Self::Lost | Self::Unreadable
        )
    }
}

impl Network {
    pub(super) fn new(settings: &Settings, server: Server) -> Self {
        Self {
            server,
            present: 0,
            renewals: Renewals::new(settings.latency, settings.lag),
            settings: settings.clone(),
            down_until: Duration::ZERO,
            dials: None,
            pipes: BTreeMap::new(),
        }
    }

    pub(super) fn pipe(&mut self, conn: u64) -> &mut Pipe {
        self.pipes.entry(conn).or_default()
    }

    /// Whether nobody is there.
    pub(super) fn is_down(&self, now: Duration) -> bool {
        now < self.down_until
    }

    /// What becomes of a dial now; `None`: it opens.
    pub(super) fn trouble(&self, now: Duration) -> Option<Dial> {
        if self.is_down(now) {
            return Some(Dial::Unreachable);
        }
        let dials = self.dials.filter(|(_, until)| now < *until);
        dials.map(|(dial, _)| dial)
    }

    /// Lets happen what was on its way. Gives what the client is told by it.
    pub(super) fn carry<E: From<Traffic>>(
        &mut self,
        clock: &mut Clock<E>,
        traffic: Traffic,
    ) -> Option<(u64, News)> {
        match traffic {
            Traffic::AtClient(conn, news) => {
                let pipe = self.pipe(conn);
                if matches!(news, News::Frame(_)) {
                    pipe.under_way -= 1;
                }
                return (!pipe.dead).then_some((conn, news));
            }
            Traffic::AtServer(conn, text) => {
                if !self.pipe(conn).dead {
                    self.server.hear(clock.now, conn, &text);
                }
            }
            Traffic::Flush(conn) => self.flush(clock, conn),
            Traffic::Gone(conn) => self.server.forget(conn),
            Traffic::Task(task) => self.server.perform(clock.now, task),
        }
        None
    }

    /// Sends on what the server has said.
    ///
    /// # Errors
    ///
    /// With what the client did that the protocol forbids, or has not done in time.
    pub(super) fn listen_to_server<E: From<Traffic>>(
        &mut self,
        clock: &mut Clock<E>,
    ) -> Result<(), String> {
        for said in self.server.take_said() {
            match said {
                Said::Close(conn, code) => self.end(clock, conn, code),
                Said::Expired(conn) => {
                    let pipe = self.pipe(conn);
                    let (dead, clear_from) = (pipe.dead, pipe.stalled_until);
                    if !dead {
                        self.renewals.expire(clock.now, conn, clear_from)?;
                    }
                    self.end(clock, conn, 3005);
                }
                Said::Later(time, task) => clock.after(time, Traffic::Task(task)),
                Said::Line(conn, line) => {
                    let batching = self.settings.batching;
                    let waiting = &mut self.pipe(conn).waiting;
                    if waiting.is_empty() {
                        // What shares a frame is chance.
                        let wait = clock.up_to(batching);
                        clock.after(wait, Traffic::Flush(conn));
                    }
                    waiting.push(line);
                }
                Said::Wrong(what) => return Err(format!("the client breaks the protocol: {what}")),
            }
        }
        Ok(())
    }

    /// When what the client says now reaches the server.
    pub(super) fn up<E>(&mut self, clock: &mut Clock<E>, conn: u64) -> Duration {
        let latency = clock.latency();
        self.pipe(conn).up(clock.now, latency)
    }

    fn send_down<E: From<Traffic>>(&mut self, clock: &mut Clock<E>, conn: u64, news: News) {
        let latency = clock.latency();
        let at = self.pipe(conn).down(clock.now, latency);
        clock.at(at, Traffic::AtClient(conn, news));
    }

    fn flush<E: From<Traffic>>(&mut self, clock: &mut Clock<E>, conn: u64) {
        let waiting = mem::take(&mut self.pipe(conn).waiting);
        for lines in waiting.chunks(MOST_LINES) {
            let pipe = self.pipe(conn);
            if pipe.under_way + pipe.untaken.len() >= SLOW {
                self.server.close(conn, 3008);
                return;
            }
            pipe.under_way += 1;
            if clock.random.u8(0..10) == 0 {
                self.send_down(clock, conn, News::Progress);
            }
            self.send_down(clock, conn, News::Frame(lines.to_vec()));
        }
    }

    /// The server ends a connection, after what it has said; but for a slow client's.
    fn end<E: From<Traffic>>(&mut self, clock: &mut Clock<E>, conn: u64, code: u16) {
        if code == 3008 {
            self.pipe(conn).waiting.clear();
        }
        self.flush(clock, conn);
        self.pipe(conn).ended = true;
        self.send_down(clock, conn, News::Closed(code));
    }
}
