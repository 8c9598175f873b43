//! What is done to the network and the server.

use std::{mem, time::Duration};

use super::{Network, News, Traffic};
use crate::sim::{
    centrifuge::plan::{Act, Garbage},
    clock::Clock,
    session_name,
};

impl Network {
    /// Does what an act does here; what it does to the client, to tokens and to all connections at
    /// once is the business of whoever has those.
    pub(in crate::sim::centrifuge) fn act<E: From<Traffic>>(
        &mut self,
        clock: &mut Clock<E>,
        act: &Act,
    ) {
        let now = clock.now;
        let conn = self.present;
        match *act {
            Act::Ask(_) | Act::Restart { .. } | Act::Suspend(_) | Act::Tokenless { .. } => {}
            Act::Close(code) => self.server.close(conn, code),
            Act::Connects(answer, time) => self.server.answer_connects(answer, now + time),
            Act::Dials(dial, time) => self.dials = Some((dial, now + time)),
            Act::Duplicate => self.server.repeat(conn),
            Act::Forget(session) => self.server.clear_history(&session_name(session)),
            Act::Garbage(garbage) => self.spoil(clock, garbage),
            Act::Give(session) => self.server.give(conn, &session_name(session)),
            // Without pings nobody could ever tell.
            Act::Hole if self.settings.ping > 0 => self.pipe(conn).dead = true,
            Act::Joins(answer, time) => self.server.answer_joins(answer, now + time),
            Act::Hole | Act::Kill => self.kill(clock, conn),
            Act::Publish(session, count) => {
                for _ in 0..count {
                    self.server.publish(now, &session_name(session));
                }
            }
            Act::Renew(session) => self.server.renew(&session_name(session)),
            Act::SessionClosed(session) => self.server.close_session(now, &session_name(session)),
            Act::Skip(session) => self.server.publish_unheard(now, &session_name(session)),
            Act::Stall(time) => self.pipe(conn).stalled_until = now + time,
            Act::Take(session) => self.server.take(conn, &session_name(session)),
        }
    }

    /// The server is gone for a while, and these connections with it.
    pub(in crate::sim::centrifuge) fn restart<E: From<Traffic>>(
        &mut self,
        clock: &mut Clock<E>,
        conns: &[u64],
        down: Duration,
        forgets: bool,
    ) {
        self.down_until = clock.now + down;
        for &conn in conns {
            if clock.random.bool() {
                self.server.close(conn, 3001);
            } else {
                self.kill(clock, conn);
            }
        }
        if forgets {
            self.server.renew_all();
        }
    }

    /// The connection breaks: what is under way is gone, and so is the server's end.
    fn kill<E: From<Traffic>>(&mut self, clock: &mut Clock<E>, conn: u64) {
        self.server.forget(conn);
        let pipe = self.pipe(conn);
        if mem::replace(&mut pipe.ended, true) {
            return;
        }
        pipe.waiting.clear();
        self.send_down(clock, conn, News::Lost);
    }

    /// Something unreadable. A connection may end with it.
    fn spoil<E: From<Traffic>>(&mut self, clock: &mut Clock<E>, garbage: Garbage) {
        let conn = self.present;
        if self.pipe(conn).ended {
            return;
        }
        let news = match garbage {
            Garbage::Binary => News::Binary,
            Garbage::Cut => News::Spoilt(br#"{"push":{"channel""#),
            Garbage::NotUtf8 => News::Spoilt(b"\xff"),
            Garbage::Unreadable => {
                self.server.forget(conn);
                self.pipe(conn).ended = true;
                News::Unreadable
            }
        };
        self.flush(clock, conn);
        self.send_down(clock, conn, news);
    }
}
