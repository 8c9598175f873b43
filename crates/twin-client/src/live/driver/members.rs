//! The sessions that a link carries.

use std::{collections::HashMap, sync::Arc};

use twin_protocol::{
    id::SessionId,
    link::{Join, JoinStart},
};

use crate::session::Inbox;

/// The sessions that a link carries.
#[derive(Default)]
pub(super) struct Members {
    present: HashMap<SessionId, Member>,
    /// How many there have been.
    count: u64,
}

/// A session of the link.
pub(super) struct Member {
    number: u64,
    pub(super) inbox: Arc<Inbox>,
    pub(super) start: JoinStart,
    /// Whether it has been joined over this link.
    pub(super) joined: bool,
}

impl Members {
    pub(super) fn add(&mut self, join: &Join, inbox: Arc<Inbox>) {
        self.count += 1;
        let member = Member {
            number: self.count,
            inbox,
            start: join.start,
            joined: false,
        };
        self.present.insert(join.session.clone(), member);
    }

    pub(super) fn len(&self) -> usize {
        self.present.len()
    }

    pub(super) fn get(&self, id: &SessionId) -> Option<&Member> {
        self.present.get(id)
    }

    pub(super) fn get_mut(&mut self, id: &SessionId) -> Option<&mut Member> {
        self.present.get_mut(id)
    }

    pub(super) fn remove(&mut self, id: &SessionId) -> Option<Member> {
        self.present.remove(id)
    }

    /// Their ids, in the order in which they came.
    pub(super) fn ids(&self) -> Vec<SessionId> {
        let mut ids: Vec<_> = self
            .present
            .iter()
            .map(|(id, member)| (member.number, id))
            .collect();
        ids.sort_unstable_by_key(|(number, _)| *number);
        ids.into_iter().map(|(_, id)| id.clone()).collect()
    }
}
