//! How much may wait for the readers of a link, and which of them is too slow.

use std::{
    num::NonZeroUsize,
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
    /// How many sessions share the budget, where those that are read too slowly fall behind.
    pub(crate) sharers: Option<NonZeroUsize>,
}

impl Freight<'_> {
    /// Takes it from the budget.
    pub(crate) fn charge(&self) -> Charge {
        let mut charge = self.budget.charge(self.weight);
        charge.frame = self.frame.map(Arc::clone);
        charge
    }

    /// Whether one for whom so many bytes wait falls behind rather than be given more. One for whom
    /// nothing waits never does.
    pub(crate) fn is_beyond(&self, waiting: usize) -> bool {
        self.sharers
            .is_some_and(|sharers| self.budget.is_beyond_share(waiting, sharers))
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

    /// Whether one of so many sharers has had its part: half of all for itself, so that there is
    /// room for the others; of what is used up an equal part.
    fn is_beyond_share(&self, waiting: usize, sharers: NonZeroUsize) -> bool {
        let part = if self.is_full() {
            self.limit / sharers
        } else {
            self.limit / 2
        };
        waiting > 0 && waiting >= part
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

impl Charge {
    /// The bytes that it adds to what waits, where `before` waits already: a frame of which both keep
    /// something is there once.
    pub(crate) fn bytes_after(&self, before: Option<&Self>) -> usize {
        let Some(frame) = &self.frame else {
            return self.bytes;
        };
        let shared = before.and_then(|before| before.frame.as_ref());
        match shared {
            Some(shared) if Arc::ptr_eq(shared, frame) => self.bytes,
            _ => self.bytes + frame.bytes,
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
            sharers: None,
        };
        let (first, second) = (freight.charge(), freight.charge());
        drop(frame);
        drop(first);
        assert!(budget.is_full());
        drop(second);
        assert!(!budget.is_full());
    }

    #[test]
    fn a_sharer_may_have_half_of_all_and_its_part_of_what_is_used_up() {
        let budget = Budget::new(100);
        let sharers = NonZeroUsize::new(10).unwrap();
        let is_beyond = |waiting| budget.is_beyond_share(waiting, sharers);
        assert_eq!([0, 49, 50].map(is_beyond), [false, false, true]);
        let _used = budget.charge(100);
        assert_eq!([0, 9, 10].map(is_beyond), [false, false, true]);
    }

    #[test]
    fn a_frame_that_two_share_counts_once() {
        let budget = Budget::new(100);
        let frames = [40, 50].map(|length| Arc::new(budget.charge(length)));
        let charge = |frame| {
            let freight = Freight {
                budget: &budget,
                frame: Some(frame),
                weight: 1,
                sharers: None,
            };
            freight.charge()
        };
        let (first, second, third) = (charge(&frames[0]), charge(&frames[0]), charge(&frames[1]));
        assert_eq!(first.bytes_after(None), 41);
        assert_eq!(second.bytes_after(Some(&first)), 1);
        assert_eq!(third.bytes_after(Some(&second)), 51);
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
