//! The replay itself.

use std::{collections::BTreeMap, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use twin_protocol::{
    link::{
        Action, CloseFrame, Command, DialFailure, DialFailureKind, EmitOutcome, EndKind,
        ExchangeId, ExchangeInput, Input, Join, JoinStart, LinkState, Moment, Outbox, Output,
        Report, SocketId, SocketInput,
    },
    socketio::{
        Config, Machine, Transport as Mode,
        engine::payload::{self, Piece},
    },
};

use super::{
    account::Account,
    acks::Numbers,
    capture::{Line, Told, Transport},
    connection::{Use, Uses, mode},
};
use crate::replay::{Outcome, lines};

/// How many deadlines the machine is given to ask what the recorded server already answers.
const PATIENCE: usize = 64;

/// Plays a capture to machines, one after the other.
pub fn replay(capture: &[Line]) -> Outcome {
    let key = capture.iter().find_map(|line| match line.told() {
        Told::Ask { key, .. } => key,
        _ => None,
    });
    let mut run = Run {
        session: key.unwrap_or_else(|| "session".to_owned()),
        now: Moment::START,
        offset: Duration::ZERO,
        link: None,
        links: 0,
        uses: Uses::default(),
        sid: None,
        outcome: Outcome::default(),
    };
    for at in 0..capture.len() {
        run.line(capture, at);
    }
    run.outcome
}

struct Run {
    session: String,
    now: Moment,
    /// How far the machine's clock has run ahead of the capture's.
    offset: Duration,
    link: Option<Link>,
    links: u32,
    uses: Uses,
    /// The recorded connection that is the machine's present one.
    sid: Option<String>,
    outcome: Outcome,
}

/// One machine, and what it waits for.
struct Link {
    machine: Machine,
    mode: Mode,
    number: u32,
    is_closed: bool,
    /// Dialled, and not answered.
    dialled: Option<SocketId>,
    /// Open, by the TCP connection that it is.
    sockets: BTreeMap<u64, SocketId>,
    get: Option<ExchangeId>,
    /// The TCP connection that was last heard from.
    conn: u64,
    account: Account,
    numbers: Numbers,
    emits: u64,
}

impl Run {
    fn line(&mut self, capture: &[Line], at: usize) {
        let line = &capture[at];
        match line.told() {
            Told::Ask {
                transport,
                is_post,
                sid,
                body,
                ..
            } => {
                if is_post && sid.is_some() && sid == self.sid {
                    self.follow(line, &body);
                }
                self.uses.ask(
                    line.conn,
                    Use {
                        transport,
                        is_post,
                        sid,
                    },
                );
            }
            Told::Said(text) => {
                if text == "5" {
                    self.make_room(line);
                }
                if let Some(message) = text.strip_prefix('4') {
                    self.emit(line, message);
                }
            }
            Told::Answer { .. } => {
                self.pass_until(line);
                self.answered(capture, at);
            }
            Told::Text(text) => {
                self.pass_until(line);
                self.text(line, &text);
            }
            Told::Binary(bytes) => {
                self.pass_until(line);
                if let Some(link) = &mut self.link {
                    if link.sockets.contains_key(&line.conn) {
                        link.account.hear_bytes();
                    }
                }
                self.news(line, SocketInput::Binary(bytes));
            }
            Told::Close { code, reason } => {
                self.pass_until(line);
                self.last_news(line, SocketInput::Closed(CloseFrame { code, reason }));
            }
            Told::Control => {
                self.pass_until(line);
                self.news(line, SocketInput::Progress);
            }
            Told::Eof => {
                if line.transport() == Transport::Ws {
                    self.pass_until(line);
                    let how = "the peer ended the connection".to_owned();
                    self.last_news(line, SocketInput::Lost(how));
                }
            }
            Told::Other | Told::SaidBinary(_) => {}
        }
    }

    /// Lets the machine's time pass up to a line of the capture.
    fn pass_until(&mut self, line: &Line) {
        let until = Moment::START + self.offset + Duration::from_millis(line.t_ms);
        while let Some(deadline) = self.deadline().filter(|deadline| *deadline < until) {
            self.now = self.now.max(deadline);
            self.input(Input::Elapsed, line);
        }
        self.now = self.now.max(until);
    }

    fn deadline(&self) -> Option<Moment> {
        self.link.as_ref()?.machine.deadline()
    }

    /// The machine is first run to its next deadline: time that the capture does not have.
    fn run_ahead(&mut self, line: &Line) -> bool {
        let Some(deadline) = self.deadline() else {
            return false;
        };
        let ahead = deadline.since(self.now);
        self.offset += ahead;
        self.now = self.now.max(deadline);
        self.input(Input::Elapsed, line);
        true
    }

    /// The recorded server answered a request, or a handshake.
    fn answered(&mut self, capture: &[Line], at: usize) {
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
    fn begin(&mut self, capture: &[Line], at: usize) {
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

    fn text(&mut self, line: &Line, text: &str) {
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

    fn news(&mut self, line: &Line, news: SocketInput) {
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
    fn last_news(&mut self, line: &Line, news: SocketInput) {
        let Some(link) = &mut self.link else { return };
        if let Some(socket) = link.sockets.remove(&line.conn) {
            self.input(Input::Socket(socket, news), line);
        }
    }

    /// The recorded client moves to its socket. Some do without a question by then, so nobody
    /// answers the machine's, as a server does before it moves.
    fn make_room(&mut self, line: &Line) {
        self.pass_until(line);
        let Some(link) = &mut self.link else { return };
        if link.mode != Mode::PollingThenWebSocket || !link.sockets.contains_key(&line.conn) {
            return;
        }
        if let Some(exchange) = link.get.take() {
            self.note(line, "the machine's question is answered with nothing");
            let (status, body) = (200, Bytes::from_static(b"1:6"));
            self.input(
                Input::Exchange(exchange, ExchangeInput::Answered { status, body }),
                line,
            );
        }
    }

    /// What the recorded client posted, the machine emits.
    fn follow(&mut self, line: &Line, body: &Bytes) {
        for piece in payload::decode(body).flatten() {
            if let Piece::Text(text) = piece {
                if let Some(message) = text.strip_prefix('4') {
                    self.emit(line, message);
                }
            }
        }
    }

    fn emit(&mut self, line: &Line, message: &str) {
        self.pass_until(line);
        let Some(link) = &mut self.link else { return };
        link.emits += 1;
        if let Some(emit) = link.numbers.emit(link.emits, message) {
            self.input(Input::Command(Command::Emit(emit)), line);
        }
    }

    fn note(&mut self, line: &Line, text: &str) {
        let note = lines::note(line.conn, line.number, text);
        self.outcome.lines.push(note);
    }

    fn find(&mut self, line: &Line, text: &str) {
        let number = line.number;
        self.outcome.findings.push(format!("line {number}: {text}"));
    }

    fn close_account(&mut self, line: &Line) {
        let Some(link) = &mut self.link else { return };
        let is_left = link.sockets.is_empty() && link.get.is_none();
        let owed = link.account.close(is_left);
        let acks = std::mem::take(&mut link.account.acks);
        if owed > 0 {
            self.find(line, &format!("{owed} events not delivered"));
        }
        if acks > 0 && !is_left {
            self.find(line, &format!("{acks} acknowledgements did not arrive"));
        }
    }

    fn input(&mut self, input: Input, line: &Line) {
        let Some(link) = &mut self.link else { return };
        let mut out = Outbox::new();
        link.machine.handle(self.now, input, &mut out);
        let mut posts = Vec::new();
        for output in out.drain() {
            match output {
                Output::Action(action) => posts.extend(self.act(action)),
                Output::Notice(_) => {}
                Output::Report(report) => self.hear(report, line),
            }
        }
        for exchange in posts {
            let (status, body) = (200, Bytes::from_static(b"ok"));
            self.input(
                Input::Exchange(exchange, ExchangeInput::Answered { status, body }),
                line,
            );
        }
    }

    /// Carries out what the machine wants. A message that it posts is to be answered.
    fn act(&mut self, action: Action) -> Option<ExchangeId> {
        let link = self.link.as_mut()?;
        let conn = link.conn;
        let numbers = &mut link.numbers;
        let mut sent = |frame: &str| {
            numbers.sent(frame);
            self.outcome.lines.push(lines::sent(conn, frame));
        };
        match action {
            Action::Abort(exchange) => link.get = link.get.filter(|get| *get != exchange),
            Action::DialAt { socket, .. } => link.dialled = Some(socket),
            Action::Get { exchange, .. } => link.get = Some(exchange),
            Action::HangUp { socket, .. } => {
                link.sockets.retain(|_, open| *open != socket);
                link.dialled = link.dialled.filter(|dialled| *dialled != socket);
            }
            Action::Post { exchange, body, .. } => {
                for piece in payload::decode(&body).flatten() {
                    match piece {
                        Piece::Binary(bytes) => sent(&in_base64(&bytes)),
                        Piece::Text(text) => sent(&text),
                    }
                }
                return Some(exchange);
            }
            Action::Send(_, text) => sent(&text),
            Action::SendBinary(_, bytes) => sent(&in_base64(&bytes)),
            other => panic!("the machine of Socket.IO does not want {other:?}"),
        }
        None
    }

    fn hear(&mut self, report: Report, line: &Line) {
        let Some(link) = &mut self.link else { return };
        match report {
            Report::Emitted {
                outcome: EmitOutcome::Acknowledged(_),
                ..
            } => link.account.acks = link.account.acks.saturating_sub(1),
            Report::Emitted {
                id,
                outcome: EmitOutcome::NotSent(_),
            } => link.numbers.give_up(id),
            Report::Event(event) => {
                let wrong = link.account.settle(event.envelope.name.as_deref());
                self.outcome.lines.push(lines::event(&event));
                if let Some(wrong) = wrong {
                    self.find(line, &wrong);
                }
            }
            Report::Gap(gap) => self.outcome.lines.push(lines::gap(&gap)),
            Report::State(state) => {
                let number = link.number;
                link.is_closed = matches!(state, LinkState::Closed { .. });
                if !matches!(state, LinkState::Connected { .. }) {
                    link.numbers.end_connection();
                }
                let sessions = [self.session.clone()];
                let text = lines::state(&state, number, &sessions);
                self.outcome.lines.push(text);
                if let LinkState::Waiting { reason, .. } | LinkState::Closed { reason } = &state {
                    if reason.kind == EndKind::Protocol {
                        self.find(line, "what the server said could not be read");
                    }
                }
            }
            _ => {}
        }
    }
}

/// A packet of bytes as text.
fn in_base64(packet: &[u8]) -> String {
    format!("b4{}", STANDARD.encode(packet.get(1..).unwrap_or_default()))
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
