//! Sessions end when their time to live is over.

use std::{future, sync::Arc};

use tokio::time::{self, Instant};

use super::{Platform, Refusal};

impl Platform {
    /// Closes sessions as they expire; never returns.
    pub(crate) async fn expire(self: Arc<Self>) {
        loop {
            let next = self.close_expired(Instant::now());
            let wait = async {
                match next {
                    Some(next) => time::sleep_until(next).await,
                    None => future::pending().await,
                }
            };
            tokio::select! {
                () = wait => {}
                () = self.opened.notified() => {}
            }
        }
    }

    /// Closes what has expired, and says when the next one will.
    fn close_expired(&self, now: Instant) -> Option<Instant> {
        let state = self.locked();
        let open = state.sessions.values().filter(|session| session.is_open());
        let (mut expired, mut next) = (Vec::new(), None::<Instant>);
        for session in open {
            if session.expires <= now {
                expired.push(session.id.clone());
            } else {
                next = Some(next.map_or(session.expires, |next| next.min(session.expires)));
            }
        }
        drop(state);
        for session in expired {
            match self.close(session.as_str(), None, false) {
                // Someone else may have closed it in between.
                Ok(()) | Err(Refusal::SessionClosed | Refusal::NoSuchSession) => {}
                Err(error) => tracing::warn!(target: "twin::emulator", %error, "not closed"),
            }
        }
        next
    }
}
