//! Direct dialogs with bots: question and answer, without a chat and its settings.

mod answer;
#[cfg(feature = "webhook")]
mod asking;
mod bot;

use std::fmt;

use twin_protocol::{
    api::bot::{
        FinishDialog, GetDialogVariables, ListDialogDebugInfo, ReloadDialog, ReplyInDialog,
    },
    id::{BotId, DialogId},
    model::{DialogReply, DialogVariables},
};

pub use self::{answer::Answer, bot::Bot};
#[cfg(feature = "webhook")]
use crate::webhook::Answers;
use crate::{Client, error::Error, listing::Listing};

/// A dialog with a bot. Cheap to clone; nothing ends when it is dropped.
///
/// ```no_run
/// # async fn show(client: twin_client::Client) -> Result<(), twin_client::Error> {
/// let (dialog, greeting) = client.bot("dbfd90ed-0000-4000-8000-031212d65004").start().await?;
/// for text in greeting.texts() {
///     println!("{text}");
/// }
/// let answer = dialog.ask("What does it cost?").await?;
/// println!("{}", answer.texts().collect::<Vec<_>>().join("\n"));
/// dialog.finish().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Dialog {
    client: Client,
    id: DialogId,
}

impl Dialog {
    pub(crate) fn new(client: Client, id: DialogId) -> Self {
        Self { client, id }
    }

    /// Names the dialog.
    pub fn id(&self) -> &DialogId {
        &self.id
    }

    /// Asks, once, and gives the bot's answer, which comes with the reply: whatever the question
    /// says of [`return_answer_async`](DialogReply::return_answer_async).
    ///
    /// # Errors
    ///
    /// As [`Client::call`]. Where [`Error::reached`] is not `No`, the bot may have had the question,
    /// and its answer is lost.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the question; whether the bot has had it is then unknown.
    pub async fn ask(&self, question: impl Into<DialogReply>) -> Result<Answer, Error> {
        let mut question = question.into();
        question.return_answer_async = Some(false);
        let call = ReplyInDialog::new(self.id.clone(), question);
        Ok(Answer::new(self.client.call(call).await?))
    }

    /// Asks, once, and waits for the answer that the platform posts to the webhook. The question's
    /// own [`callback_data`](DialogReply::callback_data) comes back with the answer
    /// ([`Answer::callback_data`]).
    ///
    /// # Errors
    ///
    /// As [`Client::call`]; with kind [`Timeout`](crate::ErrorKind::Timeout) where no answer comes
    /// in time: one that comes later is found among the webhook's
    /// [`Posts`](crate::webhook::Posts). With [`InvalidInput`](crate::ErrorKind::InvalidInput)
    /// where too many questions wait already.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the question; an answer is then found among the posts too.
    #[cfg(feature = "webhook")]
    pub async fn ask_by_webhook(
        &self,
        question: impl Into<DialogReply>,
        answers: &Answers,
    ) -> Result<Answer, Error> {
        asking::ask(&self.client, &self.id, question.into(), answers).await
    }

    /// Ends the dialog.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the call; whether the dialog ends is then unknown.
    pub async fn finish(&self) -> Result<(), Error> {
        self.client.call(FinishDialog::new(self.id.clone())).await
    }

    /// Begins the dialog anew, with this bot, and gives what it says first.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the call; whether the dialog begins anew is then unknown.
    pub async fn reload(&self, bot: impl Into<BotId>) -> Result<Answer, Error> {
        let call = ReloadDialog::new(self.id.clone(), bot.into());
        Ok(Answer::new(self.client.call(call).await?))
    }

    /// The variables of the dialog: the platform's and the bot's.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the call, which changes nothing.
    pub async fn variables(&self) -> Result<DialogVariables, Error> {
        let call = GetDialogVariables::new(self.id.clone());
        self.client.call(call).await
    }

    /// What the platform tells of the steps of the dialog.
    pub fn debug_info(&self) -> Listing<ListDialogDebugInfo> {
        self.client.list(ListDialogDebugInfo::new(self.id.clone()))
    }
}

impl fmt::Debug for Dialog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialog")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
