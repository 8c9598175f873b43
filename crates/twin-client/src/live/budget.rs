//! How much may wait for the readers of a link.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use futures_util::task::AtomicWaker;

/// Counts the bytes that wait for the readers of one link's sessions.
#[derive(Debug)]
pub(crate) struct Budget {
    used: AtomicUsize,
    limit: usize,
    freed: AtomicWaker,
}

/// Some bytes of a budget; dropping it gives them back.
#[derive(Debug)]
pub(crate) struct Charge {
    budget: Arc<Budget>,
    bytes: usize,
    /// The frame of which something is kept: it stays in memory as a whole, and is given back with
    /// the last charge that holds it.
    frame: Option<Arc<Charge>>,
}

/// What a delivery weighs, and on which budget it goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Freight<'a> {
    pub(crate) budget: &'a Arc<Budget>,
    /// The frame in which it came, shared by all that came in it.
    pub(crate) frame: Option<&'a Arc<Charge>>,
    /// Bytes beside the frame.
    pub(crate) weight: usize,
}

impl Freight<'_> {
    /// Takes it from the budget.
    pub(crate) fn charge(&self) -> Charge {
        let mut charge = self.budget.charge(self.weight);
        charge.frame = self.frame.map(Arc::clone);
        charge
    }
}

impl Budget {
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            used: AtomicUsize::new(0),
            limit: limit.max(1),
            freed: AtomicWaker::new(),
        })
    }

    /// Takes `bytes`, even beyond the limit: what has been received is never thrown away.
    pub(crate) fn charge(self: &Arc<Self>, bytes: usize) -> Charge {
        self.used.fetch_add(bytes, Ordering::AcqRel);
        Charge {
            budget: Arc::clone(self),
            bytes,
            frame: None,
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.used.load(Ordering::Acquire) >= self.limit
    }

    /// Ready once there is room. One task at a time may wait.
    pub(crate) fn poll_room(&self, context: &mut Context<'_>) -> Poll<()> {
        // Registered before the look: a release in between wakes.
        self.freed.register(context.waker());
        if self.is_full() {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        let before = self.budget.used.fetch_sub(self.bytes, Ordering::AcqRel);
        let limit = self.budget.limit;
        if before >= limit && before - self.bytes < limit {
            self.budget.freed.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, future::poll_fn};
    use tokio::task;

    use super::*;

    #[test]
    fn aframe_is_given_back_with_the_last_that_is_kept_of_it() {
        let budget = Budget::new(100);
        let frame = Arc::new(budget.charge(100));
        let weight = 1;
        let freight = Freight {
            budget: &budget,
            frame: Some(&frame),
            weight,
        };
        let (first, second) = (freight.charge(), freight.charge());
        drop(frame);
        drop(first);
        assert!(budget.is_full());
        drop(second);
        assert!(!budget.is_full());
    }

    #[tokio::test]
    async fn whoever_waits_for_room_is_woken_by_the_release_that_makes_it() {
        let budget = Budget::new(100);
        let first = budget.charge(60);
        assert!(!budget.is_full());
        let second = budget.charge(60);
        let full = Arc::clone(&budget);
        let mut room = task::spawn(poll_fn(move |context| full.poll_room(context)));
        task::yield_now().await;
        assert!((&mut room).now_or_never().is_none());
        drop(first);
        room.await.unwrap();
        drop(second);
        assert!(!budget.is_full());
    }
}
