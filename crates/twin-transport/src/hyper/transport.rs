//! HTTP/1.1 and HTTP/2 by hyper, with a pool of connections.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use http::{Method, Request, Response, Uri};
use hyper_util::{
    client::legacy::Client,
    rt::{TokioExecutor, TokioTimer},
};

use crate::{
    error::{Error, ErrorKind, Reached},
    http::{Body, HttpTransport},
    hyper::{
        Network,
        body::{self, Outgoing},
        connector::Connector,
        failure,
        heard_out::HearingOut,
    },
};

/// How long things may take, and how many connections are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpLimits {
    /// From the call to the answer's head, dialling included. Default: 30 s.
    pub answer_timeout: Duration,
    /// Between two chunks of an answer's body. Default: 30 s.
    pub idle_timeout: Duration,
    /// How long an unused connection is kept. Default: 90 s.
    pub pool_timeout: Duration,
    /// How many unused connections are kept for each host. Default: 64.
    pub pool_size: usize,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            answer_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(30),
            pool_timeout: Duration::from_secs(90),
            pool_size: 64,
        }
    }
}

/// The [`HttpTransport`] by hyper. It needs a tokio runtime with time and I/O. Cheap to clone; the
/// clones share their connections.
#[derive(Clone)]
pub struct HyperTransport {
    client: Client<HearingOut, Outgoing>,
    limits: HttpLimits,
}

impl HyperTransport {
    /// A transport with the usual limits.
    pub fn new(network: &Network) -> Self {
        Self::with_limits(network, HttpLimits::default())
    }

    /// A transport with limits of your own.
    pub fn with_limits(network: &Network, limits: HttpLimits) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(limits.pool_timeout)
            .pool_max_idle_per_host(limits.pool_size)
            // A request that hyper repeats may have been carried out: whether to repeat is for the
            // caller to say, who knows what it does.
            .retry_canceled_requests(false)
            .build(HearingOut(Connector::for_http(network)));
        Self { client, limits }
    }
}

#[async_trait]
impl HttpTransport for HyperTransport {
    async fn execute(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        let doing = Doing::of(&request);
        if !matches!(request.uri().scheme_str(), Some("http" | "https")) {
            let context = doing.to_string();
            return Err(Error::new(ErrorKind::InvalidRequest, Reached::No, context));
        }
        let answer = self.client.request(request.map(Outgoing));
        match tokio::time::timeout(self.limits.answer_timeout, answer).await {
            Ok(Ok(answer)) => {
                Ok(answer.map(|body| body::incoming(body, self.limits.idle_timeout, doing)))
            }
            Ok(Err(error)) => {
                let reached = if error.is_connect() || failure::was_never_started(&error) {
                    Reached::No
                } else {
                    Reached::Unknown
                };
                Err(failure::exchanging(error, reached, &doing.to_string()))
            }
            // Dialling has its own, shorter time; what takes this long has been sent, or is stuck
            // on its way.
            Err(_) => {
                let context = doing.to_string();
                Err(Error::new(ErrorKind::TimedOut, Reached::Unknown, context))
            }
        }
    }
}

impl fmt::Debug for HyperTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransport")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// What is being done. It is put into words only where it fails.
pub(super) struct Doing {
    method: Method,
    uri: Uri,
}

impl Doing {
    fn of<T>(request: &Request<T>) -> Self {
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
        }
    }
}

/// Without the query, which may hold a secret.
impl fmt::Display for Doing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, uri } = self;
        let scheme = uri.scheme_str().unwrap_or("");
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let host = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        write!(f, "{method} {scheme}://{host}{}", uri.path())
    }
}
