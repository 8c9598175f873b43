//! The link over Socket.IO against a model of its server: over a WebSocket, by polling, and from the
//! one to the other.

mod client;
mod judge;
mod plan;
mod server;
mod wire;
mod world;

use super::{Simulation, trace::Trace};

pub(super) use self::{client::Links, plan::Plan};

/// Runs of a link over Socket.IO.
pub(super) struct SocketIo;

impl Simulation for SocketIo {
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
