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
            network::News,
            plan::{self, millis},
            server::Said,
        },
        client::number_of,
    },
};

/// So many lines share a frame.
const MOST_LINES: usize = 16;
/// With so many frames unread, the server gives a slow client up.
const SLOW: usize = 24;

impl World<'_> {
    pub(super) fn dial(&mut self, dial: Dial) {
        let conn = number_of(&dial);
        self.trace.add(self.now, || format!("{conn} is dialled"));
        let mode = self.dials.filter(|(_, until)| self.now < *until);
        let trouble = if self.now < self.server_down_until {
            Some(plan::Dial::Unreachable)
        } else {
            mode.map(|(dial, _)| dial)
        };
        self.dialling.insert(conn, dial);
        let after = match trouble {
            Some(plan::Dial::Silent) => millis(15_000),
            Some(plan::Dial::TimedOut) => millis(5_000),
            _ => self.latency(),
        };
        let answer = match trouble {
            // It opens when nobody waits for it any more.
            None | Some(plan::Dial::Silent) => Ok(()),
            Some(trouble) => Err(trouble),
        };
        self.agenda
            .add(self.now + after, Event::Dialled(conn, answer));
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
                self.present = self.present.max(conn);
                self.peers.insert(conn, dial.accept());
                self.server.open(conn);
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
                .add(self.now, || format!("{conn} > {}", shown(&message)));
            let at = self.arrival(conn);
            match message {
                Message::Text(text) => {
                    self.agenda.add(at, Event::AtServer(conn, text.to_string()));
                }
                Message::Binary(bytes) => {
                    self.agenda
                        .add(at, Event::AtServer(conn, protobuf::command_lines(&bytes)));
                }
                _ => self.agenda.add(at, Event::Gone(conn)),
            }
        }
        for conn in gone {
            let at = self.arrival(conn);
            self.peers.remove(&conn);
            self.agenda.add(at, Event::Gone(conn));
        }
        busy
    }

    fn arrival(&mut self, conn: u64) -> std::time::Duration {
        let latency = self.latency();
        let now = self.now;
        self.pipe(conn).up(now, latency)
    }

    /// Sends on what the server has said.
    pub(super) fn listen_to_server(&mut self) -> Result<(), String> {
        for (at, session, serial) in self.server.take_spoken() {
            let id = format!("{session}-{serial}");
            self.platform.say(at, &session, id);
        }
        for said in self.server.take_said() {
            match said {
                Said::Close(conn, code) => self.end(conn, code),
                Said::Later(time, task) => self.agenda.add(self.now + time, Event::Task(task)),
                Said::Line(conn, line) => {
                    let most = self.plan.link.batching.as_millis() as u64;
                    if self.pipe(conn).waiting.is_empty() {
                        // What shares a frame is chance.
                        let wait = millis(self.random.u64(0..=most));
                        self.agenda.add(self.now + wait, Event::Flush(conn));
                    }
                    self.pipe(conn).waiting.push(line);
                }
                Said::Wrong(what) => return Err(format!("the client breaks the protocol: {what}")),
            }
        }
        Ok(())
    }

    pub(super) fn flush(&mut self, conn: u64) {
        let waiting = std::mem::take(&mut self.pipe(conn).waiting);
        for lines in waiting.chunks(MOST_LINES) {
            let unread = self.unheard.get(&conn).map_or(0, |unheard| unheard.len());
            let pipe = self.pipe(conn);
            pipe.under_way += 1;
            if pipe.under_way + unread > SLOW {
                pipe.under_way -= 1;
                self.server.close(conn, 3008);
                return;
            }
            if self.random.u8(0..10) == 0 {
                self.send_down(conn, News::Progress);
            }
            self.send_down(conn, News::Frame(lines.to_vec()));
        }
    }

    /// The server ends a connection, after what it has said; but for a slow client's.
    pub(super) fn end(&mut self, conn: u64, code: u16) {
        if code == 3008 {
            self.pipe(conn).waiting.clear();
        }
        self.flush(conn);
        self.pipe(conn).ended = true;
        self.send_down(conn, News::Closed(code));
    }

    pub(super) fn send_down(&mut self, conn: u64, news: News) {
        let latency = self.latency();
        let now = self.now;
        let at = self.pipe(conn).down(now, latency);
        self.agenda.add(at, Event::AtClient(conn, news));
    }

    pub(super) fn arrive(&mut self, conn: u64, news: News) {
        if matches!(news, News::Frame(_)) {
            self.pipe(conn).under_way -= 1;
        }
        if self.pipe(conn).dead {
            return;
        }
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
                self.unheard.entry(conn).or_default().push_back(Vec::new());
            }
            News::Closed(1006) | News::Lost => peer.lose(),
            News::Closed(code) => peer.close(code, ""),
            News::Frame(lines) => {
                say(peer, self.plan.link.protobuf, &lines);
                self.unheard.entry(conn).or_default().push_back(lines);
            }
            News::Progress => peer.send_progress(),
            News::Spoilt(text) => match std::str::from_utf8(text) {
                Ok(text) => {
                    peer.send_text(text);
                    self.unheard.entry(conn).or_default().push_back(Vec::new());
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
