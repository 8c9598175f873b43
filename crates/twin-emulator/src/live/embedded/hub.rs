//! The channels and links of the embedded Centrifugo, and who holds what.
//!
//! One lock guards it all. Whatever a link is told of a channel is put into its queue under that
//! lock, so that a connect reply and the publications around it can neither lose nor repeat one
//! (capture `recover-while-publishing`). Nothing waits while the lock is held.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::value::RawValue;
use tokio::{sync::watch, time::Instant};

use super::{
    link::Link,
    outgoing::Close,
    reply::{ErrorReply, News, PublicationReply, Recovered, Reply, SubscribeResult, single_line},
    settings::CentrifugoSettings,
    stream::{Position, Stream},
};
use crate::live::{LiveSide, Published, Whom};

/// How many live connections there can be; more dials are refused.
const MAX_LINKS: usize = 10_000;
/// How many channels are kept; beyond it, the oldest that no link holds go, with their history.
const MAX_CHANNELS: usize = 20_000;

/// The channels and links of the embedded Centrifugo.
#[derive(Debug)]
pub(crate) struct Hub {
    pub(super) settings: CentrifugoSettings,
    state: Mutex<State>,
    open: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct State {
    channels: HashMap<String, Channel>,
    /// Channel names, oldest first.
    ages: VecDeque<String>,
    links: HashMap<String, Member>,
    stopped: bool,
}

#[derive(Debug)]
struct Channel {
    stream: Stream,
    members: BTreeSet<String>,
}

#[derive(Debug)]
struct Member {
    link: Arc<Link>,
    channels: BTreeSet<String>,
}

impl Hub {
    /// A server without channels and links.
    pub(crate) fn new(settings: CentrifugoSettings) -> Self {
        Self {
            settings,
            state: Mutex::default(),
            open: watch::Sender::new(0),
        }
    }

    /// Takes in a new connection; `None` once the server stops or holds too many.
    pub(super) fn open(&self) -> Option<Arc<Link>> {
        let mut state = self.locked();
        if state.stopped || state.links.len() >= MAX_LINKS {
            return None;
        }
        let link = Arc::new(Link::new(self.settings.queue_max_size));
        let member = Member {
            link: link.clone(),
            channels: BTreeSet::new(),
        };
        state.links.insert(link.client.clone(), member);
        self.open.send_replace(state.links.len());
        Some(link)
    }

    /// Forgets a connection that has ended.
    pub(super) fn leave(&self, link: &Link) {
        let mut state = self.locked();
        if let Some(member) = state.links.remove(&link.client) {
            for channel in &member.channels {
                if let Some(channel) = state.channels.get_mut(channel) {
                    channel.members.remove(&link.client);
                }
            }
        }
        self.open.send_replace(state.links.len());
    }

    /// Subscribes `link` to `channels`, each recovered from its position if one is given, and puts
    /// the reply that `reply` makes of the results in its queue.
    pub(super) fn join<'r>(
        &self,
        link: &Link,
        channels: &[(String, Option<Position>)],
        reply: impl FnOnce(Vec<(String, SubscribeResult)>) -> Reply<'r>,
    ) {
        let mut state = self.locked();
        let mut results = Vec::with_capacity(channels.len());
        for (name, position) in channels {
            state.hold(link, name);
            let stream = &mut state.channel(name).stream;
            results.push((name.clone(), self.result(stream, position.as_ref())));
        }
        link.push(reply(results).encode());
    }

    /// Whether `link` may subscribe to `channel`: not twice, and not to too many.
    pub(super) fn check(&self, link: &Link, channel: &str) -> Result<(), ErrorReply> {
        let state = self.locked();
        let Some(member) = state.links.get(&link.client) else {
            return Ok(());
        };
        if member.channels.contains(channel) {
            Err(ErrorReply::new(105, "already subscribed"))
        } else if member.channels.len() >= self.settings.channel_limit {
            Err(ErrorReply::new(106, "limit exceeded"))
        } else {
            Ok(())
        }
    }

    /// Ends a subscription on the client's own wish, and answers with `reply`.
    pub(super) fn part(&self, link: &Link, channel: &str, reply: &Reply<'_>) {
        self.locked().release(&link.client, channel);
        link.push(reply.encode());
    }

    /// Closes every link with 3001 and takes no more.
    pub(crate) fn shut_down(&self) {
        let mut state = self.locked();
        state.stopped = true;
        for member in state.links.values() {
            member.link.close(Close::new(3001, "shutdown"));
        }
    }

    /// Waits until no link is left.
    pub(crate) async fn emptied(&self) {
        let mut open = self.open.subscribe();
        // The sender lives as long as `self`.
        let _ = open.wait_for(|open| *open == 0).await;
    }

    fn result(&self, stream: &mut Stream, position: Option<&Position>) -> SubscribeResult {
        let has_history = self.settings.history_size > 0;
        let mut result = SubscribeResult {
            was_recovering: position.is_some(),
            ..SubscribeResult::default()
        };
        if !has_history {
            return result;
        }
        result.recoverable = true;
        result.positioned = true;
        result.epoch = stream.epoch().to_owned();
        result.offset = stream.top();
        if let Some(position) = position {
            let limit = self.settings.recovery_limit;
            if let Some(missed) = stream.recover(position, limit, Instant::now()) {
                result.recovered = true;
                // The requested offset, not the top (capture `recover`).
                result.offset = position.offset;
                result.publications = missed.into_iter().map(Recovered).collect();
            }
        }
        result
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LiveSide for Hub {
    fn publish(&self, channel: &str, data: Box<RawValue>) -> Published {
        let data = single_line(data);
        let mut state = self.locked();
        let stream = &mut state.channel(channel).stream;
        let mut offset = 0;
        let mut epoch = String::new();
        if self.settings.history_size > 0 {
            offset = stream.append(data.clone(), &self.settings, Instant::now());
            epoch = stream.epoch().to_owned();
        }
        let publication = PublicationReply {
            data: &data,
            offset,
        };
        let push = Reply::push(channel, News::Publication(publication));
        state.tell(channel, &push);
        Published { offset, epoch }
    }

    fn subscribe(&self, whom: &Whom, channel: &str) {
        let mut state = self.locked();
        for link in state.found(whom) {
            state.hold(&link, channel);
            let result = self.result(&mut state.channel(channel).stream, None);
            link.push(Reply::push(channel, News::Subscribe(result)));
        }
    }

    fn unsubscribe(&self, whom: &Whom, channel: &str) {
        let mut state = self.locked();
        for link in state.found(whom) {
            state.release(&link.client, channel);
            // It comes for a channel that is not held, too (capture `push-subscribe-unsubscribe`).
            let reason = "server unsubscribe";
            let news = News::Unsubscribe { code: 2000, reason };
            link.push(Reply::push(channel, news));
        }
    }

    fn disconnect(&self, whom: &Whom, code: u16, reason: &str) {
        for link in self.locked().found(whom) {
            link.close(Close::new(code, reason));
        }
    }

    fn remove_history(&self, channel: &str) {
        if let Some(channel) = self.locked().channels.get_mut(channel) {
            channel.stream.forget();
        }
    }
}

impl State {
    fn channel(&mut self, name: &str) -> &mut Channel {
        if !self.channels.contains_key(name) {
            if self.channels.len() >= MAX_CHANNELS {
                self.drop_oldest();
            }
            self.ages.push_back(name.to_owned());
        }
        self.channels
            .entry(name.to_owned())
            .or_insert_with(|| Channel {
                stream: Stream::new(),
                members: BTreeSet::new(),
            })
    }

    fn drop_oldest(&mut self) {
        let unheld = |name: &String| {
            let channel = self.channels.get(name);
            channel.is_none_or(|channel| channel.members.is_empty())
        };
        if let Some(at) = self.ages.iter().position(unheld) {
            if let Some(name) = self.ages.remove(at) {
                self.channels.remove(&name);
            }
        }
    }

    fn hold(&mut self, link: &Link, channel: &str) {
        if let Some(member) = self.links.get_mut(&link.client) {
            member.channels.insert(channel.to_owned());
            let members = &mut self.channel(channel).members;
            members.insert(link.client.clone());
        }
    }

    fn release(&mut self, client: &str, channel: &str) {
        if let Some(member) = self.links.get_mut(client) {
            member.channels.remove(channel);
        }
        if let Some(channel) = self.channels.get_mut(channel) {
            channel.members.remove(client);
        }
    }

    fn tell(&self, channel: &str, message: &axum::extract::ws::Utf8Bytes) {
        let members = self
            .channels
            .get(channel)
            .into_iter()
            .flat_map(|it| &it.members);
        for member in members.filter_map(|client| self.links.get(client)) {
            member.link.push(message.clone());
        }
    }

    fn found(&self, whom: &Whom) -> Vec<Arc<Link>> {
        match whom {
            Whom::Everyone => self
                .links
                .values()
                .map(|member| member.link.clone())
                .collect(),
            Whom::Clients(clients) => clients
                .iter()
                .filter_map(|client| self.links.get(client))
                .map(|member| member.link.clone())
                .collect(),
        }
    }
}
