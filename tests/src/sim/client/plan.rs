//! What happens in a run of the whole client: what happens to its links, and what its user does.

use std::{fmt, time::Duration};

use fastrand::Rng;

use super::{Link, Pace, Trouble};
use crate::sim::{
    clock::{TROUBLE, millis},
    session_name,
    wish::Wish,
};

/// The plan of a client over links of this kind.
pub(in crate::sim) type PlanOver<L> = Plan<<L as Link>::Settings, <L as Link>::Act>;

#[derive(Clone)]
pub(in crate::sim) struct Plan<S, A> {
    pub(in crate::sim) link: S,
    pub(in crate::sim) user: Settings,
    pub(in crate::sim) acts: Vec<(Duration, Act<A>)>,
}

/// What the owner of the client has chosen, and what kind of a platform it is.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Settings {
    /// In bytes.
    pub(in crate::sim) buffer: usize,
    pub(in crate::sim) falls_behind: bool,
    /// Whether the client has a token, and fills gaps.
    pub(in crate::sim) fills: bool,
    pub(in crate::sim) newest_first: bool,
    pub(in crate::sim) sessions_per_link: usize,
}

#[derive(Clone, Debug)]
pub(in crate::sim) enum Act<A> {
    /// The user asks for something.
    Ask(Wish),
    /// The user drops a session's handle, and reads on.
    Forget(usize),
    /// For a while requests fare so.
    Http(Trouble, Duration),
    /// What happens to a link.
    Link(A),
    Pace(usize, Pace),
    Send(usize),
    /// The client's process stands still.
    Suspend(Duration),
}

impl<S: fmt::Debug, A: fmt::Debug> fmt::Debug for Plan<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}\n{:?}", self.link, self.user)?;
        let mut acts = self.acts.iter();
        acts.try_for_each(|(at, act)| write!(f, "\n{:>9.3}  {act:?}", at.as_secs_f64()))
    }
}

/// The plan of a seed.
pub(in crate::sim) fn draw<L: Link>(seed: u64) -> PlanOver<L> {
    let mut random = Rng::with_seed(seed ^ 0x000c_11e7);
    let (link, drawn) = L::draw(&mut random);
    let user = Settings {
        buffer: [3_000, 20_000, 4 << 20][random.usize(0..3)],
        falls_behind: random.bool(),
        fills: L::has_messages(&link),
        newest_first: random.bool(),
        sessions_per_link: L::sessions_per_link(&link, &mut random),
    };
    let mut plan = Plan {
        link,
        user,
        acts: drawn,
    };
    let sessions = plan.sessions::<L>();
    let acts = &mut plan.acts;
    for _ in 0..random.usize(0..=20) {
        let at = millis(random.u64(0..TROUBLE.as_millis() as u64));
        let act = Act::draw(sessions, &mut random);
        // Whoever does not read is often told a lot.
        if let Act::Pace(session, Pace::Stopped) = act {
            for second in 0..random.u64(0..6) {
                let said = L::publishing(session, random.u64(10..60));
                acts.push((at + Duration::from_secs(second), Act::Link(said)));
            }
        }
        // A server that does not read answers no goodbye.
        if matches!(act, Act::Ask(Wish::Suspend)) && random.bool() {
            acts.push((at, Act::Link(L::stalling(millis(3_000)))));
        }
        acts.push((at, act));
    }
    acts.sort_by_key(|(at, _)| *at);
    plan
}

impl<S, A> Plan<S, A> {
    /// The sessions that are started in the course of the run.
    pub(in crate::sim) fn fresh(&self) -> Vec<String> {
        let fresh = |(_, act): &(Duration, Act<A>)| match act {
            Act::Ask(Wish::JoinFresh(session, _)) => Some(session_name(*session)),
            _ => None,
        };
        self.acts.iter().filter_map(fresh).collect()
    }

    /// The number of sessions that are spoken of.
    pub(in crate::sim) fn sessions<L: Link<Act = A>>(&self) -> usize {
        let spoken_of = self.acts.iter().filter_map(|(_, act)| match act {
            Act::Ask(wish) => wish.session(),
            Act::Forget(session) | Act::Pace(session, _) | Act::Send(session) => Some(*session),
            Act::Link(act) => L::session(act),
            Act::Http(..) | Act::Suspend(_) => None,
        });
        spoken_of.max().map_or(0, |last| last + 1)
    }

    /// Whether the platform ends anything for good.
    pub(super) fn may_end<L: Link<Act = A>>(&self) -> bool {
        let mut acts = self.acts.iter();
        acts.any(|(_, act)| matches!(act, Act::Link(act) if L::ends(act)))
    }

    /// Whether every stream is read to the end by someone.
    pub(super) fn all_read(&self) -> bool {
        let gone = |act: &Act<A>| matches!(act, Act::Pace(_, Pace::Gone));
        !self.acts.iter().any(|(_, act)| gone(act))
    }
}

impl<A> Act<A> {
    /// Whether it is the user that does it.
    pub(super) const fn is_of_user(&self) -> bool {
        match self {
            Self::Ask(_) | Self::Forget(_) | Self::Pace(..) | Self::Send(_) => true,
            Self::Http(..) | Self::Link(_) | Self::Suspend(_) => false,
        }
    }

    fn draw(sessions: usize, random: &mut Rng) -> Self {
        let session = random.usize(0..sessions);
        match random.u8(0..40) {
            0..16 => Self::Send(session),
            16..20 => Self::Http(
                match random.u8(0..8) {
                    0..2 => Trouble::Unreachable,
                    2..4 => Trouble::Broken,
                    4 => Trouble::Silent,
                    5 => Trouble::Answered(400),
                    6 => Trouble::Answered(429),
                    _ => Trouble::Answered(502),
                },
                millis(random.u64(100..40_000)),
            ),
            20..28 => Self::Pace(session, Pace::Stopped),
            28..32 => Self::Pace(session, Pace::Slow(millis(random.u64(1..5_000)))),
            32..37 => Self::Pace(session, Pace::Quick),
            37 if random.bool() => Self::Ask(Wish::Suspend),
            37 => Self::Pace(session, Pace::Gone),
            38 if random.bool() => Self::Ask(Wish::Resume),
            _ => Self::Forget(session),
        }
    }
}
