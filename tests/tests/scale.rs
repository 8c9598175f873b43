//! Thousands of sessions in one process, over many links, against the server on Centrifugo's engine.
//!
//! It wants Go, so it runs on demand only: `cargo xtask ci --step engine`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "that is how a test fails"
)]

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use futures_util::{
    StreamExt as _,
    stream::{self, SelectAll},
};
use tokio::time::timeout;
use twin_client::{
    AccessToken, Client, Config, Credentials, Delivery, Endpoints, Event, Events, Gap, GapReason,
    LinkState, LinkUrl, LiveEvent, Origin, Session, SessionDraft, api::chats::StartSession,
    id::SessionId,
};
use twin_emulator::{Bot, Emulator, Publication};
use twin_tests::peer::{Backed, PeerKind};

const CHAT: &str = "0f9619ff-8b86-4d01-b42d-00cf4fc964ff";
/// How many calls are under way at once.
const CALLS: usize = 32;
/// How long anything may take before it is taken for hung.
const PATIENCE: Duration = Duration::from_secs(180);

struct World {
    backed: Backed,
    client: Client,
}

/// The sessions that are listened to, and everybody who reads them, as one stream.
#[derive(Default)]
struct Listened {
    sessions: HashMap<SessionId, Session>,
    events: SelectAll<Events>,
    /// The number of the event that each session waits for.
    due: HashMap<SessionId, u64>,
}

impl World {
    async fn start(settings: &[&str], choose: impl FnOnce(&mut Config)) -> Self {
        let settings: Vec<_> = settings.iter().map(|&it| it.to_owned()).collect();
        let builder = Emulator::builder().bot(Bot::echo());
        let backed = Backed::start(PeerKind::Engine, &settings, builder).await;
        let backed = backed.unwrap();
        let addresses = backed.emulator.addresses();
        let mut config = Config::default();
        config.endpoints = Endpoints::emulator(&addresses.http).unwrap();
        let live = format!(
            "ws://{}/centrifugo/connection/websocket",
            backed.peer.address()
        );
        config.endpoints.centrifugo = LinkUrl::parse(&live).unwrap();
        config.credentials =
            Credentials::Token(AccessToken::parse(addresses.token.clone()).unwrap());
        choose(&mut config);
        let client = Client::new(config).unwrap();
        Self { backed, client }
    }

    /// Starts sessions to which nobody listens yet.
    async fn sessions(&self, count: usize) -> Vec<SessionId> {
        let starts = stream::iter(0..count).map(|_| async {
            let draft = SessionDraft::new("scale");
            let start = StartSession::new(CHAT.into(), draft);
            self.client.call(start).await.unwrap().id
        });
        starts.buffer_unordered(CALLS).collect().await
    }

    /// Listens to sessions that exist, and waits until every one of them is joined.
    async fn listen(&self, ids: Vec<SessionId>) -> Listened {
        let mut links = self.client.links();
        let mut listened = Listened::default();
        for (session, events) in self.client.listen(ids.clone()).unwrap() {
            listened.add(session, events);
        }
        let mut missing: HashSet<_> = ids.into_iter().collect();
        while !missing.is_empty() {
            let change = within(links.next()).await.unwrap();
            if let LinkState::Connected { .. } = change.state {
                for session in &change.sessions {
                    missing.remove(session);
                }
            }
        }
        listened
    }

    /// Starts sessions and listens to them from their first event on.
    async fn start_and_listen(&self, count: usize, listened: &mut Listened) {
        let starts = stream::iter(0..count).map(|_| async {
            let chat = self.client.chat(CHAT);
            chat.start(SessionDraft::new("scale")).await.unwrap()
        });
        let mut starts = starts.buffer_unordered(CALLS);
        while let Some((session, events)) = starts.next().await {
            listened.add(session, events);
        }
    }

    /// Publishes the next event for every session that is listened to.
    fn publish(&self, listened: &Listened) {
        for (session, due) in &listened.due {
            let payload = format!(r#"{{"session":"{}","n":{due}}}"#, session.as_str());
            let publication = Publication::event(session.as_str(), "scale", &payload);
            let emulator = &self.backed.emulator;
            emulator.publish(&publication.unwrap()).unwrap();
        }
    }

    fn links(&self) -> usize {
        let mut links = self.client.links();
        // The present states come first, and all of them are there.
        std::iter::from_fn(|| futures_util::FutureExt::now_or_never(links.next()).flatten()).count()
    }
}

impl Listened {
    fn add(&mut self, session: Session, events: Events) {
        self.due.insert(session.id().clone(), 0);
        self.sessions.insert(session.id().clone(), session);
        self.events.push(events);
    }

    /// Reads until every session has been told of its event, which is the one that is due, and
    /// nobody of anything else.
    async fn hear(&mut self) {
        let mut missing: HashSet<_> = self.due.keys().cloned().collect();
        while !missing.is_empty() {
            let Some(delivery) = within(self.events.next()).await else {
                panic!("all streams have ended, {} sessions wait", missing.len());
            };
            let Delivery::Event(event) = delivery else {
                panic!("no event but {delivery:?}");
            };
            if event.name.as_deref() != Some("scale") {
                continue;
            }
            let session = event.session.clone().unwrap();
            let due = self
                .due
                .get_mut(&session)
                .expect("a session that is listened to");
            let payload = format!(r#"{{"session":"{}","n":{due}}}"#, session.as_str());
            assert_eq!(event.raw.get(), payload);
            *due += 1;
            assert!(missing.remove(&session), "twice: {payload}");
        }
    }

    /// Leaves every tenth session.
    fn leave_some(&mut self) -> usize {
        let leaving: Vec<_> = self.sessions.keys().step_by(10).cloned().collect();
        for id in &leaving {
            self.due.remove(id);
            self.sessions.remove(id).unwrap().leave();
        }
        leaving.len()
    }
}

async fn within<F: Future>(future: F) -> F::Output {
    timeout(PATIENCE, future).await.expect("it comes")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "wants Go"]
async fn five_thousand_sessions_over_fifty_links_each_get_what_is_theirs() {
    let world = World::start(&[], |_| {}).await;
    let ids = world.sessions(5000).await;
    let mut listened = world.listen(ids).await;
    assert_eq!(world.links(), 50);
    for _ in 0..2 {
        world.publish(&listened);
        listened.hear().await;
    }

    // Some go and others come, on links that are up.
    let left = listened.leave_some();
    world.start_and_listen(left, &mut listened).await;
    for _ in 0..2 {
        world.publish(&listened);
        listened.hear().await;
    }
    assert_eq!(world.client.stats().gaps, 0);

    listened.sessions.clear();
    drop(listened);
    within(world.client.close()).await;
    assert_eq!(world.links(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "wants Go"]
async fn a_server_that_allows_fewer_channels_gets_more_links() {
    let world = World::start(&["channel-limit=30"], |_| {}).await;
    let ids = world.sessions(500).await;
    let mut listened = world.listen(ids).await;
    // A hundred, fifty, twenty-five.
    assert_eq!(world.links(), 20);
    for _ in 0..2 {
        world.publish(&listened);
        listened.hear().await;
    }
}

/// A message of the bot, by its number, long enough that a few of them are too many.
fn say(world: &World, session: &SessionId, number: usize) {
    let body = format!("{number} {}", "x".repeat(20_000));
    let acts = serde_json::json!([{"message": {"body": body}}]).to_string();
    world.backed.emulator.act(session.as_str(), &acts).unwrap();
}

fn number(event: &LiveEvent) -> usize {
    let Event::MessageCreated(message) = &event.event else {
        panic!("no message but {event:?}");
    };
    message.body.split_once(' ').unwrap().0.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "wants Go"]
async fn one_slow_reader_among_a_hundred_stalls_nobody_and_gets_the_rest_from_the_list() {
    const MESSAGES: usize = 40;
    let world = World::start(&[], |config| config.buffer_per_link = 256 << 10).await;
    let mut ids = world.sessions(100).await;
    let slow = ids.pop().unwrap();
    let mut links = world.client.links();
    let mut listening = world.client.listen([slow.clone()]).unwrap();
    let (_session, mut behind) = listening.pop().unwrap();
    while !matches!(
        within(links.next()).await.unwrap().state,
        LinkState::Connected { .. }
    ) {}
    let mut listened = Listened::default();
    world.start_and_listen(99, &mut listened).await;
    assert_eq!(world.links(), 1);

    for at in 0..MESSAGES {
        say(&world, &slow, at);
        world.publish(&listened);
        listened.hear().await;
    }
    world.backed.emulator.settle().await.unwrap();
    let stats = world.client.stats();
    assert_eq!(stats.pauses, 0);

    let (mut next, mut from_list, mut gaps) = (0, 0, 0);
    while next < MESSAGES {
        match within(behind.next()).await.unwrap() {
            Delivery::Event(event) => {
                assert_eq!(number(&event), next, "{:?}", event.origin);
                from_list += usize::from(event.origin == Origin::List);
                next += 1;
            }
            Delivery::Gap(Gap { reason, filled, .. }) => {
                assert_eq!((reason, filled), (GapReason::Overflow, true));
                gaps += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(gaps, 1);
    assert!(from_list > 0, "nothing overflowed");
    assert_eq!(from_list as u64, world.client.stats().overflowed);
}
