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
    present: Vec<(ExchangeId, Exchange)>,
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
        let exchange = match request(shared, route, cookies, asked) {
            Ok(request) => {
                let http: Arc<dyn HttpTransport> = Arc::clone(&shared.http);
                Exchange::Waiting(Box::pin(async move { http.execute(request).await }))
            }
            Err(problem) => Exchange::Failed(Some(problem)),
        };
        self.present.push((id, exchange));
    }

    /// Gives a request up.
    pub(super) fn abort(&mut self, id: ExchangeId) {
        self.present.retain(|(present, _)| *present != id);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.present.is_empty()
    }

    /// The next news of any of them.
    pub(super) fn poll_news(
        &mut self,
        context: &mut Context<'_>,
        cookies: &mut Cookies,
    ) -> Poll<(ExchangeId, ExchangeInput)> {
        for at in 0..self.present.len() {
            let (id, exchange) = &mut self.present[at];
            let id = *id;
            if let Poll::Ready(news) = exchange.poll(context, cookies) {
                if !matches!(news, ExchangeInput::Progress) {
                    self.present.remove(at);
                }
                return Poll::Ready((id, news));
            }
        }
        Poll::Pending
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
