//! The recorded server's side on its way to the machine.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use twin_protocol::{
    link::{
        Command, DialFailure, DialFailureKind, ExchangeInput, Input, Join, JoinStart, SocketInput,
    },
    socketio::{Config, Machine, Transport as Mode},
};

use super::{Link, PATIENCE, Run};
use crate::replay::socketio::{
    account::Account,
    acks::Numbers,
    capture::{Line, Told, Transport},
    connection::mode,
};

impl Run {
    /// The recorded server answered a request, or a handshake.
    pub(super) fn answered(&mut self, capture: &[Line], at: usize) {
        let line = &capture[at];
        let Told::Answer {
            status,
            body,
            packets,
        } = line.told()
        else {
            return;
        };
        let Some(asked) = self.uses.of(line.conn).cloned() else {
            return self.note(line, "an answer to nothing");
        };
        if asked.is_post {
            if status >= 300 {
                self.note(line, "a message of the recorded client's was refused");
            }
            return;
        }
        if asked.sid.is_none() {
            self.begin(capture, at);
        } else if asked.sid != self.sid {
            return self.note(
                line,
                "on a connection that is not the machine's present one",
            );
        }
        match asked.transport {
            Transport::Poll => self.answer(line, status, body, &packets),
            Transport::Ws => self.opened(line, status, &body),
        }
        if asked.sid.is_none() && asked.transport == Transport::Poll {
            self.sid = sid_of(capture, at);
        }
    }

    /// A recorded connection begins: the machine is brought to begin one too.
    pub(super) fn begin(&mut self, capture: &[Line], at: usize) {
        let line = &capture[at];
        let wanted = mode(capture, at);
        self.sid = None;
        self.lose_present(line);
        let fits = |link: &Link| link.mode == wanted && !link.is_closed;
        if !self.link.as_ref().is_some_and(fits) {
            self.new_link(wanted, line);
        }
        for _ in 0..PATIENCE {
            let asks = |link: &Link| link.get.is_some() || link.dialled.is_some();
            if self.link.as_ref().is_some_and(asks) || !self.run_ahead(line) {
                break;
            }
        }
    }

    /// The recorded client has left what the machine still holds.
    fn lose_present(&mut self, line: &Line) {
        let Some(link) = &mut self.link else { return };
        let sockets = std::mem::take(&mut link.sockets);
        let get = link.get.take();
        for socket in sockets.into_values() {
            let lost = SocketInput::Lost("the recorded client left".to_owned());
            self.input(Input::Socket(socket, lost), line);
        }
        if let Some(exchange) = get {
            let failure = DialFailure::new(DialFailureKind::Broken, "the recorded client left");
            self.input(
                Input::Exchange(exchange, ExchangeInput::Failed(failure)),
                line,
            );
        }
    }

    fn new_link(&mut self, mode: Mode, line: &Line) {
        if self.link.as_ref().is_some_and(|link| !link.is_closed) {
            self.input(Input::Command(Command::Close), line);
        }
        self.links += 1;
        let mut config = Config::default();
        config.transport = mode;
        self.link = Some(Link {
            machine: Machine::new(config, self.links.into()),
            mode,
            number: self.links,
            is_closed: false,
            dialled: None,
            sockets: BTreeMap::new(),
            get: None,
            conn: line.conn,
            account: Account::default(),
            numbers: Numbers::default(),
            emits: 0,
        });
        let join = Join::new(self.session.as_str().into(), JoinStart::Now);
        self.input(Input::Command(Command::Join(join)), line);
    }

    /// A question is answered: the machine's.
    fn answer(&mut self, line: &Line, status: u16, body: Bytes, packets: &[Option<String>]) {
        if self.link.as_ref().is_some_and(|link| link.get.is_none()) {
            // In the pause after an answer without a packet.
            let soon = self.now + Duration::from_millis(500);
            if self.deadline().is_some_and(|deadline| deadline <= soon) {
                self.run_ahead(line);
            }
        }
        let Some(link) = &mut self.link else { return };
        let Some(exchange) = link.get.take() else {
            return self.note(line, "an answer to something that the machine did not ask");
        };
        link.conn = line.conn;
        let (body, acks) = link.numbers.translate_body(&body);
        link.account.acks += acks;
        for packet in packets {
            match packet.as_deref() {
                Some(text) if !text.starts_with("b4") => {
                    if let Some(message) = text.strip_prefix('4') {
                        link.account.hear(message);
                    }
                }
                _ => link.account.hear_bytes(),
            }
        }
        self.input(
            Input::Exchange(exchange, ExchangeInput::Answered { status, body }),
            line,
        );
        self.close_account(line);
    }

    /// A handshake is answered: the machine's dial.
    fn opened(&mut self, line: &Line, status: u16, body: &[u8]) {
        let Some(link) = &mut self.link else { return };
        let Some(socket) = link.dialled.take() else {
            return self.note(line, "the machine does not dial");
        };
        link.conn = line.conn;
        let news = if status == 101 {
            link.sockets.insert(line.conn, socket);
            SocketInput::Opened
        } else {
            let text = String::from_utf8_lossy(body);
            let kind = DialFailureKind::Refused { status };
            SocketInput::DialFailed(DialFailure::new(kind, text))
        };
        self.input(Input::Socket(socket, news), line);
    }

    pub(super) fn text(&mut self, line: &Line, text: &str) {
        let Some(link) = &mut self.link else { return };
        if !link.sockets.contains_key(&line.conn) {
            return self.note(line, "after the machine hung up");
        }
        let mut text = text.to_owned();
        if text.starts_with("b4") {
            link.account.hear_bytes();
        } else if let Some(message) = text.strip_prefix('4') {
            let (message, is_ours) = link.numbers.translate(message);
            link.account.acks += usize::from(is_ours);
            link.account.hear(&message);
            text = format!("4{message}");
        }
        self.news(line, SocketInput::Text(text.into()));
    }

    pub(super) fn news(&mut self, line: &Line, news: SocketInput) {
        let Some(link) = &mut self.link else { return };
        match link.sockets.get(&line.conn) {
            Some(socket) => {
                link.conn = line.conn;
                let socket = *socket;
                self.input(Input::Socket(socket, news), line);
            }
            None => self.note(line, "after the machine hung up"),
        }
        self.close_account(line);
    }

    /// The last news of a socket; nothing where the machine does not hold it any more.
    pub(super) fn last_news(&mut self, line: &Line, news: SocketInput) {
        let Some(link) = &mut self.link else { return };
        if let Some(socket) = link.sockets.remove(&line.conn) {
            self.input(Input::Socket(socket, news), line);
        }
    }
}

/// The sid that an answer gives to its connection.
fn sid_of(capture: &[Line], at: usize) -> Option<String> {
    let Told::Answer { body, .. } = capture[at].told() else {
        return None;
    };
    let body = String::from_utf8_lossy(&body).into_owned();
    let (_, rest) = body.split_once("\"sid\":")?;
    let (_, rest) = rest.split_once('"')?;
    rest.split_once('"').map(|(sid, _)| sid.to_owned())
}
