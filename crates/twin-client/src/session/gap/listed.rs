//! Messages of the platform's list, as the events that they would have been.

use std::collections::BTreeMap;

use twin_protocol::{
    api::Item,
    event::MessageCreated,
    id::MessageId,
    model::{Message, ReplyToMessage},
    raw::RawJson,
    time::Timestamp,
};

use crate::session::{Origin, delivery::LiveEvent};

/// The events of those messages that are `wanted`, in the order of their dates, each with its id and
/// date. A message that cannot be read becomes an event that cannot be read, before all others.
pub(super) fn events(
    messages: Vec<Item<Message>>,
    wanted: impl Fn(&Message) -> bool,
) -> Vec<(Option<MessageId>, Option<Timestamp>, LiveEvent)> {
    let mut events: Vec<_> = messages
        .into_iter()
        .filter_map(|item| match item.into_parts() {
            (raw, Ok(message)) => wanted(&message).then(|| readable(message, raw)),
            (raw, Err(_)) => Some((id_of(&raw), None, unreadable(raw))),
        })
        .collect();
    // In which order the list comes is not known. Messages of one date keep the order that they have
    // in the list, read from its older end.
    if let (Some((_, first, _)), Some((_, last, _))) = (events.first(), events.last()) {
        if first > last {
            events.reverse();
        }
    }
    events.sort_by(|(_, a, _), (_, b, _)| a.cmp(b));
    events
}

fn readable(message: Message, raw: RawJson) -> (Option<MessageId>, Option<Timestamp>, LiveEvent) {
    let id = message.id.clone();
    let date = message.created_at.clone();
    let session = Some(message.session_id.clone());
    let event = LiveEvent::of_message(session, created(message), raw, Origin::List);
    (Some(id), Some(date), event)
}

fn unreadable(raw: RawJson) -> LiveEvent {
    LiveEvent::of_unread_message(None, raw, Origin::List)
}

/// The id of a message of which nothing else can be read.
fn id_of(raw: &RawJson) -> Option<MessageId> {
    let fields: BTreeMap<String, RawJson> = raw.read().ok()?;
    fields.get("id")?.read().ok()
}

/// A message of the list, as the live channel would have told of it. The list says less of some
/// things (no actions, no picture) and names the answered message differently.
fn created(message: Message) -> MessageCreated {
    let mut created = MessageCreated::new(message.author_type);
    created.id = Some(message.id);
    created.body = message.body.unwrap_or_default();
    created.answers = message.answers;
    created.keyboard = message.keyboard;
    created.created_at = Some(message.created_at);
    created.session_id = Some(message.session_id);
    created.attachments = message.attachments;
    created.author_id = message.author_id;
    created.author_name = message.author_name;
    created.message_type = message.message_type;
    if let Some(answered) = message.reply_to {
        let mut reply = ReplyToMessage::new(answered.id.clone());
        reply.author_type = answered.author_type;
        reply.body = answered.body;
        reply.author_name = answered.author_name;
        created.reply_id = Some(answered.id);
        created.reply_to_message = Some(reply);
    }
    created
}
