//! What a session remembers, so that a gap can be filled and nothing comes twice.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::Duration,
};

use twin_protocol::{
    event::MessageCreated,
    id::{MessageId, SessionId},
    model::{AuthorType, Message},
    time::Timestamp,
};

use super::{Listed, OVERLAP, Question, Since, listed};
use crate::session::{Delivery, delivery::LiveEvent, ring::Parcel};

/// How many messages of the last minutes are remembered at most.
const SEEN: usize = 1024;
/// How many ids of listed messages are remembered, at least those of the last filling.
const LISTED: usize = 1024;

/// The last messages of a session: their dates and ids, nothing else.
///
/// A message is a duplicate where the list and the live channel both have it. Two publications are
/// two events whatever they hold: it is their places in the channel that tell them apart.
#[derive(Debug)]
pub(crate) struct Memory {
    session: SessionId,
    /// Where listening began, by the client's clock.
    began: Duration,
    /// The date of the session's start, where all since then is wanted.
    started: Option<Timestamp>,
    /// The date of the last message that is known.
    last: Option<Timestamp>,
    /// The date of the first event of the live channel, where no gap came before it: what is older was
    /// there before anyone listened.
    first: Option<Timestamp>,
    /// What came over the live channel in the last minutes before `last`: milliseconds and id.
    seen: VecDeque<(i64, MessageId)>,
    /// The latest date of those that were too many to be remembered: milliseconds.
    forgotten: Option<i64>,
    /// What came with the reply to the session's start: author and body, as the reply says no ids. A
    /// list of everything since then begins with it.
    replied: Vec<(AuthorType, String)>,
    /// What came from the list.
    listed: HashSet<MessageId>,
    serial: u64,
}

/// Where a message waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// As the so many-th of all that waits, from 0.
    At(usize),
    /// Behind a further gap.
    BehindGap,
}

/// The messages that have waited while a gap was being filled.
struct Waiting(HashMap<MessageId, Place>);

impl Waiting {
    fn of<'a>(parcels: impl IntoIterator<Item = &'a Parcel>) -> Self {
        let mut places = HashMap::new();
        let mut is_behind = false;
        for (index, parcel) in parcels.into_iter().enumerate() {
            match &parcel.delivery {
                Delivery::Gap(_) => is_behind = true,
                Delivery::Event(event) => {
                    let place = match is_behind {
                        true => Place::BehindGap,
                        false => Place::At(index),
                    };
                    let id = event.message().and_then(|message| message.id.clone());
                    places.extend(id.map(|id| (id, place)));
                }
            }
        }
        Self(places)
    }

    fn place(&self, id: &MessageId) -> Option<Place> {
        self.0.get(id).copied()
    }
}

impl Memory {
    /// Nothing is remembered yet. `start` is the date of the session's start, where all since then is
    /// wanted; `began` the client's clock now.
    pub(crate) fn new(session: SessionId, start: Option<Timestamp>, began: Duration) -> Self {
        Self {
            session,
            began,
            last: start.clone(),
            started: start,
            first: None,
            seen: VecDeque::new(),
            forgotten: None,
            replied: Vec::new(),
            listed: HashSet::new(),
            serial: 0,
        }
    }

    /// Remembers an event of the reply to the session's start.
    pub(crate) fn begin_with(&mut self, event: &LiveEvent) {
        let message = event.message().filter(|_| self.started.is_some());
        self.replied
            .extend(message.map(|message| (message.author_type.clone(), message.body.clone())));
    }

    /// What to ask the list after a gap here.
    pub(crate) fn ask(&mut self) -> Question {
        self.serial += 1;
        let since = match &self.last {
            Some(last) => Since::Date(last.clone()),
            None => Since::Listening(self.began),
        };
        Question {
            serial: self.serial,
            since,
            began: self.started.is_none().then_some(self.began),
        }
    }

    /// Remembers an event of the live channel. Says whether it is new.
    pub(crate) fn admit(&mut self, event: &LiveEvent) -> bool {
        let Some(message) = event.message() else {
            return true;
        };
        let Some(id) = &message.id else {
            return true;
        };
        if self.listed.contains(id.as_str()) {
            return false;
        }
        if let Some(date) = &message.created_at {
            if self.last.is_none() && self.serial == 0 {
                self.first = Some(date.clone());
            }
            self.seen.push_back((date.unix_millis(), id.clone()));
            self.advance(date);
        }
        true
    }

    /// The events of what the list has and the live channel has not: neither before, nor among
    /// those that have waited meanwhile. In the order of their dates, each with how many of the
    /// waiting come before it: the list may have messages already that are newer than those.
    ///
    /// What the list has after a message that waits behind a further gap is left to the filling
    /// of that.
    pub(crate) fn take_in<'a>(
        &mut self,
        listed: Listed,
        waiting: impl IntoIterator<Item = &'a Parcel>,
    ) -> Vec<(usize, LiveEvent)> {
        let waiting = Waiting::of(waiting);
        let mut known: HashSet<MessageId> = self.seen.iter().map(|(_, id)| id.clone()).collect();
        known.extend(self.listed.iter().cloned());
        if self.listed.len() > LISTED {
            self.listed.clear();
        }
        let Some(from) = listed.from else {
            return Vec::new();
        };
        let has_all = listed.complete && self.started.as_ref().is_some_and(|start| from <= *start);
        let wanted = |message: &Message| {
            message.author_type != AuthorType::Client
                && message.created_at >= from
                && self
                    .first
                    .as_ref()
                    .is_none_or(|first| message.created_at >= *first)
                && self
                    .forgotten
                    .is_none_or(|date| date < message.created_at.unix_millis())
                && message.session_id == self.session
        };
        let wanted = listed::events(listed.messages, wanted);
        let mut replied = if has_all {
            std::mem::take(&mut self.replied)
        } else {
            Vec::new()
        };
        let mut events = Vec::new();
        let mut before = 0;
        for (id, date, mut event) in wanted {
            event.session = Some(self.session.clone());
            if let Some(id) = id {
                match waiting.place(&id) {
                    Some(Place::At(index)) => {
                        before = before.max(index + 1);
                        continue;
                    }
                    Some(Place::BehindGap) => break,
                    None => {}
                }
                if !known.insert(id.clone()) {
                    continue;
                }
                self.listed.insert(id);
            }
            if let Some(date) = date {
                self.advance(&date);
            }
            let is_it = |message: &MessageCreated| {
                replied.iter().position(|(author, body)| {
                    message.author_type == *author && message.body == *body
                })
            };
            match event.message().and_then(is_it) {
                Some(at) => drop(replied.remove(at)),
                None => events.push((before, event)),
            }
        }
        events
    }

    /// Moves the last known date, and forgets what no later filling will ask for.
    fn advance(&mut self, date: &Timestamp) {
        if self.last.as_ref().is_none_or(|last| last < date) {
            self.last = Some(date.clone());
        }
        let Some(last) = &self.last else {
            return;
        };
        let overlap = i64::try_from(OVERLAP.as_millis()).unwrap_or(i64::MAX);
        let oldest = last.unix_millis().saturating_sub(overlap);
        while self.seen.len() > SEEN {
            let first = self.seen.pop_front().map(|(date, _)| date);
            self.forgotten = self.forgotten.max(first);
        }
        while self.seen.front().is_some_and(|(date, _)| *date < oldest) {
            self.seen.pop_front();
        }
    }
}
