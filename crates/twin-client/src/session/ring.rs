//! What waits for one reader. It allocates nothing until something waits.
//!
//! It has no bound of its own, but knows how much it holds. That is charged to the budget of the link
//! over which it came; what becomes of a reader that lets too much wait is decided before it.

use std::{
    collections::VecDeque,
    fmt,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

use crate::{live::Charge, session::Delivery};

/// A delivery and the part of a budget that it takes.
#[derive(Debug)]
pub(crate) struct Parcel {
    pub(crate) delivery: Delivery,
    /// Given back when the reader takes the delivery. What was never on a link takes none.
    pub(crate) charge: Option<Charge>,
}

impl Parcel {
    pub(crate) fn new(delivery: Delivery, charge: Option<Charge>) -> Self {
        Self { delivery, charge }
    }
}

/// The deliveries that wait for one reader.
pub(crate) struct Ring {
    state: Mutex<State>,
    /// How many bytes wait. Changed under the lock only.
    bytes: AtomicUsize,
}

#[derive(Default)]
struct State {
    /// With how much each adds to the bytes that wait.
    waiting: VecDeque<(Parcel, usize)>,
    /// Nothing more comes.
    finished: bool,
    /// The reader is gone: what comes is dropped.
    abandoned: bool,
    waker: Option<Waker>,
}

impl Ring {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::default(),
            bytes: AtomicUsize::new(0),
        }
    }

    /// Adds a delivery. Says whether there is a reader for it.
    pub(crate) fn push(&self, parcel: Parcel) -> bool {
        let mut state = self.lock();
        if state.abandoned {
            return false;
        }
        let before = state
            .waiting
            .back()
            .and_then(|(last, _)| last.charge.as_ref());
        let charge = parcel.charge.as_ref();
        let bytes = charge.map_or(0, |charge| charge.bytes_after(before));
        state.waiting.push_back((parcel, bytes));
        self.bytes.fetch_add(bytes, Ordering::Release);
        let waker = state.waker.take();
        drop(state);
        wake(waker);
        true
    }

    /// Nothing more comes: the reader is told once it has taken all that waits.
    pub(crate) fn finish(&self) {
        let mut state = self.lock();
        state.finished = true;
        let waker = state.waker.take();
        drop(state);
        wake(waker);
    }

    /// The reader is gone.
    pub(crate) fn abandon(&self) {
        let mut state = self.lock();
        state.abandoned = true;
        let waiting = std::mem::take(&mut state.waiting);
        self.bytes.store(0, Ordering::Release);
        drop(state);
        drop(waiting);
    }

    /// How many bytes wait.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Acquire)
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        self.lock().abandoned
    }

    pub(crate) fn poll_next(&self, context: &mut Context<'_>) -> Poll<Option<Delivery>> {
        let mut state = self.lock();
        if let Some((parcel, bytes)) = state.waiting.pop_front() {
            self.bytes.fetch_sub(bytes, Ordering::Release);
            drop(state);
            return Poll::Ready(Some(parcel.delivery));
        }
        if state.finished {
            return Poll::Ready(None);
        }
        match &mut state.waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        Poll::Pending
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change of the state is one step, so a panic elsewhere leaves it whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Ring")
            .field("waiting", &state.waiting.len())
            .field("finished", &state.finished)
            .field("abandoned", &state.abandoned)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, sync::Arc};

    use futures_util::{FutureExt, task::noop_waker_ref};
    use twin_protocol::link::GapReason;

    use super::*;
    use crate::{live::Budget, session::Gap};

    fn parcel(channel: &str, charge: Option<Charge>) -> Parcel {
        let gap = Gap {
            session: None,
            channel: Some(channel.into()),
            reason: GapReason::Jump,
            filled: false,
        };
        Parcel::new(Delivery::Gap(gap), charge)
    }

    #[test]
    fn all_that_waits_comes_before_the_end() {
        let ring = Ring::new();
        assert!(ring.push(parcel("a", None)));
        ring.finish();
        let mut context = Context::from_waker(noop_waker_ref());
        let first = ring.poll_next(&mut context);
        assert!(matches!(first, Poll::Ready(Some(Delivery::Gap(_)))));
        assert!(matches!(ring.poll_next(&mut context), Poll::Ready(None)));
    }

    #[test]
    fn a_delivery_and_the_end_wake_the_reader() {
        let ring = Arc::new(Ring::new());
        let mut next = poll_fn(|context| ring.poll_next(context)).boxed();
        assert!(next.as_mut().now_or_never().is_none());
        ring.push(parcel("a", None));
        assert!(next.as_mut().now_or_never().flatten().is_some());
    }

    #[test]
    fn it_knows_how_much_waits() {
        let budget = Budget::new(10);
        let ring = Ring::new();
        ring.push(parcel("a", Some(budget.charge(10))));
        ring.push(parcel("b", None));
        ring.push(parcel("c", Some(budget.charge(4))));
        assert_eq!(ring.bytes(), 14);
        let mut context = Context::from_waker(noop_waker_ref());
        drop(ring.poll_next(&mut context));
        assert_eq!(ring.bytes(), 4);
        ring.abandon();
        assert_eq!(ring.bytes(), 0);
    }

    #[test]
    fn what_is_taken_or_abandoned_is_given_back_to_the_budget() {
        let budget = Budget::new(10);
        let ring = Ring::new();
        for _ in 0..2 {
            ring.push(parcel("a", Some(budget.charge(10))));
        }
        let mut context = Context::from_waker(noop_waker_ref());
        drop(ring.poll_next(&mut context));
        assert!(budget.is_full());
        ring.abandon();
        assert!(!budget.is_full());
        assert!(!ring.push(parcel("b", Some(budget.charge(10)))));
        assert!(!budget.is_full());
    }
}
