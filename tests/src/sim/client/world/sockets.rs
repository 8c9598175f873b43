//! The way between the client's sockets and the server.

use twin_transport::{Error, ErrorKind, Message, Reached, Refusal, testing::Dial};

use super::{DialTrouble, Event, Link, World};
use crate::sim::{client::number_of, clock::millis};

impl<L: Link> World<'_, L> {
    pub(super) fn dial(&mut self, dial: Dial) {
        let conn = number_of(&dial);
        self.trace
            .add(self.clock.now, || format!("{conn} is dialled"));
        let trouble = self.link.trouble(self.clock.now);
        self.dialling.insert(conn, dial);
        let after = match trouble {
            Some(DialTrouble::Silent) => millis(15_000),
            Some(DialTrouble::TimedOut) => millis(5_000),
            _ => self.clock.latency(),
        };
        let answer = match trouble {
            // It opens when nobody waits for it any more.
            None | Some(DialTrouble::Silent) => Ok(()),
            Some(trouble) => Err(trouble),
        };
        self.clock.after(after, Event::Dialled(conn, answer));
    }

    pub(super) fn dialled(&mut self, conn: u64, answer: Result<(), DialTrouble>) {
        let Some(dial) = self
            .dialling
            .remove(&conn)
            .filter(|dial| !dial.is_abandoned())
        else {
            return;
        };
        let fail = |kind| Error::new(kind, Reached::No, "dialling in a simulation");
        match answer {
            Ok(()) => {
                let address = dial.request().uri().clone();
                self.peers.insert(conn, dial.accept());
                L::opened(self, conn, &address);
            }
            Err(DialTrouble::Refused(status)) => {
                let status = http::StatusCode::from_u16(status).unwrap_or_default();
                dial.refuse(Refusal::new(status, http::HeaderMap::new(), "no".into()));
            }
            Err(DialTrouble::TimedOut) => dial.fail(fail(ErrorKind::TimedOut)),
            Err(_) => dial.fail(fail(ErrorKind::Unreachable)),
        }
    }

    /// Takes what the client has sent. Says whether there was anything.
    pub(super) fn listen_to_client(&mut self) -> bool {
        let mut sent = Vec::new();
        let mut gone = Vec::new();
        for (conn, peer) in &self.peers {
            while let Some(message) = peer.take_received() {
                sent.push((*conn, message));
            }
            if peer.is_gone() {
                gone.push(*conn);
            }
        }
        let busy = !sent.is_empty() || !gone.is_empty();
        for (conn, message) in sent {
            self.trace
                .add(self.clock.now, || format!("{conn} > {}", shown(&message)));
            L::sent(self, conn, message);
        }
        for conn in gone {
            self.peers.remove(&conn);
            L::gone(self, conn);
        }
        busy
    }
}

fn shown(message: &Message) -> String {
    match message {
        Message::Text(text) => text.to_string(),
        other => format!("{other:?}"),
    }
}
