//! Lists of the platform, a page at a time.

use std::{collections::VecDeque, fmt};

use futures_core::Stream;
use futures_util::stream;
use twin_protocol::{
    api::{
        Endpoint, Item, Page,
        bot::{ListBots, ListDialogDebugInfo, ListFacts},
        chats::{ListChats, ListClientMessages, ListSessionMessages, ListSessions},
        iam::ListUsers,
    },
    model,
};
use twin_transport::Reached;

use crate::{
    Client,
    error::{Error, ErrorKind},
};

/// How many items are asked for at once, where the call does not say.
const PAGE: u32 = 100;
/// How many items a call may ask for at once.
const LARGEST_PAGE: u32 = 1_000;

/// A call that answers a part of a list, of the platform's.
pub trait ListCall: sealed::Paged + Endpoint<Response = Page<Self::Listed>> + Clone {
    /// What the list is of.
    type Listed: Clone + fmt::Debug + Send + Sync;
}

mod sealed {
    pub trait Paged {
        /// The part that is asked for: how many items, from which on.
        fn part(&self) -> (Option<u32>, Option<u64>);
        /// Asks for so many items, from this one on.
        fn ask(&mut self, limit: u32, offset: u64);
    }
}

macro_rules! list_calls {
    ($($call:ident of $listed:ty,)*) => {$(
        impl ListCall for $call {
            type Listed = $listed;
        }

        impl sealed::Paged for $call {
            fn part(&self) -> (Option<u32>, Option<u64>) {
                (self.limit, self.offset)
            }

            fn ask(&mut self, limit: u32, offset: u64) {
                self.limit = Some(limit);
                self.offset = Some(offset);
                // Another way to say the same.
                self.page = None;
                self.without_items = false;
            }
        }
    )*};
}

list_calls! {
    ListBots of model::Bot,
    ListChats of model::Chat,
    ListClientMessages of model::Message,
    ListDialogDebugInfo of model::DebugInfo,
    ListFacts of model::Fact,
    ListSessionMessages of model::Message,
    ListSessions of model::Session,
    ListUsers of model::User,
}

/// A list of the platform, in its order, asked for a page at a time as it is read
/// ([`Client::list`]).
///
/// A page has a hundred items, or the call's own `limit` (at most 1,000); the list begins at the
/// call's own `offset`. What is added or goes while the list is read may be told twice, or not at all: the
/// platform counts places.
#[derive(Clone)]
#[must_use = "nothing is asked for before it is read"]
pub struct Listing<E: ListCall> {
    client: Client,
    call: E,
    page: VecDeque<Item<E::Listed>>,
    /// How many items of the list came before the next page.
    had: u64,
    /// The first item of the last page, as it came.
    first: Option<Box<str>>,
    complete: bool,
}

/// Items hold what people write to each other, and links that open files.
impl<E: ListCall> fmt::Debug for Listing<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing")
            .field("operation", &E::OPERATION)
            .field("had", &self.had)
            .field("complete", &self.complete)
            .finish_non_exhaustive()
    }
}

impl<E: ListCall> Listing<E> {
    pub(crate) fn new(client: Client, call: E) -> Self {
        let (_, offset) = call.part();
        Self {
            client,
            call,
            page: VecDeque::new(),
            had: offset.unwrap_or(0),
            first: None,
            complete: false,
        }
    }

    /// The call that is made for each page, to be changed before the first.
    pub(crate) fn call_mut(&mut self) -> &mut E {
        &mut self.call
    }

    /// The next item; `None` after the last. One that cannot be read spoils no other: see [`Item`].
    ///
    /// # Errors
    ///
    /// As [`Client::call`]; the next call of this asks for the same page again. With kind
    /// [`Protocol`](ErrorKind::Protocol) where the platform gives the same page twice, as one would that
    /// does not look at the offset; the list ends there.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Result<Option<Item<E::Listed>>, Error> {
        if self.page.is_empty() && !self.complete {
            let mut call = self.call.clone();
            let (limit, _) = call.part();
            call.ask(limit.unwrap_or(PAGE).clamp(1, LARGEST_PAGE), self.had);
            let page = self.client.call(call).await?;
            self.turn(page)?;
        }
        Ok(self.page.pop_front())
    }

    /// Goes on to this page.
    fn turn(&mut self, page: Page<E::Listed>) -> Result<(), Error> {
        self.had = self.had.saturating_add(page.items.len() as u64);
        // A platform that keeps to no limit, or miscounts, must not be asked for ever.
        self.complete = page.items.is_empty() || page.count.is_some_and(|n| n <= self.had);
        let first = page.items.first().map(|item| item.raw().get().into());
        if first.is_some() && first == self.first {
            self.complete = true;
            let what = format!("{}: the same page again", E::OPERATION);
            return Err(Error::new(ErrorKind::Protocol, Reached::Yes, what));
        }
        self.first = first;
        self.page = page.items.into();
        Ok(())
    }

    /// The items as a stream. It ends after an error.
    pub fn into_stream(self) -> impl Stream<Item = Result<Item<E::Listed>, Error>> + Send + Unpin
    where
        E: Send + Sync,
    {
        Box::pin(stream::unfold(Some(self), |listing| async {
            let mut listing = listing?;
            match listing.next().await {
                Ok(item) => Some((Ok(item?), Some(listing))),
                Err(error) => Some((Err(error), None)),
            }
        }))
    }
}
