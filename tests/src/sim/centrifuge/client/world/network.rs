//! The way between the client's sockets and the server.

use twin_transport::{
    Error, ErrorKind, Message, Reached, Refusal,
    testing::{Dial, Peer},
};

use super::{Event, World};
use crate::{
    protobuf,
    sim::{
        centrifuge::{
            line::Line,
            network::{News, Traffic},
            plan::{self, millis},
        },
        client::number_of,
    },
};

impl World<'_> {
    pub(super) fn dial(&mut self, dial: Dial) {
        let conn = number_of(&dial);
        self.trace
            .add(self.clock.now, || format!("{conn} is dialled"));
        let trouble = self.network.trouble(self.clock.now);
        self.dialling.insert(conn, dial);
        let after = match trouble {
            Some(plan::Dial::Silent) => millis(15_000),
            Some(plan::Dial::TimedOut) => millis(5_000),
            _ => self.clock.latency(),
        };
        let answer = match trouble {
            // It opens when nobody waits for it any more.
            None | Some(plan::Dial::Silent) => Ok(()),
            Some(trouble) => Err(trouble),
        };
        self.clock.after(after, Event::Dialled(conn, answer));
    }

    pub(super) fn dialled(&mut self, conn: u64, answer: Result<(), plan::Dial>) {
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
                self.network.present = self.network.present.max(conn);
                self.peers.insert(conn, dial.accept());
                self.network.server.open(conn);
            }
            Err(plan::Dial::Refused(status)) => {
                let status = http::StatusCode::from_u16(status).unwrap_or_default();
                dial.refuse(Refusal::new(status, http::HeaderMap::new(), "no".into()));
            }
            Err(plan::Dial::TimedOut) => dial.fail(fail(ErrorKind::TimedOut)),
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
            let at = self.network.up(&mut self.clock, conn);
            let traffic = match message {
                Message::Text(text) => Traffic::AtServer(conn, text.to_string()),
                Message::Binary(bytes) => Traffic::AtServer(conn, protobuf::command_lines(&bytes)),
                _ => Traffic::Gone(conn),
            };
            self.clock.at(at, traffic);
        }
        for conn in gone {
            let at = self.network.up(&mut self.clock, conn);
            self.peers.remove(&conn);
            self.clock.at(at, Traffic::Gone(conn));
        }
        busy
    }

    /// Sends on what the server has said.
    pub(super) fn listen_to_server(&mut self) -> Result<(), String> {
        for (at, session, serial) in self.network.server.take_spoken() {
            let id = format!("{session}-{serial}");
            self.platform.say(at, &session, id);
        }
        self.network.listen_to_server(&mut self.clock)
    }

    pub(super) fn arrive(&mut self, conn: u64, news: News) {
        let Some(peer) = self.peers.get(&conn) else {
            return;
        };
        let garbage = |kind| Error::new(kind, Reached::Yes, "reading in a simulation");
        match news {
            // What is no message of the codec.
            News::Binary => {
                if self.plan.link.protobuf {
                    peer.send_text("{}");
                } else {
                    peer.send_binary(&b"\0\x01"[..]);
                }
                self.network.pipe(conn).untaken.push_back(Vec::new());
            }
            News::Closed(1006) | News::Lost => peer.lose(),
            News::Closed(code) => peer.close(code, ""),
            News::Frame(lines) => {
                say(peer, self.plan.link.protobuf, &lines);
                self.network.pipe(conn).untaken.push_back(lines);
            }
            News::Progress => peer.send_progress(),
            News::Spoilt(text) => match std::str::from_utf8(text) {
                Ok(text) => {
                    peer.send_text(text);
                    self.network.pipe(conn).untaken.push_back(Vec::new());
                }
                Err(_) => peer.fail(garbage(ErrorKind::Protocol)),
            },
            News::Unreadable => peer.fail(garbage(ErrorKind::TooLarge)),
            // Dials are answered where they are.
            News::DialFailed(_) | News::Opened => {}
        }
    }
}

fn say(peer: &Peer, protobuf: bool, lines: &[Line]) {
    let texts = lines.iter().map(|line| line.text.as_str());
    if protobuf {
        peer.send_binary(protobuf::reply_lines(texts));
    } else {
        peer.send_text(texts.collect::<Vec<_>>().join("\n"));
    }
}

fn shown(message: &Message) -> String {
    match message {
        Message::Text(text) => text.to_string(),
        other => format!("{other:?}"),
    }
}
