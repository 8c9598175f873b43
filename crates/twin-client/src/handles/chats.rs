//! Chats and their settings.

use twin_protocol::{
    api::chats::{CreateChat, DeleteChat, GetChat, ListChats, UpdateChat},
    id::ChatId,
    model::{self, ChatDraft},
};

use crate::{Client, error::Error, listing::Listing};

/// The chats of the platform and their settings ([`Client::chats`]). All of it wants a token. Cheap to
/// clone.
///
/// To start sessions in a chat, there is [`Chat`](crate::Chat).
#[derive(Clone, Debug)]
pub struct Chats(Client);

impl Chats {
    pub(crate) fn new(client: Client) -> Self {
        Self(client)
    }

    /// The chats that `filter` asks for.
    pub fn list(&self, filter: ListChats) -> Listing<ListChats> {
        self.0.list(filter)
    }

    /// The settings of a chat.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the call.
    pub async fn get(&self, id: impl Into<ChatId>) -> Result<model::Chat, Error> {
        self.0.call(GetChat::new(id.into())).await
    }

    /// Makes a chat, and names it.
    ///
    /// # Errors
    ///
    /// As [`Client::call`]. Where [`Error::reached`] is not `No`, there may be a chat all the same.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the call; whether there is a chat is then unknown.
    pub async fn create(&self, draft: ChatDraft) -> Result<ChatId, Error> {
        let created = self.0.call(CreateChat::new(draft)).await?;
        Ok(created.id)
    }

    /// Gives a chat these settings.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the call; whether it was carried out is then unknown.
    pub async fn update(&self, id: impl Into<ChatId>, draft: ChatDraft) -> Result<(), Error> {
        self.0.call(UpdateChat::new(id.into(), draft)).await
    }

    /// Removes a chat.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// As [`update`](Self::update).
    pub async fn delete(&self, id: impl Into<ChatId>) -> Result<(), Error> {
        self.0.call(DeleteChat::new(id.into())).await
    }
}
