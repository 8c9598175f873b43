//! What comes over a link and belongs to no session that is listened to.

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use futures_core::Stream;
use twin_protocol::link::GapReason;

use crate::{
    live::Freight,
    session::{Delivery, Gap, Parcel, Ring},
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
pub(crate) struct UnassignedOutlet(Mutex<Option<Reader>>);

#[derive(Debug)]
struct Reader {
    ring: Arc<Ring>,
    /// It has fallen behind: nothing more is kept until it has read all that waits.
    behind: bool,
}

impl UnassignedOutlet {
    /// A new reader; the one before, if there is one, reads to its end.
    pub(crate) fn open(&self) -> Unassigned {
        let ring = Arc::new(Ring::new());
        let reader = Reader {
            ring: Arc::clone(&ring),
            behind: false,
        };
        if let Some(before) = self.lock().replace(reader) {
            before.ring.finish();
        }
        Unassigned { ring }
    }

    /// Hands it to the reader. Says whether there is one that takes it.
    pub(crate) fn deliver(&self, delivery: Delivery, freight: Freight<'_>) -> bool {
        let mut reader = self.lock();
        let Some(reader) = &mut *reader else {
            return false;
        };
        let waiting = reader.ring.bytes();
        if reader.behind && waiting > 0 {
            return false;
        }
        reader.behind = freight.is_beyond(waiting);
        let charge = Some(freight.charge());
        if reader.behind {
            reader.ring.push(Parcel::new(overflow(), charge));
            return false;
        }
        reader.ring.push(Parcel::new(delivery, charge))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Reader>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Events of which nobody knows to which sessions they belong are not kept.
fn overflow() -> Delivery {
    Delivery::Gap(Gap {
        session: None,
        channel: None,
        reason: GapReason::Overflow,
        filled: false,
    })
}

impl Drop for UnassignedOutlet {
    fn drop(&mut self) {
        if let Some(reader) = self.lock().take() {
            reader.ring.finish();
        }
    }
}
