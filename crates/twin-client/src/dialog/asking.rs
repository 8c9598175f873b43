//! Asking now and being answered by the webhook.

use twin_protocol::{
    api::{
        Endpoint,
        bot::{ReplyInDialog, StartDialog},
    },
    id::DialogId,
    model::{self, DialogDraft, DialogReply},
};
use twin_transport::Reached;

use super::Answer;
use crate::{
    Client,
    error::{Error, ErrorKind},
    webhook::{Answers, Awaited},
};

/// Asks in a dialog.
pub(super) async fn ask(
    client: &Client,
    dialog: &DialogId,
    mut question: DialogReply,
    answers: &Answers,
) -> Result<Answer, Error> {
    let awaited = answers.await_one(ReplyInDialog::OPERATION, Some(dialog))?;
    question.return_answer_async = Some(true);
    question.callback_url = Some(answers.url().clone());
    question.callback_data = Some(awaited.wrap(question.callback_data.as_deref()));
    let call = ReplyInDialog::new(dialog.clone(), question);
    post(client, call, awaited, answers).await
}

/// Starts a dialog.
pub(super) async fn start(
    client: &Client,
    mut draft: DialogDraft,
    answers: &Answers,
) -> Result<Answer, Error> {
    let awaited = answers.await_one(StartDialog::OPERATION, draft.dialog_id.as_ref())?;
    draft.return_answer_async = Some(true);
    draft.callback_url = Some(answers.url().clone());
    draft.callback_data = Some(awaited.wrap(draft.callback_data.as_deref()));
    post(client, StartDialog::new(draft), awaited, answers).await
}

/// Makes the call and waits for its answer, which may overtake the reply.
async fn post<E: Endpoint<Response = model::Dialog>>(
    client: &Client,
    call: E,
    awaited: Awaited,
    answers: &Answers,
) -> Result<Answer, Error> {
    let mut reached = Reached::Unknown;
    let answered = async {
        let mut answer = std::pin::pin!(awaited.answer());
        tokio::select! {
            biased;
            answer = &mut answer => return Ok::<_, Error>(answer),
            reply = client.call(call) => drop(reply?),
        }
        reached = Reached::Yes;
        Ok(answer.await)
    };
    let patience = client.shared().runtime.sleep(answers.patience());
    let answer = tokio::select! {
        biased;
        answer = answered => answer?,
        () = patience => {
            let what = format!("{}: waiting for the webhook", E::OPERATION);
            return Err(Error::new(ErrorKind::Timeout, reached, what));
        }
    };
    Ok(Answer::new(answer))
}
