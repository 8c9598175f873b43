//! Direct dialogs with bots.

use std::sync::Arc;

use twin_protocol::{
    api::{
        Page,
        bot::{
            FinishDialog, GetDialogVariables, ListDialogDebugInfo, ReloadDialog, ReplyInDialog,
            StartDialog,
        },
    },
    id::{BotId, DialogId, FileId},
    model::{DebugInfo, Dialog, DialogVariables},
    raw::RawJson,
};

use super::{
    Rest,
    call::{Caller, Serve},
    error::Failure,
    page::paging,
};
use crate::{
    platform::{Conversation, Refusal},
    webhook,
};

/// The fields that a step of a dialog can have.
const FIELDS: [&str; 3] = ["createdAt", "info", "traceId"];

/// How the answer comes.
struct Manner {
    is_async: bool,
    /// What was asked is the beginning.
    is_start: bool,
}

impl Serve for StartDialog {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<Dialog, Failure> {
        let draft = self.draft;
        check_bot(&rest, &draft.bot_id)?;
        check_files(&rest, &draft.attachments)?;
        let url = draft.callback_url.map(|url| url.into_string());
        let manner = Manner {
            is_async: draft.return_answer_async.unwrap_or(false),
            is_start: true,
        };
        check_callback(manner.is_async, url.as_deref())?;
        let id = draft.dialog_id;
        let id = id.unwrap_or_else(|| DialogId::from(uuid::Uuid::new_v4().to_string()));
        let mut dialog = Conversation::new(id.clone(), draft.bot_id, draft.ttl);
        dialog.callback_url = url;
        dialog.callback_data = draft.callback_data;
        dialog.variables = draft.client_metadata;
        dialog.variables.extend(draft.variables);
        rest.platform.dialogs.put(id.as_str(), dialog);
        answer(&rest, &id, &manner, draft.message.as_deref())
    }
}

impl Serve for ReplyInDialog {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<Dialog, Failure> {
        let draft = self.draft;
        check_files(&rest, &draft.attachments)?;
        let is_async = draft.return_answer_async.unwrap_or(false);
        let url = draft.callback_url.map(|url| url.into_string());
        change(&rest, &self.dialog_id, |dialog| {
            dialog.open()?;
            let known = url.as_ref().or(dialog.callback_url.as_ref());
            check_callback(is_async, known.map(String::as_str))?;
            // What is given holds from now on.
            dialog.callback_url = known.cloned();
            if draft.callback_data.is_some() {
                dialog.callback_data = draft.callback_data;
            }
            Ok(())
        })?;
        let manner = Manner {
            is_async,
            is_start: false,
        };
        answer(&rest, &self.dialog_id, &manner, Some(&draft.message))
    }
}

impl Serve for ReloadDialog {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<Dialog, Failure> {
        check_bot(&rest, &self.bot_id)?;
        change(&rest, &self.dialog_id, |dialog| {
            dialog.begin_anew(self.bot_id);
            Ok(dialog.open()?)
        })?;
        let manner = Manner {
            is_async: false,
            is_start: true,
        };
        answer(&rest, &self.dialog_id, &manner, None)
    }
}

impl Serve for FinishDialog {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<(), Failure> {
        change(&rest, &self.dialog_id, |dialog| {
            dialog.end();
            Ok(())
        })
    }
}

impl Serve for GetDialogVariables {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<DialogVariables, Failure> {
        let dialog = find(&rest, &self.dialog_id)?;
        let text = |text: &str| RawJson::new(serde_json::Value::from(text).to_string()).ok();
        let system = [
            ("dialogId", text(dialog.id.as_str())),
            ("botId", text(dialog.bot.as_str())),
        ];
        let mut variables = DialogVariables::default();
        for (name, value) in system {
            variables
                .system
                .extend(value.map(|value| (name.to_owned(), value)));
        }
        variables.context = dialog.variables;
        Ok(variables)
    }
}

impl Serve for ListDialogDebugInfo {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<Page<DebugInfo>, Failure> {
        let dialog = find(&rest, &self.dialog_id)?;
        paging!(self).cut(dialog.steps, &FIELDS)
    }
}

/// Has the bot answer, at once or by the webhook.
fn answer(
    rest: &Rest,
    id: &DialogId,
    manner: &Manner,
    text: Option<&str>,
) -> Result<Dialog, Failure> {
    let dialog = find(rest, id)?;
    let bot = rest.turns.bot();
    let answer = bot.answer(&rest.platform, &dialog, manner.is_start, text)?;
    let shown = change(rest, id, |dialog| {
        dialog.note(&format!(
            "the script said {} message(s)",
            answer.messages.len()
        ));
        if answer.is_last {
            dialog.end();
        }
        Ok(dialog.shown())
    })?;
    let mut answered = shown.clone();
    answered.messages = answer.messages;
    match (manner.is_async, dialog.callback_url) {
        (true, Some(url)) => {
            answered.callback_data = dialog.callback_data;
            rest.webhook.send(url, answered);
            Ok(shown)
        }
        _ => Ok(answered),
    }
}

fn find(rest: &Rest, id: &DialogId) -> Result<Conversation, Failure> {
    let dialog = rest.platform.dialogs.get(id.as_str());
    Ok(dialog.ok_or(Refusal::NoSuchDialog)?)
}

fn change<R>(
    rest: &Rest,
    id: &DialogId,
    change: impl FnOnce(&mut Conversation) -> Result<R, Failure>,
) -> Result<R, Failure> {
    let changed = rest.platform.dialogs.change(id.as_str(), change);
    changed.ok_or(Refusal::NoSuchDialog)?
}

/// Any bot will do but one that was deleted, as any chat will do for a session.
fn check_bot(rest: &Rest, id: &BotId) -> Result<(), Failure> {
    let bot = rest.platform.bots.get(id.as_str());
    match bot.and_then(|bot| bot.deleted_at) {
        Some(_) => Err(Failure::field("botId", "the bot is deleted")),
        None => Ok(()),
    }
}

fn check_files(rest: &Rest, files: &[FileId]) -> Result<(), Refusal> {
    match rest.platform.missing_file(files) {
        Some(index) => Err(Refusal::NoSuchFile { index }),
        None => Ok(()),
    }
}

fn check_callback(is_async: bool, url: Option<&str>) -> Result<(), Failure> {
    match url {
        None if is_async => Err(Failure::field(
            "callbackUrl",
            "missing: answers that come asynchronously need it",
        )),
        Some(url) if !webhook::can_post_to(url) => Err(Failure::field(
            "callbackUrl",
            "the emulator posts to http:// addresses alone",
        )),
        _ => Ok(()),
    }
}
