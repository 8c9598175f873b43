//! Simulation: a machine and its driver, or the whole client, a network and a model of the server on one
//! virtual clock, with everything that goes wrong drawn from a seed.
//!
//! A run has a *plan*: settings and acts in the order of their time. The laws are checked at every
//! step: `conduct` holds what both links owe the network, each link's `judge` what it owes its user, and
//! `client`'s what a reader of the client's streams is owed. The model of a server is written from the protocol and shares no code with the client's codec
//! or with the emulator. A run that breaks a law is played again with fewer and fewer acts, and told
//! with its trace.

mod agenda;
mod centrifuge;
mod client;
mod clock;
mod conduct;
mod dial;
mod runner;
mod socketio;
mod trace;
mod wish;

use std::{fmt, ops::Range, str::FromStr};

use self::trace::Trace;

pub use self::runner::Failure;

/// What is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The machine of the link over Centrifugo.
    Centrifugo,
    /// The whole client, over Centrifugo, as its user sees it.
    Client,
    /// The same over Socket.IO.
    ClientOverSocketIo,
    /// The machine of the link over Socket.IO.
    SocketIo,
}

impl Subject {
    /// Plays the run of one seed.
    ///
    /// # Errors
    ///
    /// With the law that did not hold, the shortest plan found that still breaks one, and its trace.
    pub fn play(self, seed: u64) -> Result<(), Failure> {
        match self {
            Self::Centrifugo => runner::play::<centrifuge::Centrifuge>(seed),
            Self::Client => runner::play::<client::Client<centrifuge::Links>>(seed),
            Self::ClientOverSocketIo => runner::play::<client::Client<socketio::Links>>(seed),
            Self::SocketIo => runner::play::<socketio::SocketIo>(seed),
        }
    }

    /// The command that plays one seed again.
    pub fn again(self, seed: u64) -> String {
        let which = match self {
            Self::Centrifugo => "--link centrifugo",
            Self::Client => "--client",
            Self::ClientOverSocketIo => "--client --link socketio",
            Self::SocketIo => "--link socketio",
        };
        format!("cargo xtask sim {which} --seed {seed}")
    }
}

impl FromStr for Subject {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "centrifugo" => Ok(Self::Centrifugo),
            "client" => Ok(Self::Client),
            "client-over-socketio" => Ok(Self::ClientOverSocketIo),
            "socketio" => Ok(Self::SocketIo),
            _ => Err(format!("nothing is simulated that is called `{word}`")),
        }
    }
}

/// How one subject is simulated.
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

/// The id of the session of this number.
fn session_name(number: usize) -> String {
    format!("s{number}")
}
