//! One connection: what waits for its client, and what carries it.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::{sync::Notify, time::Instant};

use super::{
    flavour::{Flavour, SocketIoBehaviour},
    message,
    packet::{CLOSE, Packet},
    refusal::{self, Refusal},
};

/// How many packets may wait for a client that takes none.
const MAX_WAITING: usize = 10_000;

/// One connection.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) sid: String,
    /// The session whose events it gets.
    pub(super) key: String,
    pub(super) behaviour: SocketIoBehaviour,
    state: Mutex<State>,
    /// Told when something has changed for whoever writes to the client.
    pub(super) changed: Notify,
}

#[derive(Debug)]
struct State {
    waiting: VecDeque<Packet>,
    carrier: Carrier,
    /// Whether a poll is waiting for packets.
    is_polled: bool,
    is_posting: bool,
    /// Whether the client is connected to the default namespace.
    is_joined: bool,
    /// Whether the client is told nothing more, though nothing has ended: Python, after a late ping.
    is_mute: bool,
    over: Option<Over>,
    heard: Instant,
    pinged: Instant,
    last_ack: u64,
}

/// What carries packets to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    Polling,
    /// A WebSocket is open beside the polls, and has not taken over yet.
    Probing,
    WebSocket,
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// The server ends it, once what waits is sent.
    Closing,
    /// Its client has gone, or broken the protocol.
    Gone,
}

/// What a poll gets.
pub(super) enum Polled {
    /// The connection is over.
    Over,
    Packets(Vec<Packet>),
    Wait,
}

impl Connection {
    pub(super) fn new(
        sid: String,
        key: &str,
        behaviour: SocketIoBehaviour,
        carrier: Carrier,
        is_known: bool,
    ) -> Self {
        let upgrades = match carrier {
            Carrier::Polling if behaviour.upgrades => r#"["websocket"]"#,
            _ => "[]",
        };
        let SocketIoBehaviour {
            flavour,
            ping_interval_ms,
            ping_timeout_ms,
            ..
        } = behaviour;
        let numbers = match flavour {
            Flavour::Node => {
                format!(r#""pingInterval":{ping_interval_ms},"pingTimeout":{ping_timeout_ms}"#)
            }
            Flavour::Python => {
                format!(r#""pingTimeout":{ping_timeout_ms},"pingInterval":{ping_interval_ms}"#)
            }
        };
        let open = format!(r#"0{{"sid":"{sid}","upgrades":{upgrades},{numbers}}}"#);
        let second = match is_known {
            true => Packet::text("40"),
            false => message::error(refusal::BAD_KEY, flavour),
        };
        let now = Instant::now();
        Self {
            sid,
            key: key.to_owned(),
            behaviour,
            state: Mutex::new(State {
                waiting: VecDeque::from([Packet::Text(open), second]),
                carrier,
                is_polled: false,
                is_posting: false,
                is_joined: is_known,
                is_mute: false,
                over: None,
                heard: now,
                pinged: now,
                last_ack: 0,
            }),
            changed: Notify::new(),
        }
    }

    /// Queues packets for the client; nothing where the connection is over.
    pub(super) fn push(&self, packets: impl IntoIterator<Item = Packet>) {
        let mut state = self.lock();
        if state.over.is_some() || state.is_mute {
            return;
        }
        state.waiting.extend(packets);
        if state.waiting.len() > MAX_WAITING {
            state.over = Some(Over::Gone);
        }
        drop(state);
        self.changed.notify_waiters();
    }

    /// The same for what only a client of the default namespace gets.
    pub(super) fn push_joined(&self, packets: impl IntoIterator<Item = Packet>) {
        if self.is_joined() {
            self.push(packets);
        }
    }

    pub(super) fn is_joined(&self) -> bool {
        self.lock().is_joined
    }

    pub(super) fn set_joined(&self, is_joined: bool) {
        self.lock().is_joined = is_joined;
    }

    /// The id of the next acknowledgement that is asked of the client: from 0 on Node, from 1 in
    /// Python.
    pub(super) fn next_ack(&self) -> u64 {
        let mut state = self.lock();
        state.last_ack += 1;
        match self.behaviour.flavour {
            Flavour::Node => state.last_ack - 1,
            Flavour::Python => state.last_ack,
        }
    }

    /// Ends the connection.
    pub(super) fn end(&self, over: Over) {
        let mut state = self.lock();
        if state.over.is_none() {
            state.over = Some(over);
        }
        drop(state);
        self.changed.notify_waiters();
    }

    pub(super) fn over(&self) -> Option<Over> {
        self.lock().over
    }

    /// A packet has come.
    pub(super) fn heard(&self) {
        self.lock().heard = Instant::now();
    }

    /// A ping has come.
    pub(super) fn pinged(&self) {
        self.lock().pinged = Instant::now();
    }

    /// Since when the client has been silent, as its server counts.
    pub(super) fn silent_since(&self) -> Instant {
        let state = self.lock();
        match self.behaviour.flavour {
            Flavour::Node => state.heard,
            Flavour::Python => state.pinged,
        }
    }

    /// Nothing more is told to the client after what waits already, and nothing ends: what Python
    /// does about a late ping.
    pub(super) fn mute(&self) {
        self.lock().is_mute = true;
    }

    pub(super) fn is_mute(&self) -> bool {
        self.lock().is_mute
    }

    /// A poll begins. `false` where another one waits.
    pub(super) fn begin_poll(&self) -> bool {
        let mut state = self.lock();
        !std::mem::replace(&mut state.is_polled, true)
    }

    pub(super) fn end_poll(&self) {
        self.lock().is_polled = false;
    }

    /// A post begins. `false` where another one is under way.
    pub(super) fn begin_post(&self) -> bool {
        let mut state = self.lock();
        !std::mem::replace(&mut state.is_posting, true)
    }

    pub(super) fn end_post(&self) {
        self.lock().is_posting = false;
    }

    /// What there is for a poll now.
    pub(super) fn polled(&self) -> Polled {
        let mut state = self.lock();
        if !state.waiting.is_empty() && state.carrier == Carrier::Polling {
            return Polled::Packets(state.waiting.drain(..).collect());
        }
        match (state.over, state.carrier) {
            (Some(Over::Closing), Carrier::Polling) => Polled::Packets(vec![Packet::text(CLOSE)]),
            (Some(_), _) => Polled::Over,
            // The WebSocket is about to carry what waits.
            (None, Carrier::Probing | Carrier::WebSocket) => {
                Polled::Packets(vec![Packet::text(super::packet::NOOP)])
            }
            (None, Carrier::Polling) => Polled::Wait,
        }
    }

    /// A WebSocket is opened beside the polls.
    pub(super) fn begin_upgrade(&self) -> Result<(), Refusal> {
        match self.lock().carrier {
            Carrier::Polling if self.behaviour.upgrades => Ok(()),
            _ => Err(Refusal::BadRequest),
        }
    }

    pub(super) fn set_carrier(&self, carrier: Carrier) {
        self.lock().carrier = carrier;
        self.changed.notify_waiters();
    }

    pub(super) fn carrier(&self) -> Carrier {
        self.lock().carrier
    }

    /// Everything that waits, for a WebSocket that carries it.
    pub(super) fn take_waiting(&self) -> Vec<Packet> {
        self.lock().waiting.drain(..).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
