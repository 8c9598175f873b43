//! Requests and answers of any size: not the whole must come in time, but each next piece.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http::{Request, Response};
use twin_transport::{Body, Reached, Runtime};

use crate::{
    client::Shared,
    error::{Error, ErrorKind},
};

/// Carries out a request whose body may be of any size, until the answer's head is there.
///
/// It fails where neither a piece of the body leaves nor the answer comes for as long as a call may
/// take.
pub(super) async fn carry_out(
    shared: &Arc<Shared>,
    what: &'static str,
    request: Request<Body>,
) -> Result<Response<Body>, Error> {
    let pulse = Pulse::new(Arc::clone(&shared.runtime));
    let beat = pulse.clone();
    let request = request.map(|body| body.with_progress(move |_| beat.beat()));
    let answer = shared.http.execute(request);
    let silence = pulse.silence(shared.config.call_timeout);
    let answer = tokio::select! {
        biased;
        answer = answer => answer.map_err(|error| Error::transport(what, error))?,
        () = silence => return Err(Error::new(ErrorKind::Timeout, Reached::Unknown, what)),
    };
    let status = answer.status();
    tracing::debug!(target: "twin::rest", operation = what, %status, "answered");
    Ok(answer)
}

/// When something last went on.
#[derive(Clone)]
struct Pulse {
    runtime: Arc<dyn Runtime>,
    last: Arc<Mutex<Duration>>,
}

impl Pulse {
    fn new(runtime: Arc<dyn Runtime>) -> Self {
        let last = Arc::new(Mutex::new(runtime.now()));
        Self { runtime, last }
    }

    fn beat(&self) {
        let now = self.runtime.now();
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Completes once nothing has gone on for so long.
    async fn silence(&self, patience: Duration) {
        loop {
            let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
            let silent = self.runtime.now().saturating_sub(last);
            match patience.checked_sub(silent) {
                None | Some(Duration::ZERO) => return,
                Some(left) => self.runtime.sleep(left).await,
            }
        }
    }
}
