//! What the script says in a direct dialog: its messages, and whether it ends there.
//!
//! Of a script's actions only messages of the bot and `close` mean anything in a dialog: nobody sees
//! typing, and there are no operators.

use twin_protocol::{
    api::{EncodeError, Item},
    model::{Actions, DialogMessage, Substitution, Substitutions},
};

use super::{
    Bot,
    action::{BotAction, MessageText, Speaker},
    script::{Holder, Occasion},
};
use crate::{
    platform::{Conversation, MAX_FILE_SIZE, Platform},
    rest::wire,
};

/// What the bot says.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) messages: Vec<Item<DialogMessage>>,
    /// Whether the bot has ended the dialog.
    pub(crate) is_last: bool,
}

impl Bot {
    /// What the bot says at the start of a dialog (`is_start`), and to `text`.
    pub(crate) fn answer(
        &self,
        platform: &Platform,
        dialog: &Conversation,
        is_start: bool,
        text: Option<&str>,
    ) -> Result<Answer, EncodeError> {
        let mut answer = Answer::default();
        let start = is_start.then_some((Occasion::Start, ""));
        let said = text.map(|text| (Occasion::Message(text), text));
        for (occasion, text) in start.into_iter().chain(said) {
            for action in self.script().actions(occasion, Holder::Bot) {
                match action {
                    BotAction::Close { .. } => answer.is_last = true,
                    BotAction::Message(message) if message.from == Speaker::Bot => {
                        let message = dialog_message(platform, dialog, message, text);
                        answer.messages.push(Item::new(message)?);
                    }
                    _ => {}
                }
            }
        }
        Ok(answer)
    }
}

fn dialog_message(
    platform: &Platform,
    dialog: &Conversation,
    message: &MessageText,
    text: &str,
) -> DialogMessage {
    let mut substitution = Substitution::default();
    substitution.node_id = Some("script".into());
    substitution.bot_id = Some(dialog.bot.clone());
    let files = message.attachments.iter();
    let files = files.filter(|file| file.text.len() <= MAX_FILE_SIZE);
    let mut said = DialogMessage::default();
    said.body = Some(message.body.replace("{text}", text));
    said.answers.clone_from(&message.answers);
    said.actions = Some(Actions::List(
        message.actions.iter().map(wire::action).collect(),
    ));
    said.substitutions = Some(Substitutions::One(substitution));
    said.attachments = files
        .map(|file| {
            let content = file.text.clone().into();
            wire::attachment(&platform.add_file(&file.name, &file.content_type, content))
        })
        .collect();
    said
}
