//! Bots, and the facts that they remember.

use std::sync::Arc;

use twin_protocol::{
    api::{
        Page,
        bot::{CopyBot, DeleteBot, DeleteFact, GetBot, ListBots, ListFacts, RecoverBot, SaveFact},
    },
    id::{BotId, FactId},
    model::{Bot, CopiedBot, Fact, SavedFact},
};

use super::{
    Rest,
    call::{Caller, Serve},
    chats::is_within,
    error::Failure,
    page::{self, paging},
};
use crate::platform::now;

/// The fields that a bot can have.
const BOT_FIELDS: [&str; 20] = [
    "accessType",
    "clientTimeout",
    "companyId",
    "copyingInProgress",
    "copyingMediaCompleted",
    "copyingNluAgentCompleted",
    "createdAt",
    "currentNodeId",
    "debugEnabled",
    "defaultNodeId",
    "deletedAt",
    "id",
    "language",
    "maxCycleCount",
    "maxRepeatCount",
    "name",
    "nodes",
    "solver",
    "updatedAt",
    "viewDetails",
];
/// The fields that a fact can have.
const FACT_FIELDS: [&str; 8] = [
    "botId",
    "clientId",
    "companyId",
    "context",
    "createdAt",
    "id",
    "name",
    "updatedAt",
];

/// The bot that every emulator has: the one of the wiki's sample.
pub(crate) fn built_in() -> Bot {
    let mut bot = new_bot("dbfd90ed-0000-4000-8000-031212d65004".into());
    bot.name = Some("The emulator's bot".into());
    bot
}

fn new_bot(id: BotId) -> Bot {
    let mut bot = Bot::default();
    bot.id = Some(id);
    bot.company_id = Some(1);
    bot.access_type = Some("private".into());
    bot.language = Some("en".into());
    bot.solver = Some("script".into());
    bot.copying_in_progress = Some(false);
    bot.created_at = Some(now());
    bot
}

impl Serve for ListBots {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<Page<Bot>, Failure> {
        let mut bots = rest.platform.bots.all();
        let deleted = self.deleted.unwrap_or(false);
        bots.retain(|bot| {
            let name = bot.name.as_deref().unwrap_or_default();
            let access = self.access_type.as_deref();
            bot.deleted_at.is_some() == deleted
                && access.is_none_or(|access| bot.access_type.as_deref() == Some(access))
                && self.company_id.is_none_or(|id| bot.company_id == Some(id))
                && self
                    .has_view_details
                    .is_none_or(|has| bot.view_details.is_some() == has)
                && self
                    .keyword
                    .as_deref()
                    .is_none_or(|word| name.contains(word))
        });
        paging!(self).cut(bots, &BOT_FIELDS)
    }
}

impl Serve for GetBot {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<Bot, Failure> {
        let bot = rest.platform.bots.get(self.bot_id.as_str());
        let bot = bot.ok_or_else(no_bot)?;
        page::project(&bot, &self.fields, &BOT_FIELDS)
    }
}

impl Serve for DeleteBot {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<(), Failure> {
        let delete = |bot: &mut Bot| _ = bot.deleted_at.get_or_insert_with(now);
        let deleted = rest.platform.bots.change(self.bot_id.as_str(), delete);
        deleted.ok_or_else(no_bot)
    }
}

impl Serve for RecoverBot {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<(), Failure> {
        let recover = |bot: &mut Bot| bot.deleted_at = None;
        let recovered = rest.platform.bots.change(self.bot_id.as_str(), recover);
        recovered.ok_or_else(no_bot)
    }
}

impl Serve for CopyBot {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<CopiedBot, Failure> {
        let original = rest.platform.bots.get(self.bot_id.as_str());
        let original = original.ok_or_else(no_bot)?;
        let id = BotId::from(uuid::Uuid::new_v4().to_string());
        let mut copy = new_bot(id.clone());
        copy.name = self.name.or(original.name);
        copy.company_id = self.company_id.or(original.company_id);
        rest.platform.bots.put(id.as_str(), copy);
        Ok(CopiedBot::new(id))
    }
}

fn no_bot() -> Failure {
    Failure::not_found("Bot not found.")
}

impl Serve for ListFacts {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<Page<Fact>, Failure> {
        let mut facts = rest.platform.facts.all();
        facts.retain(|fact| {
            let same = |wanted: &Option<String>, found: &Option<String>| {
                wanted.is_none() || wanted == found
            };
            same(&self.context, &fact.context)
                && same(&self.name, &fact.name)
                && (self.company_id.is_none() || self.company_id == fact.company_id)
                && (self.bot_id.is_none() || self.bot_id == fact.bot_id)
                && (self.client_id.is_none() || self.client_id == fact.client_id)
                && is_within(fact.created_at.as_ref(), &self.from, &self.to)
        });
        paging!(self).cut(facts, &FACT_FIELDS)
    }
}

impl Serve for SaveFact {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<SavedFact, Failure> {
        let draft = self.draft;
        let mut fact = match &draft.fact_id {
            None => Fact::default(),
            Some(id) => rest.platform.facts.get(id.as_str()).ok_or_else(no_fact)?,
        };
        let id = draft.fact_id.unwrap_or_else(|| {
            fact.created_at = Some(now());
            FactId::from(uuid::Uuid::new_v4().to_string())
        });
        fact.id = Some(id.clone());
        fact.updated_at = Some(now());
        fact.company_id = draft.company_id;
        fact.bot_id = draft.bot_id;
        fact.client_id = draft.client_id;
        fact.context = draft.context;
        fact.name = draft.name;
        rest.platform.facts.put(id.as_str(), fact);
        Ok(SavedFact::new(id))
    }
}

impl Serve for DeleteFact {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<(), Failure> {
        match rest.platform.facts.remove(self.fact_id.as_str()) {
            true => Ok(()),
            false => Err(no_fact()),
        }
    }
}

fn no_fact() -> Failure {
    Failure::not_found("Fact not found.")
}
