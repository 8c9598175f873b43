//! One run: the machine, its driver, the network and the server on one clock that leaps from one
//! thing to the next.

mod driver;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use fastrand::Rng;
use twin_protocol::{
    link::{Argument, Command, DialFailureKind, Emit, EmitId, LinkState, WhenDown},
    raw::RawJson,
    socketio::{Acks, Config, Machine},
};

use super::{
    judge::Judge,
    plan::{Act, Plan},
    server::{Cut, Said, Server},
};
use crate::sim::{
    agenda::Agenda,
    clock::{TROUBLE, millis},
    conduct::Conduct,
    dial::Dial,
    trace::Trace,
};

/// After the trouble: the longest stand-still, the longest silence, the longest pause.
const HEALING: Duration = Duration::from_secs(300);
/// How long the last events, and the last outcomes, may take.
const LAST_WORDS: Duration = Duration::from_secs(60);
/// More than any run needs.
const MOST_STEPS: usize = 60_000;

pub(super) struct World<'a> {
    plan: &'a Plan,
    now: Duration,
    random: Rng,
    agenda: Agenda<Event>,
    machine: Machine,
    /// When the driver's timer rings, and for which deadline it was set.
    timer: Option<(Duration, Duration)>,
    /// Told to a process that stands still.
    mailbox: Option<Vec<Told>>,
    server: Server,
    server_down_until: Duration,
    dials: Option<(Dial, Duration)>,
    /// When the last piece of a socket arrives, there and here.
    arrivals: BTreeMap<(u64, bool), Duration>,
    /// Exchanges without an answer.
    questions: BTreeSet<u64>,
    messages: BTreeSet<u64>,
    /// The newest socket that was dialled.
    newest: u64,
    emits: u64,
    conduct: Conduct,
    judge: Judge,
    trace: &'a mut Trace,
}

#[derive(Debug)]
enum Event {
    Act(usize),
    /// A request by HTTP reaches the server.
    Ask(u64, Request),
    Cut(Cut),
    End,
    Gone(u64),
    /// Nothing goes wrong any more.
    Heal,
    LastWords,
    Resume,
    Tell(Told),
    /// Text on a socket reaches the server.
    ToServer(u64, String),
    /// A dial reaches the server.
    Dialled(u64, Option<String>),
}

#[derive(Debug)]
enum Request {
    Get(Option<String>),
    Post(String, Vec<String>),
}

#[derive(Debug)]
enum Told {
    Answer(u64, u16, Vec<String>),
    Failed(u64, DialFailureKind),
    News(u64, News),
    Wish(Command),
}

/// What the client's end of a socket brings.
#[derive(Clone, Debug)]
enum News {
    Closed(u16),
    DialFailed(DialFailureKind),
    Lost,
    Opened,
    Status(u16),
    Text(String),
    Unreadable,
}

/// Plays `plan`.
///
/// # Errors
///
/// With the first law that did not hold.
pub(super) fn play(seed: u64, plan: &Plan, trace: &mut Trace) -> Result<(), String> {
    let mut agenda = Agenda::new();
    for (index, (at, _)) in plan.acts.iter().enumerate() {
        agenda.add(*at, Event::Act(index));
    }
    agenda.add(TROUBLE, Event::Heal);
    agenda.add(TROUBLE + HEALING, Event::LastWords);
    agenda.add(TROUBLE + HEALING + LAST_WORDS, Event::End);
    let mut config = Config::default();
    config.transport = plan.settings.transport;
    if plan.settings.user_acks {
        let within = Duration::from_secs(5);
        config.acks = Acks::ByUser { within };
    }
    let world = World {
        plan,
        now: Duration::ZERO,
        random: Rng::with_seed(seed ^ 0x5eed),
        agenda,
        machine: Machine::new(config, seed),
        timer: None,
        mailbox: None,
        server: Server::new(&plan.settings, "s"),
        server_down_until: Duration::ZERO,
        dials: None,
        arrivals: BTreeMap::new(),
        questions: BTreeSet::new(),
        messages: BTreeSet::new(),
        newest: 0,
        emits: 0,
        conduct: Conduct::default(),
        judge: Judge::new(plan.settings.fresh),
        trace,
    };
    world.run()
}

impl World<'_> {
    fn run(mut self) -> Result<(), String> {
        self.join()?;
        for _ in 0..MOST_STEPS {
            self.set_timer();
            let next = self.agenda.next_at().unwrap_or_default();
            match self.timer.filter(|_| self.mailbox.is_none()) {
                Some((rings, _)) if rings < next => {
                    self.now = self.now.max(rings);
                    self.elapse()?;
                    continue;
                }
                _ => {}
            }
            self.now = next;
            match self.agenda.take_due(next) {
                None | Some(Event::End) => return self.at_rest(),
                Some(event) => self.happen(event)?,
            }
            self.listen_to_server()?;
        }
        Err("the link does not come to rest".into())
    }

    fn happen(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Act(index) => {
                let plan = self.plan;
                let act = &plan.acts[index].1;
                self.trace.add(self.now, || format!("* {act:?}"));
                self.act(act)?;
            }
            Event::Ask(exchange, Request::Get(sid)) => {
                self.server.get(self.now, exchange, sid.as_deref())
            }
            Event::Ask(exchange, Request::Post(sid, packets)) => {
                self.server.post(self.now, exchange, &sid, &packets);
            }
            Event::Cut(cut) => self.server.cut(&cut),
            Event::End => {}
            Event::Gone(socket) => self.server.forget_socket(socket),
            Event::Heal => self.tell(Told::Wish(Command::Resume))?,
            Event::LastWords => {
                self.trace.add(self.now, || "* the last words".into());
                self.server.publish(self.now);
            }
            Event::Resume => {
                self.trace.add(self.now, || "* the process goes on".into());
                for told in self.mailbox.take().unwrap_or_default() {
                    self.tell(told)?;
                }
                self.elapse()?;
            }
            Event::Tell(told) => self.tell(told)?,
            Event::ToServer(socket, text) => self.server.hear(self.now, socket, &text),
            Event::Dialled(socket, sid) => {
                self.down(socket, News::Opened);
                self.server.dialled(self.now, socket, sid.as_deref());
            }
        }
        Ok(())
    }

    fn act(&mut self, act: &Act) -> Result<(), String> {
        let now = self.now;
        match *act {
            Act::Close(code) => self.server.drop_all(Some(code)),
            Act::Disconnect => self.server.say("41"),
            Act::Dials(dial, time) => self.dials = Some((dial, now + time)),
            Act::Emit {
                acknowledged,
                waits,
            } => {
                self.emits += 1;
                let number = self.emits.to_string();
                let argument = RawJson::new(number);
                let argument = argument.map_err(|error| error.to_string())?;
                let arguments = vec![Argument::Json(argument)];
                let mut emit = Emit::new(EmitId::new(self.emits), "x", arguments);
                if acknowledged {
                    emit = emit.acknowledged_within(Duration::from_secs(12));
                }
                if waits {
                    emit = emit.when_down(WhenDown::Wait(Duration::from_secs(15)));
                }
                self.tell(Told::Wish(Command::Emit(emit)))?;
            }
            Act::Garbage => {
                let socket = self.newest;
                self.server.forget_socket(socket);
                self.down(socket, News::Unreadable);
            }
            Act::Hole => self.server.go_dead(),
            Act::Kill => self.server.drop_all(None),
            Act::Publish(count) => (0..count).for_each(|_| self.server.publish(now)),
            Act::Refuse => self.server.refuse(),
            Act::Renew => self.tell(Told::Wish(Command::ReconnectNow))?,
            Act::Rest => self.tell(Told::Wish(Command::Suspend))?,
            Act::Resume => self.tell(Told::Wish(Command::Resume))?,
            Act::Restart(down) => {
                self.server_down_until = now + down;
                self.server.drop_all(None);
            }
            Act::Suspend(time) => {
                if self.mailbox.is_none() {
                    self.mailbox = Some(Vec::new());
                    self.agenda.add(now + time, Event::Resume);
                }
            }
            Act::Unanswered(time) => self.server.mute(now + time),
        }
        Ok(())
    }

    /// Sends on what the server has said.
    fn listen_to_server(&mut self) -> Result<(), String> {
        for said in self.server.take_said() {
            match said {
                Said::Answer(exchange, status, packets) => {
                    let at = self.now + self.latency();
                    let told = Told::Answer(exchange, status, packets);
                    self.agenda.add(at, Event::Tell(told));
                }
                Said::Break(exchange) => {
                    let at = self.now + self.latency();
                    let told = Told::Failed(exchange, DialFailureKind::Broken);
                    self.agenda.add(at, Event::Tell(told));
                }
                Said::Close(socket, code) => self.down(socket, News::Closed(code)),
                Said::Later(time, cut) => self.agenda.add(self.now + time, Event::Cut(cut)),
                Said::Lose(socket) => self.down(socket, News::Lost),
                Said::Text(socket, text) => self.down(socket, News::Text(text)),
                Said::Wrong(what) => return Err(format!("the client breaks the protocol: {what}")),
            }
        }
        Ok(())
    }

    fn down(&mut self, socket: u64, news: News) {
        let at = self.arrival(socket, false);
        self.agenda.add(at, Event::Tell(Told::News(socket, news)));
    }

    /// When something arrives that leaves now; pieces of one socket keep their order.
    fn arrival(&mut self, socket: u64, up: bool) -> Duration {
        let at = self.now + self.latency();
        let last = self.arrivals.entry((socket, up)).or_default();
        *last = at.max(*last);
        *last
    }

    fn latency(&mut self) -> Duration {
        let most = self.plan.settings.latency.as_millis() as u64;
        millis(self.random.u64(1..=most))
    }

    fn at_rest(self) -> Result<(), String> {
        let closed = self.conduct.is_closed();
        if let Some(number) = self.server.owed().filter(|_| !closed) {
            return Err(format!("event {number} was never acknowledged"));
        }
        self.judge.at_rest(self.server.published, closed)?;
        match &self.conduct.state {
            Some(LinkState::Closed { .. }) if self.machine.deadline().is_some() => {
                Err("closed, and still waiting for something".into())
            }
            Some(LinkState::Closed { .. } | LinkState::Connected { .. }) => Ok(()),
            other => Err(format!("at the end the link is {other:?}")),
        }
    }
}
