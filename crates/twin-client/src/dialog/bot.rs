//! A bot: where dialogs are started.

use std::time::Duration;

use twin_protocol::{api::bot::StartDialog, id::BotId, model::DialogDraft};

use super::{Answer, Dialog};
use crate::{Client, error::Error};
#[cfg(feature = "webhook")]
use crate::{dialog::asking, webhook::Answers};

/// How long a dialog lives where nothing is said of it, as in the platform's samples.
const LIFE: Duration = Duration::from_secs(3600);

/// A bot of the platform. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Bot {
    client: Client,
    id: BotId,
}

impl Bot {
    pub(crate) fn new(client: Client, id: BotId) -> Self {
        Self { client, id }
    }

    /// Names the bot.
    pub fn id(&self) -> &BotId {
        &self.id
    }

    /// What a dialog with it is started with: it lives for an hour, and nothing more is said.
    pub fn draft(&self) -> DialogDraft {
        DialogDraft::new(self.id.clone(), LIFE)
    }

    /// Starts a dialog, and gives what the bot says first.
    ///
    /// # Errors
    ///
    /// As [`Client::call`]. Where [`Error::reached`] is not `No`, there may be a dialog all the
    /// same.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the call; whether a dialog has been started is then unknown.
    pub async fn start(&self) -> Result<(Dialog, Answer), Error> {
        self.start_with(self.draft()).await
    }

    /// The same with a draft, which may hold a first question: [`draft`](Self::draft) begins one. It
    /// is this bot that is asked, whatever the draft says, and it answers at once.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    ///
    /// # Cancel safety
    ///
    /// As [`start`](Self::start).
    pub async fn start_with(&self, mut draft: DialogDraft) -> Result<(Dialog, Answer), Error> {
        draft.bot_id = self.id.clone();
        draft.return_answer_async = Some(false);
        let answer = Answer::new(self.client.call(StartDialog::new(draft)).await?);
        Ok((self.dialog(&answer), answer))
    }

    /// Starts a dialog, and waits for what the bot says first to be posted to the webhook.
    ///
    /// # Errors
    ///
    /// As [`Dialog::ask_by_webhook`].
    ///
    /// # Cancel safety
    ///
    /// As [`Dialog::ask_by_webhook`].
    #[cfg(feature = "webhook")]
    pub async fn start_by_webhook(
        &self,
        mut draft: DialogDraft,
        answers: &Answers,
    ) -> Result<(Dialog, Answer), Error> {
        draft.bot_id = self.id.clone();
        let answer = asking::start(&self.client, draft, answers).await?;
        Ok((self.dialog(&answer), answer))
    }

    fn dialog(&self, answer: &Answer) -> Dialog {
        Dialog::new(self.client.clone(), answer.dialog_id().clone())
    }
}
