//! Whether the client is suspended, and what is under way that suspending waits for.

use tokio::sync::watch;

/// Lets messages out while the client is not suspended.
#[derive(Debug)]
pub(crate) struct Gate(watch::Sender<State>);

#[derive(Clone, Copy, Debug, Default)]
struct State {
    suspended: bool,
    /// Nobody is left who could change that.
    is_final: bool,
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
    /// next suspension. `None` where the client stays suspended for good.
    pub(crate) async fn pass(&self) -> Option<UnderWay<'_>> {
        let mut state = self.0.subscribe();
        loop {
            let passed = self.0.send_if_modified(|state| {
                state.under_way += usize::from(!state.suspended);
                !state.suspended
            });
            if passed {
                return Some(UnderWay(self));
            }
            // The sender lives as long as `self`.
            let change = state.wait_for(|state| !state.suspended || state.is_final);
            if change.await.ok()?.suspended {
                return None;
            }
        }
    }

    pub(crate) fn set_suspended(&self, suspended: bool) {
        self.0.send_modify(|state| state.suspended = suspended);
    }

    /// Nobody is left who could suspend the client, or resume it.
    pub(super) fn leave_as_it_is(&self) {
        self.0.send_modify(|state| state.is_final = true);
    }

    pub(crate) fn is_suspended(&self) -> bool {
        self.0.borrow().suspended
    }

    /// Completes once nothing is under way, or the suspension is over.
    pub(crate) async fn settled(&self) {
        let mut state = self.0.subscribe();
        let is_settled = |state: &State| state.under_way == 0 || !state.suspended;
        let _ = state.wait_for(is_settled).await;
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|state| state.under_way -= 1);
    }
}
