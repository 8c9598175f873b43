//! A chat: where sessions are started.

use std::sync::Arc;

use twin_protocol::{
    api::chats::{ContinueSession, StartSession},
    event::MessageCreated,
    id::ChatId,
    link::JoinStart,
    model::{AuthorType, SessionDraft, StartedMessage, StartedSession},
};

use crate::{
    Client,
    error::Error,
    live::Openings,
    session::{Events, LiveEvent, Origin, Session},
};

/// A chat of the platform. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Chat {
    client: Client,
    id: ChatId,
}

impl Chat {
    pub(crate) fn new(client: Client, id: ChatId) -> Self {
        Self { client, id }
    }

    /// Names the chat.
    pub fn id(&self) -> &ChatId {
        &self.id
    }

    /// Starts a session and listens to it, from its first event on: what is published before the
    /// link is up is asked for, and where it cannot be had there is a [`Gap`](crate::Gap).
    ///
    /// Without a token the session starts through the gateway of the web widget. The bot's first
    /// answers come as events, unless [`SessionDraft::return_answer_async`] says otherwise: then
    /// they come with the reply, as events of [`Origin::StartReply`].
    ///
    /// # Errors
    ///
    /// As [`Client::call`]. Where [`Error::reached`] is not `No`, there may be a session all the
    /// same.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the call; whether a session has been started is then unknown.
    pub async fn start(&self, draft: SessionDraft) -> Result<(Session, Events), Error> {
        let mut call = StartSession::new(self.id.clone(), answering_by_events(draft));
        call.x_widget = self.client.shared().config.credentials.is_anonymous();
        let started = self.client.call(call).await?;
        self.listen(started, JoinStart::First)
    }

    /// Goes on with the client's last session, or starts one where there is none; and listens to
    /// it, from now on. Who the client is stands in the draft
    /// ([`client_external_id`](SessionDraft::client_external_id), say). The platform wants a token
    /// for it.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), and where the session is listened to already through this client:
    /// the platform has taken the draft all the same, and [`Error::reached`] says so.
    ///
    /// # Cancel safety
    ///
    /// As [`start`](Self::start).
    pub async fn continue_last(&self, draft: SessionDraft) -> Result<(Session, Events), Error> {
        let draft = answering_by_events(draft);
        let started = self
            .client
            .call(ContinueSession::new(self.id.clone(), draft))
            .await?;
        self.listen(started, JoinStart::Now)
    }

    fn listen(
        &self,
        started: StartedSession,
        start: JoinStart,
    ) -> Result<(Session, Events), Error> {
        let first = first_events(&started);
        let StartedSession { id, started_at, .. } = started;
        let client = self.client.clone();
        let mut openings = Openings::new(Arc::clone(client.shared()));
        Session::listening(client, &mut openings, id, Some(started_at), start, first)
            .map_err(Error::after_an_answer)
    }
}

/// A session that is listened to gets the bot's answers as events, where the draft says nothing.
fn answering_by_events(mut draft: SessionDraft) -> SessionDraft {
    draft.return_answer_async.get_or_insert(true);
    draft
}

/// The bot's answers that came with the reply.
fn first_events(started: &StartedSession) -> Vec<LiveEvent> {
    let session = Some(started.id.clone());
    let messages = started.messages.iter();
    messages
        .map(|item| match item.read() {
            Ok(message) => {
                let message = created(message);
                let raw = item.raw().clone();
                LiveEvent::of_message(session.clone(), message, raw, Origin::StartReply)
            }
            Err(_) => LiveEvent::of_unread_message(
                session.clone(),
                item.raw().clone(),
                Origin::StartReply,
            ),
        })
        .collect()
}

/// A message of the reply, as the live channel would have told of it. It has no id, no date
/// and no session of its own.
fn created(message: &StartedMessage) -> MessageCreated {
    // Who starts a session is answered by its bot.
    let author = message.author_type.clone().unwrap_or(AuthorType::Bot);
    let mut created = MessageCreated::new(author);
    created.author_id = message.author_id.clone();
    created.body = message.body.clone();
    created.answers = message.answers.clone();
    created.keyboard = message.keyboard.clone();
    created.attachments = message.attachments.clone();
    created.actions = message
        .actions
        .iter()
        .flat_map(|actions| actions.list())
        .cloned()
        .collect();
    created
}
