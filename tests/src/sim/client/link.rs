//! What a simulation of the whole client has to know of the links that it plays over: their server,
//! the way to it, and what is told over it.

use std::{fmt, time::Duration};

use fastrand::Rng;
use http::Uri;
use twin_client::Config;
use twin_transport::{Message, testing::VirtualRuntime};

use super::{Act, Asked, PlanOver, World};
use crate::sim::dial::Dial;

/// The acts of a run, each with its time.
pub(in crate::sim) type Acts<A> = Vec<(Duration, Act<A>)>;

pub(in crate::sim) trait Link: Sized {
    /// What is done to links, to their network and their server.
    type Act: Clone + fmt::Debug;
    /// What kind of a server and network it is.
    type Settings: Clone + fmt::Debug;
    /// What is under way.
    type Traffic;

    /// The settings of a run and its acts; what the user does beside is drawn by others.
    fn draw(random: &mut Rng) -> (Self::Settings, Acts<Self::Act>);

    /// Whether events are messages, which the list has too, rather than read marks.
    fn has_messages(settings: &Self::Settings) -> bool;

    fn sessions_per_link(settings: &Self::Settings, random: &mut Rng) -> usize;

    /// The longest way of a frame.
    fn latency(settings: &Self::Settings) -> Duration;

    /// So many events of a session are published.
    fn publishing(session: usize, count: u64) -> Self::Act;

    /// The server does not read for a while.
    fn stalling(time: Duration) -> Self::Act;

    /// Whose channel or events it is about.
    fn session(act: &Self::Act) -> Option<usize>;

    /// Whether the platform ends something for good by it.
    fn ends(act: &Self::Act) -> bool;

    /// The server of a run. It says in `config` what the client has to know of it.
    fn new(plan: &PlanOver<Self>, runtime: &VirtualRuntime, config: &mut Config) -> Self;

    /// How many events of a session were published so far.
    fn published(&self, session: &str) -> u64;

    /// The platform has started a session.
    fn start(&mut self, session: &str);

    fn publish(&mut self, now: Duration, session: &str);

    /// The messages that were published since it was asked last: when, whose, and which.
    fn take_spoken(&mut self) -> Vec<(Duration, String, u64)>;

    /// Whether nobody is there.
    fn is_down(&self, now: Duration) -> bool;

    /// What becomes of a dial now; `None`: it opens.
    fn trouble(&self, now: Duration) -> Option<Dial>;

    /// Whether a connection carries nothing any more.
    fn is_dead(&mut self, conn: u64) -> bool;

    /// Whether a request of the client's waits for an answer of the link's server.
    fn is_asked(&self) -> bool;

    /// The client does nothing until then.
    fn stand_still(&mut self, until: Duration);

    /// Nothing goes wrong any more.
    fn heal(&mut self);

    fn act(world: &mut World<'_, Self>, act: &Self::Act);

    /// Lets happen what was under way.
    fn carry(world: &mut World<'_, Self>, traffic: Self::Traffic);

    /// A dial has reached the server, and the connection is open.
    fn opened(world: &mut World<'_, Self>, conn: u64, address: &Uri);

    /// The client has said something.
    fn sent(world: &mut World<'_, Self>, conn: u64, message: Message);

    /// The client has hung up.
    fn gone(world: &mut World<'_, Self>, conn: u64);

    /// Takes a request that is made to the link's server, and gives back any other.
    fn take_asked(world: &mut World<'_, Self>, asked: Asked) -> Option<Asked>;

    /// A connection gives the client its next message; the judge learns what that is.
    ///
    /// # Errors
    ///
    /// Where nobody has said anything.
    fn told(world: &mut World<'_, Self>, conn: u64) -> Result<(), String>;

    /// The client has taken the answer to a request; the judge learns what that is, if it is one of
    /// the link's.
    fn answered(world: &mut World<'_, Self>, asked: u64);

    /// Sends on what the server has said.
    ///
    /// # Errors
    ///
    /// With what the client did that the protocol forbids, or has not done in time.
    fn listen_to_server(world: &mut World<'_, Self>) -> Result<(), String>;
}
