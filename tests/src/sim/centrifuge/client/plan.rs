//! What happens in a run of the whole client: what happens to a link, and what its user does.

use std::{fmt, time::Duration};

use fastrand::Rng;

use crate::sim::{
    centrifuge::plan::{self, Act as LinkAct, Answer, TROUBLE, Wish, millis},
    client::{Pace, Trouble},
};

#[derive(Clone)]
pub(crate) struct Plan {
    pub(super) link: plan::Settings,
    pub(super) user: Settings,
    pub(super) acts: Vec<(Duration, Act)>,
}

/// What the owner of the client has chosen, and what kind of a platform it is.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// In bytes.
    pub(super) buffer: usize,
    pub(super) falls_behind: bool,
    /// Whether the client has a token, and fills gaps.
    pub(super) fills: bool,
    pub(super) newest_first: bool,
    pub(super) sessions_per_link: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Act {
    /// The user drops a session's handle, and reads on.
    Forget(usize),
    /// For a while requests fare so.
    Http(Trouble, Duration),
    /// What happens to a link.
    Link(LinkAct),
    Pace(usize, Pace),
    Send(usize),
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}\n{:?}", self.link, self.user)?;
        let mut acts = self.acts.iter();
        acts.try_for_each(|(at, act)| write!(f, "\n{:>9.3}  {act:?}", at.as_secs_f64()))
    }
}

impl Plan {
    pub(super) fn draw(seed: u64) -> Self {
        let mut random = Rng::with_seed(seed ^ 0x000c_11e7);
        let drawn = plan::Plan::draw(random.u64(..));
        let fills = random.bool();
        let link = plan::Settings {
            messages: fills,
            protobuf: random.u8(0..4) == 0,
            stale_news: false,
            lag: Duration::ZERO,
            ..drawn.settings.clone()
        };
        let user = Settings {
            buffer: [3_000, 20_000, 4 << 20][random.usize(0..3)],
            falls_behind: random.bool(),
            fills,
            newest_first: random.bool(),
            // What a channel of several sessions brings goes to one link here.
            sessions_per_link: if link.shared {
                100
            } else {
                [1, 2, 100][random.usize(0..3)]
            },
        };
        let sessions = drawn.sessions();
        let mut acts: Vec<_> = drawn
            .acts
            .into_iter()
            .map(|(at, act)| (at, Act::Link(act)))
            .collect();
        for _ in 0..random.usize(0..=20) {
            let at = millis(random.u64(0..TROUBLE.as_millis() as u64));
            let act = Act::draw(sessions, &mut random);
            // Whoever does not read is often told a lot.
            if let Act::Pace(session, Pace::Stopped) = act {
                for second in 0..random.u64(0..6) {
                    let said = LinkAct::Publish(session, random.u64(10..60));
                    acts.push((at + Duration::from_secs(second), Act::Link(said)));
                }
            }
            // A server that does not read answers no goodbye.
            if matches!(act, Act::Link(LinkAct::Ask(Wish::Suspend))) && random.bool() {
                acts.push((at, Act::Link(LinkAct::Stall(millis(3_000)))));
            }
            acts.push((at, act));
        }
        acts.sort_by_key(|(at, _)| *at);
        Self { link, user, acts }
    }

    fn link_acts(&self) -> impl Iterator<Item = &LinkAct> {
        self.acts.iter().filter_map(|(_, act)| match act {
            Act::Link(act) => Some(act),
            _ => None,
        })
    }

    /// The sessions that are started in the course of the run.
    pub(super) fn fresh(&self) -> Vec<String> {
        let fresh = |act: &LinkAct| match act {
            LinkAct::Ask(Wish::JoinFresh(session, _)) => {
                Some(crate::sim::centrifuge::server::session_name(*session))
            }
            _ => None,
        };
        self.link_acts().filter_map(fresh).collect()
    }

    /// The number of sessions that are spoken of.
    pub(super) fn sessions(&self) -> usize {
        let of_links = self.link_acts().filter_map(LinkAct::session);
        let of_user = self.acts.iter().filter_map(|(_, act)| match act {
            Act::Forget(session) | Act::Pace(session, _) | Act::Send(session) => Some(*session),
            Act::Http(..) | Act::Link(_) => None,
        });
        of_links.chain(of_user).max().map_or(0, |last| last + 1)
    }

    /// Whether the platform ends anything for good.
    pub(super) fn may_end(&self) -> bool {
        self.link_acts().any(|act| {
            matches!(
                act,
                LinkAct::Close(3500)
                    | LinkAct::Connects(Answer::Never, _)
                    | LinkAct::Joins(Answer::Never, _)
            )
        })
    }

    /// Whether every stream is read to the end by someone.
    pub(super) fn all_read(&self) -> bool {
        !self
            .acts
            .iter()
            .any(|(_, act)| matches!(act, Act::Pace(_, Pace::Gone)))
    }
}

impl Act {
    /// Whether it is the user that does it.
    pub(super) const fn is_of_user(&self) -> bool {
        match self {
            Self::Forget(_) | Self::Pace(..) | Self::Send(_) | Self::Link(LinkAct::Ask(_)) => true,
            Self::Http(..) | Self::Link(_) => false,
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
            37 if random.bool() => Self::Link(LinkAct::Ask(Wish::Suspend)),
            37 => Self::Pace(session, Pace::Gone),
            38 if random.bool() => Self::Link(LinkAct::Ask(Wish::Resume)),
            _ => Self::Forget(session),
        }
    }
}
