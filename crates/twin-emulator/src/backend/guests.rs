//! Who is connected, for which sessions, as far as the backend was told.
//!
//! Bounded: a live side that does not tell when connections end must not fill the memory, so at
//! most [`MAX_GUESTS`] connections and [`MAX_USERS`] sessions' users are remembered.

use std::collections::{BTreeSet, HashMap, VecDeque};

/// How many connections are remembered; the oldest are forgotten.
const MAX_GUESTS: usize = 10_000;
/// Of how many sessions the user is remembered; the oldest are forgotten.
const MAX_USERS: usize = 20_000;

/// Who is connected, for which sessions.
#[derive(Debug, Default)]
pub(super) struct Guests {
    guests: HashMap<String, Guest>,
    ages: VecDeque<String>,
    /// The user of each session that a connect with a user has named.
    users: HashMap<String, String>,
    user_ages: VecDeque<String>,
}

#[derive(Debug, Default)]
struct Guest {
    sessions: BTreeSet<String>,
    channels: BTreeSet<String>,
}

impl Guests {
    /// A connection has come for `sessions` and was given `channels`.
    pub(super) fn came(
        &mut self,
        client: &str,
        sessions: BTreeSet<String>,
        channels: BTreeSet<String>,
    ) {
        if self.ages.len() >= MAX_GUESTS {
            if let Some(oldest) = self.ages.pop_front() {
                self.guests.remove(&oldest);
            }
        }
        self.ages.push_back(client.to_owned());
        self.guests
            .insert(client.to_owned(), Guest { sessions, channels });
    }

    /// A connection has joined `session`; whether `channel` is new to it.
    pub(super) fn joined(&mut self, client: &str, session: &str, channel: &str) -> bool {
        if !self.guests.contains_key(client) {
            self.came(client, BTreeSet::new(), BTreeSet::new());
        }
        let guest = self.guests.entry(client.to_owned()).or_default();
        guest.sessions.insert(session.to_owned());
        guest.channels.insert(channel.to_owned())
    }

    /// A connection has ended.
    pub(super) fn left(&mut self, client: &str) {
        if self.guests.remove(client).is_some() {
            self.ages.retain(|age| age != client);
        }
    }

    /// `session` belongs to `user`.
    pub(super) fn belongs(&mut self, session: &str, user: &str) {
        if self
            .users
            .insert(session.to_owned(), user.to_owned())
            .is_none()
        {
            self.user_ages.push_back(session.to_owned());
        }
        if self.user_ages.len() > MAX_USERS {
            if let Some(oldest) = self.user_ages.pop_front() {
                self.users.remove(&oldest);
            }
        }
    }

    pub(super) fn user_of(&self, session: &str) -> Option<&str> {
        self.users.get(session).map(String::as_str)
    }

    pub(super) fn is_user(&self, name: &str) -> bool {
        self.users.values().any(|user| user == name)
    }

    /// The connections that came for this session.
    pub(super) fn of_session(&self, session: &str) -> Vec<String> {
        let listening = self
            .guests
            .iter()
            .filter(|(_, guest)| guest.sessions.contains(session));
        listening.map(|(client, _)| client.clone()).collect()
    }
}
