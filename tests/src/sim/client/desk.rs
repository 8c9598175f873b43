//! HTTP in memory: every request waits for what the simulation makes of it.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use tokio::sync::oneshot;
use twin_transport::{Body, Error, ErrorKind, HttpTransport, Reached};

use super::{Entry, Journal};

/// No simulated request has a longer body.
const LONGEST: usize = 1 << 20;

/// Cheap to clone; the clones share what was asked.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct Desk {
    waiting: Arc<Mutex<Vec<Asked>>>,
    count: Arc<AtomicU64>,
    journal: Journal,
}

/// A request that waits for its answer. Dropped, it never gets one.
#[derive(Debug)]
pub(in crate::sim) struct Asked {
    pub(in crate::sim) request: Request<Bytes>,
    /// From 1, once it has been looked at.
    number: Arc<AtomicU64>,
    answer: oneshot::Sender<Result<Response<Body>, Error>>,
}

impl Desk {
    /// A desk that writes down when the client takes an answer.
    pub(in crate::sim) fn new(journal: Journal) -> Self {
        Self {
            journal,
            ..Self::default()
        }
    }

    /// What was asked since it was looked at last. All of that was asked at one moment, in an order
    /// that is the runtime's affair and another one in each run: it is put into one that is not.
    pub(in crate::sim) fn take(&self) -> Vec<Asked> {
        let mut asked =
            std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        asked.sort_by_cached_key(|asked| {
            let request = &asked.request;
            (request.uri().to_string(), request.body().clone())
        });
        for asked in &asked {
            let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
            asked.number.store(number, Ordering::Relaxed);
        }
        asked
    }
}

impl Asked {
    pub(in crate::sim) fn number(&self) -> u64 {
        self.number.load(Ordering::Relaxed)
    }

    /// Whether nobody waits for the answer any more.
    pub(in crate::sim) fn is_given_up(&self) -> bool {
        self.answer.is_closed()
    }

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
        let number = Arc::default();
        let asked = Asked {
            request,
            number: Arc::clone(&number),
            answer,
        };
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(asked);
        match wait.await {
            Ok(answered) => {
                let asked = number.load(Ordering::Relaxed);
                self.journal.write(Entry::Answered { asked });
                answered
            }
            Err(_) => std::future::pending().await,
        }
    }
}
