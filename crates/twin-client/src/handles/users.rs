//! Users of the platform.

use twin_protocol::{
    api::iam::{GetCurrentUser, GetUser, ListUsers},
    id::UserId,
    model,
};

use crate::{Client, error::Error, listing::Listing};

/// The users of the platform ([`Client::users`]). All of it wants a token. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Users(Client);

impl Users {
    pub(crate) fn new(client: Client) -> Self {
        Self(client)
    }

    /// The user whose token the client has.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the call.
    pub async fn me(&self) -> Result<model::User, Error> {
        self.0.call(GetCurrentUser::new()).await
    }

    /// A user.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the call.
    pub async fn get(&self, id: impl Into<UserId>) -> Result<model::User, Error> {
        self.0.call(GetUser::new(id.into())).await
    }

    /// The users that `filter` asks for.
    pub fn list(&self, filter: ListUsers) -> Listing<ListUsers> {
        self.0.list(filter)
    }
}
