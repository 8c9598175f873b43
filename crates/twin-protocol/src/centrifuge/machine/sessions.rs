//! The sessions of a link: which are listened to, and how far each is joined on the present
//! connection.

use crate::{id::SessionId, link::Moment};

/// The sessions in the order in which they were added.
#[derive(Clone, Debug, Default)]
pub(super) struct Sessions {
    list: Vec<Session>,
}

#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) id: SessionId,
    /// Whether it is still listened to. One that has ended stays in the list as long as the
    /// connection that it was named on: the server may give its channel late, or again, and its
    /// events must not be taken for another session's.
    pub(super) active: bool,
    pub(super) join: Join,
    /// Joins in a row that failed on the present connection.
    pub(super) failures: u32,
    /// Whether the present connection's connect command named it.
    pub(super) listed: bool,
    /// Whether what was published between its start and the first connect is still to be had, or
    /// to be declared missing.
    pub(super) hole: bool,
    /// Whether its channel is gone. That was declared; what is published until another comes is to be
    /// declared missing then.
    pub(super) lost: bool,
}

/// How far a session is joined on the present connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    /// The platform has agreed.
    Agreed {
        /// Until when a channel for it should have come, where one is waited for.
        channel_by: Option<Moment>,
    },
    /// `joinSession` is on its way.
    Asked {
        /// When it is asked again.
        until: Moment,
    },
    /// The pause after a failure that may pass.
    Paused {
        /// When it is asked again.
        until: Moment,
    },
    /// Not asked yet.
    Unasked,
}

impl Join {
    pub(super) const fn deadline(self) -> Option<Moment> {
        match self {
            Self::Agreed { channel_by } => channel_by,
            Self::Asked { until } | Self::Paused { until } => Some(until),
            Self::Unasked => None,
        }
    }
}

impl Sessions {
    /// Adds a session, or takes up one again that had ended. Says whether anything changed.
    pub(super) fn add(&mut self, id: &SessionId, hole: bool) -> bool {
        let fresh = |id| Session {
            id,
            active: true,
            join: Join::Unasked,
            failures: 0,
            listed: false,
            hole,
            lost: false,
        };
        match self.list.iter_mut().find(|session| session.id == *id) {
            Some(session) if session.active => return false,
            Some(session) => *session = fresh(id.clone()),
            None => self.list.push(fresh(id.clone())),
        }
        true
    }

    /// Stops listening to a session. Says whether it was listened to.
    pub(super) fn end(&mut self, id: &str) -> bool {
        let session = self.get_mut(id);
        session.is_some_and(|session| std::mem::replace(&mut session.active, false))
    }

    /// Keeps no more than `most` sessions that have ended: the first of them go.
    pub(super) fn bound_ended(&mut self, most: usize) {
        let ended = self.list.iter().filter(|session| !session.active).count();
        let mut surplus = ended.saturating_sub(most);
        self.list.retain(|session| {
            let goes = !session.active && surplus > 0;
            surplus -= usize::from(goes);
            !goes
        });
    }

    /// The connection is over, and how far each was joined on it says nothing of the next: whoever is
    /// listened to is named and asked for anew. Those that have ended go, but for those whose own
    /// channel is held still.
    pub(super) fn forget_connection(&mut self, held: impl Fn(&SessionId) -> bool) {
        self.list
            .retain(|session| session.active || held(&session.id));
        for session in &mut self.list {
            session.failures = 0;
        }
    }

    pub(super) fn get(&self, id: &str) -> Option<&Session> {
        self.list.iter().find(|session| session.id.as_str() == id)
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut Session> {
        self.list
            .iter_mut()
            .find(|session| session.id.as_str() == id)
    }

    pub(super) fn active(&self) -> impl Iterator<Item = &Session> {
        self.list.iter().filter(|session| session.active)
    }

    pub(super) fn active_mut(&mut self) -> impl Iterator<Item = &mut Session> {
        self.list.iter_mut().filter(|session| session.active)
    }

    /// The session, where exactly one is listened to.
    pub(super) fn only(&self) -> Option<&SessionId> {
        let mut active = self.active();
        let first = active.next()?;
        active.next().is_none().then_some(&first.id)
    }

    /// Whether there are sessions that are listened to, and every one is joined.
    pub(super) fn all_agreed(&self) -> bool {
        let mut active = self.active().peekable();
        active.peek().is_some() && active.all(|session| matches!(session.join, Join::Agreed { .. }))
    }

    /// The first moment at which one of them wants attention.
    pub(super) fn deadline(&self) -> Option<Moment> {
        self.active()
            .filter_map(|session| session.join.deadline())
            .min()
    }
}
