//! The messages of a session, as the platform lists them.

use std::collections::VecDeque;

use futures_core::Stream;
use futures_util::stream;
use twin_protocol::{
    api::{Item, chats::ListSessionMessages},
    id::SessionId,
    model::Message,
    time::Timestamp,
};

use crate::{Client, error::Error};

/// How many messages are asked for at once.
const PAGE: u32 = 100;

/// The messages of a session, in the order in which the platform lists them. They are asked for a
/// hundred at a time, as they are read.
#[derive(Debug)]
#[must_use = "nothing is asked for before it is read"]
pub struct History {
    client: Client,
    call: ListSessionMessages,
    page: VecDeque<Item<Message>>,
    /// How many have been asked for and come.
    had: u64,
    complete: bool,
}

impl History {
    pub(crate) fn new(client: Client, session: SessionId) -> Self {
        let mut call = ListSessionMessages::new(session);
        call.limit = Some(PAGE);
        Self {
            client,
            call,
            page: VecDeque::new(),
            had: 0,
            complete: false,
        }
    }

    /// Only messages from this time on.
    pub fn from(mut self, time: Timestamp) -> Self {
        self.call.from = Some(time);
        self
    }

    /// Only messages up to this time.
    pub fn to(mut self, time: Timestamp) -> Self {
        self.call.to = Some(time);
        self
    }

    /// The next message; `None` after the last. A message that cannot be read spoils no other: see
    /// [`Item`].
    ///
    /// # Errors
    ///
    /// As [`Client::call`]. The next call of this asks for the same page again.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Result<Option<Item<Message>>, Error> {
        if self.page.is_empty() && !self.complete {
            let mut call = self.call.clone();
            call.offset = Some(self.had);
            let page = self.client.call(call).await?;
            self.had += page.items.len() as u64;
            // A platform that keeps to no limit, or miscounts, must not be asked for ever.
            self.complete = page.items.is_empty() || page.count.is_some_and(|n| n <= self.had);
            self.page = page.items.into();
        }
        Ok(self.page.pop_front())
    }

    /// The messages as a stream. It ends after an error.
    pub fn into_stream(self) -> impl Stream<Item = Result<Item<Message>, Error>> + Send + Unpin {
        Box::pin(stream::unfold(Some(self), |history| async {
            let mut history = history?;
            match history.next().await {
                Ok(message) => Some((Ok(message?), Some(history))),
                Err(error) => Some((Err(error), None)),
            }
        }))
    }
}
