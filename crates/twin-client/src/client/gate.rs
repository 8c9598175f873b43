//! Whether the client is suspended, and what is under way that suspending waits for.

use tokio::sync::watch;

/// Lets messages out while the client is not suspended.
#[derive(Debug)]
pub(crate) struct Gate(watch::Sender<State>);

#[derive(Clone, Copy, Debug, Default)]
struct State {
    suspended: bool,
    /// Messages that are being posted.
    under_way: usize,
}

/// One message is being posted.
#[derive(Debug)]
pub(crate) struct UnderWay<'a>(&'a Gate);

impl Default for Gate {
    fn default() -> Self {
        Self(watch::Sender::new(State::default()))
    }
}

impl Gate {
    /// Completes once the client is not suspended; what is posted meanwhile is waited for by the
    /// next suspension.
    pub(crate) async fn pass(&self) -> UnderWay<'_> {
        let mut state = self.0.subscribe();
        loop {
            let passed = self.0.send_if_modified(|state| {
                state.under_way += usize::from(!state.suspended);
                !state.suspended
            });
            if passed {
                return UnderWay(self);
            }
            // The sender lives as long as `self`.
            let _ = state.wait_for(|state| !state.suspended).await;
        }
    }

    pub(crate) fn set_suspended(&self, suspended: bool) {
        self.0.send_modify(|state| state.suspended = suspended);
    }

    pub(crate) fn is_suspended(&self) -> bool {
        self.0.borrow().suspended
    }

    /// Completes once nothing is under way.
    pub(crate) async fn settled(&self) {
        let mut state = self.0.subscribe();
        let _ = state.wait_for(|state| state.under_way == 0).await;
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|state| state.under_way -= 1);
    }
}
