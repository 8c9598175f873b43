//! The messages of a session, as the platform lists them.

use futures_core::Stream;
use twin_protocol::{
    api::{Item, chats::ListSessionMessages},
    id::SessionId,
    model::Message,
    time::Timestamp,
};

use crate::{Client, error::Error, listing::Listing};

/// The messages of a session, in the order in which the platform lists them. They are asked for a
/// hundred at a time, as they are read.
#[derive(Debug)]
#[must_use = "nothing is asked for before it is read"]
pub struct History(Listing<ListSessionMessages>);

impl History {
    pub(crate) fn new(client: Client, session: SessionId) -> Self {
        Self(client.list(ListSessionMessages::new(session)))
    }

    /// Only messages from this time on.
    pub fn from(mut self, time: Timestamp) -> Self {
        self.0.call_mut().from = Some(time);
        self
    }

    /// Only messages up to this time.
    pub fn to(mut self, time: Timestamp) -> Self {
        self.0.call_mut().to = Some(time);
        self
    }

    /// The next message; `None` after the last. A message that cannot be read spoils no other: see
    /// [`Item`].
    ///
    /// # Errors
    ///
    /// As [`Listing::next`].
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Result<Option<Item<Message>>, Error> {
        self.0.next().await
    }

    /// The messages as a stream. It ends after an error.
    pub fn into_stream(self) -> impl Stream<Item = Result<Item<Message>, Error>> + Send + Unpin {
        self.0.into_stream()
    }
}
