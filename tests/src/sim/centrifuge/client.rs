//! The whole client over Centrifugo: sessions, streams and sends against the model of the server.

mod plan;
mod world;

use crate::sim::{Simulation, trace::Trace};

pub(super) use self::plan::Plan;

/// Runs of a client over Centrifugo.
pub(in crate::sim) struct Client;

impl Simulation for Client {
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
