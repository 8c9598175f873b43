//! What happens in one run: the server's settings, and acts in the order of their time. Both are
//! drawn from the seed alone.

use std::{fmt, time::Duration};

use fastrand::Rng;

use crate::sim::{
    clock::{TROUBLE, millis},
    dial::Dial,
    session_name,
    wish::Wish,
};

/// One run.
#[derive(Clone)]
pub(in crate::sim) struct Plan {
    pub(super) settings: Settings,
    pub(super) acts: Vec<(Duration, Act)>,
}

/// What kind of a server, network and driver it is.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Settings {
    /// Whether the connect reply grants the channels of the sessions named.
    pub(super) grants_on_connect: bool,
    /// Whether a `joinSession` grants the session's channel.
    pub(super) grants_on_join: bool,
    /// How long the tokens of connections are good, in seconds; `None`: there are none.
    pub(super) tokens: Option<u64>,
    /// Whether all sessions share one channel.
    pub(super) shared: bool,
    /// Whether it is spoken in Protobuf.
    pub(super) protobuf: bool,
    /// Whether channels keep a history.
    pub(super) recoverable: bool,
    /// Whether publications say their epoch, as those of newer servers do.
    pub(super) epoch_on_publications: bool,
    /// Whether events are messages, which the list has too, rather than read marks.
    pub(super) messages: bool,
    /// Whether payloads name their session; where channels are shared they always do.
    pub(super) named: bool,
    pub(super) history_size: usize,
    pub(super) history_ttl: Duration,
    /// In seconds; 0: no pings.
    pub(super) ping: u64,
    pub(super) pong: bool,
    /// The longest way of a frame.
    pub(super) latency: Duration,
    /// How long the server waits for more to put into a frame.
    pub(super) batching: Duration,
    /// How late the driver's timer may be.
    pub(super) lag: Duration,
    /// Whether news of sockets that were hung up is still told.
    pub(super) stale_news: bool,
}

/// Something that is done or goes wrong.
#[derive(Clone, Debug)]
pub(in crate::sim) enum Act {
    /// The user of the link asks for something.
    Ask(Wish),
    /// The present connection ends with a close frame.
    Close(u16),
    /// For a while connect commands are answered so.
    Connects(Answer, Duration),
    /// For a while dials go so.
    Dials(Dial, Duration),
    /// What was said last on the present connection is said again.
    Duplicate,
    /// The history of a session's channel is removed.
    Forget(usize),
    /// Something that no client can read.
    Garbage(Garbage),
    /// The server gives a session's channel.
    Give(usize),
    /// The connection carries nothing any more, and neither side is told.
    Hole,
    /// For a while joins are answered so.
    Joins(Answer, Duration),
    /// The present connection breaks.
    Kill,
    /// So many events of a session are published.
    Publish(usize, u64),
    /// A session's channel begins anew.
    Renew(usize),
    /// The server is gone for a while, perhaps with all that it kept.
    Restart { down: Duration, forgets: bool },
    /// The session's last event.
    SessionClosed(usize),
    /// An event is published and does not reach the present connection.
    Skip(usize),
    /// Nothing is read from the connection for a while: the server's queue fills.
    Stall(Duration),
    /// The client's process stands still.
    Suspend(Duration),
    /// The server takes a session's channel away.
    Take(usize),
    /// For a while no token is to be had: the source says so, or says nothing.
    Tokenless { silent: bool, time: Duration },
}

/// How the server answers a command.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) enum Answer {
    /// The connection ends with this code.
    Close(u16),
    /// No, for good.
    Never,
    /// No answer at all.
    Silent,
    /// The right answer, late.
    Slow(Duration),
    /// An error that passes.
    Temporary,
}

#[derive(Clone, Copy, Debug)]
pub(in crate::sim) enum Garbage {
    Binary,
    Cut,
    NotUtf8,
    Unreadable,
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
        let sessions = random.usize(1..=4);
        for session in 0..sessions {
            let wish = if random.u8(0..3) == 0 {
                Wish::JoinFresh(session, random.u64(0..4))
            } else {
                acts.push((Duration::ZERO, Act::Publish(session, random.u64(0..4))));
                Wish::JoinNow(session)
            };
            let latest = if random.bool() { 100 } else { 60_000 };
            acts.push((millis(random.u64(0..=latest)), Act::Ask(wish)));
        }
        // The source often fails just when the first token is to be renewed, and soon works again.
        let joined = acts.iter().filter(|(_, act)| matches!(act, Act::Ask(_)));
        let first = joined.map(|(at, _)| *at).min().unwrap_or_default();
        if let Some(ttl) = settings.tokens.filter(|_| random.bool()) {
            let before = millis(random.u64(0..2_000));
            let trouble = Act::Tokenless {
                silent: random.bool(),
                time: before + millis(random.u64(500..6_000)),
            };
            let at = first + Duration::from_secs(ttl) - before;
            acts.extend(Some((at, trouble)).filter(|_| at < TROUBLE));
        }
        for _ in 0..random.usize(3..=40) {
            let at = millis(random.u64(0..TROUBLE.as_millis() as u64));
            let act = Act::draw(&settings, sessions, &mut random);
            // A channel often comes back soon, when something was said meanwhile.
            if let Act::Take(session) = act {
                if random.bool() {
                    let back = at + millis(random.u64(0..3_000));
                    acts.push((at, Act::Publish(session, random.u64(0..3))));
                    acts.push((back, Act::Give(session)));
                    acts.push((back, Act::Publish(session, random.u64(0..3))));
                }
            }
            acts.push((at, act));
        }
        acts.sort_by_key(|(at, _)| *at);
        Self { settings, acts }
    }

    /// The sessions that are started in the course of the run.
    pub(super) fn fresh(&self) -> Vec<String> {
        let fresh = |(_, act): &(Duration, Act)| match act {
            Act::Ask(Wish::JoinFresh(session, _)) => Some(session_name(*session)),
            _ => None,
        };
        self.acts.iter().filter_map(fresh).collect()
    }

    /// The number of sessions that are spoken of.
    pub(super) fn sessions(&self) -> usize {
        self.acts
            .iter()
            .filter_map(|(_, act)| act.session())
            .max()
            .map_or(0, |last| last + 1)
    }
}

impl Settings {
    fn draw(random: &mut Rng) -> Self {
        let grants = random.u8(0..4);
        let recoverable = random.u8(0..8) > 0;
        let ping = [0, 4, 25, 25, 25, 25][random.usize(0..6)];
        // The way there and back fits into the time that the server gives a pong.
        let latency = [1, 50, 400, 1500][random.usize(0..if ping == 4 { 3 } else { 4 })];
        Self {
            grants_on_connect: grants != 0,
            grants_on_join: grants != 1,
            tokens: [None, None, Some(30), Some(90), Some(900)][random.usize(0..5)],
            shared: random.u8(0..6) == 0,
            protobuf: random.u8(0..4) == 0,
            recoverable,
            epoch_on_publications: recoverable && random.bool(),
            messages: false,
            named: random.bool(),
            history_size: [3, 10, 40, 200][random.usize(0..4)],
            history_ttl: Duration::from_secs([5, 30, 600][random.usize(0..3)]),
            ping,
            pong: random.u8(0..6) > 0,
            latency: millis(latency),
            batching: millis([0, 0, 20, 300][random.usize(0..4)]),
            lag: millis([0, 0, 30, 900][random.usize(0..4)]),
            stale_news: random.u8(0..4) == 0,
        }
    }
}

impl Act {
    fn draw(settings: &Settings, sessions: usize, random: &mut Rng) -> Self {
        let session = random.usize(0..sessions);
        let secs = |random: &mut Rng, most: u64| millis(random.u64(100..=most * 1000));
        match random.u8(0..100) {
            0..35 => Self::Publish(session, random.u64(1..=9)),
            35..38 => Self::Publish(session, random.u64(10..=70)),
            38..46 => Self::Kill,
            46..52 => Self::Close(ENDS[random.usize(0..ENDS.len())]),
            52..57 => Self::Hole,
            57..60 => Self::Dials(Dial::draw(random), secs(random, 60)),
            60..63 => Self::Connects(Answer::draw(random), secs(random, 40)),
            63..66 => Self::Joins(Answer::draw(random), secs(random, 40)),
            66..69 => Self::Restart {
                down: secs(random, 20),
                forgets: random.bool(),
            },
            69..72 => Self::Stall(secs(random, 30)),
            72..75 => Self::Suspend(secs(random, 90)),
            75..78 => Self::Take(session),
            78..81 => Self::Give(session),
            81..83 => Self::Forget(session),
            83..85 => Self::Renew(session),
            85..87 if settings.recoverable => Self::Duplicate,
            87..89 if settings.recoverable => Self::Skip(session),
            89..91 => Self::Garbage(match random.u8(0..4) {
                0 => Garbage::Binary,
                1 => Garbage::Cut,
                2 => Garbage::NotUtf8,
                _ => Garbage::Unreadable,
            }),
            91..94 => Self::Ask(Wish::Leave(session)),
            94..97 => Self::Ask(Wish::JoinNow(session)),
            97 => Self::Ask(match random.u8(0..6) {
                0 => Wish::Emit,
                1 => Wish::Suspend,
                2 => Wish::Resume,
                _ => Wish::Renew,
            }),
            98 if settings.tokens.is_some() && random.bool() => Self::Tokenless {
                silent: random.bool(),
                time: secs(random, 60),
            },
            98 => Self::SessionClosed(session),
            99 if random.u8(0..4) == 0 => Self::Close(3500),
            _ => Self::Publish(session, 1),
        }
    }

    /// Whose channel or events it is about.
    pub(super) const fn session(&self) -> Option<usize> {
        match self {
            Self::Ask(wish) => wish.session(),
            Self::Forget(session)
            | Self::Give(session)
            | Self::Publish(session, _)
            | Self::Renew(session)
            | Self::SessionClosed(session)
            | Self::Skip(session)
            | Self::Take(session) => Some(*session),
            _ => None,
        }
    }
}

impl Answer {
    fn draw(random: &mut Rng) -> Self {
        match random.u8(0..20) {
            0..5 => Self::Temporary,
            5..9 => Self::Silent,
            9..14 => Self::Slow(millis(random.u64(100..8000))),
            14..19 => Self::Close([3001, 3004, 3008, 3012, 4000][random.usize(0..5)]),
            _ => Self::Never,
        }
    }
}

/// Close codes after which a client comes back.
const ENDS: &[u16] = &[
    1000, 1001, 1006, 1011, 3001, 3004, 3005, 3008, 3010, 3011, 3012, 3499, 4000, 4499, 5000,
];
