//! The webhook as a service of tower, which hyper and axum can run.

use std::{
    convert::Infallible,
    error::Error as StdError,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc::{self, error::TrySendError};
use twin_transport::{BoxFuture, Runtime};

use super::{
    answers::Answers,
    post::Post,
    refusal::Refusal,
    seen::{Digest, Seen},
    settings::WebhookSettings,
};
use crate::{client::Shared, stats::Counters};

/// Takes posts in: a `tower` service, which never fails. Cheap to clone; the clones share what they
/// have seen.
///
/// With axum: `Router::new().route_service(path, service)`. With hyper 1: hyper-util's
/// `TowerToHyperService` around it.
#[derive(Clone)]
pub struct WebhookService {
    desk: Arc<Desk>,
}

struct Desk {
    settings: WebhookSettings,
    answers: Answers,
    queue: mpsc::Sender<Post>,
    seen: Mutex<Seen>,
    runtime: Arc<dyn Runtime>,
    counters: Arc<Counters>,
}

impl WebhookService {
    pub(super) fn new(
        shared: &Shared,
        settings: WebhookSettings,
        answers: Answers,
        queue: mpsc::Sender<Post>,
    ) -> Self {
        let seen = Mutex::new(Seen::new(settings.remembered));
        let desk = Desk {
            settings,
            answers,
            queue,
            seen,
            runtime: Arc::clone(&shared.runtime),
            counters: Arc::clone(&shared.counters),
        };
        Self {
            desk: Arc::new(desk),
        }
    }
}

impl<B> tower_service::Service<Request<B>> for WebhookService
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // What cannot be taken in is answered, not held up.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let desk = Arc::clone(&self.desk);
        Box::pin(async move { Ok(desk.answer(request).await.map(Full::new)) })
    }
}

impl Desk {
    async fn answer<B>(&self, request: Request<B>) -> Response<Bytes>
    where
        B: http_body::Body,
        B::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        match self.take(request).await {
            Ok(()) => {
                self.counters.webhook_posts.count();
                let mut response = Response::new(Bytes::new());
                *response.status_mut() = StatusCode::OK;
                response
            }
            Err(refusal) => {
                self.counters.webhook_refused.count();
                tracing::warn!(target: "twin::webhook", %refusal, "refused");
                refusal.to_response()
            }
        }
    }

    async fn take<B>(&self, request: Request<B>) -> Result<(), Refusal>
    where
        B: http_body::Body,
        B::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        let (head, body) = request.into_parts();
        self.settings
            .check_head(&head.method, &head.uri, &head.headers)?;
        let limit = self.settings.max_body;
        if body.size_hint().lower() > limit as u64 {
            return Err(Refusal::TooLarge);
        }
        let body = tokio::select! {
            biased;
            body = Limited::new(body, limit).collect() => body,
            () = self.runtime.sleep(self.settings.body_timeout) => return Err(Refusal::Slow),
        };
        let body = body.map_err(|error| match error.downcast_ref::<LengthLimitError>() {
            Some(_) => Refusal::TooLarge,
            None => Refusal::Broken,
        });
        let body = body?.to_bytes();
        let digest: Digest = Sha256::digest(&body).into();
        let post = self.settings.check_body(body)?;
        self.hand_on(post, &digest)
    }

    /// Brings a post to where it belongs, unless it has been there.
    fn hand_on(&self, mut post: Post, digest: &Digest) -> Result<(), Refusal> {
        let is_known = self.seen(|seen| seen.note(*digest));
        if is_known && post.token().is_some() {
            self.counters.webhook_repeated.count();
            tracing::debug!(target: "twin::webhook", "a repeat is dropped");
            return Ok(());
        }
        post.is_repeated = is_known;
        let Some(post) = self.answers.deliver(post) else {
            return Ok(());
        };
        match self.queue.try_send(post) {
            Ok(()) => Ok(()),
            // Nobody wants it.
            Err(TrySendError::Closed(_)) => Ok(()),
            Err(TrySendError::Full(_)) => {
                if !is_known {
                    self.seen(|seen| seen.forget(digest));
                }
                Err(Refusal::Busy)
            }
        }
    }

    fn seen<T>(&self, look: impl FnOnce(&mut Seen) -> T) -> T {
        look(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for WebhookService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookService")
            .field("settings", &self.desk.settings)
            .finish_non_exhaustive()
    }
}
