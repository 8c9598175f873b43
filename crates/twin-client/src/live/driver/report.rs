//! What a link has to tell, on its way to whom it concerns.

use std::sync::Arc;

use twin_protocol::{
    id::SessionId,
    link::{
        self, EndKind, EndReason, GapReason, JoinStart, LinkEvent, LinkState, Report, SessionEnd,
    },
};

use super::{Driver, frame::Frame, members::Member};
use crate::{
    config::LiveChannel,
    live::{LinkChange, route::Route},
    session::{Delivery, Gap, Inbox, LiveEvent, gap},
};

/// The server ends a connection for having too many channels (facts on Centrifugo's disconnect
/// codes).
const CHANNEL_LIMIT: u32 = 3505;

/// How much memory a gap takes, in bytes, roughly.
const GAP_WEIGHT: usize = 256;

/// Sessions that have ended since the last state of the link.
#[derive(Default)]
pub(super) struct Parting {
    ids: Vec<SessionId>,
    /// Sessions of a link that has too many: they go on over others.
    displaced: Vec<Member>,
}

impl Driver {
    pub(super) fn pass_on(&mut self, report: Report, frame: &mut Frame) {
        match report {
            Report::Emitted { id, outcome } => self.emits.settle(id, outcome),
            Report::Ended { session, end } => self.end(session, end),
            Report::Event(event) => self.deliver(*event, frame),
            Report::Gap(gap) => self.declare(gap, frame),
            Report::Joined(session) => {
                tracing::debug!(target: "twin::link", link = self.number, session = session.short(), "joined");
                if let Some(member) = self.members.get_mut(&session) {
                    member.joined = true;
                }
            }
            Report::State(state) => self.change(state, frame),
            other => tracing::error!(target: "twin::link", ?other, "a report that is not known"),
        }
    }

    fn deliver(&mut self, event: LinkEvent, frame: &mut Frame) {
        let event = LiveEvent::from(event);
        let freight = frame.freight(event.weight());
        let member = event
            .session
            .as_ref()
            .and_then(|session| self.members.get(session));
        if let Some(member) = member {
            let delivery = Delivery::Event(Box::new(event));
            let question = member.inbox.deliver(delivery, freight);
            return self.fill(&member.inbox, question);
        }
        // Over a channel of several sessions each link is told of all of them.
        if event
            .session
            .as_ref()
            .is_some_and(|session| self.shared.pool.has(session))
        {
            return self.shared.counters.duplicates_dropped.count();
        }
        if !self
            .shared
            .unassigned
            .deliver(Delivery::Event(Box::new(event)), freight)
        {
            self.shared.counters.unassigned_dropped.count();
        }
    }

    fn declare(&mut self, gap: link::Gap, frame: &mut Frame) {
        let session = gap.session.as_ref();
        let reason = gap.reason.as_str();
        let short = session.map(SessionId::short);
        tracing::debug!(target: "twin::link", link = self.number, session = short, reason, "gap");
        let freight = frame.freight(GAP_WEIGHT);
        match session.and_then(|session| self.members.get(session)) {
            Some(member) => {
                let inbox = Arc::clone(&member.inbox);
                let question = inbox.deliver(Delivery::Gap(Gap::from(gap)), freight);
                self.fill(&inbox, question);
            }
            None => {
                self.shared
                    .unassigned
                    .deliver(Delivery::Gap(Gap::from(gap)), freight);
            }
        }
    }

    /// Asks the list of messages for what a gap lacks.
    fn fill(&self, inbox: &Arc<Inbox>, question: Option<gap::Question>) {
        if let Some(question) = question {
            let task = gap::fill(Arc::clone(&self.shared), Arc::clone(inbox), question);
            self.shared.spawn("twin gap", task);
        }
    }

    fn end(&mut self, session: SessionId, end: SessionEnd) {
        let Some(member) = self.members.remove(&session) else {
            return;
        };
        self.parting.ids.push(session);
        let goes_on = |reason| has_too_many(reason) || self.falls_back(reason);
        if matches!(&end, SessionEnd::LinkClosed(reason) if goes_on(reason)) {
            return self.parting.displaced.push(member);
        }
        self.dismiss(&member.inbox, end);
    }

    /// Nothing more comes of a session.
    fn dismiss(&self, inbox: &Arc<Inbox>, end: SessionEnd) {
        tracing::debug!(target: "twin::link", link = self.number, session = inbox.id().short(), ?end, "ended");
        self.shared.pool.leave(inbox);
        inbox.end(end);
    }

    /// Sessions that were put on the link after it had given its own to others go the same way.
    pub(super) fn place_latecomers(&mut self) {
        let displaced = std::mem::take(&mut self.parting.displaced);
        let sessions = displaced
            .into_iter()
            .map(|member| (member.inbox, member.start));
        self.shared
            .pool
            .place_again(&self.shared, sessions.collect());
    }

    fn change(&mut self, state: LinkState, frame: &mut Frame) {
        tracing::debug!(target: "twin::link", link = self.number, ?state, "changed");
        self.was_connected |= matches!(state, LinkState::Connected { .. });
        let parting = std::mem::take(&mut self.parting);
        let mut sessions = self.members.ids();
        if let LinkState::Closed { reason } = &state {
            self.closed = true;
            self.shared.pool.closed(self.number);
            sessions.extend(parting.ids);
            if self.falls_back(reason) {
                self.fall_back(parting.displaced, reason);
            } else {
                self.spread(parting.displaced, reason, frame);
            }
        }
        let link = self.number;
        self.shared.links.post(LinkChange {
            link,
            sessions,
            state,
        });
    }

    /// Whether an end of this link means that its sessions go on over Socket.IO: Centrifugo has
    /// never let it in, and says that it never will.
    fn falls_back(&self, reason: &EndReason) -> bool {
        self.shared.config.live_channel == LiveChannel::Auto
            && self.route == Route::Centrifugo
            && !self.was_connected
            && !matches!(reason.kind, EndKind::Asked | EndKind::JoinRefused)
            && !has_too_many(reason)
    }

    fn fall_back(&self, displaced: Vec<Member>, reason: &EndReason) {
        self.shared.pool.fall_back(reason);
        let sessions = displaced
            .into_iter()
            .map(|member| (member.inbox, member.start));
        self.shared
            .pool
            .place_again(&self.shared, sessions.collect());
    }

    /// The sessions of a link that has too many go on over others. What they miss on the way is
    /// declared.
    fn spread(&mut self, displaced: Vec<Member>, reason: &EndReason, frame: &mut Frame) {
        if displaced.len() < 2 {
            for member in displaced {
                self.dismiss(&member.inbox, SessionEnd::LinkClosed(reason.clone()));
            }
            return;
        }
        let mut sessions = Vec::with_capacity(displaced.len());
        for Member {
            inbox,
            start,
            joined,
            ..
        } in displaced
        {
            if joined {
                let session = Some(inbox.id().clone());
                let gap = link::Gap::new(session, None, GapReason::NotRecovered);
                let question = inbox.deliver(Delivery::Gap(gap.into()), frame.freight(GAP_WEIGHT));
                self.fill(&inbox, question);
                sessions.push((inbox, JoinStart::Now));
            } else {
                sessions.push((inbox, start));
            }
        }
        self.shared.pool.spread(&self.shared, self.number, sessions);
    }
}

fn has_too_many(reason: &EndReason) -> bool {
    reason.code == Some(CHANNEL_LIMIT)
}
