//! One renewal of a client's token.

use std::sync::Arc;

use tokio::sync::watch;

use super::{Bearer, Iam};
use crate::{
    client::Shared,
    credentials::{TokenError, Tokens},
};

/// What came of it.
pub(super) type Outcome = Result<Bearer, Arc<TokenError>>;

/// Where the outcome will be.
pub(super) type Waiting = watch::Receiver<Option<Outcome>>;

/// A renewal that is to be begun.
#[derive(Debug)]
pub(super) struct Renewal {
    held: Option<Tokens>,
    outcome: watch::Sender<Option<Outcome>>,
}

impl Renewal {
    /// What its task is called.
    pub(super) const TASK: &'static str = "twin renewal";

    /// The renewal of the tokens that are held, and where its outcome will be.
    pub(super) fn new(held: Option<Tokens>) -> (Self, Waiting) {
        let (outcome, waiting) = watch::channel(None);
        (Self { held, outcome }, waiting)
    }

    /// Carries it out.
    pub(super) async fn run(self, shared: Arc<Shared>) {
        let Some(keeper) = &shared.keeper else {
            return;
        };
        let iam = Iam::new(Arc::clone(&shared));
        let time = shared.config.call_timeout.saturating_mul(2);
        let renewed = tokio::select! {
            biased;
            renewed = keeper.provider.renew(self.held.as_ref(), &iam) => renewed,
            () = shared.runtime.sleep(time) => {
                Err(TokenError::passing("the provider of tokens did not answer in time"))
            }
        };
        match &renewed {
            Ok(_) => tracing::debug!(target: "twin::rest", "got an access token"),
            Err(error) => {
                let kind = error.kind();
                let passing = error.is_passing();
                tracing::debug!(target: "twin::rest", %kind, passing, "got no access token");
            }
        }
        let outcome = keeper.settle(renewed, shared.runtime.now());
        self.outcome.send_replace(Some(outcome));
    }
}
