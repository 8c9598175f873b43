//! `POST` and `PUT /chats/{chatId}/sessions`: a session is started, or the last one goes on.

use std::sync::Arc;

use twin_protocol::{
    api::{
        Item,
        chats::{ContinueSession, StartSession},
    },
    id::ChatId,
    model::{SessionDraft, StartedSession},
};

use super::{
    Rest,
    call::{Caller, Serve},
    error::Failure,
    wire,
};
use crate::{
    backend::StartAnswers,
    bot::Turn,
    platform::{About, DEFAULT_TTL, Draft, Hearing, MAX_TTL, Opening, Person, Start},
};

impl Serve for StartSession {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<StartedSession, Failure> {
        open(&rest, self.chat_id, self.draft, Opening::New).await
    }
}

impl Serve for ContinueSession {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<StartedSession, Failure> {
        open(&rest, self.chat_id, self.draft, Opening::Last).await
    }
}

async fn open(
    rest: &Rest,
    chat: ChatId,
    draft: SessionDraft,
    opening: Opening,
) -> Result<StartedSession, Failure> {
    let settings = rest.platform.chats.get(chat.as_str());
    let default_ttl = settings.and_then(|chat| chat.session_ttl);
    let ttl = draft.session_ttl.or(default_ttl).unwrap_or(DEFAULT_TTL);
    let ttl = ttl.min(MAX_TTL);
    let is_async = draft.return_answer_async.unwrap_or(false);
    let text = draft.message_body.unwrap_or_default();
    let has_message = !text.is_empty() || !draft.message_attachments.is_empty();
    let message = has_message.then(|| Draft {
        body: text.clone(),
        attachments: draft.message_attachments,
        reply_to: draft.reply_to_message_id,
    });
    let start = Start {
        chat,
        name: draft.name,
        about: About {
            channel: draft.channel,
            messenger_type: draft.messenger_type.map(|kind| kind.to_string()),
            referer: draft.referer,
        },
        session: draft.session_id,
        person: Person {
            id: draft.client_id,
            external_id: draft.client_external_id,
            name: draft.client_name_for_operator.or(draft.client_name),
        },
        ttl,
        message,
    };
    // The place first: a session that is kept has its turn.
    let place = rest.turns.place().await;
    let started = rest.platform.start(start, opening)?;
    let turn = Turn {
        session: started.session.clone(),
        is_start: started.is_new,
        message: started.message.clone().map(|id| (id, text)),
    };
    let mut reply = StartedSession::new(started.session, started.started_at, started.ttl);
    reply.client_id = Some(started.client);
    reply.message_id = started.message;
    if is_async {
        if let Some(place) = place {
            place.send(turn);
        }
    } else {
        drop(place);
        let hearing = match rest.shared.behaviour().start_answers {
            StartAnswers::Reply => Hearing::Silent,
            StartAnswers::ReplyAndEvents => Hearing::Live,
        };
        for message in rest.turns.take_now(&turn, hearing) {
            reply
                .messages
                .push(Item::new(wire::started_message(&message))?);
        }
    }
    Ok(reply)
}
