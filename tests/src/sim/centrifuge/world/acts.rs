//! What is done to the link; the rest is the network's.

use super::{Event, Told, World};
use crate::sim::{centrifuge::plan::Act, session_name, wish::Wish};

impl World<'_> {
    pub(super) fn act(&mut self, act: &Act) -> Result<(), String> {
        let now = self.clock.now;
        match *act {
            Act::Ask(wish) => {
                if let Wish::JoinFresh(session, said) = wish {
                    let session = session_name(session);
                    let server = &mut self.network.server;
                    server.start(&session);
                    (0..said).for_each(|_| server.publish(now, &session));
                }
                self.tell(Told::Wish(wish))?;
            }
            Act::Restart { down, forgets } => {
                let conns = [self.network.present];
                self.network.restart(&mut self.clock, &conns, down, forgets);
            }
            Act::Suspend(time) => {
                if self.mailbox.is_none() {
                    self.mailbox = Some(Vec::new());
                    self.clock.after(time, Event::Resume);
                    self.network.renewals.stand_still(now + time);
                }
            }
            Act::Tokenless { silent, time } => {
                self.network.renewals.fail_source(now, silent, now + time);
            }
            _ => self.network.act(&mut self.clock, act),
        }
        Ok(())
    }
}
