//! Sessions, as an operator's program sees them.

use twin_protocol::{
    api::chats::{
        AddSessionOperator, GetSession, ListSessions, MarkSessionAsNotSpam, MarkSessionAsSpam,
        RemoveSessionOperator, RenameSession, SwitchSessionGroup, SwitchSessionOperator,
    },
    id::{GroupId, OperatorId, SessionId},
    model,
};

use crate::{Client, error::Error, listing::Listing};

/// The sessions of the platform, as an operator's program sees them ([`Client::sessions`]). All of it
/// wants a token, and can be done twice without harm. Cheap to clone.
///
/// To write in a session and to listen to it, there is [`Session`](crate::Session).
#[derive(Clone, Debug)]
pub struct Sessions(Client);

impl Sessions {
    pub(crate) fn new(client: Client) -> Self {
        Self(client)
    }

    /// The sessions that `filter` asks for.
    ///
    /// ```no_run
    /// # use twin_client::{Client, Error, api::chats::ListSessions};
    /// # async fn list(client: Client) -> Result<(), Error> {
    /// let mut filter = ListSessions::new();
    /// filter.status = Some("OPEN".into());
    /// let mut sessions = client.sessions().list(filter);
    /// while let Some(session) = sessions.next().await? {
    ///     if let Ok(session) = session.read() {
    ///         println!("{}", session.id.as_str());
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(&self, filter: ListSessions) -> Listing<ListSessions> {
        self.0.list(filter)
    }

    /// What the platform knows of a session.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the call.
    pub async fn get(&self, id: impl Into<SessionId>) -> Result<model::Session, Error> {
        self.0.call(GetSession::new(id.into())).await
    }

    /// Gives a session another name.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the call; whether it was carried out is then unknown.
    pub async fn rename(
        &self,
        id: impl Into<SessionId>,
        name: impl Into<String>,
    ) -> Result<(), Error> {
        self.0.call(RenameSession::new(id.into(), name)).await
    }

    /// Adds an operator to those of a session.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// As [`rename`](Self::rename).
    pub async fn add_operator(
        &self,
        id: impl Into<SessionId>,
        operator: impl Into<OperatorId>,
    ) -> Result<(), Error> {
        let call = AddSessionOperator::new(id.into(), operator.into());
        self.0.call(call).await
    }

    /// Hands a session over to an operator.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// As [`rename`](Self::rename).
    pub async fn switch_operator(
        &self,
        id: impl Into<SessionId>,
        operator: impl Into<OperatorId>,
    ) -> Result<(), Error> {
        let call = SwitchSessionOperator::new(id.into(), operator.into());
        self.0.call(call).await
    }

    /// Takes an operator out of a session.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// As [`rename`](Self::rename).
    pub async fn remove_operator(
        &self,
        id: impl Into<SessionId>,
        operator: impl Into<OperatorId>,
    ) -> Result<(), Error> {
        let call = RemoveSessionOperator::new(id.into(), operator.into());
        self.0.call(call).await
    }

    /// Hands a session over to a group of operators.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// As [`rename`](Self::rename).
    pub async fn switch_group(
        &self,
        id: impl Into<SessionId>,
        group: impl Into<GroupId>,
    ) -> Result<(), Error> {
        let call = SwitchSessionGroup::new(id.into(), group.into());
        self.0.call(call).await
    }

    /// Marks a session as spam, or takes the mark away.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// As [`rename`](Self::rename).
    pub async fn mark_as_spam(&self, id: impl Into<SessionId>, spam: bool) -> Result<(), Error> {
        if spam {
            self.0.call(MarkSessionAsSpam::new(id.into())).await
        } else {
            self.0.call(MarkSessionAsNotSpam::new(id.into())).await
        }
    }
}
