//! The stream of what happens in a session.

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures_core::Stream;

use crate::session::{Delivery, membership::Membership};

/// What happens in a session, in order, for one reader. Also a [`Stream`].
///
/// It exists from the first moment, so nothing is missed before someone reads. What is not read
/// waits, up to a bound; then it holds up the link that brings it, or falls behind where others share
/// the link ([`Config::slow_readers`]). Whoever no longer wants to read drops it, or leaves the
/// session.
///
/// [`Config::slow_readers`]: crate::Config::slow_readers
pub struct Events {
    membership: Arc<Membership>,
}

impl Events {
    pub(crate) fn new(membership: Arc<Membership>) -> Self {
        Self { membership }
    }

    /// The next event or gap; `None` when there is nothing more, see
    /// [`Session::ended`](crate::Session::ended).
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Delivery> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for Events {
    type Item = Delivery;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Delivery>> {
        let ring = self.membership.inbox().ring();
        match ring.poll_next(context) {
            // The waker is in place before it is looked whether the reader had fallen behind: it falls
            // behind only while something waits, which wakes it.
            Poll::Pending if self.membership.catch_up() => ring.poll_next(context),
            next => next,
        }
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.membership.inbox().ring().abandon();
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inbox = self.membership.inbox();
        f.debug_struct("Events")
            .field("session", inbox.id())
            .field("ring", inbox.ring())
            .finish()
    }
}
