//! The link over Centrifugo against a model of its server.

mod client;
mod judge;
mod line;
mod network;
mod plan;
mod server;
mod stream;
mod world;

use super::{Simulation, trace::Trace};

pub(super) use self::{client::Links, plan::Plan};

/// Runs of a link over Centrifugo.
pub(super) struct Centrifuge;

impl Simulation for Centrifuge {
    type Plan = Plan;

    fn draw(seed: u64) -> Plan {
        Plan::draw(seed)
    }

    fn length(plan: &Plan) -> usize {
        plan.acts.len()
    }

    fn without(plan: &Plan, acts: std::ops::Range<usize>) -> Plan {
        let mut plan = plan.clone();
        plan.acts.drain(acts);
        plan
    }

    fn play(seed: u64, plan: &Plan, trace: &mut Trace) -> Result<(), String> {
        world::play(seed, plan, trace)
    }
}
