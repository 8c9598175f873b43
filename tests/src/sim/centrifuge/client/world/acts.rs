//! What is done to the client, the network and the server.

use super::{Act, Event, World};
use crate::sim::centrifuge::{
    plan::{Act as LinkAct, Wish},
    server::session_name,
};

impl World<'_> {
    pub(super) fn act(&mut self, act: &Act) {
        match *act {
            Act::Forget(session) => self.user.forget(&session_name(session)),
            Act::Http(trouble, time) => self.http = Some((trouble, self.clock.now + time)),
            Act::Link(ref act) => self.link_act(act),
            Act::Pace(session, pace) => self.set_pace(&session_name(session), pace),
            Act::Send(session) => self.send(&session_name(session)),
        }
    }

    fn link_act(&mut self, act: &LinkAct) {
        let conn = self.network.present;
        match *act {
            LinkAct::Ask(wish) => self.wish(wish),
            LinkAct::Restart { down, forgets } => {
                let conns: Vec<_> = self.peers.keys().copied().collect();
                self.network.restart(&mut self.clock, &conns, down, forgets);
            }
            LinkAct::Suspend(time) if !self.stands_still => {
                self.stands_still = true;
                self.stands_until = self.clock.now + time;
                self.clock.at(self.stands_until, Event::Resume);
                self.network.renewals.stand_still(self.stands_until);
            }
            LinkAct::Suspend(_) => {}
            LinkAct::Tokenless { silent, time } => {
                let (now, until) = (self.clock.now, self.clock.now + time);
                self.network.renewals.fail_source(now, silent, until);
                self.source.fail(silent, until);
            }
            _ => self.network.act(&mut self.clock, act),
        }
        if let LinkAct::SessionClosed(session) = *act {
            self.over.insert(session_name(session));
        }
        // What the server does not read, the client notices by its socket.
        let Some(peer) = self.peers.get(&conn) else {
            return;
        };
        match *act {
            LinkAct::Hole if self.network.pipe(conn).dead => peer.stop_reading(),
            LinkAct::Stall(time) => {
                peer.stop_reading();
                self.clock.after(time, Event::ReadOn(conn));
            }
            _ => {}
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
}
