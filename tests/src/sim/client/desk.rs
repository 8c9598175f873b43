//! HTTP in memory: every request waits for what the simulation makes of it.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use tokio::sync::oneshot;
use twin_transport::{Body, Error, ErrorKind, HttpTransport, Reached};

/// No simulated request has a longer body.
const LONGEST: usize = 1 << 20;

/// Cheap to clone; the clones share what was asked.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct Desk(Arc<Mutex<Vec<Asked>>>);

/// A request that waits for its answer. Dropped, it never gets one.
#[derive(Debug)]
pub(in crate::sim) struct Asked {
    pub(in crate::sim) request: Request<Bytes>,
    answer: oneshot::Sender<Result<Response<Body>, Error>>,
}

impl Desk {
    /// What was asked since it was looked at last. All of that was asked at one moment, in an order
    /// that is the runtime's affair and another one in each run: it is put into one that is not.
    pub(in crate::sim) fn take(&self) -> Vec<Asked> {
        let mut asked = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        asked.sort_by_cached_key(|asked| {
            let request = &asked.request;
            (request.uri().to_string(), request.body().clone())
        });
        asked
    }
}

impl Asked {
    /// Answers; nothing where the client has given it up.
    pub(in crate::sim) fn answer(self, response: Response<Body>) {
        let _ = self.answer.send(Ok(response));
    }

    pub(in crate::sim) fn fail(self, kind: ErrorKind, reached: Reached) {
        let error = Error::new(kind, reached, "asking in a simulation");
        let _ = self.answer.send(Err(error));
    }
}

#[async_trait]
impl HttpTransport for Desk {
    async fn execute(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        let (head, body) = request.into_parts();
        let body = body.collect(LONGEST).await?;
        let (answer, wait) = oneshot::channel();
        let request = Request::from_parts(head, body);
        let asked = Asked { request, answer };
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(asked);
        match wait.await {
            Ok(answered) => answered,
            Err(_) => std::future::pending().await,
        }
    }
}
