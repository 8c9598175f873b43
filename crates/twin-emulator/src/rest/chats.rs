//! Chats: the settings under which sessions are held.

use std::sync::Arc;

use http::Uri;
use twin_protocol::{
    api::{
        Page,
        chats::{CreateChat, DeleteChat, GetChat, ListChats, UpdateChat},
    },
    id::{BotId, ChatId},
    model::{Chat, ChatDraft, CreatedChat},
    time::Timestamp,
    url::SecretUrl,
};

use super::{
    Rest,
    call::{Caller, Serve},
    error::Failure,
    page::paging,
};
use crate::platform::now;

/// The fields that a chat in a list can have.
const FIELDS: [&str; 29] = [
    "allowableOperatorIdleTime",
    "answerOnFirstClientMessage",
    "appearance",
    "botId",
    "botName",
    "companyId",
    "createdAt",
    "eventCallbackData",
    "eventCallbackUrl",
    "fcmServerKey",
    "fcmServiceUrl",
    "form",
    "id",
    "knowledgeBase",
    "messengers",
    "name",
    "notifyOnEvents",
    "operatorsBusyMessage",
    "pushData",
    "references",
    "results",
    "sessionRatingRequired",
    "sessionRatingTriggerTime",
    "sessionReloadBotId",
    "sessionReloadBotName",
    "sessionTtl",
    "timerFirstAnswer",
    "timerNextAnswers",
    "updatedAt",
];

impl Serve for ListChats {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<Page<Chat>, Failure> {
        let mut chats = rest.platform.chats.all();
        chats.retain(|chat| {
            let name = chat.name.as_deref().unwrap_or_default();
            let named = self.name.as_deref().is_none_or(|wanted| name == wanted);
            let keyword = self
                .keyword
                .as_deref()
                .is_none_or(|word| name.contains(word));
            named && keyword && is_within(chat.created_at.as_ref(), &self.from, &self.to)
        });
        paging!(self).cut(chats, &FIELDS)
    }
}

impl Serve for CreateChat {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<CreatedChat, Failure> {
        let id = ChatId::from(uuid::Uuid::new_v4().to_string());
        let mut chat = Chat::new(id.clone());
        chat.company_id = Some(1);
        chat.created_at = Some(now());
        set(&rest, &mut chat, self.draft)?;
        rest.platform.chats.put(id.as_str(), chat);
        Ok(CreatedChat::new(id))
    }
}

impl Serve for GetChat {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<Chat, Failure> {
        let mut chat = find(&rest, &self.chat_id)?;
        // These are the list's (facts, 3.6).
        chat.session_reload_bot_name = None;
        chat.created_at = None;
        chat.updated_at = None;
        Ok(chat)
    }
}

impl Serve for UpdateChat {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<(), Failure> {
        let mut chat = find(&rest, &self.chat_id)?;
        set(&rest, &mut chat, self.draft)?;
        chat.updated_at = Some(now());
        rest.platform.chats.put(self.chat_id.as_str(), chat);
        Ok(())
    }
}

impl Serve for DeleteChat {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<(), Failure> {
        match rest.platform.chats.remove(self.chat_id.as_str()) {
            true => Ok(()),
            false => Err(Failure::not_found("Chat not found.")),
        }
    }
}

fn find(rest: &Rest, id: &ChatId) -> Result<Chat, Failure> {
    let chat = rest.platform.chats.get(id.as_str());
    chat.ok_or_else(|| Failure::not_found("Chat not found."))
}

/// Gives a chat the settings of a draft: all of them, so that what is not given is unset.
fn set(rest: &Rest, chat: &mut Chat, draft: ChatDraft) -> Result<(), Failure> {
    check_url("eventCallbackUrl", draft.event_callback_url.as_ref())?;
    check_url("fcmServiceUrl", draft.fcm_service_url.as_ref())?;
    let name_of = |id: &Option<BotId>| {
        let bot = rest.platform.bots.get(id.as_ref()?.as_str())?;
        bot.name
    };
    chat.bot_name = name_of(&draft.bot_id);
    chat.session_reload_bot_name = name_of(&draft.session_reload_bot_id);
    chat.name = Some(draft.name);
    chat.bot_id = draft.bot_id;
    chat.session_ttl = draft.session_ttl;
    chat.operators_busy_message = draft.operators_busy_message;
    chat.allowable_operator_idle_time = draft.allowable_operator_idle_time;
    chat.session_reload_bot_id = draft.session_reload_bot_id;
    chat.session_rating_required = draft.session_rating_required;
    chat.session_rating_trigger_time = draft.session_rating_trigger_time;
    chat.answer_on_first_client_message = draft.answer_on_first_client_message;
    chat.event_callback_url = draft.event_callback_url;
    chat.event_callback_data = draft.event_callback_data;
    chat.notify_on_events = draft.notify_on_events;
    chat.fcm_server_key = draft.fcm_server_key;
    chat.fcm_service_url = draft.fcm_service_url;
    chat.knowledge_base = draft.knowledge_base;
    chat.push_data = draft.push_data;
    chat.references = draft.references;
    chat.form = draft.form;
    chat.appearance = draft.appearance;
    chat.results = draft.results;
    chat.timer_first_answer = draft.timer_first_answer;
    chat.timer_next_answers = draft.timer_next_answers;
    Ok(())
}

/// An address must be one: of a scheme, a host, and characters that an address may have.
fn check_url(field: &str, url: Option<&SecretUrl>) -> Result<(), Failure> {
    let is_address = |url: &SecretUrl| {
        let uri = url.as_str().parse::<Uri>();
        uri.is_ok_and(|uri| uri.scheme().is_some() && uri.authority().is_some())
    };
    match url {
        Some(url) if !is_address(url) => Err(Failure::field(field, "not an address")),
        _ => Ok(()),
    }
}

/// Whether something was created between the two points in time, both included.
pub(super) fn is_within(
    created_at: Option<&Timestamp>,
    from: &Option<Timestamp>,
    to: &Option<Timestamp>,
) -> bool {
    let after = from.as_ref().is_none_or(|from| created_at >= Some(from));
    let before = to.as_ref().is_none_or(|to| created_at <= Some(to));
    after && before
}
