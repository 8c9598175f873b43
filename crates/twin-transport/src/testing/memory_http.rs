//! An HTTP transport that answers as scripted and keeps what it was asked.

use std::{collections::VecDeque, fmt, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use crate::{
    error::Error,
    http::{Body, HttpTransport},
    testing::{answer::Answer, watched::Watched},
};

/// No test sends more in one body.
const MAX_BODY: usize = 256 << 20;

type Handler = dyn Fn(&Request<Bytes>) -> Answer + Send + Sync;

/// An [`HttpTransport`] without a network. Cheap to clone; clones share script and records.
///
/// A request is answered by the next of the queue ([`then`](Self::then)), or by the handler
/// ([`answering`](Self::answering)) when the queue is empty.
///
/// ```
/// use http::{Request, StatusCode};
/// use twin_transport::{
///     Body, ErrorKind, HttpTransport as _, Reached,
///     testing::{Answer, MemoryHttp, VirtualRuntime},
/// };
///
/// let http = MemoryHttp::new()
///     .then(Answer::failure(ErrorKind::Lost, Reached::Unknown))
///     .then(Answer::json(r#"{"ok":true}"#));
/// VirtualRuntime::new().block_on(async {
///     let request = || Request::post("https://example.com/a").body(Body::full("question")).unwrap();
///     let error = http.execute(request()).await.unwrap_err();
///     assert_eq!(error.kind(), ErrorKind::Lost);
///     let answer = http.execute(request()).await.unwrap();
///     assert_eq!(answer.status(), StatusCode::OK);
/// });
/// assert_eq!(http.requests()[1].body(), "question");
/// ```
#[derive(Clone)]
pub struct MemoryHttp {
    shared: Arc<Watched<Shared>>,
    handler: Option<Arc<Handler>>,
}

#[derive(Default)]
struct Shared {
    script: VecDeque<Answer>,
    /// Everything that was asked, whole.
    requests: Vec<Request<Bytes>>,
    /// How many of them [`MemoryHttp::next_request`] has given.
    given: usize,
    in_flight: usize,
}

impl MemoryHttp {
    /// A transport without a script: a request without an answer is a mistake of the test.
    pub fn new() -> Self {
        Self {
            shared: Arc::default(),
            handler: None,
        }
    }

    /// A transport that asks `handler` for each answer.
    pub fn answering(handler: impl Fn(&Request<Bytes>) -> Answer + Send + Sync + 'static) -> Self {
        Self {
            handler: Some(Arc::new(handler)),
            ..Self::new()
        }
    }

    /// The same with `answer` at the end of its queue.
    #[must_use]
    pub fn then(self, answer: Answer) -> Self {
        self.push(answer);
        self
    }

    /// Puts `answer` at the end of the queue.
    pub fn push(&self, answer: Answer) {
        self.shared.change(|shared| shared.script.push_back(answer));
    }

    /// Waits for the next request, whether or not it is answered already. Each is given once.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped.
    pub async fn next_request(&self) -> Request<Bytes> {
        self.shared
            .until(|shared| {
                let request = shared.requests.get(shared.given)?.clone();
                shared.given += 1;
                Some(request)
            })
            .await
    }

    /// Every request so far, in order, with its whole body.
    pub fn requests(&self) -> Vec<Request<Bytes>> {
        self.shared.look(|shared| shared.requests.clone())
    }

    /// How many requests wait for their answer; one that was dropped does not.
    pub fn in_flight(&self) -> usize {
        self.shared.look(|shared| shared.in_flight)
    }

    /// Keeps the request and finds its answer.
    fn ask(&self, request: Request<Bytes>) -> Answer {
        let scripted = self.shared.change(|shared| {
            shared.requests.push(request.clone());
            shared.script.pop_front()
        });
        let handled = || self.handler.as_ref().map(|handler| handler(&request));
        scripted.or_else(handled).unwrap_or_else(|| {
            let (method, path) = (request.method(), request.uri().path());
            panic!("the test has no answer to {method} {path}");
        })
    }
}

impl Default for MemoryHttp {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl HttpTransport for MemoryHttp {
    /// Reads the request's body, keeps the request, and answers.
    ///
    /// # Panics
    ///
    /// When neither queue nor handler has an answer.
    async fn execute(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        let _flying = Flying::new(&self.shared);
        let (head, body) = request.into_parts();
        let body = body.collect(MAX_BODY).await?;
        self.ask(Request::from_parts(head, body)).give().await
    }
}

/// Counts a request for as long as someone waits for its answer.
struct Flying<'a>(&'a Watched<Shared>);

impl<'a> Flying<'a> {
    fn new(shared: &'a Watched<Shared>) -> Self {
        shared.look(|shared| shared.in_flight += 1);
        Self(shared)
    }
}

impl Drop for Flying<'_> {
    fn drop(&mut self) {
        self.0.look(|shared| shared.in_flight -= 1);
    }
}

impl fmt::Debug for MemoryHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (requests, script) = self
            .shared
            .look(|shared| (shared.requests.len(), shared.script.len()));
        f.debug_struct("MemoryHttp")
            .field("requests", &requests)
            .field("script", &script)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use http::StatusCode;

    use super::*;
    use crate::{
        error::{ErrorKind, Reached},
        testing::VirtualRuntime,
    };

    fn request(path: &str, body: &'static str) -> Request<Body> {
        let uri = format!("https://example.com{path}");
        Request::post(uri).body(Body::full(body)).unwrap()
    }

    #[test]
    fn the_queue_is_answered_in_order_and_the_handler_after_it() {
        let http = MemoryHttp::answering(|request| Answer::json(request.body().clone()))
            .then(Answer::status(StatusCode::BAD_GATEWAY));
        VirtualRuntime::new().block_on(async {
            let first = http.execute(request("/a", "1")).await.unwrap();
            assert_eq!(first.status(), StatusCode::BAD_GATEWAY);
            let second = http.execute(request("/b", "2")).await.unwrap();
            assert_eq!(second.headers()["content-type"], "application/json");
            assert_eq!(second.into_body().collect(9).await.unwrap(), "2");
        });
        let seen = http.requests();
        let seen: Vec<_> = seen.iter().map(|it| (it.uri().path(), it.body())).collect();
        assert_eq!(seen, [("/a", &Bytes::from("1")), ("/b", &Bytes::from("2"))]);
    }

    #[test]
    fn a_held_answer_comes_when_released_and_requests_can_be_awaited() {
        let (answer, release) = Answer::status(StatusCode::OK).held();
        let http = MemoryHttp::new().then(answer);
        let mut pending = http.execute(request("/a", "")).boxed();
        assert!(pending.as_mut().now_or_never().is_none());
        assert_eq!(http.in_flight(), 1);
        let runtime = VirtualRuntime::new();
        assert_eq!(runtime.block_on(http.next_request()).uri().path(), "/a");
        release.release();
        assert_eq!(runtime.block_on(pending).unwrap().status(), StatusCode::OK);
        assert_eq!(http.in_flight(), 0);
        assert!(http.next_request().now_or_never().is_none());
    }

    #[test]
    fn a_request_without_an_answer_waits_until_it_is_dropped() {
        let http = MemoryHttp::new().then(Answer::never());
        let mut pending = http.execute(request("/a", "")).boxed();
        assert!(pending.as_mut().now_or_never().is_none());
        assert_eq!((http.in_flight(), http.requests().len()), (1, 1));
        drop(pending);
        assert_eq!(http.in_flight(), 0);
    }

    #[test]
    fn a_failure_is_of_the_kind_asked_for() {
        let http = MemoryHttp::new().then(Answer::failure(ErrorKind::TimedOut, Reached::Unknown));
        let answer = VirtualRuntime::new().block_on(http.execute(request("/a", "")));
        let error = answer.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert_eq!(error.reached(), Reached::Unknown);
    }

    #[test]
    #[should_panic(expected = "the test has no answer to POST /a")]
    fn a_request_that_nobody_expected_fails_the_test() {
        let _ = VirtualRuntime::new().block_on(MemoryHttp::new().execute(request("/a?b=c", "")));
    }
}
