//! One run: the client on its virtual runtime, its user, the network and the server on one clock that
//! leaps from one thing to the next.

mod acts;
mod http;
mod sockets;
mod user;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use twin_client::{AccessToken, Client, Config, Credentials, SlowReaders};
use twin_transport::{
    Runtime as _,
    testing::{Dial, Peer, VirtualRuntime},
};

use self::{http::Answering, user::User};
use super::{
    Asked, Desk, Entry, Journal, Judge, Link, Platform, Sockets, Trouble,
    plan::{self, PlanOver},
};
use crate::sim::{
    clock::{Clock, TROUBLE},
    dial::Dial as DialTrouble,
    session_name,
    trace::Trace,
};

/// After the trouble: the longest stand-still, the longest silence, the longest pause.
const HEALING: Duration = Duration::from_secs(240);
/// How long the last events, and the last outcomes, may take.
const LAST_WORDS: Duration = Duration::from_secs(60);
/// How long goodbyes may take.
const FAREWELL: Duration = Duration::from_secs(60);
/// More than any run needs.
const MOST_STEPS: usize = 60_000;
/// So many events come in one frame: those of a recovery, and as many lines as share one.
const MOST_IN_A_FRAME: usize = 80;
/// The most messages that are taken from a list after a gap.
const MOST_LISTED: usize = 500;
/// What an event takes beside its payload, at least.
const LEAST_WEIGHT: usize = 512;

pub(in crate::sim) struct World<'a, L: Link> {
    pub(in crate::sim) plan: &'a PlanOver<L>,
    pub(in crate::sim) clock: Clock<Event<L>>,
    pub(in crate::sim) link: L,
    runtime: VirtualRuntime,
    /// Whether the process of the client stands still.
    stands_still: bool,
    /// Until when it does.
    stands_until: Duration,
    client: Option<Client>,
    sockets: Sockets,
    desk: Desk,
    journal: Journal,
    user: User,
    platform: Platform,
    http: Option<(Trouble, Duration)>,
    /// Dials that the server has not answered yet.
    dialling: BTreeMap<u64, Dial>,
    pub(in crate::sim) peers: BTreeMap<u64, Peer>,
    /// Sessions whose last event is none that a list has.
    pub(in crate::sim) over: BTreeSet<String>,
    pub(in crate::sim) judge: Judge,
    pub(in crate::sim) trace: &'a mut Trace,
}

pub(in crate::sim) enum Event<L: Link> {
    Act(usize),
    Answer(Asked, Answering),
    AtPlatform(Asked, Option<Trouble>),
    Dialled(u64, Result<(), DialTrouble>),
    End,
    /// Nothing goes wrong any more.
    Heal,
    LastWords,
    /// The server reads again what the client writes.
    ReadOn(u64),
    Resume,
    Traffic(L::Traffic),
}

/// Plays `plan`.
///
/// # Errors
///
/// With the first law that did not hold.
pub(super) fn play<L: Link>(
    seed: u64,
    plan: &PlanOver<L>,
    trace: &mut Trace,
) -> Result<(), String> {
    let mut clock = Clock::new(seed, L::latency(&plan.link));
    for (index, (at, _)) in plan.acts.iter().enumerate() {
        clock.at(*at, Event::Act(index));
    }
    clock.at(TROUBLE, Event::Heal);
    clock.at(TROUBLE + HEALING, Event::LastWords);
    clock.at(TROUBLE + HEALING + LAST_WORDS, Event::End);
    let runtime = VirtualRuntime::new();
    let journal = Journal::default();
    let sockets = Sockets::new(journal.clone());
    let desk = Desk::new(journal.clone());
    let mut config = config(&plan.user);
    let link = L::new(plan, &runtime, &mut config);
    let client = Client::builder(config)
        .http(desk.clone())
        .web_socket(sockets.clone())
        .runtime(runtime.handle())
        .seed(seed)
        .build();
    let world = World {
        plan,
        clock,
        link,
        runtime,
        stands_still: false,
        stands_until: Duration::ZERO,
        client: Some(client.map_err(|error| error.to_string())?),
        sockets,
        desk,
        journal,
        user: User::default(),
        platform: Platform::new(plan.user.newest_first),
        http: None,
        dialling: BTreeMap::new(),
        peers: BTreeMap::new(),
        over: BTreeSet::new(),
        judge: Judge::new(plan.user.falls_behind, plan.may_end::<L>()),
        trace,
    };
    world.run()
}

fn config(user: &plan::Settings) -> Config {
    let mut config = Config::default();
    config.buffer_per_link = user.buffer;
    config.sessions_per_link = user.sessions_per_link;
    config.gap_filling = user.fills;
    if !user.falls_behind {
        config.slow_readers = SlowReaders::HoldUp;
    }
    if user.fills {
        let token = AccessToken::parse("token").expect("a token can be a word");
        config.credentials = Credentials::Token(token);
    }
    config
}

impl<L: Link> World<'_, L> {
    fn run(mut self) -> Result<(), String> {
        for _ in 0..MOST_STEPS {
            self.settle()?;
            let next = self.clock.next_at().unwrap_or_default();
            let timer = self.runtime.next_timer().filter(|_| !self.stands_still);
            if let Some(timer) = timer.filter(|timer| *timer <= next) {
                self.go_on_to(timer);
                continue;
            }
            self.go_on_to(next);
            match self.clock.take_due(next) {
                None | Some(Event::End) => return self.at_rest(),
                Some(event) => self.happen(event)?,
            }
        }
        Err("the client does not come to rest".into())
    }

    fn go_on_to(&mut self, moment: Duration) {
        self.clock.now = self.clock.now.max(moment);
        if !self.stands_still {
            let time = self.clock.now.saturating_sub(self.runtime.now());
            self.runtime.advance(time);
        }
    }

    /// Lets everything happen that needs no time.
    fn settle(&mut self) -> Result<(), String> {
        while !self.stands_still {
            self.runtime.run_until_stalled();
            let entries = self.journal.take();
            let is_quiet = entries.is_empty();
            for entry in entries {
                self.enter(entry)?;
            }
            if !(self.look_around()? | !is_quiet) {
                break;
            }
        }
        if self.user.reads_slowly() {
            // Whoever reads slowly may hold up a link, which then does nothing at all.
            self.link.stand_still(self.clock.now);
        }
        for (at, session, serial) in self.link.take_spoken() {
            let id = format!("{session}-{serial}");
            self.platform.say(at, &session, id);
        }
        L::listen_to_server(self)?;
        self.weigh()
    }

    /// Takes up what the client and its user want. Says whether there was anything.
    fn look_around(&mut self) -> Result<bool, String> {
        let mut busy = false;
        while let Some(dial) = self.sockets.take_dial() {
            self.dial(dial);
            busy = true;
        }
        busy |= self.listen_to_client();
        for asked in self.desk.take() {
            self.ask(asked);
            busy = true;
        }
        self.take_started();
        self.check_sends()?;
        Ok(busy)
    }

    fn enter(&mut self, entry: Entry) -> Result<(), String> {
        match entry {
            Entry::Answered { asked } => {
                L::answered(self, asked);
                Ok(())
            }
            Entry::End { reader } => {
                self.trace
                    .add(self.clock.now, || format!("  reader {reader}: the end"));
                self.judge.end(reader)
            }
            Entry::Read { reader, what } => {
                self.trace
                    .add(self.clock.now, || format!("  reader {reader}: {what:?}"));
                self.user.had += 1;
                self.judge.read(reader, &what)
            }
            Entry::Suspended { asked } => self.check_suspended(asked),
            Entry::Told { conn } => L::told(self, conn),
        }
    }

    fn happen(&mut self, event: Event<L>) -> Result<(), String> {
        match event {
            Event::Act(index) => {
                let plan = self.plan;
                let act = &plan.acts[index].1;
                if self.stands_still && act.is_of_user() {
                    // The user is in the process.
                    self.clock.at(self.stands_until, Event::Act(index));
                    return Ok(());
                }
                self.trace.add(self.clock.now, || format!("* {act:?}"));
                self.act(act);
            }
            Event::Answer(asked, answering) => answering.to(asked),
            Event::AtPlatform(asked, trouble) => self.at_platform(asked, trouble),
            Event::Dialled(conn, answer) => self.dialled(conn, answer),
            Event::End => {}
            Event::Heal if self.stands_still => {
                self.clock.at(self.stands_until, Event::Heal);
            }
            Event::Heal => {
                self.link.heal();
                self.http = None;
                self.user.read_all();
                self.resume();
            }
            Event::LastWords => {
                self.trace.add(self.clock.now, || "* the last words".into());
                for session in self.sessions() {
                    self.link.publish(self.clock.now, &session);
                }
            }
            Event::ReadOn(conn) => {
                let is_dead = self.link.is_dead(conn);
                if let Some(peer) = self.peers.get(&conn).filter(|_| !is_dead) {
                    peer.read_on();
                }
            }
            Event::Resume => {
                self.trace
                    .add(self.clock.now, || "* the process goes on".into());
                self.stands_still = false;
                let time = self.clock.now.saturating_sub(self.runtime.now());
                self.runtime.leap(time);
            }
            Event::Traffic(traffic) => L::carry(self, traffic),
        }
        Ok(())
    }

    /// The sessions that are spoken of.
    pub(in crate::sim) fn sessions(&self) -> impl Iterator<Item = String> + use<L> {
        (0..self.plan.sessions::<L>()).map(session_name)
    }

    /// What waits for readers is bounded.
    fn weigh(&self) -> Result<(), String> {
        let Some(client) = self.client.as_ref().filter(|_| self.plan.all_read()) else {
            return Ok(());
        };
        let stats = client.stats();
        let waiting = (stats.events + stats.gaps).saturating_sub(self.user.had) as usize;
        let user = &self.plan.user;
        let sessions = self.plan.sessions::<L>().max(1);
        let links = sessions.div_ceil(user.sessions_per_link);
        // Held up, a link takes in one frame beyond what may wait; where readers fall behind, twice as
        // much may wait, and a frame for each.
        let (buffers, frames) = match user.falls_behind {
            true => (2 * links, 2 * sessions),
            false => (links, links),
        };
        // What a list gives is taken in at once.
        let lists = if user.fills {
            sessions * MOST_LISTED
        } else {
            0
        };
        let most = buffers * user.buffer / LEAST_WEIGHT + frames * MOST_IN_A_FRAME + lists;
        if waiting > most {
            return Err(format!(
                "{waiting} events wait for readers, more than {most}"
            ));
        }
        Ok(())
    }

    fn at_rest(mut self) -> Result<(), String> {
        let count = |session: String| (session.clone(), self.link.published(&session));
        let mut published: BTreeMap<_, _> = self.sessions().map(count).collect();
        for session in &self.over {
            // The end of a session is in no list.
            if let Some(last) = published.get_mut(session) {
                *last = last.saturating_sub(1);
            }
        }
        self.judge.at_rest(&published)?;
        self.check_all_sent()?;
        self.say_goodbye()
    }

    /// Without handles nothing stays behind.
    fn say_goodbye(&mut self) -> Result<(), String> {
        self.user.drop_all();
        self.client = None;
        let end = self.clock.now + FAREWELL;
        self.clock.at(end, Event::End);
        while self.clock.now < end {
            self.settle()?;
            let next = self.clock.next_at().unwrap_or(end);
            let timer = self.runtime.next_timer().unwrap_or(next);
            self.go_on_to(next.min(timer).min(end));
            while let Some(event) = self.clock.take_due(self.clock.now) {
                self.happen(event)?;
            }
        }
        self.settle()?;
        let tasks = self.runtime.task_names();
        if !tasks.is_empty() {
            return Err(format!("with every handle gone there are still {tasks:?}"));
        }
        if self.link.is_asked() {
            return Err("with every handle gone a request is still open".into());
        }
        match self.peers.iter().find(|(_, peer)| !peer.is_gone()) {
            Some((conn, _)) => Err(format!("with every handle gone {conn} is still open")),
            None => Ok(()),
        }
    }
}
