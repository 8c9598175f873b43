//! Time and tasks, as the one who embeds us has them.

#[cfg(feature = "runtime-tokio")]
mod tokio_runtime;

use std::{fmt, future::Future, pin::Pin, task::Waker, time::Duration};

#[cfg(feature = "runtime-tokio")]
pub use self::tokio_runtime::TokioRuntime;

/// A boxed future; `Send` stands here and nowhere else.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where the client takes time and tasks from: a real runtime, or a virtual clock in tests.
pub trait Runtime: fmt::Debug + Send + Sync + 'static {
    /// Time since some fixed moment of this runtime. Never goes back.
    fn now(&self) -> Duration;

    /// Completes once `duration` has passed, by the clock of [`now`](Self::now).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future forgets the timer.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;

    /// Wakes `waker`, the present task's, once the others that can run have had their turn.
    ///
    /// By default it wakes at once, which does for a runtime that runs its tasks in turn.
    fn give_way(&self, waker: &Waker) {
        waker.wake_by_ref();
    }

    /// Runs `task` until it is done. `name` is for logs and debuggers.
    fn spawn(&self, name: &'static str, task: BoxFuture<'static, ()>);
}
