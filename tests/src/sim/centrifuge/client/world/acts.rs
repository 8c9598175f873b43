//! What is done to the client, the network and the server.

use std::time::Duration;

use super::{Act, Event, World};
use crate::sim::centrifuge::{
    network::News,
    plan::{Act as LinkAct, Garbage, Wish},
    server::session_name,
};

impl World<'_> {
    pub(super) fn act(&mut self, act: &Act) {
        match *act {
            Act::Forget(session) => self.user.forget(&session_name(session)),
            Act::Http(trouble, time) => self.http = Some((trouble, self.now + time)),
            Act::Link(ref act) => self.link_act(act),
            Act::Pace(session, pace) => self.set_pace(&session_name(session), pace),
            Act::Send(session) => self.send(&session_name(session)),
        }
    }

    fn link_act(&mut self, act: &LinkAct) {
        let now = self.now;
        let conn = self.present;
        match *act {
            LinkAct::Ask(wish) => self.wish(wish),
            LinkAct::Close(code) => self.server.close(conn, code),
            LinkAct::Connects(answer, time) => self.server.answer_connects(answer, now + time),
            LinkAct::Dials(dial, time) => self.dials = Some((dial, now + time)),
            LinkAct::Duplicate => self.server.repeat(conn),
            LinkAct::Forget(session) => self.server.clear_history(&session_name(session)),
            LinkAct::Garbage(garbage) => self.spoil(garbage),
            LinkAct::Give(session) => self.server.give(conn, &session_name(session)),
            // Without pings nobody could ever tell.
            LinkAct::Hole if self.plan.link.ping > 0 => {
                self.pipe(conn).dead = true;
                if let Some(peer) = self.peers.get(&conn) {
                    peer.stop_reading();
                }
            }
            LinkAct::Joins(answer, time) => self.server.answer_joins(answer, now + time),
            LinkAct::Hole | LinkAct::Kill => self.kill(conn),
            LinkAct::Publish(session, count) => {
                for _ in 0..count {
                    self.server.publish(now, &session_name(session));
                }
            }
            LinkAct::Renew(session) => self.server.renew(&session_name(session)),
            LinkAct::Restart { down, forgets } => self.restart(down, forgets),
            LinkAct::SessionClosed(session) => {
                let session = session_name(session);
                self.server.close_session(now, &session);
                self.over.insert(session);
            }
            LinkAct::Skip(session) => self.server.publish_unheard(now, &session_name(session)),
            LinkAct::Stall(time) => {
                self.pipe(conn).stalled_until = now + time;
                if let Some(peer) = self.peers.get(&conn) {
                    peer.stop_reading();
                    self.agenda.add(now + time, Event::ReadOn(conn));
                }
            }
            LinkAct::Suspend(time) => {
                if !self.stands_still {
                    self.stands_still = true;
                    self.stands_until = now + time;
                    self.agenda.add(self.stands_until, Event::Resume);
                }
            }
            LinkAct::Take(session) => self.server.take(conn, &session_name(session)),
            LinkAct::Tokenless { silent, time } => self.source.fail(silent, now + time),
        }
    }

    fn wish(&mut self, wish: Wish) {
        match wish {
            // The client has nothing to emit over Centrifugo.
            Wish::Emit => {}
            Wish::JoinFresh(session, said) => self.start(&session_name(session), said),
            Wish::JoinNow(session) => self.listen(&session_name(session)),
            Wish::Leave(session) => self.leave(&session_name(session)),
            Wish::Renew => {
                if let Some(client) = &self.client {
                    client.reconnect_now();
                }
            }
            Wish::Resume => self.resume(),
            Wish::Suspend => self.suspend(),
        }
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
        let conns: Vec<_> = self.peers.keys().copied().collect();
        for conn in conns {
            if self.random.bool() {
                self.server.close(conn, 3001);
            } else {
                self.kill(conn);
            }
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
