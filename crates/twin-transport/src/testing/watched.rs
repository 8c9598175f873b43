//! A value under a lock, whose changes can be awaited. It knows nothing of what it holds.

use std::{
    fmt,
    future::poll_fn,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

/// A value that several hands change, and that others wait for.
#[derive(Default)]
pub(crate) struct Watched<T> {
    inner: Mutex<Inner<T>>,
}

#[derive(Default)]
struct Inner<T> {
    value: T,
    waiting: Vec<Waker>,
}

impl<T> Watched<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self {
            inner: Mutex::new(Inner {
                value,
                waiting: Vec::new(),
            }),
        }
    }

    /// Changes the value and wakes everyone who waits for it.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let mut inner = self.lock();
        let result = change(&mut inner.value);
        let waiting = std::mem::take(&mut inner.waiting);
        // Waking runs other people's code, which may come back here.
        drop(inner);
        waiting.into_iter().for_each(Waker::wake);
        result
    }

    /// Looks at the value, or takes from it what nobody else waits for.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&mut T) -> R) -> R {
        look(&mut self.lock().value)
    }

    /// Looks at the value; where that is not ready, the next change wakes.
    pub(crate) fn poll<R>(
        &self,
        context: &mut Context<'_>,
        look: impl FnOnce(&mut T) -> Poll<R>,
    ) -> Poll<R> {
        let mut inner = self.lock();
        let result = look(&mut inner.value);
        let waker = context.waker();
        if result.is_pending() && !inner.waiting.iter().any(|known| known.will_wake(waker)) {
            inner.waiting.push(waker.clone());
        }
        result
    }

    /// Waits until `look` finds what it wants.
    pub(crate) async fn until<R>(&self, mut look: impl FnMut(&mut T) -> Option<R>) -> R {
        poll_fn(|context| {
            self.poll(context, |value| match look(value) {
                Some(found) => Poll::Ready(found),
                None => Poll::Pending,
            })
        })
        .await
    }

    fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        // A test that panicked elsewhere is reported there.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> fmt::Debug for Watched<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").finish_non_exhaustive()
    }
}
