//! The platform's messages in the shapes of the calls.

use twin_protocol::{
    id::{AuthorId, SessionId},
    model::{
        Actions, Attachment, AuthorType, Button, ButtonType, Keyboard, Message, MessageAction,
        MessageType, ReplyMessage, StartedMessage,
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

fn action(action: &platform::Action) -> MessageAction {
    let mut wire = MessageAction::default();
    wire.action_type = Some(action.kind.clone());
    wire.event.clone_from(&action.event);
    wire.label.clone_from(&action.label);
    wire.data.clone_from(&action.data);
    wire
}

fn attachment(file: &platform::Attachment) -> Attachment {
    let (base, extension) = file.name.rsplit_once('.').unwrap_or((&file.name, ""));
    let mut wire = Attachment::new(file.id.clone());
    wire.name = Some(file.name.clone());
    wire.content_type = Some(file.content_type.clone());
    wire.size = Some(file.size);
    wire.url = Some(file.link.as_str().into());
    wire.download_link = Some(file.link.as_str().into());
    wire.is_private = Some(false);
    wire.created_at = Some(file.created_at.clone());
    wire.base_name = Some(base.to_owned());
    wire.extension = Some(extension.to_owned());
    wire.suggested_extension = Some(extension.to_owned());
    wire.path = Some(String::new());
    wire
}
