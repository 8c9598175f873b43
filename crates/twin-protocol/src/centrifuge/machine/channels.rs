//! The channels that the server gave to this link, and the place reached in each.
//!
//! The registry outlives connections: what it holds is asked for again with every connect.

use std::collections::BTreeMap;

use crate::{centrifuge::reply::Subscription, id::SessionId, link::Moment};

/// The name that no stream has, agreed upon with the server (facts on the disconnect code 3014).
const NO_EPOCH: &str = "_";

#[derive(Clone, Debug, Default)]
pub(super) struct Channels {
    by_name: BTreeMap<Box<str>, Channel>,
    /// When the server took which of them away on the present connection.
    taken: BTreeMap<Box<str>, Moment>,
}

#[derive(Clone, Debug)]
pub(super) struct Channel {
    /// The session whose own channel it is; `None` for a channel of several.
    pub(super) owner: Option<SessionId>,
    /// How far its events have been reported; `None` where it cannot be recovered.
    pub(super) place: Option<Place>,
    /// Whether what comes on the present connection is left to the next one, which recovers it
    /// together with what was missed before it.
    pub(super) awaits_recovery: bool,
}

/// A place in a recoverable channel: everything up to `offset` is reported, was published before
/// the channel was held, or is declared missing.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) offset: u64,
    pub(super) epoch: Box<str>,
    /// The highest offset that was reported; what comes late of the declared missing is none the
    /// worse for that.
    pub(super) reported: u64,
}

/// How a publication's offset stands to the place reached.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    Duplicate,
    Jump,
    Next,
}

impl Place {
    /// The place that a subscription starts at, where it can be recovered.
    pub(super) fn of(subscription: &Subscription<'_>) -> Option<Self> {
        subscription.recoverable.then(|| Self {
            offset: subscription.offset,
            epoch: subscription
                .epoch
                .as_ref()
                .map_or("", |epoch| &*epoch.0)
                .into(),
            reported: 0,
        })
    }

    /// Goes on to `offset`, unless it was reported before.
    pub(super) fn step(&mut self, offset: u64) -> Step {
        if offset <= self.reported {
            return Step::Duplicate;
        }
        let jump = offset > self.offset.saturating_add(1);
        self.reported = offset;
        self.offset = self.offset.max(offset);
        if jump { Step::Jump } else { Step::Next }
    }
}

impl Place {
    /// A place in no stream: whoever asks to go on from it is told that nothing can be recovered.
    fn nowhere() -> Self {
        Self {
            offset: 0,
            epoch: NO_EPOCH.into(),
            reported: 0,
        }
    }

    /// Whether offsets of a stream that is called `epoch` can be compared with this place's. A
    /// server that names none means that of the place.
    pub(super) fn is_in(&self, epoch: &str) -> bool {
        self.epoch.is_empty() || epoch.is_empty() || *self.epoch == *epoch
    }
}

impl Channel {
    pub(super) const fn new(owner: Option<SessionId>, place: Option<Place>) -> Self {
        Self {
            owner,
            place,
            awaits_recovery: false,
        }
    }
}

impl Channels {
    pub(super) fn get(&self, name: &str) -> Option<&Channel> {
        self.by_name.get(name)
    }

    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut Channel> {
        self.by_name.get_mut(name)
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    pub(super) fn insert(&mut self, name: &str, channel: Channel) {
        self.by_name.insert(name.into(), channel);
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.by_name.remove(name);
        self.taken.remove(name);
    }

    /// The server took the channel away; it may come back.
    pub(super) fn take(&mut self, name: &str, now: Moment) {
        self.taken.entry(name.into()).or_insert(now);
    }

    /// The server gave the channel back. Says whether it had been taken.
    pub(super) fn give_back(&mut self, name: &str) -> bool {
        if let Some(channel) = self.by_name.get_mut(name) {
            channel.awaits_recovery = false;
        }
        self.taken.remove(name).is_some()
    }

    /// When the first of those that are away was taken.
    pub(super) fn first_taken(&self) -> Option<Moment> {
        self.taken.values().min().copied()
    }

    /// The positions that are held are worth nothing any more.
    pub(super) fn invalidate(&mut self) {
        for channel in self.by_name.values_mut() {
            if let Some(place) = &mut channel.place {
                *place = Place::nowhere();
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.by_name.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Channel)> {
        self.by_name
            .iter()
            .map(|(name, channel)| (&**name, channel))
    }

    pub(super) fn names(&self) -> Vec<Box<str>> {
        self.by_name.keys().cloned().collect()
    }

    /// Whether events of a session without a channel of its own may come over another.
    pub(super) fn any_shared(&self) -> bool {
        self.by_name.values().any(|channel| channel.owner.is_none())
    }
}

/// The channel of a session's own.
pub(super) fn own_channel(session: &SessionId) -> String {
    format!("widget:{session}")
}

/// The session that a channel's name speaks of.
pub(super) fn named_session(channel: &str) -> Option<&str> {
    channel.strip_prefix("widget:")
}
