//! What a simulation of the whole client has to know of links over Centrifugo.

mod news;
mod source;

use std::time::Duration;

use fastrand::Rng;
use http::Uri;
use twin_client::Config;
use twin_protocol::centrifuge::Codec;
use twin_transport::{Message, testing::VirtualRuntime};

use self::source::Source;
use super::{
    network::{Network, Traffic},
    plan::{self, Answer, Settings},
    server::Server,
};
use crate::{
    protobuf,
    sim::{
        client::{Act, Acts, Asked, Event, Link, PlanOver, World},
        dial::Dial,
        session_name,
    },
};

/// The links of a client over Centrifugo, and their server.
pub(in crate::sim) struct Links {
    network: Network,
    source: Source,
}

impl From<Traffic> for Event<Links> {
    fn from(traffic: Traffic) -> Self {
        Self::Traffic(traffic)
    }
}

impl Link for Links {
    type Act = plan::Act;
    type Settings = Settings;
    type Traffic = Traffic;

    fn draw(random: &mut Rng) -> (Settings, Acts<plan::Act>) {
        let drawn = plan::Plan::draw(random.u64(..));
        let settings = Settings {
            messages: random.bool(),
            protobuf: random.u8(0..4) == 0,
            stale_news: false,
            lag: Duration::ZERO,
            ..drawn.settings
        };
        let acts = drawn.acts.into_iter().map(|(at, act)| {
            let act = match act {
                plan::Act::Ask(wish) => Act::Ask(wish),
                plan::Act::Suspend(time) => Act::Suspend(time),
                act => Act::Link(act),
            };
            (at, act)
        });
        (settings, acts.collect())
    }

    fn has_messages(settings: &Settings) -> bool {
        settings.messages
    }

    fn sessions_per_link(settings: &Settings, random: &mut Rng) -> usize {
        // What a channel of several sessions brings goes to one link here.
        if settings.shared {
            100
        } else {
            [1, 2, 100][random.usize(0..3)]
        }
    }

    fn latency(settings: &Settings) -> Duration {
        settings.latency
    }

    fn publishing(session: usize, count: u64) -> plan::Act {
        plan::Act::Publish(session, count)
    }

    fn stalling(time: Duration) -> plan::Act {
        plan::Act::Stall(time)
    }

    fn session(act: &plan::Act) -> Option<usize> {
        act.session()
    }

    fn ends(act: &plan::Act) -> bool {
        matches!(
            act,
            plan::Act::Close(3500)
                | plan::Act::Connects(Answer::Never, _)
                | plan::Act::Joins(Answer::Never, _)
        )
    }

    fn new(plan: &PlanOver<Self>, runtime: &VirtualRuntime, config: &mut Config) -> Self {
        let source = Source::default();
        config.connection_tokens = plan.link.tokens.map(|ttl| source.tokens(ttl, runtime));
        if plan.link.protobuf {
            config.codec = Codec::Protobuf;
        }
        let server = Server::new(&plan.link, plan.sessions::<Self>(), &plan.fresh());
        Self {
            network: Network::new(&plan.link, server),
            source,
        }
    }

    fn published(&self, session: &str) -> u64 {
        let published = self.network.server.published.get(session);
        published.copied().unwrap_or(0)
    }

    fn start(&mut self, session: &str) {
        self.network.server.start(session);
    }

    fn publish(&mut self, now: Duration, session: &str) {
        self.network.server.publish(now, session);
    }

    fn take_spoken(&mut self) -> Vec<(Duration, String, u64)> {
        self.network.server.take_spoken()
    }

    fn is_down(&self, now: Duration) -> bool {
        self.network.is_down(now)
    }

    fn trouble(&self, now: Duration) -> Option<Dial> {
        self.network.trouble(now)
    }

    fn is_dead(&mut self, conn: u64) -> bool {
        self.network.pipe(conn).dead
    }

    fn is_asked(&self) -> bool {
        false
    }

    fn stand_still(&mut self, until: Duration) {
        self.network.renewals.stand_still(until);
    }

    fn heal(&mut self) {
        self.network.server.give_back();
    }

    fn act(world: &mut World<'_, Self>, act: &plan::Act) {
        let now = world.clock.now;
        let network = &mut world.link.network;
        let conn = network.present;
        match *act {
            plan::Act::Restart { down, forgets } => {
                let conns: Vec<_> = world.peers.keys().copied().collect();
                network.restart(&mut world.clock, &conns, down, forgets);
            }
            plan::Act::Tokenless { silent, time } => {
                network.renewals.fail_source(now, silent, now + time);
                world.link.source.fail(silent, now + time);
            }
            _ => network.act(&mut world.clock, act),
        }
        if let plan::Act::SessionClosed(session) = *act {
            world.over.insert(session_name(session));
        }
        // What the server does not read, the client notices by its socket.
        let Some(peer) = world.peers.get(&conn) else {
            return;
        };
        match *act {
            plan::Act::Hole if world.link.network.pipe(conn).dead => peer.stop_reading(),
            plan::Act::Stall(time) => {
                peer.stop_reading();
                world.clock.after(time, Event::ReadOn(conn));
            }
            _ => {}
        }
    }

    fn carry(world: &mut World<'_, Self>, traffic: Traffic) {
        let network = &mut world.link.network;
        if let Some((conn, news)) = network.carry(&mut world.clock, traffic) {
            news::arrive(world, conn, news);
        }
    }

    fn opened(world: &mut World<'_, Self>, conn: u64, _: &Uri) {
        let network = &mut world.link.network;
        network.present = network.present.max(conn);
        network.server.open(conn);
    }

    fn sent(world: &mut World<'_, Self>, conn: u64, message: Message) {
        let at = world.link.network.up(&mut world.clock, conn);
        let traffic = match message {
            Message::Text(text) => Traffic::AtServer(conn, text.to_string()),
            Message::Binary(bytes) => Traffic::AtServer(conn, protobuf::command_lines(&bytes)),
            _ => Traffic::Gone(conn),
        };
        world.clock.at(at, traffic);
    }

    fn gone(world: &mut World<'_, Self>, conn: u64) {
        let at = world.link.network.up(&mut world.clock, conn);
        world.clock.at(at, Traffic::Gone(conn));
    }

    fn take_asked(_: &mut World<'_, Self>, asked: Asked) -> Option<Asked> {
        Some(asked)
    }

    fn told(world: &mut World<'_, Self>, conn: u64) -> Result<(), String> {
        news::told(world, conn)
    }

    fn answered(_: &mut World<'_, Self>, _: u64) {}

    fn listen_to_server(world: &mut World<'_, Self>) -> Result<(), String> {
        world.link.network.listen_to_server(&mut world.clock)
    }
}
