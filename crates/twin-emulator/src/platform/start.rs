//! Opening a session, and going on with the last one.

use std::time::Duration;

use tokio::time::Instant;
use twin_protocol::{
    id::{ChatId, ClientId, FileId, MessageId, SessionId},
    time::Timestamp,
};

use super::{
    Platform,
    message::Content,
    refusal::Refusal,
    session::{About, Person, Session},
    state::State,
};

/// How long a session lives that does not say (facts, 3.1).
pub(crate) const DEFAULT_TTL: Duration = Duration::from_secs(3600);
/// How long a session can live (facts, 3.1).
pub(crate) const MAX_TTL: Duration = Duration::from_secs(43_200);

/// What a client writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) body: String,
    pub(crate) attachments: Vec<FileId>,
    pub(crate) reply_to: Option<MessageId>,
}

/// What a session is opened with.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    pub(crate) chat: ChatId,
    pub(crate) name: String,
    pub(crate) about: About,
    /// The session to go on with; if there is none of this id, a new one gets it.
    pub(crate) session: Option<SessionId>,
    pub(crate) person: Person,
    pub(crate) ttl: Duration,
    pub(crate) message: Option<Draft>,
}

/// Which session is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    /// The person's last one, if it is still open.
    Last,
    /// A new one.
    New,
}

/// A session that was opened.
#[derive(Clone, Debug)]
pub(crate) struct Started {
    pub(crate) session: SessionId,
    pub(crate) client: ClientId,
    pub(crate) started_at: Timestamp,
    pub(crate) ttl: Duration,
    /// The client's first message.
    pub(crate) message: Option<MessageId>,
    /// Whether it is a new session, and not one that goes on.
    pub(crate) is_new: bool,
}

impl Platform {
    /// Opens a session, with the client's first message if there is one.
    pub(crate) fn start(&self, start: Start, opening: Opening) -> Result<Started, Refusal> {
        let mut state = self.locked();
        let content = match &start.message {
            None => None,
            Some(draft) => Some(state.content(None, draft)?),
        };
        let (id, is_new) = state.open(&start, opening)?;
        let session = state.session(id.as_str())?;
        let mut started = Started {
            session: id.clone(),
            client: session.client.clone(),
            started_at: session.started_at.clone(),
            ttl: session.ttl,
            message: None,
            is_new,
        };
        if let Some(content) = content {
            let author = session.client_author();
            let (message, gone) = session.add(author, content);
            state.note(&id, &message, gone);
            started.message = Some(message.id);
        }
        drop(state);
        self.opened.notify_one();
        Ok(started)
    }
}

impl State {
    /// The session that is wanted, and whether it is new.
    fn open(&mut self, start: &Start, opening: Opening) -> Result<(SessionId, bool), Refusal> {
        if let Some(named) = &start.session {
            if let Some(session) = self.sessions.get(named) {
                if session.chat != start.chat {
                    return Err(Refusal::SessionElsewhere);
                }
                session.open()?;
                return Ok((named.clone(), false));
            }
        } else if opening == Opening::Last {
            if let Some(id) = self.last_open(&start.chat, &start.person) {
                return Ok((id, false));
            }
        }
        let id = start.session.clone();
        let id = id.unwrap_or_else(|| SessionId::from(uuid::Uuid::new_v4().to_string()));
        let client = self.client(&start.person);
        let mut session = Session::new(id.clone(), start.chat.clone(), client, start.ttl);
        session.external_id = start.person.external_id.clone();
        session.name.clone_from(&start.name);
        session.about = start.about.clone();
        session.client_name = start.person.name.clone();
        session.expires = Instant::now() + start.ttl;
        self.insert(session);
        Ok((id, true))
    }

    /// What a draft says, with its files and the message it answers looked up; that is looked for
    /// in `session`, and cannot be in one that is yet to be opened.
    pub(super) fn content(&self, session: Option<&str>, draft: &Draft) -> Result<Content, Refusal> {
        if draft.body.is_empty() && draft.attachments.is_empty() {
            return Err(Refusal::Empty);
        }
        let mut content = Content {
            body: draft.body.clone(),
            ..Content::default()
        };
        for (index, id) in draft.attachments.iter().enumerate() {
            let file = self
                .files
                .find(id.as_str())
                .ok_or(Refusal::NoSuchFile { index })?;
            content.attachments.push(file.attachment.clone());
        }
        if let Some(target) = &draft.reply_to {
            let session = session.and_then(|id| self.sessions.get(id));
            let message = session.and_then(|session| session.message(target.as_str()));
            // The article's own sample answers a message that there is not.
            content.reply_to = message.map(|message| message.quote());
        }
        Ok(content)
    }
}
