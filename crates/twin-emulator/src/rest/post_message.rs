//! `POST /sessions/{sessionId}/messages` and `/sessions/{sessionId}/clients/messages`: the client
//! writes.

use std::sync::Arc;

use twin_protocol::{
    api::chats::{SendClientMessage, SendMessage},
    id::SessionId,
    model::{MessageDraft, SentMessage},
};

use super::{Rest, error::Failure};
use crate::{bot::Turn, platform::Draft};

/// The client writes; the session's id is credential enough.
pub(super) async fn post(rest: Arc<Rest>, call: SendMessage) -> Result<SentMessage, Failure> {
    keep(&rest, call.session_id, call.draft).await
}

/// The same, with a token.
pub(super) async fn post_as_client(
    rest: Arc<Rest>,
    call: SendClientMessage,
) -> Result<SentMessage, Failure> {
    keep(&rest, call.session_id, call.draft).await
}

async fn keep(
    rest: &Rest,
    session: SessionId,
    draft: MessageDraft,
) -> Result<SentMessage, Failure> {
    let text = draft.body.clone();
    let draft = Draft {
        body: draft.body,
        attachments: draft.attachments,
        reply_to: draft.reply_to_message_id,
    };
    // The place first: a message that is kept has its turn.
    let place = rest.turns.place().await;
    let message = rest.platform.post(session.as_str(), &draft)?;
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
