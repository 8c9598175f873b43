//! The platform's messages in the shapes of the calls.

use twin_protocol::{
    id::{AuthorId, SessionId},
    model::{
        Actions, Attachment, AuthorType, Button, ButtonType, File, Keyboard, LastMessage, Message,
        MessageAction, MessageType, ReplyMessage, Session, SessionOperator, StartedMessage,
    },
};

use crate::platform;

/// A message as the list has it.
pub(super) fn message(session: &SessionId, message: &platform::Message) -> Message {
    let platform::Message {
        id,
        author,
        content,
        created_at,
        read_at,
    } = message;
    let kind = AuthorType::from(author.kind.as_str());
    let mut wire = Message::new(id.clone(), kind, created_at.clone(), session.clone());
    wire.author_id = author.id.as_deref().map(AuthorId::from);
    wire.author_name.clone_from(&author.name);
    wire.message_type = Some(MessageType::from(if content.is_terminal {
        "TERMINAL"
    } else {
        "REGULAR"
    }));
    wire.body = Some(content.body.clone());
    wire.answers.clone_from(&content.answers);
    wire.keyboard = content.keyboard.as_ref().map(keyboard);
    wire.read_at.clone_from(read_at);
    wire.attachments = content.attachments.iter().map(attachment).collect();
    wire.reply_to = content.reply_to.as_ref().map(|quote| {
        let mut reply = ReplyMessage::new(quote.id.clone());
        reply.session_id = Some(session.clone());
        reply.body = Some(quote.body.clone());
        reply.author_type = Some(AuthorType::from(quote.author.kind.as_str()));
        reply.author_name.clone_from(&quote.author.name);
        reply.created_at = Some(quote.created_at.clone());
        reply
    });
    wire
}

/// A message as the start reply has it.
pub(super) fn started_message(message: &platform::Message) -> StartedMessage {
    let platform::Message {
        author, content, ..
    } = message;
    let mut wire = StartedMessage::default();
    wire.author_id = author.id.as_deref().map(AuthorId::from);
    wire.author_type = Some(AuthorType::from(author.kind.as_str()));
    wire.body.clone_from(&content.body);
    wire.answers.clone_from(&content.answers);
    wire.actions = Some(Actions::List(content.actions.iter().map(action).collect()));
    wire.keyboard = content.keyboard.as_ref().map(keyboard);
    wire.attachments = content.attachments.iter().map(attachment).collect();
    wire
}

fn keyboard(keyboard: &platform::Keyboard) -> Keyboard {
    let buttons = keyboard.buttons.iter();
    let buttons = buttons.map(|button| {
        let kind = ButtonType::from(button.kind.as_str());
        Button::new(kind, button.text.clone())
    });
    let mut wire = Keyboard::default();
    wire.buttons_in_row = Some(keyboard.buttons_in_row);
    wire.buttons = buttons.collect();
    wire
}

/// An action of a message.
pub(crate) fn action(action: &platform::Action) -> MessageAction {
    let mut wire = MessageAction::default();
    wire.action_type = Some(action.kind.clone());
    wire.event.clone_from(&action.event);
    wire.label.clone_from(&action.label);
    wire.data.clone_from(&action.data);
    wire
}

/// A session as the operator's side sees it.
pub(super) fn session(session: &platform::Session) -> Session {
    let mut wire = Session::new(session.id.clone(), session.chat.clone());
    wire.name = Some(session.name.clone());
    wire.marked_as_spam = Some(session.is_spam);
    wire.ttl = Some(session.ttl);
    wire.operator_id = session
        .operator
        .as_ref()
        .map(|operator| operator.id.as_str().into());
    wire.operator_name = session
        .operator
        .as_ref()
        .map(|operator| operator.name.clone());
    wire.operators = session.seats.iter().map(seat).collect();
    wire.operator_assigned_at = session.seats.last().map(|seat| seat.since.clone());
    wire.channel.clone_from(&session.about.channel);
    wire.messenger_type = session.about.messenger_type.as_deref().map(Into::into);
    wire.referer.clone_from(&session.about.referer);
    let is_with_bot = session.is_open() && session.operator.is_none();
    wire.bot_status = Some(if is_with_bot { "ACTIVE" } else { "STOPPED" }.into());
    wire.status = Some(if session.is_open() { "OPEN" } else { "CLOSED" }.into());
    wire.started_at = Some(session.started_at.clone());
    wire.client_id = Some(session.client.clone());
    wire.client_banned = Some(false);
    let unread = session.messages().filter(|message| {
        message.author.kind == platform::AuthorKind::Client && message.read_at.is_none()
    });
    wire.unread_client_message_count = Some(unread.count() as u64);
    if let Some(last) = session.messages().next_back() {
        wire.last_message_created_at = Some(last.created_at.clone());
        wire.last_message = Some(last_message(last));
    }
    wire
}

fn seat(seat: &platform::Seat) -> SessionOperator {
    let mut wire = SessionOperator::new(seat.operator.id.as_str().into());
    wire.name = Some(seat.operator.name.clone());
    wire.operator_type = Some("USER".into());
    wire.assigned_at = Some(seat.since.clone());
    wire
}

fn last_message(message: &platform::Message) -> LastMessage {
    let platform::Message {
        author, content, ..
    } = message;
    let mut wire = LastMessage::default();
    wire.id = Some(message.id.clone());
    wire.author_id = author.id.as_deref().map(AuthorId::from);
    wire.author_type = Some(AuthorType::from(author.kind.as_str()));
    wire.author_name.clone_from(&author.name);
    wire.body = Some(content.body.clone());
    wire.attachments = content.attachments.iter().map(attachment).collect();
    wire.created_at = Some(message.created_at.clone());
    wire.read_at.clone_from(&message.read_at);
    wire
}

/// A file, in the form `$wire` of the two that have the same fields.
macro_rules! describe {
    ($file:ident, $wire:ident) => {{
        let (base, extension) = $file.name.rsplit_once('.').unwrap_or((&$file.name, ""));
        let mut wire = $wire::new($file.id.clone());
        wire.name = Some($file.name.clone());
        wire.content_type = Some($file.content_type.clone());
        wire.size = Some($file.size);
        wire.url = Some($file.link.as_str().into());
        wire.download_link = Some($file.link.as_str().into());
        wire.is_private = Some($file.is_private);
        wire.created_at = Some($file.created_at.clone());
        wire.base_name = Some(base.to_owned());
        wire.extension = Some(extension.to_owned());
        wire.suggested_extension = Some(extension.to_owned());
        wire.path = Some($file.path.clone());
        wire.owner_id = $file
            .owner
            .as_ref()
            .and_then(|owner| owner.as_str().parse().ok());
        wire
    }};
}

/// A file that comes with a message.
pub(crate) fn attachment(file: &platform::Attachment) -> Attachment {
    describe!(file, Attachment)
}

/// A file that was uploaded.
pub(super) fn file(file: &platform::Attachment) -> File {
    describe!(file, File)
}
