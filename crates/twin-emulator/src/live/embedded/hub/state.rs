//! Which channels and links there are, and who holds what.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::Arc,
};

use axum::extract::ws::Utf8Bytes;

use crate::live::{
    Whom,
    embedded::{link::Link, stream::Stream},
};

/// How many channels are kept; beyond it, the oldest that no link holds go, with their history.
const MAX_CHANNELS: usize = 20_000;

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) channels: HashMap<String, Channel>,
    /// Channel names, oldest first.
    ages: VecDeque<String>,
    pub(super) links: HashMap<String, Member>,
    pub(super) stopped: bool,
}

#[derive(Debug)]
pub(super) struct Channel {
    pub(super) stream: Stream,
    pub(super) members: BTreeSet<String>,
}

#[derive(Debug)]
pub(super) struct Member {
    pub(super) link: Arc<Link>,
    pub(super) channels: BTreeSet<String>,
}

impl State {
    pub(super) fn channel(&mut self, name: &str) -> &mut Channel {
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

    pub(super) fn hold(&mut self, link: &Link, channel: &str) {
        if let Some(member) = self.links.get_mut(&link.client) {
            member.channels.insert(channel.to_owned());
            let members = &mut self.channel(channel).members;
            members.insert(link.client.clone());
        }
    }

    pub(super) fn release(&mut self, client: &str, channel: &str) {
        if let Some(member) = self.links.get_mut(client) {
            member.channels.remove(channel);
        }
        if let Some(channel) = self.channels.get_mut(channel) {
            channel.members.remove(client);
        }
    }

    pub(super) fn tell(&self, channel: &str, message: &Utf8Bytes) {
        let members = self
            .channels
            .get(channel)
            .into_iter()
            .flat_map(|it| &it.members);
        for member in members.filter_map(|client| self.links.get(client)) {
            member.link.push(message.clone());
        }
    }

    pub(super) fn found(&self, whom: &Whom) -> Vec<Arc<Link>> {
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
