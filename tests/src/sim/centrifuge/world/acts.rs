//! What is done to the link, the network and the server.

use std::time::Duration;

use super::{Event, Told, World};
use crate::sim::centrifuge::{
    network::News,
    plan::{Act, Garbage, Wish},
    server::session_name,
};

impl World<'_> {
    pub(super) fn act(&mut self, act: &Act) -> Result<(), String> {
        let now = self.now;
        let conn = self.present;
        match *act {
            Act::Ask(wish) => {
                if let Wish::JoinFresh(session, said) = wish {
                    let session = session_name(session);
                    self.server.start(&session);
                    (0..said).for_each(|_| self.server.publish(now, &session));
                }
                self.tell(Told::Wish(wish))?;
            }
            Act::Close(code) => self.server.close(conn, code),
            Act::Connects(answer, time) => self.server.answer_connects(answer, now + time),
            Act::Dials(dial, time) => self.dials = Some((dial, now + time)),
            Act::Duplicate => self.server.repeat(conn),
            Act::Forget(session) => self.server.clear_history(&session_name(session)),
            Act::Garbage(garbage) => self.spoil(garbage),
            Act::Give(session) => self.server.give(conn, &session_name(session)),
            // Without pings nobody could ever tell.
            Act::Hole if self.plan.settings.ping > 0 => self.pipe(conn).dead = true,
            Act::Joins(answer, time) => self.server.answer_joins(answer, now + time),
            Act::Hole | Act::Kill => self.kill(conn),
            Act::Publish(session, count) => {
                for _ in 0..count {
                    self.server.publish(now, &session_name(session));
                }
            }
            Act::Renew(session) => self.server.renew(&session_name(session)),
            Act::Restart { down, forgets } => self.restart(down, forgets),
            Act::SessionClosed(session) => self.server.close_session(now, &session_name(session)),
            Act::Skip(session) => self.server.publish_unheard(now, &session_name(session)),
            Act::Stall(time) => self.pipe(conn).stalled_until = now + time,
            Act::Suspend(time) => {
                if self.mailbox.is_none() {
                    self.mailbox = Some(Vec::new());
                    self.agenda.add(now + time, Event::Resume);
                }
            }
            Act::Take(session) => self.server.take(conn, &session_name(session)),
            Act::Tokenless { silent, time } => self.tokenless = Some((silent, now + time)),
        }
        Ok(())
    }

    /// The connection breaks: what is under way is gone, and so is the server's end.
    fn kill(&mut self, conn: u64) {
        self.server.forget(conn);
        let pipe = self.pipe(conn);
        if pipe.ended {
            return;
        }
        pipe.ended = true;
        pipe.waiting.clear();
        self.send_down(conn, News::Lost);
    }

    fn restart(&mut self, down: Duration, forgets: bool) {
        self.server_down_until = self.now + down;
        if self.random.bool() {
            self.server.close(self.present, 3001);
        } else {
            self.kill(self.present);
        }
        if forgets {
            self.server.renew_all();
        }
    }

    /// Something unreadable. A connection may end with it.
    fn spoil(&mut self, garbage: Garbage) {
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
        self.flush(conn);
        self.send_down(conn, news);
    }
}
