//! The whole client, whichever the link: its transports in memory, its user and readers, the
//! platform's REST side, and what a user is owed.
//!
//! Everything that reaches the client or its user is written into one journal as it happens, so that
//! what a frame entitles a user to is known before the user is told of it.

mod desk;
mod journal;
mod judge;
mod link;
mod plan;
mod platform;
mod reader;
mod sockets;
mod world;

use std::{marker::PhantomData, ops::Range};

use super::{Simulation, trace::Trace};

pub(super) use self::{
    desk::{Asked, Desk},
    journal::{Entry, Journal, Reading},
    judge::Judge,
    link::{Acts, Link},
    plan::{Act, PlanOver},
    platform::{Answered, Platform, Trouble, date, respond},
    reader::{Pace, read},
    sockets::{Sockets, number_of},
    world::{Event, World},
};

/// Runs of a client over links of this kind.
pub(super) struct Client<L>(PhantomData<L>);

impl<L: Link> Simulation for Client<L> {
    type Plan = PlanOver<L>;

    fn draw(seed: u64) -> Self::Plan {
        plan::draw::<L>(seed)
    }

    fn length(plan: &Self::Plan) -> usize {
        plan.acts.len()
    }

    fn without(plan: &Self::Plan, acts: Range<usize>) -> Self::Plan {
        let mut plan = plan.clone();
        plan.acts.drain(acts);
        plan
    }

    fn play(seed: u64, plan: &Self::Plan, trace: &mut Trace) -> Result<(), String> {
        world::play::<L>(seed, plan, trace)
    }
}
