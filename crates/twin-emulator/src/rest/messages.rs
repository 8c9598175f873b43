//! Messages: what the client and the operator write, what was said, what was read.

use std::sync::Arc;

use twin_protocol::{
    api::{
        Page,
        chats::{
            ListClientMessages, ListSessionMessages, MarkMessageRead, SendClientMessage,
            SendMessage, SendOperatorMessage,
        },
    },
    id::SessionId,
    model::{Message, MessageDraft, SentMessage},
};

use super::{
    Rest,
    call::{Caller, Serve},
    error::Failure,
    operators,
    page::paging,
    wire,
};
use crate::{bot::Turn, platform::Draft};

/// The fields that a message in a list can have.
const FIELDS: [&str; 14] = [
    "answers",
    "attachments",
    "authorId",
    "authorName",
    "authorType",
    "createdAt",
    "id",
    "keyboard",
    "readAt",
    "replyTo",
    "sessionId",
    "type",
    "updatedAt",
    "body",
];

impl Serve for SendMessage {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<SentMessage, Failure> {
        keep(&rest, self.session_id, self.draft).await
    }
}

impl Serve for SendClientMessage {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<SentMessage, Failure> {
        keep(&rest, self.session_id, self.draft).await
    }
}

async fn keep(
    rest: &Rest,
    session: SessionId,
    draft: MessageDraft,
) -> Result<SentMessage, Failure> {
    let text = draft.body.clone();
    // The place first: a message that is kept has its turn.
    let place = rest.turns.place().await;
    let message = rest.platform.post(session.as_str(), &as_draft(draft))?;
    if let Some(place) = place {
        let message = Some((message.id.clone(), text));
        place.send(Turn {
            session,
            is_start: false,
            message,
        });
    }
    Ok(SentMessage::new(message.id, message.created_at))
}

impl Serve for SendOperatorMessage {
    /// Whoever writes has the session from then on, where no operator had it.
    async fn serve(self, rest: Arc<Rest>, caller: Caller) -> Result<SentMessage, Failure> {
        let session = self.session_id.as_str();
        let content = rest.platform.check(session, &as_draft(self.draft))?;
        if let (false, Some(user)) = (rest.platform.has_operator(session), caller.user) {
            let operator = operators::operator(&rest, user.as_str())?;
            rest.platform.hand_over(session, operator)?;
        }
        let message = rest.platform.say_as_operator(session, content)?;
        Ok(SentMessage::new(message.id, message.created_at))
    }
}

fn as_draft(draft: MessageDraft) -> Draft {
    Draft {
        body: draft.body,
        attachments: draft.attachments,
        reply_to: draft.reply_to_message_id,
    }
}

impl Serve for ListSessionMessages {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<Page<Message>, Failure> {
        let session = &self.session_id;
        let (from, to) = (self.from.as_ref(), self.to.as_ref());
        let messages = rest.platform.messages(session.as_str(), from, to)?;
        let messages = messages.iter();
        let messages = messages.map(|message| wire::message(session, message));
        paging!(self).cut(messages.collect(), &FIELDS)
    }
}

impl Serve for ListClientMessages {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<Page<Message>, Failure> {
        let (from, to) = (self.from.as_ref(), self.to.as_ref());
        let messages = rest
            .platform
            .messages_of_client(&self.client_id, from, to)?;
        let messages = messages.iter();
        let messages = messages.map(|(session, message)| wire::message(session, message));
        paging!(self).cut(messages.collect(), &FIELDS)
    }
}

impl Serve for MarkMessageRead {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<(), Failure> {
        Ok(rest.platform.mark_read(self.message_id.as_str())?)
    }
}
