//! Bots, and the facts that they keep.

use twin_protocol::{
    api::bot::{CopyBot, DeleteBot, DeleteFact, GetBot, ListBots, ListFacts, RecoverBot, SaveFact},
    id::{BotId, FactId},
    model::{self, CopiedBot, FactDraft, SavedFact},
};

use crate::{Client, error::Error, listing::Listing};

/// The bots of the platform and what they keep of clients ([`Client::bots`]). All of it wants a token.
/// Cheap to clone.
///
/// To talk with a bot, there is [`Bot`](crate::Bot).
#[derive(Clone, Debug)]
pub struct Bots(Client);

impl Bots {
    pub(crate) fn new(client: Client) -> Self {
        Self(client)
    }

    /// The bots that `filter` asks for.
    pub fn list(&self, filter: ListBots) -> Listing<ListBots> {
        self.0.list(filter)
    }

    /// What the platform knows of a bot.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the call.
    pub async fn get(&self, id: impl Into<BotId>) -> Result<model::Bot, Error> {
        self.0.call(GetBot::new(id.into())).await
    }

    /// Makes a copy of a bot: `CopyBot::new` names the original.
    ///
    /// # Errors
    ///
    /// As [`Client::call`]. Where [`Error::reached`] is not `No`, there may be a copy all the same.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the call; whether there is a copy is then unknown.
    pub async fn copy(&self, copy: CopyBot) -> Result<CopiedBot, Error> {
        self.0.call(copy).await
    }

    /// Deletes a bot; it can be [recovered](Self::recover).
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the call; whether it was carried out is then unknown.
    pub async fn delete(&self, id: impl Into<BotId>) -> Result<(), Error> {
        self.0.call(DeleteBot::new(id.into())).await
    }

    /// Takes the deletion of a bot back.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// As [`delete`](Self::delete).
    pub async fn recover(&self, id: impl Into<BotId>) -> Result<(), Error> {
        self.0.call(RecoverBot::new(id.into())).await
    }

    /// The facts that `filter` asks for.
    pub fn facts(&self, filter: ListFacts) -> Listing<ListFacts> {
        self.0.list(filter)
    }

    /// Keeps a fact, or replaces the one that the draft names.
    ///
    /// # Errors
    ///
    /// As [`Client::call`]. Where [`Error::reached`] is not `No`, it may be kept all the same.
    ///
    /// # Cancel safety
    ///
    /// As [`delete`](Self::delete).
    pub async fn save_fact(&self, draft: FactDraft) -> Result<SavedFact, Error> {
        self.0.call(SaveFact::new(draft)).await
    }

    /// Deletes a fact.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// As [`delete`](Self::delete).
    pub async fn delete_fact(&self, id: impl Into<FactId>) -> Result<(), Error> {
        self.0.call(DeleteFact::new(id.into())).await
    }
}
