//! What is done to the client; the rest is the link's.

use super::{Event, Link, World};
use crate::sim::{client::Act, session_name, wish::Wish};

impl<L: Link> World<'_, L> {
    pub(super) fn act(&mut self, act: &Act<L::Act>) {
        match *act {
            Act::Ask(wish) => self.wish(wish),
            Act::Forget(session) => self.user.forget(&session_name(session)),
            Act::Http(trouble, time) => self.http = Some((trouble, self.clock.now + time)),
            Act::Link(ref act) => L::act(self, act),
            Act::Pace(session, pace) => self.set_pace(&session_name(session), pace),
            Act::Send(session) => self.send(&session_name(session)),
            Act::Suspend(time) if !self.stands_still => {
                self.stands_still = true;
                self.stands_until = self.clock.now + time;
                self.clock.at(self.stands_until, Event::Resume);
                self.link.stand_still(self.stands_until);
            }
            Act::Suspend(_) => {}
        }
    }

    fn wish(&mut self, wish: Wish) {
        match wish {
            // Emits are simulated without the client.
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
