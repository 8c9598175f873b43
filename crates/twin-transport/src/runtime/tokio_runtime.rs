//! Time and tasks by tokio.

use std::time::Duration;

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

    fn spawn(&self, _name: &'static str, task: BoxFuture<'static, ()>) {
        // Naming tasks is unstable in tokio; the name is for runtimes that can.
        self.handle.spawn(task);
    }
}
