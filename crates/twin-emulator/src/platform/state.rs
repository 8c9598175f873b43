//! What the platform keeps, behind its lock.

use std::collections::{HashMap, VecDeque};

use twin_protocol::id::{ChatId, ClientId, MessageId, SessionId};

use super::{
    MAX_SESSIONS,
    files::Files,
    refusal::Refusal,
    session::{Person, Session},
};

/// What the platform keeps.
#[derive(Debug)]
pub(super) struct State {
    pub(super) sessions: HashMap<SessionId, Session>,
    /// Session ids, oldest first.
    ages: VecDeque<SessionId>,
    /// In which session a message is.
    pub(super) messages: HashMap<MessageId, SessionId>,
    pub(super) files: Files,
}

impl State {
    pub(super) fn new(http: String) -> Self {
        Self {
            sessions: HashMap::new(),
            ages: VecDeque::new(),
            messages: HashMap::new(),
            files: Files::new(http),
        }
    }

    pub(super) fn session(&mut self, id: &str) -> Result<&mut Session, Refusal> {
        self.sessions.get_mut(id).ok_or(Refusal::NoSuchSession)
    }

    /// Keeps a session; the oldest goes if there are too many.
    pub(super) fn insert(&mut self, session: Session) {
        if self.ages.len() >= MAX_SESSIONS {
            let oldest = self.ages.pop_front();
            if let Some(gone) = oldest.and_then(|id| self.sessions.remove(&id)) {
                for message in gone.messages() {
                    self.messages.remove(&message.id);
                }
            }
        }
        self.ages.push_back(session.id.clone());
        self.sessions.insert(session.id.clone(), session);
    }

    /// All sessions, oldest first.
    pub(super) fn sessions_by_age(&self) -> impl Iterator<Item = &Session> {
        self.ages.iter().filter_map(|id| self.sessions.get(id))
    }

    /// The newest open session of this person in this chat.
    pub(super) fn last_open(&self, chat: &ChatId, person: &Person) -> Option<SessionId> {
        let mut newest_first = self
            .ages
            .iter()
            .rev()
            .filter_map(|id| self.sessions.get(id));
        newest_first
            .find(|session| session.is_open() && session.chat == *chat && is_of(session, person))
            .map(|session| session.id.clone())
    }

    /// The client id of this person: the one given, the one that the same external id had before,
    /// or a new one.
    pub(super) fn client(&self, person: &Person) -> ClientId {
        if let Some(id) = &person.id {
            return id.clone();
        }
        let known = self
            .sessions
            .values()
            .find(|session| is_of(session, person));
        known.map_or_else(
            || ClientId::from(uuid::Uuid::new_v4().to_string()),
            |session| session.client.clone(),
        )
    }
}

/// Whether a session is of this person: by the client id if there is one, else by the external id.
fn is_of(session: &Session, person: &Person) -> bool {
    match (&person.id, &person.external_id) {
        (Some(id), _) => session.client == *id,
        (None, Some(external)) => session.external_id.as_ref() == Some(external),
        (None, None) => false,
    }
}
