//! One run: the client on its virtual runtime, its user, the network and the server on one clock that
//! leaps from one thing to the next.

mod acts;
mod http;
mod network;
mod source;
mod user;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use twin_client::{AccessToken, Client, Config, Credentials, SlowReaders};
use twin_protocol::centrifuge::Codec;
use twin_transport::{
    Runtime as _,
    testing::{Dial, Peer, VirtualRuntime},
};

use self::{http::Answering, source::Source, user::User};
use super::plan::{Act, Plan};
use crate::sim::{
    centrifuge::{
        line::{Line, Mark},
        network::{Network, Traffic},
        plan::{self as link_plan, TROUBLE},
        server::{Server, session_name},
    },
    client::{Asked, Desk, Entry, Journal, Judge, Platform, Sockets, Trouble},
    clock::Clock,
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

pub(super) struct World<'a> {
    plan: &'a Plan,
    clock: Clock<Event>,
    network: Network,
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
    source: Source,
    platform: Platform,
    http: Option<(Trouble, Duration)>,
    /// Dials that the server has not answered yet.
    dialling: BTreeMap<u64, Dial>,
    peers: BTreeMap<u64, Peer>,
    over: BTreeSet<String>,
    judge: Judge,
    trace: &'a mut Trace,
}

#[derive(Debug)]
enum Event {
    Act(usize),
    Answer(Asked, Answering),
    AtPlatform(Asked, Option<Trouble>),
    Dialled(u64, Result<(), link_plan::Dial>),
    End,
    /// Nothing goes wrong any more.
    Heal,
    LastWords,
    /// The server reads again what the client writes.
    ReadOn(u64),
    Resume,
    Traffic(Traffic),
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
    let mut clock = Clock::new(seed, plan.link.latency);
    for (index, (at, _)) in plan.acts.iter().enumerate() {
        clock.at(*at, Event::Act(index));
    }
    clock.at(TROUBLE, Event::Heal);
    clock.at(TROUBLE + HEALING, Event::LastWords);
    clock.at(TROUBLE + HEALING + LAST_WORDS, Event::End);
    let runtime = VirtualRuntime::new();
    let journal = Journal::default();
    let sockets = Sockets::new(journal.clone());
    let desk = Desk::default();
    let source = Source::default();
    let mut config = config(plan);
    config.connection_tokens = plan.link.tokens.map(|ttl| source.tokens(ttl, &runtime));
    let client = Client::builder(config)
        .http(desk.clone())
        .web_socket(sockets.clone())
        .runtime(runtime.handle())
        .seed(seed)
        .build();
    let server = Server::new(&plan.link, plan.sessions(), &plan.fresh());
    let world = World {
        plan,
        clock,
        network: Network::new(&plan.link, server),
        runtime,
        stands_still: false,
        stands_until: Duration::ZERO,
        client: Some(client.map_err(|error| error.to_string())?),
        sockets,
        desk,
        journal,
        user: User::default(),
        source,
        platform: Platform::new(plan.user.newest_first),
        http: None,
        dialling: BTreeMap::new(),
        peers: BTreeMap::new(),
        over: BTreeSet::new(),
        judge: Judge::new(plan.user.falls_behind, plan.may_end()),
        trace,
    };
    world.run()
}

fn config(plan: &Plan) -> Config {
    let mut config = Config::default();
    config.buffer_per_link = plan.user.buffer;
    config.sessions_per_link = plan.user.sessions_per_link;
    config.gap_filling = plan.user.fills;
    if plan.link.protobuf {
        config.codec = Codec::Protobuf;
    }
    if !plan.user.falls_behind {
        config.slow_readers = SlowReaders::HoldUp;
    }
    if plan.user.fills {
        let token = AccessToken::parse("token").expect("a token can be a word");
        config.credentials = Credentials::Token(token);
    }
    config
}

impl World<'_> {
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
            self.network.renewals.stand_still(self.clock.now);
        }
        self.listen_to_server()?;
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
            Entry::Told { conn } => {
                let Some(lines) = self.network.pipe(conn).untaken.pop_front() else {
                    return Err(format!("{conn} gave what nobody has said"));
                };
                self.trace
                    .add(self.clock.now, || format!("{conn} < {lines:?}"));
                lines.iter().for_each(|line| self.tell(conn, line));
                Ok(())
            }
        }
    }

    /// The judge learns what the client is told.
    fn tell(&mut self, conn: u64, line: &Line) {
        for mark in line.marks.iter().cloned() {
            match mark {
                Mark::Allowed { ttl } => {
                    self.network.renewals.told(self.clock.now, conn, ttl);
                }
                Mark::Agreed { session, serial } => self.judge.agreed(&session, serial),
                Mark::Event { session, serial } => self.judge.told(&session, serial),
                Mark::Forgotten { session, up_to } => self.judge.forgotten(&session, up_to),
                Mark::Granted { session, base } => self.judge.granted(&session, base),
                Mark::MayMiss { session, up_to } | Mark::MustTell { session, up_to } => {
                    self.judge.may_miss(&session, up_to);
                }
                Mark::Greeted | Mark::Life | Mark::Recovered { .. } => {}
            }
        }
        if line.text.contains("sessionClosed") {
            let sessions = (0..self.plan.sessions()).map(session_name);
            let named = |session: &String| line.text.contains(&format!(r#""{session}""#));
            sessions
                .filter(named)
                .for_each(|session| self.judge.closed(&session));
        }
    }

    fn happen(&mut self, event: Event) -> Result<(), String> {
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
                self.network.server.give_back();
                self.http = None;
                self.user.read_all();
                self.resume();
            }
            Event::LastWords => {
                self.trace.add(self.clock.now, || "* the last words".into());
                for session in (0..self.plan.sessions()).map(session_name) {
                    self.network.server.publish(self.clock.now, &session);
                }
            }
            Event::ReadOn(conn) => {
                let is_dead = self.network.pipe(conn).dead;
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
            Event::Traffic(traffic) => {
                if let Some((conn, news)) = self.network.carry(&mut self.clock, traffic) {
                    self.arrive(conn, news);
                }
            }
        }
        Ok(())
    }

    /// What waits for readers is bounded.
    fn weigh(&self) -> Result<(), String> {
        let Some(client) = self.client.as_ref().filter(|_| self.plan.all_read()) else {
            return Ok(());
        };
        let stats = client.stats();
        let waiting = (stats.events + stats.gaps).saturating_sub(self.user.had) as usize;
        let user = &self.plan.user;
        let sessions = self.plan.sessions().max(1);
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
        let mut published = self.network.server.published.clone();
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
        match self.peers.iter().find(|(_, peer)| !peer.is_gone()) {
            Some((conn, _)) => Err(format!("with every handle gone {conn} is still open")),
            None => Ok(()),
        }
    }
}
