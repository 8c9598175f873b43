//! Simulation: a machine, its driver, a network and a model of the server on one virtual clock, with
//! everything that goes wrong drawn from a seed.
//!
//! A run has a *plan*: settings and acts in the order of their time. The laws are checked at every
//! step: `conduct` holds what both links owe the network, and each link's `judge` what it owes its
//! user. The model of a server is written from the protocol and shares no code with the client's codec
//! or with the emulator. A run that breaks a law is played again with fewer and fewer acts, and told
//! with its trace.

mod agenda;
mod centrifuge;
mod conduct;
mod runner;
mod socketio;
mod trace;

use std::{fmt, ops::Range, str::FromStr};

use self::trace::Trace;

pub use self::runner::Failure;

/// Which machine is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// The link over Centrifugo.
    Centrifugo,
    /// The link over Socket.IO.
    SocketIo,
}

impl Link {
    /// Plays the run of one seed.
    ///
    /// # Errors
    ///
    /// With the law that did not hold, the shortest plan found that still breaks one, and its trace.
    pub fn play(self, seed: u64) -> Result<(), Failure> {
        match self {
            Self::Centrifugo => runner::play::<centrifuge::Centrifuge>(seed),
            Self::SocketIo => runner::play::<socketio::SocketIo>(seed),
        }
    }
}

impl Link {
    /// The command that plays one seed again.
    pub fn again(self, seed: u64) -> String {
        format!("cargo xtask sim --link {self} --seed {seed}")
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Centrifugo => "centrifugo",
            Self::SocketIo => "socketio",
        })
    }
}

impl FromStr for Link {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "centrifugo" => Ok(Self::Centrifugo),
            "socketio" => Ok(Self::SocketIo),
            _ => Err(format!("there is no link `{word}`")),
        }
    }
}

/// How one kind of machine is simulated.
trait Simulation {
    /// What happens in a run.
    type Plan: fmt::Debug;

    /// The plan of a seed.
    fn draw(seed: u64) -> Self::Plan;

    /// The number of its acts.
    fn length(plan: &Self::Plan) -> usize;

    /// The same plan without some of its acts.
    fn without(plan: &Self::Plan, acts: Range<usize>) -> Self::Plan;

    /// Plays it. Beside the plan everything that is left to chance comes from `seed`.
    fn play(seed: u64, plan: &Self::Plan, trace: &mut Trace) -> Result<(), String>;
}
