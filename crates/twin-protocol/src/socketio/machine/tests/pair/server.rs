//! The server's part: it keeps the rules of the real ones, and holds the client to them.

use super::*;
use crate::link::Query;

impl World {
    pub(super) fn answer(&mut self, exchange: ExchangeId, packets: &[String]) {
        let body = match self.flavour {
            Flavour::Node => packets
                .iter()
                .map(|packet| format!("{}:{packet}", packet.encode_utf16().count()))
                .collect::<String>()
                .into(),
            Flavour::Python => {
                let frames: Vec<_> = packets.iter().cloned().map(Frame::Text).collect();
                payload::encode(&frames)
            }
        };
        let status = 200;
        self.send(Input::Exchange(
            exchange,
            ExchangeInput::Answered { status, body },
        ));
    }

    /// Sends what every session has for its client, by the way that is open.
    pub(super) fn serve(&mut self) {
        let sids: Vec<_> = self.sessions.keys().cloned().collect();
        for sid in sids {
            let session = self.sessions.get_mut(&sid).expect("it is there");
            let holds = matches!(self.flavour, Flavour::Python) && session.is_upgrading;
            if session.is_on_socket {
                let socket = session.socket.expect("it is on a socket");
                for packet in std::mem::take(&mut session.queue) {
                    self.send_text(socket, &packet);
                }
            } else if let Some(exchange) = session.get {
                // A question that is answered stays the client's until the answer arrives.
                let answered = self.coming.iter().any(|(.., input)| {
                    matches!(input, Input::Exchange(coming, _) if *coming == exchange)
                });
                if answered {
                    continue;
                }
                if session.is_upgrading && (holds || session.queue.is_empty()) {
                    self.answer(exchange, &["6".to_owned()]);
                } else if !session.queue.is_empty() {
                    let most = 1 + self.chance.below(5) as usize;
                    let session = self.sessions.get_mut(&sid).expect("it is there");
                    let count = session.queue.len().min(most);
                    let packets: Vec<_> = session.queue.drain(..count).collect();
                    self.answer(exchange, &packets);
                }
            }
        }
    }

    pub(super) fn open(&mut self, offers_upgrade: bool) -> (String, String) {
        self.next_sid += 1;
        let sid = format!("sid{}", self.next_sid);
        let upgrades = if offers_upgrade { "\"websocket\"" } else { "" };
        let open = format!(
            r#"0{{"sid":"{sid}","upgrades":[{upgrades}],"pingInterval":5000,"pingTimeout":5000}}"#
        );
        let mut session = Session::default();
        session.queue.push_back("40".to_owned());
        if matches!(self.flavour, Flavour::Python) {
            session
                .queue
                .push_front(format!(r#"42["x",{}]"#, self.published + 1));
            self.published += 1;
        }
        self.sessions.insert(sid.clone(), session);
        (sid, open)
    }

    pub(super) fn act(&mut self, action: Action) {
        match &action {
            Action::DialAt { socket, .. } => self.sockets.push(*socket),
            Action::Get { exchange, .. } | Action::Post { exchange, .. } => {
                self.exchanges.push(*exchange);
            }
            _ => {}
        }
        match action {
            Action::DialAt { socket, query } => self.dial(socket, &query),
            Action::Get { exchange, query } => self.get(exchange, &query),
            Action::Post {
                exchange,
                query,
                body,
                ..
            } => self.post(exchange, &query, &body),
            Action::Send(socket, text) => self.hear_socket(socket, &text),
            Action::HangUp { socket, .. } => {
                self.sessions
                    .retain(|_, session| !(session.is_on_socket && session.socket == Some(socket)));
                for session in self.sessions.values_mut() {
                    if session.socket == Some(socket) {
                        session.socket = None;
                        session.is_upgrading = false;
                    }
                }
            }
            Action::Abort(exchange) => self
                .sessions
                .retain(|_, session| session.get != Some(exchange)),
            other => panic!("{other:?}"),
        }
    }

    fn dial(&mut self, socket: SocketId, query: &Query) {
        self.send(Input::Socket(socket, SocketInput::Opened));
        let Some(sid) = query.value("sid") else {
            let (sid, open) = self.open(false);
            self.send_text(socket, &open);
            let session = self.sessions.get_mut(&sid).expect("just opened");
            session.socket = Some(socket);
            session.is_on_socket = true;
            return self.serve();
        };
        match self.sessions.get_mut(sid) {
            Some(session) => {
                session.socket = Some(socket);
                session.is_upgrading = matches!(self.flavour, Flavour::Python);
                self.serve();
            }
            None => self.send(Input::Socket(socket, SocketInput::Lost("gone".into()))),
        }
    }

    fn get(&mut self, exchange: ExchangeId, query: &Query) {
        let Some(sid) = query.value("sid") else {
            let (sid, open) = self.open(true);
            let session = self.sessions.get_mut(&sid).expect("just opened");
            let early = session.queue.drain(..);
            let packets: Vec<_> = std::iter::once(open).chain(early).collect();
            return self.answer(exchange, &packets);
        };
        match self.sessions.get_mut(sid) {
            Some(session) => {
                assert_eq!(session.get, None, "two questions at a time");
                assert!(!session.is_on_socket, "a question after the move");
                session.get = Some(exchange);
                self.serve();
            }
            None => self.unknown(exchange),
        }
    }

    fn unknown(&mut self, exchange: ExchangeId) {
        let (status, body) = (400, Bytes::from_static(b"{\"code\":1}"));
        self.send(Input::Exchange(
            exchange,
            ExchangeInput::Answered { status, body },
        ));
    }

    fn post(&mut self, exchange: ExchangeId, query: &Query, body: &Bytes) {
        let sid = query.value("sid").expect("a message names its connection");
        let Some(session) = self.sessions.get_mut(sid) else {
            return self.unknown(exchange);
        };
        assert_eq!(session.post, None, "two messages at a time");
        assert!(!session.is_on_socket, "a message after the move");
        session.post = Some(exchange);
        let packets: Vec<_> = payload::decode(body)
            .map(|piece| match piece.expect("what is sent can be read") {
                payload::Piece::Text(text) => text.into_owned(),
                payload::Piece::Binary(bytes) => panic!("{bytes:?}"),
            })
            .collect();
        for packet in packets {
            self.hear_packet(sid, &packet);
        }
        let (status, body) = (200, Bytes::from_static(b"ok"));
        self.send(Input::Exchange(
            exchange,
            ExchangeInput::Answered { status, body },
        ));
        self.serve();
    }

    fn hear_socket(&mut self, socket: SocketId, text: &str) {
        let found = self
            .sessions
            .iter_mut()
            .find(|(_, session)| session.socket == Some(socket));
        let Some((sid, session)) = found else { return };
        let sid = sid.clone();
        match text {
            "2probe" => {
                session.is_upgrading = true;
                self.send_text(socket, "3probe");
            }
            "5" => {
                assert_eq!(session.get, None, "moved with a question under way");
                assert_eq!(session.post, None, "moved with a message under way");
                session.is_on_socket = true;
                session.is_upgrading = false;
            }
            packet => self.hear_packet(&sid, packet),
        }
        self.serve();
    }

    fn hear_packet(&mut self, sid: &str, packet: &str) {
        let session = self.sessions.get_mut(sid).expect("it is there");
        if packet == "2" {
            session.queue.push_back("3".to_owned());
        } else if let Some(emit) = packet.strip_prefix("42") {
            let (ack, arguments) = emit.split_once('[').expect("an event");
            session.queue.push_back(format!("43{ack}[]"));
            let number = arguments.trim_start_matches("\"x\",").trim_end_matches(']');
            self.received.push(number.parse().expect("a number"));
        }
    }
}
