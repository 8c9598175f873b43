//! The HTTP requests of a link that are under way.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http::{HeaderMap, HeaderValue, Method, Request, Response, header::CONTENT_TYPE};
use twin_protocol::link::{DialFailure, DialFailureKind, ExchangeId, ExchangeInput, Query};
use twin_transport::{Body, BoxFuture, Error, HttpTransport};

use super::{cookies::Cookies, dial, route::Route};
use crate::client::Shared;

/// The longest answer that is taken, in bytes.
const MAX_BODY: usize = 16 << 20;

/// The HTTP requests of a link that are under way: one GET and one POST at most, but for those that
/// are given up.
#[derive(Default)]
pub(super) struct Exchanges {
    present: Vec<Present>,
}

struct Present {
    id: ExchangeId,
    exchange: Exchange,
    /// What it sends goes out, and its answer brings no events.
    is_post: bool,
    /// For how long it may go on while the machine's clock stands still.
    patience: Option<BoxFuture<'static, ()>>,
}

/// What is to be asked.
pub(super) struct Asked {
    pub(super) query: Query,
    /// The content type and body of a POST; a GET where there is none.
    pub(super) post: Option<(&'static str, Bytes)>,
}

enum Exchange {
    /// It could not even be begun.
    Failed(Option<DialFailure>),
    Reading {
        status: u16,
        body: Body,
        had: BytesMut,
    },
    Waiting(BoxFuture<'static, Result<Response<Body>, Error>>),
}

impl Exchanges {
    /// Begins a request.
    pub(super) fn begin(
        &mut self,
        shared: &Shared,
        route: &Route,
        cookies: &Cookies,
        (id, asked): (ExchangeId, Asked),
    ) {
        let is_post = asked.post.is_some();
        let exchange = match request(shared, route, cookies, asked) {
            Ok(request) => {
                let http: Arc<dyn HttpTransport> = Arc::clone(&shared.http);
                Exchange::Waiting(Box::pin(async move { http.execute(request).await }))
            }
            Err(problem) => Exchange::Failed(Some(problem)),
        };
        self.present.push(Present {
            id,
            exchange,
            is_post,
            patience: None,
        });
    }

    /// Gives a request up.
    pub(super) fn abort(&mut self, id: ExchangeId) {
        self.present.retain(|present| present.id != id);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.present.is_empty()
    }

    /// The next news of any of them; where not `reading`, only of those that bring no events. The
    /// machine's clock stands still then, so they have their time here.
    pub(super) fn poll_news(
        &mut self,
        context: &mut Context<'_>,
        shared: &Shared,
        cookies: &mut Cookies,
        reading: bool,
    ) -> Poll<(ExchangeId, ExchangeInput)> {
        for at in 0..self.present.len() {
            let present = &mut self.present[at];
            if !reading && !present.is_post {
                continue;
            }
            let id = present.id;
            let mut news = present.exchange.poll(context, cookies);
            if !reading && news.is_pending() {
                news = present.poll_patience(context, shared);
            }
            if let Poll::Ready(news) = news {
                if !matches!(news, ExchangeInput::Progress) {
                    self.present.remove(at);
                }
                return Poll::Ready((id, news));
            }
        }
        Poll::Pending
    }
}

impl Present {
    /// Ready once it has taken too long.
    fn poll_patience(&mut self, context: &mut Context<'_>, shared: &Shared) -> Poll<ExchangeInput> {
        let begin = || shared.runtime.sleep(shared.config.connect_timeout);
        ready!(
            self.patience
                .get_or_insert_with(begin)
                .as_mut()
                .poll(context)
        );
        let words = "what was sent by HTTP was not answered";
        let failure = DialFailure::new(DialFailureKind::TimedOut, words);
        Poll::Ready(ExchangeInput::Failed(failure))
    }
}

impl Exchange {
    fn poll(&mut self, context: &mut Context<'_>, cookies: &mut Cookies) -> Poll<ExchangeInput> {
        loop {
            match self {
                Self::Failed(problem) => {
                    let nothing =
                        || DialFailure::new(DialFailureKind::Broken, "nothing more comes");
                    return Poll::Ready(ExchangeInput::Failed(
                        problem.take().unwrap_or_else(nothing),
                    ));
                }
                Self::Waiting(answer) => match ready!(answer.as_mut().poll(context)) {
                    Err(error) => return Poll::Ready(ExchangeInput::Failed(dial::failure(&error))),
                    Ok(response) => {
                        let (head, body) = response.into_parts();
                        cookies.take_in(&head.headers);
                        let status = head.status.as_u16();
                        *self = Self::Reading {
                            status,
                            body,
                            had: BytesMut::new(),
                        };
                    }
                },
                Self::Reading { status, body, had } => {
                    return Poll::Ready(match ready!(Pin::new(body).poll_next(context)) {
                        Some(Ok(chunk)) if had.len() + chunk.len() > MAX_BODY => {
                            ExchangeInput::Unreadable("an answer of more than 16 MiB".into())
                        }
                        Some(Ok(chunk)) => {
                            had.extend_from_slice(&chunk);
                            ExchangeInput::Progress
                        }
                        Some(Err(error)) => ExchangeInput::Failed(dial::failure(&error)),
                        None => ExchangeInput::Answered {
                            status: *status,
                            body: std::mem::take(had).freeze(),
                        },
                    });
                }
            }
        }
    }
}

fn request(
    shared: &Shared,
    route: &Route,
    cookies: &Cookies,
    asked: Asked,
) -> Result<Request<Body>, DialFailure> {
    let uri = route
        .request(&shared.config.endpoints, &asked.query)
        .map_err(|problem| DialFailure::new(DialFailureKind::Unreachable, problem.to_string()))?;
    let mut headers = HeaderMap::new();
    let (method, body) = match asked.post {
        Some((content_type, body)) => {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
            (Method::POST, Body::full(body))
        }
        None => (Method::GET, Body::empty()),
    };
    shared.put_headers(&mut headers);
    cookies.put(&mut headers);
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    Ok(request)
}
