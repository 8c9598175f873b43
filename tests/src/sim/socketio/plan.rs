//! What happens in one run: what kind of a server and driver it is, and acts in the order of their
//! time. Both are drawn from the seed alone.

use std::{fmt, time::Duration};

use fastrand::Rng;
use twin_protocol::socketio::Transport;

use crate::sim::{
    clock::{TROUBLE, millis},
    dial::Dial,
};

#[derive(Clone)]
pub(crate) struct Plan {
    pub(super) settings: Settings,
    pub(super) acts: Vec<(Duration, Act)>,
}

#[derive(Clone, Debug)]
pub(in crate::sim) struct Settings {
    pub(super) transport: Transport,
    /// Whether an event comes before the connect packet.
    pub(super) early_event: bool,
    /// In seconds; a server ends a connection that pings not once in both together.
    pub(super) ping_interval: u64,
    pub(super) ping_timeout: u64,
    /// Whether every third event asks for an acknowledgement.
    pub(super) asks: bool,
    /// Whether the user gives it, rather than the machine.
    pub(super) user_acks: bool,
    /// Whether every fourth event has bytes with it.
    pub(super) attachments: bool,
    /// Whether events are messages, which the list has too, rather than read marks.
    pub(super) messages: bool,
    /// Whether the session is one that was started just now.
    pub(super) fresh: bool,
    pub(super) latency: Duration,
    pub(super) lag: Duration,
    pub(super) stale_news: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Act {
    /// The server ends the connection by a close frame, or by a close packet.
    Close(u16),
    /// For a while whoever wants a connection is treated so.
    Dials(Dial, Duration),
    /// The user sends an event; it wants an acknowledgement, or may wait.
    Emit {
        acknowledged: bool,
        waits: bool,
    },
    /// The server says that the session is over, which is for good.
    Disconnect,
    /// Something that no client can read.
    Garbage,
    /// The connection carries nothing any more, and neither side is told.
    Hole,
    /// The present connection breaks.
    Kill,
    Publish(u64),
    /// The connection breaks, and from now on the server lets the session in no more.
    Refuse,
    /// The user wants a new connection, none, or one again.
    Renew,
    Rest,
    Resume,
    /// The server is gone for a while.
    Restart(Duration),
    /// The client's process stands still.
    Suspend(Duration),
    /// For a while emits are not acknowledged.
    Unanswered(Duration),
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.settings)?;
        let mut acts = self.acts.iter();
        acts.try_for_each(|(at, act)| write!(f, "\n{:>9.3}  {act:?}", at.as_secs_f64()))
    }
}

impl Plan {
    pub(super) fn draw(seed: u64) -> Self {
        let mut random = Rng::with_seed(seed);
        let settings = Settings::draw(&mut random);
        let mut acts = Vec::new();
        for _ in 0..random.usize(3..=40) {
            let at = millis(random.u64(0..TROUBLE.as_millis() as u64));
            acts.push((at, Act::draw(&mut random)));
        }
        acts.sort_by_key(|(at, _)| *at);
        Self { settings, acts }
    }
}

impl Settings {
    pub(super) fn draw(random: &mut Rng) -> Self {
        let transports = [
            Transport::Polling,
            Transport::PollingThenWebSocket,
            Transport::WebSocket,
        ];
        Self {
            transport: transports[random.usize(0..3)],
            early_event: random.u8(0..4) == 0,
            ping_interval: [5, 25][random.usize(0..2)],
            ping_timeout: [5, 20, 60][random.usize(0..3)],
            asks: random.bool(),
            user_acks: random.bool(),
            attachments: random.bool(),
            messages: false,
            fresh: random.u8(0..4) == 0,
            latency: millis([1, 50, 600][random.usize(0..3)]),
            lag: millis([0, 0, 30, 700][random.usize(0..4)]),
            stale_news: random.u8(0..4) == 0,
        }
    }
}

impl Act {
    fn draw(random: &mut Rng) -> Self {
        let secs = |random: &mut Rng, most: u64| millis(random.u64(100..=most * 1000));
        match random.u16(0..200) {
            0..70 => Self::Publish(random.u64(1..=9)),
            70..74 => Self::Renew,
            74..76 => Self::Rest,
            76..78 => Self::Resume,
            78..100 => Self::Emit {
                acknowledged: random.bool(),
                waits: random.bool(),
            },
            100..118 => Self::Kill,
            118..130 => Self::Close([1000, 1001, 1006, 1011, 3000][random.usize(0..5)]),
            130..142 => Self::Hole,
            142..154 => Self::Dials(Dial::draw(random), secs(random, 60)),
            154..164 => Self::Restart(secs(random, 20)),
            164..176 => Self::Suspend(secs(random, 90)),
            176..186 => Self::Unanswered(secs(random, 30)),
            186..196 => Self::Garbage,
            196 => Self::Refuse,
            198 => Self::Disconnect,
            197 if random.u8(0..4) == 0 => Self::Dials(Dial::Refused(401), secs(random, 60)),
            _ => Self::Publish(1),
        }
    }
}
