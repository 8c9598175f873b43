//! The machine and a server that keeps the rules of the real ones, on one virtual clock, with every
//! answer late by chance, and everything dropped at any step.
//!
//! The server publishes numbered events all the time. Whatever happens, each is delivered once, in
//! order, or there is a gap where it is missing.

use std::collections::{BTreeMap, VecDeque};

use super::*;
use crate::link::Query;

/// How long a run lasts.
const END: Moment = Moment::after_start(Duration::from_secs(60));

struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

/// What a server does differently from another.
#[derive(Clone, Copy, Debug)]
enum Flavour {
    /// Text framing, `40` before events, events by HTTP until it is told that the connection moves.
    Node,
    /// Binary framing, `40` after events, nothing but `6` by HTTP once the socket is open.
    Python,
}

#[derive(Default)]
struct Session {
    /// Packets that the client has not been sent yet.
    queue: VecDeque<String>,
    get: Option<ExchangeId>,
    post: Option<ExchangeId>,
    socket: Option<SocketId>,
    /// Whether the connection has moved to its socket, or began there.
    is_on_socket: bool,
    is_upgrading: bool,
}

struct World {
    machine: Machine,
    now: Moment,
    flavour: Flavour,
    chance: Chance,
    sessions: BTreeMap<String, Session>,
    next_sid: u64,
    /// What is on its way to the client, and when it arrives; in order where the order is kept.
    coming: Vec<(Moment, u64, Input)>,
    coming_count: u64,
    /// When the last message of each socket arrives: they do not overtake each other.
    last_of_socket: BTreeMap<SocketId, Moment>,
    published: u64,
    /// Events that were delivered, and gaps.
    seen: Vec<Option<u64>>,
    emitted: usize,
    outcomes: usize,
    received: Vec<u64>,
    /// How many steps until everything breaks; then it begins again.
    drop_after: u64,
    steps: u64,
    moves: usize,
    sockets: Vec<SocketId>,
    exchanges: Vec<ExchangeId>,
}

impl World {
    fn new(transport: Transport, flavour: Flavour, seed: u64, drop_after: u64) -> Self {
        let config = Config {
            transport,
            ..Config::default()
        };
        Self {
            machine: Machine::new(config, seed),
            now: Moment::START,
            flavour,
            chance: Chance(seed),
            sessions: BTreeMap::new(),
            next_sid: 0,
            coming: Vec::new(),
            coming_count: 0,
            last_of_socket: BTreeMap::new(),
            published: 0,
            seen: Vec::new(),
            emitted: 0,
            outcomes: 0,
            received: Vec::new(),
            drop_after,
            steps: 0,
            moves: 0,
            sockets: Vec::new(),
            exchanges: Vec::new(),
        }
    }

    fn run(&mut self) {
        let join = Join::new("s".into(), JoinStart::Now);
        self.tell(Input::Command(Command::Join(join)));
        let mut next_event = Moment::START;
        while self.now < END {
            let arrival = self.coming.iter().map(|(at, ..)| *at).min();
            let times = [arrival, self.machine.deadline(), Some(next_event)];
            self.now = times
                .into_iter()
                .flatten()
                .min()
                .unwrap_or(END)
                .max(self.now);
            if arrival.is_some_and(|at| at <= self.now) {
                self.arrive();
            } else if next_event <= self.now {
                self.publish();
                let pause = 1 + self.chance.below(400);
                next_event = self.now + Duration::from_millis(pause);
            } else {
                self.tell(Input::Elapsed);
            }
            self.steps += 1;
            if self.steps % self.drop_after == 0 {
                self.break_everything();
            }
        }
    }

    fn publish(&mut self) {
        self.published += 1;
        let event = format!(r#"42["x",{}]"#, self.published);
        for session in self.sessions.values_mut() {
            session.queue.push_back(event.clone());
        }
        self.serve();
        if self.chance.below(4) == 0 {
            self.emitted += 1;
            let number = self.emitted as u64;
            let emit = emit(number, &number.to_string())
                .acknowledged_within(Duration::from_secs(5))
                .when_down(WhenDown::Wait(Duration::from_secs(5)));
            self.tell(Input::Command(Command::Emit(emit)));
        }
    }

    /// The oldest of what has arrived.
    fn arrive(&mut self) {
        let due = |(at, ..): &(Moment, u64, Input)| *at <= self.now;
        let oldest = self.coming.iter().enumerate().filter(|(_, one)| due(one));
        let oldest = oldest.min_by_key(|(_, (at, number, _))| (*at, *number));
        let (index, _) = oldest.expect("something has arrived");
        let (_, _, input) = self.coming.remove(index);
        if let Input::Exchange(exchange, ExchangeInput::Answered { .. }) = &input {
            for session in self.sessions.values_mut() {
                if session.get == Some(*exchange) {
                    session.get = None;
                }
                if session.post == Some(*exchange) {
                    session.post = None;
                }
            }
        }
        self.tell(input);
        self.serve();
    }

    fn send(&mut self, input: Input) {
        let latency = Duration::from_millis(self.chance.below(120));
        let mut at = self.now + latency;
        if let Input::Socket(socket, _) = &input {
            let last = self.last_of_socket.entry(*socket).or_default();
            at = at.max(*last);
            *last = at;
        }
        self.coming_count += 1;
        self.coming.push((at, self.coming_count, input));
    }

    fn send_text(&mut self, socket: SocketId, text: &str) {
        let text = Bytes::copy_from_slice(text.as_bytes());
        self.send(Input::Socket(socket, SocketInput::Text(text)));
    }

    fn answer(&mut self, exchange: ExchangeId, packets: &[String]) {
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
    fn serve(&mut self) {
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

    fn open(&mut self, offers_upgrade: bool) -> (String, String) {
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

    fn tell(&mut self, input: Input) {
        let mut out = Outbox::new();
        self.machine.handle(self.now, input, &mut out);
        for output in out.drain() {
            match output {
                Output::Action(action) => self.act(action),
                Output::Notice(Notice::Upgraded) => self.moves += 1,
                Output::Notice(_) => {}
                Output::Report(report) => self.hear(report),
            }
        }
    }

    fn hear(&mut self, report: Report) {
        match report {
            Report::Event(event) => {
                let number = event.envelope.payload.read().expect("a number");
                self.seen.push(Some(number));
            }
            Report::Gap(_) => self.seen.push(None),
            Report::Emitted { .. } => self.outcomes += 1,
            _ => {}
        }
    }

    fn act(&mut self, action: Action) {
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

    /// The server's machine is gone, and back at once with no memory.
    fn break_everything(&mut self) {
        self.sessions.clear();
        let coming = std::mem::take(&mut self.coming);
        for (at, number, input) in coming {
            let input = match input {
                Input::Exchange(exchange, _) => {
                    let failure = DialFailure::new(DialFailureKind::Broken, "reset");
                    Input::Exchange(exchange, ExchangeInput::Failed(failure))
                }
                Input::Socket(socket, _) => {
                    Input::Socket(socket, SocketInput::Lost("reset".into()))
                }
                other => other,
            };
            self.coming.push((at, number, input));
        }
        // What is under way without an answer breaks too.
        if let Some(socket) = self.machine_socket() {
            self.send(Input::Socket(socket, SocketInput::Lost("reset".into())));
        }
        for exchange in self.machine_exchanges() {
            let failure = DialFailure::new(DialFailureKind::Broken, "reset");
            self.send(Input::Exchange(exchange, ExchangeInput::Failed(failure)));
        }
    }

    /// What the machine waits for, of all that it ever asked.
    fn machine_socket(&self) -> Option<SocketId> {
        self.sockets
            .iter()
            .rev()
            .copied()
            .find(|socket| match &self.machine.state {
                State::Dialing(dialing) => dialing.socket == *socket,
                State::Opening(opening) => opening.waits_for_socket(*socket),
                State::Greeting(greeting) => greeting.wire.waits_for_socket(*socket),
                State::Live(live) => live.wire.waits_for_socket(*socket),
                _ => false,
            })
    }

    fn machine_exchanges(&self) -> Vec<ExchangeId> {
        let waits = |exchange: &ExchangeId| match &self.machine.state {
            State::Opening(opening) => opening.waits_for_exchange(*exchange),
            State::Greeting(greeting) => greeting.wire.waits_for_exchange(*exchange),
            State::Live(live) => live.wire.waits_for_exchange(*exchange),
            _ => false,
        };
        // A question stays open for long, but a few thousand packets is longer.
        let recent = self.exchanges.iter().rev().take(1000);
        recent.copied().filter(waits).collect()
    }

    /// Each event once and in order; where one is missing there is a gap.
    fn check(&self) {
        let mut last = None;
        let mut gap = true;
        for seen in &self.seen {
            let Some(number) = *seen else {
                gap = true;
                continue;
            };
            let in_order = last.is_none_or(|last| number > last);
            assert!(in_order, "{number} after {last:?}");
            assert!(
                gap || last.is_none_or(|last| number == last + 1),
                "{number} after {last:?} without a gap"
            );
            last = Some(number);
            gap = false;
        }
        let in_order = self.received.windows(2).all(|pair| pair[0] < pair[1]);
        assert!(in_order, "an emit came twice or out of order");
        let waiting = self.emitted - self.outcomes;
        assert!(waiting < 60, "{waiting} emits without an outcome");
    }
}

const TRANSPORTS: [Transport; 3] = [
    Transport::Polling,
    Transport::PollingThenWebSocket,
    Transport::WebSocket,
];

#[test]
fn nothing_is_lost_or_doubled_while_nothing_breaks() {
    for transport in TRANSPORTS {
        for flavour in [Flavour::Node, Flavour::Python] {
            for seed in 0..10 {
                let mut world = World::new(transport, flavour, seed, u64::MAX);
                world.run();
                world.check();
                let events = world.seen.iter().flatten().count() as u64;
                assert!(!world.seen.contains(&None), "a gap where nothing broke");
                assert!(
                    events + 20 > world.published,
                    "{transport:?} {flavour:?} {seed}: {events} of {}",
                    world.published
                );
                let moves = usize::from(transport == Transport::PollingThenWebSocket);
                assert_eq!(world.moves, moves, "{flavour:?} {seed}");
                assert_eq!(world.sessions.len(), 1);
            }
        }
    }
}

#[test]
fn whatever_breaks_when_events_are_delivered_once_or_a_gap_is_declared() {
    for transport in TRANSPORTS {
        for flavour in [Flavour::Node, Flavour::Python] {
            // A break at every step of the first seconds of a connection, again and again.
            for drop_after in (1..40).chain([60, 90, 140]) {
                let mut world = World::new(transport, flavour, drop_after, drop_after);
                world.run();
                world.check();
                if drop_after > 50 {
                    assert!(world.seen.contains(&None), "{transport:?} {drop_after}");
                    assert!(world.seen.iter().flatten().count() > 20);
                }
            }
        }
    }
}
