//! One run: the machine, its driver, the network and the server on one clock that leaps from one
//! thing to the next.

mod acts;
mod driver;

use std::{collections::BTreeMap, time::Duration};

use fastrand::Rng;
use twin_protocol::{
    centrifuge::{Codec, Config, Machine},
    link::{LinkState, TokenId},
};

use super::{
    judge::Judge,
    network::{News, Pipe},
    plan::{Dial, Plan, TROUBLE, Wish, millis},
    server::{Said, Server, Task, session_name, token},
};
use crate::sim::{agenda::Agenda, conduct::Conduct, trace::Trace};

/// After the trouble: the longest stand-still, the longest silence, the longest pause.
const HEALING: Duration = Duration::from_secs(240);
/// After the trouble: when nothing that was wrong is felt any more.
pub(super) const SOUND: Duration = Duration::from_secs(150);
/// How long the last events may take.
const LAST_WORDS: Duration = Duration::from_secs(20);
/// More than any run needs.
const MOST_STEPS: usize = 60_000;
/// So many lines share a frame.
const MOST_LINES: usize = 16;
/// With so many frames unread, the server gives a slow client up.
const SLOW: usize = 24;

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
    /// No token is to be had until then; whether the source says nothing at all.
    tokenless: Option<(bool, Duration)>,
    pipes: BTreeMap<u64, Pipe>,
    /// The connection dialled last.
    present: u64,
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
    AtClient(u64, News),
    AtServer(u64, String),
    End,
    Flush(u64),
    /// The server learns that the client has gone.
    Gone(u64),
    /// Nothing goes wrong any more.
    Heal,
    LastWords,
    Resume,
    Task(Task),
    /// The source of tokens answers; whether it has one.
    Token(TokenId, bool),
}

#[derive(Debug)]
enum Told {
    News(u64, News),
    Token(TokenId, Option<String>),
    Wish(Wish),
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
    config.tokens = plan.settings.tokens.is_some();
    if plan.settings.protobuf {
        config.codec = Codec::Protobuf;
    }
    let world = World {
        plan,
        now: Duration::ZERO,
        random: Rng::with_seed(seed ^ 0x5eed),
        agenda,
        machine: Machine::new(config, seed),
        timer: None,
        mailbox: None,
        server: Server::new(&plan.settings, plan.sessions(), &plan.fresh()),
        server_down_until: Duration::ZERO,
        dials: None,
        tokenless: None,
        pipes: BTreeMap::new(),
        present: 0,
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
            Event::AtClient(conn, news) => {
                if matches!(news, News::Frame(_)) {
                    self.pipe(conn).under_way -= 1;
                }
                if !self.pipe(conn).dead {
                    self.tell(Told::News(conn, news))?;
                }
            }
            Event::AtServer(conn, text) => {
                if !self.pipe(conn).dead {
                    self.server.hear(self.now, conn, &text);
                }
            }
            Event::End => {}
            Event::Flush(conn) => self.flush(conn),
            Event::Gone(conn) => self.server.forget(conn),
            Event::Heal => {
                self.server.give_back();
                self.server.be_sound_from(self.now + SOUND);
                self.tell(Told::Wish(Wish::Resume))?;
            }
            Event::LastWords => {
                self.trace.add(self.now, || "* the last words".into());
                for session in (0..self.plan.sessions()).map(session_name) {
                    self.server.publish(self.now, &session);
                }
            }
            Event::Resume => {
                self.trace.add(self.now, || "* the process goes on".into());
                for told in self.mailbox.take().unwrap_or_default() {
                    self.tell(told)?;
                }
                self.elapse()?;
            }
            Event::Task(task) => self.server.perform(self.now, task),
            Event::Token(id, has_one) => {
                let ttl = self.plan.settings.tokens.filter(|_| has_one);
                let token = ttl.map(|ttl| token(self.now, ttl));
                self.tell(Told::Token(id, token))?;
            }
        }
        self.listen_to_server()
    }

    /// Sends on what the server has said.
    fn listen_to_server(&mut self) -> Result<(), String> {
        for said in self.server.take_said() {
            match said {
                Said::Close(conn, code) => self.end(conn, code),
                Said::Later(time, task) => self.agenda.add(self.now + time, Event::Task(task)),
                Said::Line(conn, line) => {
                    let settings = &self.plan.settings;
                    let pipe = self.pipes.entry(conn).or_default();
                    if pipe.waiting.is_empty() {
                        // What shares a frame is chance.
                        let most = settings.batching.as_millis() as u64;
                        let wait = millis(self.random.u64(0..=most));
                        self.agenda.add(self.now + wait, Event::Flush(conn));
                    }
                    pipe.waiting.push(line);
                }
                Said::Wrong(what) => return Err(format!("the client breaks the protocol: {what}")),
            }
        }
        Ok(())
    }

    fn flush(&mut self, conn: u64) {
        let waiting = std::mem::take(&mut self.pipe(conn).waiting);
        for lines in waiting.chunks(MOST_LINES) {
            let pipe = self.pipe(conn);
            pipe.under_way += 1;
            if pipe.under_way > SLOW {
                pipe.under_way -= 1;
                self.server.close(conn, 3008);
                return;
            }
            if self.random.u8(0..10) == 0 {
                self.send_down(conn, News::Progress);
            }
            self.send_down(conn, News::Frame(lines.to_vec()));
        }
    }

    /// The server ends a connection, after what it has said; but for a slow client's.
    fn end(&mut self, conn: u64, code: u16) {
        if code == 3008 {
            self.pipe(conn).waiting.clear();
        }
        self.flush(conn);
        self.pipe(conn).ended = true;
        self.send_down(conn, News::Closed(code));
    }

    fn send_down(&mut self, conn: u64, news: News) {
        let latency = self.latency();
        let now = self.now;
        let at = self.pipe(conn).down(now, latency);
        self.agenda.add(at, Event::AtClient(conn, news));
    }

    fn send_up(&mut self, conn: u64, text: String) {
        let latency = self.latency();
        let now = self.now;
        let at = self.pipe(conn).up(now, latency);
        self.agenda.add(at, Event::AtServer(conn, text));
    }

    fn latency(&mut self) -> Duration {
        let most = self.plan.settings.latency.as_millis() as u64;
        millis(self.random.u64(1..=most))
    }

    fn pipe(&mut self, conn: u64) -> &mut Pipe {
        self.pipes.entry(conn).or_default()
    }

    fn at_rest(self) -> Result<(), String> {
        self.judge.at_rest(&self.server.published)?;
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
