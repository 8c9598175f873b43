//! Time and tasks by tokio.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Waker},
    time::Duration,
};

use tokio::{runtime::Handle, time::Instant};

use crate::runtime::{BoxFuture, Runtime};

/// The [`Runtime`] by tokio. It needs time to be enabled.
#[derive(Clone, Debug)]
pub struct TokioRuntime {
    handle: Handle,
    start: Instant,
}

impl TokioRuntime {
    /// The runtime in which this is called.
    ///
    /// # Errors
    ///
    /// When it is called outside of any.
    pub fn current() -> Result<Self, tokio::runtime::TryCurrentError> {
        Ok(Self {
            handle: Handle::try_current()?,
            start: Instant::now(),
        })
    }
}

impl Runtime for TokioRuntime {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        // The timer belongs to the runtime in which it is made.
        let _guard = self.handle.enter();
        Box::pin(tokio::time::sleep(duration))
    }

    fn give_way(&self, waker: &Waker) {
        // A task that wakes itself may run 60 times more before tokio looks at the one in `block_on`,
        // which is where many programs read. Tokio's own way of yielding puts it behind that one.
        let yielding = pin!(tokio::task::yield_now());
        // It keeps nothing between polls but that it was polled.
        let _ = yielding.poll(&mut Context::from_waker(waker));
    }

    fn spawn(&self, _name: &'static str, task: BoxFuture<'static, ()>) {
        // Naming tasks is unstable in tokio; the name is for runtimes that can.
        self.handle.spawn(task);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::poll_fn,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        task::Poll,
    };

    use tokio::{runtime::Builder, sync::Notify};

    use super::*;

    #[test]
    fn who_waits_in_block_on_has_its_turn_before_a_task_that_gives_way() {
        let tokio = Builder::new_current_thread().build().unwrap();
        tokio.block_on(async {
            let runtime = TokioRuntime::current().unwrap();
            let turns = Arc::new(AtomicUsize::new(0));
            let begun = Arc::new(Notify::new());
            let (count, begin) = (Arc::clone(&turns), Arc::clone(&begun));
            let way = runtime.clone();
            let task = poll_fn(move |context| {
                count.fetch_add(1, Ordering::Relaxed);
                begin.notify_one();
                way.give_way(context.waker());
                Poll::Pending
            });
            runtime.spawn("gives way", Box::pin(task));
            begun.notified().await;
            assert_eq!(turns.load(Ordering::Relaxed), 1);
        });
    }
}
