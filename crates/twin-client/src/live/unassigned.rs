//! What comes over a link and belongs to no session that is listened to.

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use futures_core::Stream;

use crate::{
    live::Freight,
    session::{Delivery, Parcel, Ring},
};

/// What belongs to no session, in the order in which it came, see
/// [`Client::unassigned`](crate::Client::unassigned). Also a [`Stream`].
pub struct Unassigned {
    ring: Arc<Ring>,
}

impl Unassigned {
    /// The next event or gap; `None` when there is nothing more.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Delivery> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for Unassigned {
    type Item = Delivery;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Delivery>> {
        self.ring.poll_next(context)
    }
}

impl Drop for Unassigned {
    fn drop(&mut self) {
        self.ring.abandon();
    }
}

impl fmt::Debug for Unassigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unassigned")
            .field("ring", &self.ring)
            .finish()
    }
}

/// Where links put what belongs to no session.
#[derive(Debug, Default)]
pub(crate) struct UnassignedOutlet(Mutex<Option<Arc<Ring>>>);

impl UnassignedOutlet {
    /// A new reader; the one before, if there is one, reads to its end.
    pub(crate) fn open(&self) -> Unassigned {
        let ring = Arc::new(Ring::new());
        let before = self.lock().replace(Arc::clone(&ring));
        if let Some(before) = before {
            before.finish();
        }
        Unassigned { ring }
    }

    /// Hands it to the reader. Says whether there is one.
    pub(crate) fn deliver(&self, delivery: Delivery, freight: Freight<'_>) -> bool {
        let ring = self.lock().clone();
        ring.is_some_and(|ring| ring.push(Parcel::new(delivery, Some(freight.charge()))))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Ring>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for UnassignedOutlet {
    fn drop(&mut self) {
        if let Some(ring) = self.lock().take() {
            ring.finish();
        }
    }
}
