//! The channels and links of the embedded Centrifugo, and who holds what.
//!
//! One lock guards it all. Whatever a link is told of a channel is put into its queue under that
//! lock, so that a connect reply and the publications around it can neither lose nor repeat one
//! (capture `recover-while-publishing`). Nothing waits while the lock is held.

mod api;
mod state;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{sync::watch, time::Instant};

use self::state::{Member, State};
use super::{
    link::Link,
    outgoing::Close,
    reply::{ErrorReply, Recovered, Reply, SubscribeResult},
    settings::CentrifugoSettings,
    stream::{Position, Stream},
};

/// How many live connections there can be; more dials are refused.
const MAX_LINKS: usize = 10_000;
/// The channels and links of the embedded Centrifugo.
#[derive(Debug)]
pub(crate) struct Hub {
    pub(super) settings: CentrifugoSettings,
    state: Mutex<State>,
    open: watch::Sender<usize>,
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
