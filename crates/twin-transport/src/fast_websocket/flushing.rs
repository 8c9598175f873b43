//! Who waits for a flush. A stream below keeps one waker for writing, and the reader writes too.

use std::{
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
};

/// The task that waits for a flush, where there is one.
#[derive(Debug, Default)]
pub(super) struct Flushing {
    waker: Option<Waker>,
}

impl Flushing {
    /// Notes how a flush of this task went.
    pub(super) fn note<T>(&mut self, flushed: &Poll<T>, context: &Context<'_>) {
        self.waker = flushed.is_pending().then(|| context.waker().clone());
    }

    /// A waker for both, the task that waits for a flush and `other`; `None` where `other` will do.
    ///
    /// Both, since the one who waits may have gone away without a word.
    pub(super) fn with(&self, other: &Waker) -> Option<Waker> {
        let first = self.waker.as_ref().filter(|it| !it.will_wake(other))?;
        Some(Waker::from(Arc::new(Both(first.clone(), other.clone()))))
    }
}

struct Both(Waker, Waker);

impl Wake for Both {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.wake_by_ref();
        self.1.wake_by_ref();
    }
}
