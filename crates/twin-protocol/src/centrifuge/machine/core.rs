//! What outlives a connection: the sessions, the channels, the attempts.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    centrifuge::{
        Config,
        command::{Batch, Connect, Recover, Request},
        machine::{
            attempts::Attempts,
            channels::{Channels, own_channel},
            recovery,
            sessions::Sessions,
            tokens::Tokens,
        },
    },
    id::SessionId,
    link::{EndReason, Gap, GapReason, Join, JoinStart, Outbox, Report, SessionEnd},
};

#[derive(Clone, Debug)]
pub(super) struct Core {
    pub(super) config: Config,
    pub(super) attempts: Attempts,
    pub(super) channels: Channels,
    pub(super) sessions: Sessions,
    pub(super) tokens: Tokens,
    /// Channels of ended sessions that the server still has to be told to stop sending.
    pub(super) farewells: BTreeSet<Box<str>>,
    /// Ids go on across connections, so a late reply is told apart.
    last_id: u32,
}

impl Core {
    pub(super) fn new(config: Config, seed: u64) -> Self {
        Self {
            attempts: Attempts::new(config.backoff, seed),
            channels: Channels::default(),
            sessions: Sessions::default(),
            tokens: Tokens::new(config.tokens),
            farewells: BTreeSet::new(),
            last_id: 0,
            config,
        }
    }

    /// The id of the next command: never 0, which means "no reply wanted".
    pub(super) fn next_id(&mut self) -> u32 {
        self.last_id = self.last_id.checked_add(1).unwrap_or(1);
        self.last_id
    }

    /// Commands to be sent together.
    pub(super) const fn batch(&self) -> Batch {
        Batch::new(self.config.codec)
    }

    /// Writes the connect command. Says its id, and whether it asks for recovery.
    pub(super) fn greet(&mut self, batch: &mut Batch) -> (u32, bool) {
        let id = self.next_id();
        let recover = self.attempts.may_recover();
        for session in self.sessions.active_mut() {
            session.listed = true;
        }
        let mut subs = BTreeMap::new();
        if recover {
            let ended = |owner: &SessionId| {
                self.sessions
                    .get(owner.as_str())
                    .is_none_or(|session| !session.active)
            };
            for (name, channel) in self.channels.iter() {
                if channel.owner.as_ref().is_some_and(ended) {
                    continue;
                }
                if let Some(place) = &channel.place {
                    subs.insert(name.to_owned(), Recover::after(place.offset, &place.epoch));
                }
            }
            for session in self.sessions.active().filter(|session| session.hole) {
                subs.entry(own_channel(&session.id))
                    .or_insert(Recover::from_the_first());
            }
        }
        let sessions = self.sessions.active().map(|session| &session.id).collect();
        let connect = Connect::new(self.config.user_id.as_ref(), sessions, subs)
            .with_token(self.tokens.held());
        batch.push(id, Request::Connect(connect));
        (id, recover)
    }

    /// Adds a session, or takes up one again that had ended. Says whether anything changed.
    ///
    /// Over a channel of several sessions, what it has said since its start came when nobody knew whose
    /// it was, or before the channel: a reader who wants that is told that it is missing.
    pub(super) fn add(&mut self, join: &Join, out: &mut Outbox) -> bool {
        let own = own_channel(&join.session);
        let wants_start = join.start == JoinStart::First;
        let unreachable = self.channels.any_shared() && !self.channels.contains(&own);
        if !self
            .sessions
            .add(&join.session, wants_start && !unreachable)
        {
            return false;
        }
        if wants_start && unreachable {
            let gap = Gap::new(Some(join.session.clone()), None, GapReason::Start);
            out.report(Report::Gap(gap));
        }
        true
    }

    /// Stops listening to a session, and says so; nothing where it is not listened to.
    pub(super) fn end_session(&mut self, id: &SessionId, end: SessionEnd, out: &mut Outbox) {
        if !self.sessions.end(id.as_str()) {
            return;
        }
        out.report(Report::Ended {
            session: id.clone(),
            end,
        });
        let channel = own_channel(id);
        if self.channels.contains(&channel) {
            self.farewells.insert(channel.into());
        }
        self.sessions.bound_ended(self.config.max_channels);
    }

    /// The connection is over: what was said on it holds no longer.
    pub(super) fn forget_connection(&mut self) {
        let channels = &self.channels;
        let held = |session: &SessionId| channels.contains(&own_channel(session));
        self.sessions.forget_connection(held);
    }

    /// The link is over, and with it every session.
    pub(super) fn end_all(&self, reason: &EndReason, out: &mut Outbox) {
        for session in self.sessions.active() {
            out.report(Report::Ended {
                session: session.id.clone(),
                end: SessionEnd::LinkClosed(reason.clone()),
            });
        }
    }

    /// Whether the session's events can come: over a channel of its own or a shared one.
    pub(super) fn is_granted(&self, id: &SessionId) -> bool {
        self.channels.contains(&own_channel(id)) || self.channels.any_shared()
    }

    /// Declares that events of `channel` may be missing: one gap for each session that it may
    /// have carried events of.
    pub(super) fn declare_gap(&self, channel: &str, reason: GapReason, out: &mut Outbox) {
        if recovery::belongs_to_ended(self, channel) {
            return;
        }
        let mut sessions = self.carried_by(channel);
        if sessions.is_empty() {
            sessions.push(None);
        }
        for session in sessions {
            out.report(Report::Gap(Gap::new(
                session,
                Some(channel.to_owned()),
                reason,
            )));
        }
    }

    /// A channel is gone, and its place with it: declares that events may be missing. Gives the
    /// sessions that may have lost their only one.
    pub(super) fn lose(&mut self, channel: &str, out: &mut Outbox) -> Vec<SessionId> {
        self.declare_gap(channel, GapReason::ChannelLost, out);
        let carried = self.carried_by(channel);
        self.channels.remove(channel);
        carried.into_iter().flatten().collect()
    }

    /// These sessions have lost a channel: what is published for them from now on, until one comes
    /// again, is missing.
    pub(super) fn mark_lost(&mut self, sessions: &[SessionId]) {
        for id in sessions {
            let is_granted = self.is_granted(id);
            if let Some(session) = self.sessions.get_mut(id.as_str()) {
                session.lost |= !is_granted;
            }
        }
    }

    /// A channel has come: what was published for sessions that had lost theirs is missing, unless it
    /// is empty.
    pub(super) fn find_lost(&mut self, channel: &str, empty: bool, out: &mut Outbox) {
        for id in self.carried_by(channel).into_iter().flatten() {
            let session = self.sessions.get_mut(id.as_str());
            let was_lost =
                session.is_some_and(|session| session.active && std::mem::take(&mut session.lost));
            if was_lost && !empty {
                let gap = Gap::new(Some(id), Some(channel.to_owned()), GapReason::ChannelLost);
                out.report(Report::Gap(gap));
            }
        }
    }

    /// The sessions whose events `channel` may carry.
    fn carried_by(&self, channel: &str) -> Vec<Option<SessionId>> {
        let held = self.channels.get(channel);
        match held.and_then(|channel| channel.owner.clone()) {
            Some(owner) => vec![Some(owner)],
            None => self
                .sessions
                .active()
                .filter(|session| !self.channels.contains(&own_channel(&session.id)))
                .map(|session| Some(session.id.clone()))
                .collect(),
        }
    }
}
