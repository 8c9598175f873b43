//! The tasks of a client, counted, so that one can wait for their end.

use std::{future::Future, sync::Arc};

use tokio::sync::watch;
use twin_transport::Runtime;

/// Counts the tasks that run.
#[derive(Debug)]
pub(crate) struct Tasks(Arc<watch::Sender<usize>>);

impl Default for Tasks {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Tasks {
    /// Runs `task`.
    pub(crate) fn spawn(
        &self,
        runtime: &dyn Runtime,
        name: &'static str,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        let running = Running::new(&self.0);
        let task = async move {
            task.await;
            drop(running);
        };
        runtime.spawn(name, Box::pin(task));
    }

    /// Completes once none runs.
    pub(crate) async fn all_done(&self) {
        let mut running = self.0.subscribe();
        // The sender lives as long as `self`.
        let _ = running.wait_for(|running| *running == 0).await;
    }
}

/// A task that runs; a runtime that drops it unfinished ends it too.
struct Running(Arc<watch::Sender<usize>>);

impl Running {
    fn new(count: &Arc<watch::Sender<usize>>) -> Self {
        count.send_modify(|running| *running += 1);
        Self(Arc::clone(count))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.send_modify(|running| *running -= 1);
    }
}
