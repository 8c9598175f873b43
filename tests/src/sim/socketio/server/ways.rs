//! The ways to the server: sockets, questions and messages, and what a client says over them.

use std::{mem, time::Duration};

use super::{MOST_PACKETS, Said, Server};

impl Server {
    pub(in super::super) fn dialled(&mut self, now: Duration, socket: u64, sid: Option<&str>) {
        match sid {
            None => {
                let (sid, open) = self.open(now);
                self.said.push(Said::Text(socket, open));
                if let Some(session) = self.sessions.get_mut(&sid) {
                    session.socket = Some(socket);
                    session.on_socket = true;
                }
            }
            Some(sid) => match self.sessions.get_mut(sid) {
                Some(session) => session.socket = Some(socket),
                None => self.said.push(Said::Lose(socket)),
            },
        }
        self.serve();
    }

    pub(in super::super) fn get(&mut self, now: Duration, exchange: u64, sid: Option<&str>) {
        let Some(sid) = sid else {
            let (sid, open) = self.open(now);
            let early = self
                .sessions
                .get_mut(&sid)
                .map(|it| mem::take(&mut it.queue));
            let packets = std::iter::once(open)
                .chain(early.unwrap_or_default())
                .collect();
            return self.said.push(Said::Answer(exchange, 200, packets));
        };
        match self.sessions.get_mut(sid) {
            None => self.said.push(Said::Answer(exchange, 400, Vec::new())),
            Some(session) if session.dead => {}
            Some(session) => {
                if session.get.replace(exchange).is_some() {
                    self.wrong("two questions at a time");
                } else if session.on_socket {
                    self.wrong("a question after the move");
                }
                self.serve();
            }
        }
    }

    pub(in super::super) fn post(
        &mut self,
        now: Duration,
        exchange: u64,
        sid: &str,
        packets: &[String],
    ) {
        match self.sessions.get(sid) {
            None => return self.said.push(Said::Answer(exchange, 400, Vec::new())),
            Some(session) if session.dead => return,
            Some(session) if session.on_socket => self.wrong("a message by HTTP after the move"),
            Some(_) => {}
        }
        for packet in packets {
            self.hear_packet(now, sid, packet);
        }
        self.said
            .push(Said::Answer(exchange, 200, vec!["ok".into()]));
        self.serve();
    }

    pub(in super::super) fn hear(&mut self, now: Duration, socket: u64, text: &str) {
        let found = self
            .sessions
            .iter_mut()
            .find(|(_, it)| it.socket == Some(socket));
        let Some((sid, session)) = found.filter(|(_, it)| !it.dead) else {
            return;
        };
        let sid = sid.clone();
        match text {
            "2probe" => {
                session.probed = true;
                self.said.push(Said::Text(socket, "3probe".into()));
            }
            "5" => {
                session.on_socket = true;
                if session.get.is_some() || !session.probed {
                    self.wrong("moved with a question under way, or without a probe");
                }
            }
            packet => self.hear_packet(now, &sid, packet),
        }
        self.serve();
    }

    /// The client is gone.
    pub(in super::super) fn forget_socket(&mut self, socket: u64) {
        self.sessions
            .retain(|_, it| !(it.on_socket && it.socket == Some(socket)));
        for session in self.sessions.values_mut() {
            if session.socket == Some(socket) {
                session.socket = None;
                session.probed = false;
            }
        }
    }

    pub(in super::super) fn forget_question(&mut self, exchange: u64) {
        self.sessions.retain(|_, it| it.get != Some(exchange));
    }

    fn hear_packet(&mut self, now: Duration, sid: &str, packet: &str) {
        let mute = now < self.mute_until;
        let Some(session) = self.sessions.get_mut(sid) else {
            return;
        };
        if packet == "2" {
            session.pings += 1;
            session.queue.push_back("3".into());
            self.watch(sid);
        } else if let Some(emit) = packet.strip_prefix("42") {
            let (ack, arguments) = emit.split_once('[').unwrap_or_default();
            if !ack.is_empty() && !mute {
                session.queue.push_back(format!("43{ack}[]"));
            }
            let number = arguments.trim_start_matches("\"x\",").trim_end_matches(']');
            match number.parse::<u64>() {
                Ok(number) if number > self.received => self.received = number,
                _ => self.wrong(&format!("emit {number} after {}", self.received)),
            }
        } else if let Some(ack) = packet.strip_prefix("43") {
            let id = ack.split('[').next().and_then(|id| id.parse().ok());
            if !id.is_some_and(|id: u64| session.owed.remove(&id)) {
                self.wrong(&format!("an acknowledgement that is not owed: {packet}"));
            }
        } else if packet == "1" {
            self.sessions.remove(sid);
        } else if packet != "41" {
            self.wrong(&format!("a packet that is not known: {packet}"));
        }
    }

    pub(super) fn serve(&mut self) {
        for session in self.sessions.values_mut().filter(|it| !it.dead) {
            if session.on_socket {
                let socket = session.socket.unwrap_or_default();
                let packets = session.queue.drain(..);
                self.said.extend(packets.map(|it| Said::Text(socket, it)));
            } else if let Some(exchange) = session.get {
                if !session.queue.is_empty() {
                    session.get = None;
                    // What belongs together may come in two answers.
                    let count = match self.published % 3 {
                        0 => 1,
                        _ => session.queue.len().min(MOST_PACKETS),
                    };
                    let packets = session.queue.drain(..count).collect();
                    self.said.push(Said::Answer(exchange, 200, packets));
                } else if session.probed {
                    session.get = None;
                    self.said
                        .push(Said::Answer(exchange, 200, vec!["6".into()]));
                }
            }
        }
    }
}
