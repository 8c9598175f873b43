//! What a simulation of the whole client has to know of links over Socket.IO: one a session, each
//! opened by its session's id.

mod exchanges;
mod news;
mod plan;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use fastrand::Rng;
use http::Uri;
use twin_client::{Config, LiveChannel};
use twin_transport::{Message, testing::VirtualRuntime};

use self::{
    exchanges::Exchanges,
    news::{Stage, Traffic},
    plan::Act,
};
use super::{plan::Settings, server::Server};
use crate::sim::{
    client::{Acts, Asked, Event, Link, PlanOver, World},
    dial::Dial,
    session_name,
};

/// The links of a client over Socket.IO, and their server.
pub(in crate::sim) struct Links {
    /// What the server has of each session.
    servers: BTreeMap<String, Server>,
    /// Sessions that have not been started.
    unstarted: BTreeSet<String>,
    down_until: Duration,
    dials: Option<(Dial, Duration)>,
    /// Whose each socket is.
    owners: BTreeMap<u64, String>,
    /// Sockets that carry nothing any more.
    dead: BTreeSet<u64>,
    /// When the last piece of a socket arrives, there and here.
    arrivals: BTreeMap<(u64, bool), Duration>,
    /// What each socket was given that the client has not taken.
    untaken: BTreeMap<u64, VecDeque<String>>,
    exchanges: Exchanges,
    /// How far the present connection of a session is, as the client was told.
    stages: BTreeMap<String, Stage>,
}

impl Link for Links {
    type Act = Act;
    type Settings = Settings;
    type Traffic = Traffic;

    fn draw(random: &mut Rng) -> (Settings, Acts<Act>) {
        plan::draw(random)
    }

    fn has_messages(settings: &Settings) -> bool {
        settings.messages
    }

    fn sessions_per_link(_: &Settings, _: &mut Rng) -> usize {
        1
    }

    fn latency(settings: &Settings) -> Duration {
        settings.latency
    }

    fn publishing(session: usize, count: u64) -> Act {
        Act::Publish(session, count)
    }

    fn stalling(time: Duration) -> Act {
        Act::Stall(time)
    }

    fn session(act: &Act) -> Option<usize> {
        act.session()
    }

    fn ends(act: &Act) -> bool {
        matches!(act, Act::Dials(Dial::Refused(401), _))
    }

    fn new(plan: &PlanOver<Self>, _: &VirtualRuntime, config: &mut Config) -> Self {
        config.live_channel = LiveChannel::SocketIo;
        config.socketio_transport = plan.link.transport;
        let names = (0..plan.sessions::<Self>()).map(session_name);
        let server = |name: String| {
            let server = Server::new(&plan.link, &name);
            (name, server)
        };
        Self {
            servers: names.map(server).collect(),
            unstarted: plan.fresh().into_iter().collect(),
            down_until: Duration::ZERO,
            dials: None,
            owners: BTreeMap::new(),
            dead: BTreeSet::new(),
            arrivals: BTreeMap::new(),
            untaken: BTreeMap::new(),
            exchanges: Exchanges::default(),
            stages: BTreeMap::new(),
        }
    }

    fn published(&self, session: &str) -> u64 {
        self.servers[session].published
    }

    fn start(&mut self, session: &str) {
        self.unstarted.remove(session);
    }

    fn publish(&mut self, now: Duration, session: &str) {
        if !self.unstarted.contains(session) {
            self.server(session).publish(now);
        }
    }

    fn take_spoken(&mut self) -> Vec<(Duration, String, u64)> {
        let spoken = |(name, server): (&String, &mut Server)| {
            let spoken = server.take_spoken().into_iter();
            let name = name.clone();
            spoken.map(move |(at, number)| (at, name.clone(), number))
        };
        self.servers.iter_mut().flat_map(spoken).collect()
    }

    fn is_down(&self, now: Duration) -> bool {
        now < self.down_until
    }

    fn trouble(&self, now: Duration) -> Option<Dial> {
        if self.is_down(now) {
            return Some(Dial::Unreachable);
        }
        let dials = self.dials.filter(|(_, until)| now < *until);
        dials.map(|(dial, _)| dial)
    }

    fn is_dead(&mut self, conn: u64) -> bool {
        self.dead.contains(&conn)
    }

    fn is_asked(&self) -> bool {
        self.exchanges.are_open()
    }

    fn stand_still(&mut self, _: Duration) {}

    fn heal(&mut self) {}

    fn act(world: &mut World<'_, Self>, act: &Act) {
        let now = world.clock.now;
        let name = act.session().map(session_name).unwrap_or_default();
        let links = &mut world.link;
        match *act {
            Act::Close(_, code) => links.server(&name).drop_all(Some(code)),
            Act::Dials(dial, time) => links.dials = Some((dial, now + time)),
            Act::Disconnect(_) => links.server(&name).say("41"),
            Act::Garbage(_) => {
                if let Some(conn) = links.present(&name) {
                    links.server(&name).forget_socket(conn);
                    news::send_down(world, conn, news::News::Unreadable);
                }
            }
            Act::Hole(_) => {
                links.server(&name).go_dead();
                if let Some(conn) = links.present(&name) {
                    links.dead.insert(conn);
                    // What the server does not read, the client notices by its socket.
                    if let Some(peer) = world.peers.get(&conn) {
                        peer.stop_reading();
                    }
                }
            }
            Act::Kill(_) => links.server(&name).drop_all(None),
            Act::Publish(_, count) => (0..count).for_each(|_| links.publish(now, &name)),
            Act::Refuse(_) => links.server(&name).refuse(),
            Act::Restart(down) => {
                links.down_until = now + down;
                let servers = links.servers.values_mut();
                servers.for_each(|server| server.drop_all(None));
            }
            Act::SessionClosed(_) => {
                if !links.unstarted.contains(&name) {
                    links.server(&name).close_session();
                    world.over.insert(name);
                }
            }
            Act::Stall(time) => {
                for (conn, peer) in &world.peers {
                    peer.stop_reading();
                    world.clock.after(time, Event::ReadOn(*conn));
                }
            }
        }
    }

    fn carry(world: &mut World<'_, Self>, traffic: Traffic) {
        news::carry(world, traffic);
    }

    fn opened(world: &mut World<'_, Self>, conn: u64, address: &Uri) {
        let now = world.clock.now;
        let Some(name) = value(address, "key") else {
            return;
        };
        world.link.owners.insert(conn, name.clone());
        let sid = value(address, "sid");
        world.link.server(&name).dialled(now, conn, sid.as_deref());
    }

    fn sent(world: &mut World<'_, Self>, conn: u64, message: Message) {
        let traffic = match message {
            Message::Text(text) => Traffic::Up(conn, text.to_string()),
            _ => Traffic::Gone(conn),
        };
        news::send_up(world, conn, traffic);
    }

    fn gone(world: &mut World<'_, Self>, conn: u64) {
        news::send_up(world, conn, Traffic::Gone(conn));
    }

    fn take_asked(world: &mut World<'_, Self>, asked: Asked) -> Option<Asked> {
        exchanges::take_asked(world, asked)
    }

    fn told(world: &mut World<'_, Self>, conn: u64) -> Result<(), String> {
        news::told(world, conn)
    }

    fn answered(world: &mut World<'_, Self>, asked: u64) {
        exchanges::answered(world, asked);
    }

    fn listen_to_server(world: &mut World<'_, Self>) -> Result<(), String> {
        exchanges::give_up(world);
        news::listen_to_server(world)
    }
}

impl Links {
    /// What the server has of a session.
    fn server(&mut self, name: &str) -> &mut Server {
        let server = self.servers.get_mut(name);
        server.expect("every session that is spoken of has a server")
    }

    /// The newest socket of a session.
    fn present(&self, name: &str) -> Option<u64> {
        let mut sockets = self.owners.iter().rev();
        let present = sockets.find(|(_, owner)| *owner == name);
        present.map(|(conn, _)| *conn)
    }
}

/// A value of an address's query.
fn value(address: &Uri, name: &str) -> Option<String> {
    let query = address.query().unwrap_or_default();
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let value = pairs.find(|(key, _)| *key == name);
    value.map(|(_, value)| value.to_owned())
}
