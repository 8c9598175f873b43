//! One run: the machine, its driver, the network and the server on one clock that leaps from one
//! thing to the next.

mod acts;
mod driver;

use std::{collections::BTreeMap, time::Duration};

use twin_protocol::{
    centrifuge::{Codec, Config, Machine},
    link::{LinkState, TokenId},
};

use super::{
    judge::Judge,
    network::{Network, News, Traffic},
    plan::Plan,
    server::{Server, token},
};
use crate::sim::{
    clock::{Clock, TROUBLE},
    conduct::Conduct,
    session_name,
    trace::Trace,
    wish::Wish,
};

/// After the trouble: the longest stand-still, the longest silence, the longest pause.
const HEALING: Duration = Duration::from_secs(240);
/// How long the last events may take.
const LAST_WORDS: Duration = Duration::from_secs(20);
/// More than any run needs.
const MOST_STEPS: usize = 60_000;

pub(super) struct World<'a> {
    plan: &'a Plan,
    clock: Clock<Event>,
    network: Network,
    machine: Machine,
    /// When the driver's timer rings, and for which deadline it was set.
    timer: Option<(Duration, Duration)>,
    /// Told to a process that stands still.
    mailbox: Option<Vec<Told>>,
    emits: u64,
    /// Epoch and offset of the last event of each channel.
    reached: BTreeMap<String, (String, u64)>,
    conduct: Conduct,
    judge: Judge,
    trace: &'a mut Trace,
}

#[derive(Debug)]
enum Event {
    Act(usize),
    End,
    /// Nothing goes wrong any more.
    Heal,
    LastWords,
    Resume,
    /// The source of tokens answers; whether it has one.
    Token(TokenId, bool),
    Traffic(Traffic),
}

#[derive(Debug)]
enum Told {
    News(u64, News),
    Token(TokenId, Option<String>),
    Wish(Wish),
}

impl From<Traffic> for Event {
    fn from(traffic: Traffic) -> Self {
        Self::Traffic(traffic)
    }
}

/// Plays `plan`.
///
/// # Errors
///
/// With the first law that did not hold.
pub(super) fn play(seed: u64, plan: &Plan, trace: &mut Trace) -> Result<(), String> {
    let mut clock = Clock::new(seed, plan.settings.latency);
    for (index, (at, _)) in plan.acts.iter().enumerate() {
        clock.at(*at, Event::Act(index));
    }
    clock.at(TROUBLE, Event::Heal);
    clock.at(TROUBLE + HEALING, Event::LastWords);
    clock.at(TROUBLE + HEALING + LAST_WORDS, Event::End);
    let mut config = Config::default();
    config.tokens = plan.settings.tokens.is_some();
    if plan.settings.protobuf {
        config.codec = Codec::Protobuf;
    }
    let server = Server::new(&plan.settings, plan.sessions(), &plan.fresh());
    let world = World {
        plan,
        clock,
        network: Network::new(&plan.settings, server),
        machine: Machine::new(config, seed),
        timer: None,
        mailbox: None,
        emits: 0,
        reached: BTreeMap::new(),
        conduct: Conduct::default(),
        judge: Judge::default(),
        trace,
    };
    world.run()
}

impl World<'_> {
    fn run(mut self) -> Result<(), String> {
        for _ in 0..MOST_STEPS {
            self.set_timer();
            let next = self.clock.next_at().unwrap_or_default();
            match self.timer.filter(|_| self.mailbox.is_none()) {
                Some((rings, _)) if rings < next => {
                    self.clock.now = self.clock.now.max(rings);
                    self.elapse()?;
                    continue;
                }
                _ => {}
            }
            self.clock.now = next;
            match self.clock.take_due(next) {
                None | Some(Event::End) => return self.at_rest(),
                Some(event) => self.happen(event)?,
            }
        }
        Err("the link does not come to rest".into())
    }

    fn happen(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Act(index) => {
                let plan = self.plan;
                let act = &plan.acts[index].1;
                self.trace.add(self.clock.now, || format!("* {act:?}"));
                self.act(act)?;
            }
            Event::End => {}
            Event::Heal => {
                self.network.server.give_back();
                self.tell(Told::Wish(Wish::Resume))?;
            }
            Event::LastWords => {
                self.trace.add(self.clock.now, || "* the last words".into());
                for session in (0..self.plan.sessions()).map(session_name) {
                    self.network.server.publish(self.clock.now, &session);
                }
            }
            Event::Resume => {
                self.trace
                    .add(self.clock.now, || "* the process goes on".into());
                for told in self.mailbox.take().unwrap_or_default() {
                    self.tell(told)?;
                }
                self.elapse()?;
            }
            Event::Token(id, has_one) => {
                let ttl = self.plan.settings.tokens.filter(|_| has_one);
                let token = ttl.map(|ttl| token(self.clock.now, ttl));
                self.tell(Told::Token(id, token))?;
            }
            Event::Traffic(traffic) => {
                if let Some((conn, news)) = self.network.carry(&mut self.clock, traffic) {
                    self.tell(Told::News(conn, news))?;
                }
            }
        }
        self.network.listen_to_server(&mut self.clock)
    }

    fn at_rest(self) -> Result<(), String> {
        self.judge.at_rest(&self.network.server.published)?;
        match &self.conduct.state {
            Some(LinkState::Closed { .. }) if self.machine.deadline().is_some() => {
                Err("closed, and still waiting for something".into())
            }
            Some(LinkState::Closed { .. } | LinkState::Connected { .. }) => Ok(()),
            // Without a session nobody has to say that all are joined.
            _ if self.judge.active().is_empty() => Ok(()),
            other => Err(format!("at the end the link is {other:?}")),
        }
    }
}
