//! Sessions as the operator's side sees them.

use std::sync::Arc;

use twin_protocol::{
    api::{
        Page,
        chats::{
            CloseSession, GetSession, ListSessions, MarkSessionAsNotSpam, MarkSessionAsSpam,
            RenameSession,
        },
    },
    model::Session,
};

use super::{
    Rest,
    call::{Caller, Serve},
    chats::is_within,
    error::Failure,
    page::paging,
    wire,
};
use crate::platform;

/// The fields that a session in a list can have.
const FIELDS: [&str; 17] = [
    "botStatus",
    "channel",
    "chatId",
    "clientId",
    "id",
    "lastMessage",
    "lastMessageCreatedAt",
    "markedAsSpam",
    "messengerType",
    "name",
    "operatorId",
    "operatorName",
    "referer",
    "startedAt",
    "status",
    "ttl",
    "unreadClientMessageCount",
];

impl Serve for ListSessions {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<Page<Session>, Failure> {
        let mut sessions = rest
            .platform
            .look_at_all(|session| self.wants(session).then(|| wire::session(session)));
        if self.group_by_client_id == Some(true) {
            // Of each client the last one.
            let mut seen = std::collections::HashSet::new();
            sessions.reverse();
            sessions.retain(|session| seen.insert(session.client_id.clone()));
            sessions.reverse();
        }
        paging!(self).cut(sessions, &FIELDS)
    }
}

/// What a session is held against. Nobody is banned here, and nothing has tags.
trait Wants {
    fn wants(&self, session: &platform::Session) -> bool;
}

impl Wants for ListSessions {
    fn wants(&self, session: &platform::Session) -> bool {
        let shown = wire::session(session);
        let same = |wanted: &Option<String>, found: Option<&str>| match wanted {
            Some(wanted) => found == Some(wanted),
            None => true,
        };
        let keyword = self.keyword.as_deref().is_none_or(|word| {
            session.name.contains(word)
                || session
                    .messages()
                    .any(|message| message.content.body.contains(word))
        });
        let operator = self.operator_id.as_ref().is_none_or(|wanted| {
            let mut seats = session.seats.iter();
            seats.any(|seat| seat.operator.id == wanted.as_str())
        });
        let operator_type = self.operator_type.as_deref().is_none_or(|wanted| {
            wanted
                == if session.seats.is_empty() {
                    "BOT"
                } else {
                    "USER"
                }
        });
        keyword
            && operator
            && operator_type
            && self.session_id.as_ref().is_none_or(|id| *id == session.id)
            && self.chat_id.as_ref().is_none_or(|id| *id == session.chat)
            && self
                .marked_as_spam
                .is_none_or(|spam| spam == session.is_spam)
            && same(&self.status, shown.status.as_deref())
            && same(&self.bot_status, shown.bot_status.as_deref())
            && same(&self.name, Some(&session.name))
            && self.client_banned != Some(true)
            && self.tags.is_none()
            && is_within(Some(&session.started_at), &self.from, &self.to)
    }
}

impl Serve for GetSession {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<Session, Failure> {
        let id = self.session_id.as_str();
        Ok(rest.platform.look_at(id, wire::session)?)
    }
}

impl Serve for CloseSession {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<(), Failure> {
        let id = self.session_id.as_str();
        let chat = rest.platform.look_at(id, |session| session.chat.clone())?;
        let chat = rest.platform.chats.get(chat.as_str());
        let is_rating_required = chat.and_then(|chat| chat.session_rating_required);
        let is_rating_required = is_rating_required.unwrap_or(false);
        Ok(rest.platform.close(id, self.result, is_rating_required)?)
    }
}

impl Serve for RenameSession {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<(), Failure> {
        Ok(rest
            .platform
            .rename(self.session_id.as_str(), self.new_name)?)
    }
}

impl Serve for MarkSessionAsSpam {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<(), Failure> {
        Ok(rest.platform.mark_spam(self.session_id.as_str(), true)?)
    }
}

impl Serve for MarkSessionAsNotSpam {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<(), Failure> {
        Ok(rest.platform.mark_spam(self.session_id.as_str(), false)?)
    }
}
