//! What a bot has answered.

use twin_protocol::{
    api::Item,
    id::DialogId,
    model::{Dialog, DialogMessage, DialogStatus},
};

/// What a bot has answered: any number of messages, perhaps none, and how the dialog stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer(Dialog);

impl Answer {
    pub(crate) const fn new(dialog: Dialog) -> Self {
        Self(dialog)
    }

    /// The messages, in order. One that cannot be read spoils no other.
    pub fn messages(&self) -> &[Item<DialogMessage>] {
        &self.0.messages
    }

    /// The texts of the messages that have one.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let read = self.0.messages.iter().filter_map(|item| item.read().ok());
        read.filter_map(|message| message.body.as_deref())
            .filter(|body| !body.is_empty())
    }

    /// Whether it is the last: the dialog is over.
    pub fn is_last(&self) -> bool {
        self.0.status == Some(DialogStatus::Stop)
    }

    /// Names the dialog.
    pub fn dialog_id(&self) -> &DialogId {
        &self.0.dialog_id
    }

    /// What was given with the question that it answers, where it came by the webhook.
    pub fn callback_data(&self) -> Option<&str> {
        self.0.callback_data.as_deref()
    }

    /// All that the platform says with it.
    pub fn reply(&self) -> &Dialog {
        &self.0
    }

    /// All that the platform says with it.
    pub fn into_reply(self) -> Dialog {
        self.0
    }
}
