//! Carries actions out.

use twin_protocol::id::MessageId;

use super::action::{BotAction, MessageText};
use crate::platform::{Content, Hearing, MAX_FILE_SIZE, Message, Platform, Refusal};

/// Actions that are carried out in one session.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    platform: &'a Platform,
    session: &'a str,
    /// What the client wrote, for `{text}`.
    text: &'a str,
    /// The client's message, for answers to it.
    message: Option<&'a MessageId>,
    hearing: Hearing,
}

impl<'a> Run<'a> {
    /// Actions whose messages come as events.
    pub(crate) fn new(platform: &'a Platform, session: &'a str) -> Self {
        let (text, message, hearing) = ("", None, Hearing::Live);
        Self {
            platform,
            session,
            text,
            message,
            hearing,
        }
    }

    /// Actions that answer a message of the client.
    pub(super) fn answering(self, text: &'a str, message: Option<&'a MessageId>) -> Self {
        Self {
            text,
            message,
            ..self
        }
    }

    /// Who hears of the messages.
    pub(super) fn heard(self, hearing: Hearing) -> Self {
        Self { hearing, ..self }
    }

    /// Carries the actions out, in order, and gives the messages among them. It stops at the first
    /// that is refused.
    pub(crate) fn carry_out(&self, actions: &[BotAction]) -> Result<Vec<Message>, Refusal> {
        let mut said = Vec::new();
        for action in actions {
            match action {
                BotAction::Close { is_rating_required } => {
                    self.platform
                        .close(self.session, None, *is_rating_required)?;
                }
                BotAction::Event { name, payload } => {
                    self.platform.other(self.session, name, payload)?;
                }
                BotAction::Message(text) => {
                    let content = self.content(text);
                    let author = text.from.into();
                    said.push(
                        self.platform
                            .say(self.session, author, content, self.hearing)?,
                    );
                }
                BotAction::Operator(operator) => {
                    self.platform.hand_over(self.session, operator.clone())?;
                }
                BotAction::Read => self.platform.read_all(self.session)?,
                BotAction::Typing(author) => self.platform.typing(self.session, *author)?,
            }
        }
        Ok(said)
    }

    fn content(&self, text: &MessageText) -> Content {
        let quoted = text.reply.then_some(self.message).flatten();
        Content {
            body: text.body.replace("{text}", self.text),
            answers: text.answers.clone(),
            keyboard: text.keyboard.clone(),
            actions: text.actions.clone(),
            attachments: text
                .attachments
                .iter()
                .filter(|file| file.text.len() <= MAX_FILE_SIZE)
                .map(|file| {
                    let content = file.text.clone().into();
                    self.platform
                        .add_file(&file.name, &file.content_type, content)
                })
                .collect(),
            reply_to: quoted.and_then(|id| self.platform.quote(self.session, id.as_str())),
            is_terminal: text.terminal,
        }
    }
}
