//! What happens in an open session: messages, typing, reading, operators, the end.

use serde_json::value::RawValue;
use twin_protocol::{
    id::{MessageId, SessionId},
    time::Timestamp,
};

use super::{
    Platform, Whose, clock,
    event::Event,
    message::{Author, AuthorKind, Content, Message, Quote},
    refusal::Refusal,
    session::Session,
    start::Draft,
    state::State,
};

/// Who hears of a message of the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hearing {
    /// Whoever listens live.
    Live,
    /// Nobody: the message is handed over in another way.
    Silent,
}

impl Platform {
    /// Keeps a message of the client.
    pub(crate) fn post(&self, session: &str, draft: &Draft) -> Result<Message, Refusal> {
        let mut state = self.locked();
        state.session(session)?.open()?;
        let content = state.content(Some(session), draft)?;
        let session = state.session(session)?;
        let author = session.client_author();
        let (message, gone) = session.add(author, content);
        let id = session.id.clone();
        state.note(&id, &message, gone);
        Ok(message)
    }

    /// Keeps a message of the bot, or of the session's operator, and tells of it.
    pub(crate) fn say(
        &self,
        session: &str,
        author: AuthorKind,
        content: Content,
        hearing: Hearing,
    ) -> Result<Message, Refusal> {
        let mut state = self.locked();
        let session = state.session(session)?;
        session.open()?;
        let author = session.author(author);
        let (message, gone) = session.add(author, content);
        if hearing == Hearing::Live {
            let event = Event::Created {
                session: &session.id,
                message: &message,
            };
            self.outlet.tell(session.whose(), &event);
        }
        let id = session.id.clone();
        state.note(&id, &message, gone);
        Ok(message)
    }

    /// Keeps a message of the session's operator, and tells of it.
    pub(crate) fn say_as_operator(
        &self,
        session: &str,
        content: Content,
    ) -> Result<Message, Refusal> {
        self.say(session, AuthorKind::Operator, content, Hearing::Live)
    }

    /// What a draft for an open session says, with its files and the message it answers looked up.
    pub(crate) fn check(&self, session: &str, draft: &Draft) -> Result<Content, Refusal> {
        let mut state = self.locked();
        state.session(session)?.open()?;
        state.content(Some(session), draft)
    }

    /// Tells that someone is writing.
    pub(crate) fn typing(&self, session: &str, author: AuthorKind) -> Result<(), Refusal> {
        self.tell(session, &Event::Typing { author })
    }

    /// Tells of any other event.
    pub(crate) fn other(
        &self,
        session: &str,
        name: &str,
        payload: &RawValue,
    ) -> Result<(), Refusal> {
        self.tell(session, &Event::Other { name, payload })
    }

    /// The operator reads what the client wrote, and each message is told of.
    pub(crate) fn read_all(&self, session: &str) -> Result<(), Refusal> {
        let mut state = self.locked();
        let session = state.session(session)?;
        session.open()?;
        for message in &session.read_all() {
            self.outlet.tell(session.whose(), &Event::Read { message });
        }
        Ok(())
    }

    /// Marks one message as read. If the client wrote it, that is told of.
    pub(crate) fn mark_read(&self, message: &str) -> Result<(), Refusal> {
        let mut state = self.locked();
        let session = state
            .messages
            .get(message)
            .cloned()
            .ok_or(Refusal::NoSuchMessage)?;
        let session = state.session(session.as_str())?;
        let found = session.message_mut(message).ok_or(Refusal::NoSuchMessage)?;
        if found.read_at.is_some() {
            return Ok(());
        }
        found.read_at = Some(clock::now());
        let (id, kind) = (found.id.clone(), found.author.kind);
        if kind == AuthorKind::Client {
            self.outlet
                .tell(session.whose(), &Event::Read { message: &id });
        }
        Ok(())
    }

    /// Closes a session.
    pub(crate) fn close(
        &self,
        session: &str,
        result: Option<String>,
        is_rating_required: bool,
    ) -> Result<(), Refusal> {
        let mut state = self.locked();
        let session = state.session(session)?;
        session.close()?;
        session.result = result;
        let Session { id, chat, .. } = &*session;
        let event = Event::Closed {
            session: id,
            chat,
            is_rating_required,
        };
        self.outlet.tell(session.whose(), &event);
        Ok(())
    }

    /// Those messages of a session, oldest first, that were created between the two points in
    /// time, both included.
    pub(crate) fn messages(
        &self,
        session: &str,
        from: Option<&Timestamp>,
        to: Option<&Timestamp>,
    ) -> Result<Vec<Message>, Refusal> {
        let mut state = self.locked();
        let wanted = state.session(session)?.messages_between(from, to);
        Ok(wanted.cloned().collect())
    }

    /// The message of a session as an answer to it shows it.
    pub(crate) fn quote(&self, session: &str, message: &str) -> Option<Quote> {
        let state = self.locked();
        Some(state.sessions.get(session)?.message(message)?.quote())
    }

    /// Whether an operator has the session.
    pub(crate) fn has_operator(&self, session: &str) -> bool {
        let state = self.locked();
        state
            .sessions
            .get(session)
            .is_some_and(|session| session.operator.is_some())
    }

    fn tell(&self, session: &str, event: &Event<'_>) -> Result<(), Refusal> {
        let mut state = self.locked();
        let session = state.session(session)?;
        session.open()?;
        self.outlet.tell(session.whose(), event);
        Ok(())
    }
}

impl State {
    /// Notes where a message is, and that another is gone.
    pub(super) fn note(&mut self, session: &SessionId, message: &Message, gone: Option<MessageId>) {
        self.messages.insert(message.id.clone(), session.clone());
        if let Some(gone) = gone {
            self.messages.remove(&gone);
        }
    }
}

impl Session {
    pub(super) fn whose(&self) -> Whose<'_> {
        Whose {
            session: &self.id,
            client: &self.client,
        }
    }

    /// The bot, the session's operator, or its client, as an author.
    fn author(&self, kind: AuthorKind) -> Author {
        let operator = self.operator.as_ref();
        match kind {
            AuthorKind::Bot => Author {
                kind,
                id: None,
                name: Some("Bot".into()),
                avatar: None,
            },
            AuthorKind::Client => self.client_author(),
            AuthorKind::Operator => Author {
                kind,
                id: operator.map(|operator| operator.id.clone()),
                name: operator.map(|operator| operator.name.clone()),
                avatar: operator.and_then(|operator| operator.avatar.clone()),
            },
        }
    }
}
