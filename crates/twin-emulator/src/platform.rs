//! The state of a TWIN: chats, sessions, messages, files, users, bots, dialogs, facts.
//!
//! No HTTP and no live channel: doors to it are elsewhere. What happens is told to an [`Outlet`],
//! in the order in which it happened. Bounded: at most [`MAX_SESSIONS`] sessions are kept, the
//! oldest go; a session keeps its last 10,000 messages.

mod clock;
mod dialog;
mod event;
mod expiry;
mod files;
mod identity;
mod message;
mod operators;
mod refusal;
mod session;
mod shelf;
mod start;
mod state;
mod talk;

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;
use twin_protocol::{
    id::{ClientId, SessionId},
    model::{Bot, Chat, Fact},
};

use self::state::State;
pub(crate) use self::{
    clock::now,
    dialog::Conversation,
    event::Event,
    files::{File, FileContent, MAX_FILE_SIZE},
    identity::{Access, Identity},
    message::{Action, Attachment, AuthorKind, Content, Keyboard, Message, Operator},
    operators::Seat,
    refusal::Refusal,
    session::{About, Person, Session},
    shelf::Shelf,
    start::{DEFAULT_TTL, Draft, MAX_TTL, Opening, Start},
    talk::Hearing,
};

/// The namespace of the platform's channels.
pub(crate) const NAMESPACE: &str = "widget";
/// How many sessions are kept; the oldest go.
const MAX_SESSIONS: usize = 10_000;

/// Where the platform tells what happened.
///
/// It is told while the platform's lock is held, so it must neither wait nor call back.
pub(crate) trait Outlet: fmt::Debug + Send + Sync {
    /// `event` has happened in `whose` session.
    fn tell(&self, whose: Whose<'_>, event: &Event<'_>);
}

/// Whose session it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whose<'a> {
    pub(crate) session: &'a SessionId,
    pub(crate) client: &'a ClientId,
}

/// The state of a TWIN.
#[derive(Debug)]
pub(crate) struct Platform {
    pub(crate) bots: Shelf<Bot>,
    pub(crate) chats: Shelf<Chat>,
    pub(crate) dialogs: Shelf<Conversation>,
    pub(crate) facts: Shelf<Fact>,
    pub(crate) identity: Identity,
    state: Mutex<State>,
    outlet: Box<dyn Outlet>,
    /// Told when a session was opened that may expire before all others.
    opened: Notify,
}

impl Platform {
    /// An empty platform that accepts `token` and whose files are served below `http`.
    pub(crate) fn new(http: String, token: String, outlet: Box<dyn Outlet>) -> Self {
        Self {
            bots: Shelf::new(),
            chats: Shelf::new(),
            dialogs: Shelf::new(),
            facts: Shelf::new(),
            identity: Identity::new(token),
            state: Mutex::new(State::new(http)),
            outlet,
            opened: Notify::new(),
        }
    }

    /// Whose the session of this id is; `None` if there is none.
    pub(crate) fn owner(&self, session: &str) -> Option<(SessionId, ClientId)> {
        let state = self.locked();
        let session = state.sessions.get(session)?;
        Some((session.id.clone(), session.client.clone()))
    }

    /// Whether there is an open session of this id.
    pub(crate) fn is_open(&self, session: &str) -> bool {
        let state = self.locked();
        state.sessions.get(session).is_some_and(Session::is_open)
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
