//! Where the client's tokens come from.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use twin_client::{ConnectionTokens, NoToken};
use twin_transport::{Runtime as _, testing::VirtualRuntime};

use crate::sim::centrifuge::server::token;

/// How long a token is fetched.
const TIME: Duration = Duration::from_millis(100);

/// A source of tokens that can fail. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Source(Arc<Mutex<Option<(bool, Duration)>>>);

impl Source {
    /// Until then there is no token: the source says so, or says nothing.
    pub(super) fn fail(&self, silent: bool, until: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((silent, until));
    }

    /// The tokens of this source, each good for so many seconds.
    pub(super) fn tokens(&self, ttl: u64, runtime: &VirtualRuntime) -> ConnectionTokens {
        let (source, runtime) = (self.clone(), runtime.handle());
        ConnectionTokens::new(move || {
            let (source, runtime) = (source.clone(), runtime.clone());
            async move {
                runtime.sleep(TIME).await;
                let trouble = *source.0.lock().unwrap_or_else(PoisonError::into_inner);
                let now = runtime.now();
                match trouble.filter(|(_, until)| now < *until) {
                    None => Ok(token(now, ttl)),
                    Some((false, _)) => Err(NoToken::for_now("none")),
                    Some((true, _)) => std::future::pending().await,
                }
            }
        })
    }
}
