//! Plays a seed, and makes a plan that breaks a law short.

use std::{
    fmt,
    panic::{self, AssertUnwindSafe},
};

use super::{Simulation, trace::Trace};

/// A run that broke a law.
#[derive(Debug)]
pub struct Failure {
    /// Which run.
    pub seed: u64,
    /// Which law, in words.
    pub law: String,
    /// The plan, as short as it easily gets.
    pub plan: String,
    /// What happened, line by line.
    pub trace: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.trace {
            writeln!(f, "{line}")?;
        }
        writeln!(f, "{}", self.plan)?;
        write!(f, "seed {}: {}", self.seed, self.law)
    }
}

pub(super) fn play<S: Simulation>(seed: u64) -> Result<(), Failure> {
    let plan = S::draw(seed);
    if attempt::<S>(seed, &plan, &mut Trace::default()).is_ok() {
        return Ok(());
    }
    let plan = shorter::<S>(seed, plan);
    let mut trace = Trace::kept();
    let law = attempt::<S>(seed, &plan, &mut trace)
        .err()
        .unwrap_or_else(|| "the run cannot be repeated".into());
    Err(Failure {
        seed,
        law,
        plan: format!("{plan:?}"),
        trace: trace.into_lines(),
    })
}

fn attempt<S: Simulation>(seed: u64, plan: &S::Plan, trace: &mut Trace) -> Result<(), String> {
    panic::catch_unwind(AssertUnwindSafe(|| S::play(seed, plan, trace))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()));
        Err(format!("a panic: {}", text.unwrap_or_default()))
    })
}

/// Leaves out acts, in ever shorter pieces, as long as the run still breaks a law.
fn shorter<S: Simulation>(seed: u64, mut plan: S::Plan) -> S::Plan {
    let mut piece = S::length(&plan).div_ceil(2);
    while piece > 0 {
        let mut at = 0;
        while at < S::length(&plan) {
            let end = (at + piece).min(S::length(&plan));
            let fewer = S::without(&plan, at..end);
            if attempt::<S>(seed, &fewer, &mut Trace::default()).is_err() {
                plan = fewer;
            } else {
                at = end;
            }
        }
        piece /= 2;
    }
    plan
}
