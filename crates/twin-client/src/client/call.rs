//! Making REST calls: addresses, headers, time.

use std::{sync::Arc, time::SystemTime};

use bytes::Bytes;
use http::{
    HeaderMap, Request, Response,
    header::{AUTHORIZATION, DATE, USER_AGENT},
};
use twin_protocol::{
    api::{Auth, Endpoint},
    time::Timestamp,
};
use twin_transport::{Body, Reached};

use super::Shared;
use crate::error::{Error, ErrorKind};

/// The longest body of an answer that is taken, in bytes.
const MAX_BODY: usize = 8 << 20;

impl Shared {
    /// Makes a call, once.
    pub(crate) async fn call<E: Endpoint>(&self, call: E) -> Result<E::Response, Error> {
        self.call_with_date(call)
            .await
            .map(|(response, _)| response)
    }

    /// Makes a call, once. Says too what time the server has, where it says so.
    pub(crate) async fn call_with_date<E: Endpoint>(
        &self,
        call: E,
    ) -> Result<(E::Response, Option<Timestamp>), Error> {
        self.counters.calls.count();
        let answer = self.exchange(&call).await.and_then(|response| {
            let date = date_of(response.headers());
            let status = response.status();
            tracing::debug!(target: "twin::rest", operation = E::OPERATION, %status, "answered");
            let response = E::decode(response).map_err(|error| Error::answer(E::OPERATION, error));
            Ok((response?, date))
        });
        self.noted(E::OPERATION, answer)
    }

    /// Counts and logs the failure of `operation`, where it is one.
    pub(crate) fn noted<T>(
        &self,
        operation: &'static str,
        answer: Result<T, Error>,
    ) -> Result<T, Error> {
        if let Err(error) = &answer {
            self.counters.calls_failed.count();
            tracing::debug!(
                target: "twin::rest",
                operation,
                kind = %error.kind(),
                reached = ?error.reached(),
                "failed",
            );
        }
        answer
    }

    /// What `exchange` gives, unless it takes longer than a call may.
    pub(crate) async fn in_time<T>(
        &self,
        operation: &'static str,
        exchange: impl Future<Output = T>,
    ) -> Result<T, Error> {
        tokio::select! {
            biased;
            done = exchange => Ok(done),
            () = self.runtime.sleep(self.config.call_timeout) => {
                Err(Error::new(ErrorKind::Timeout, Reached::Unknown, operation))
            }
        }
    }

    async fn exchange<E: Endpoint>(&self, call: &E) -> Result<Response<Bytes>, Error> {
        let request = self.request(call)?;
        let exchange = async {
            let response = self.http.execute(request).await;
            let (head, body) = response
                .map_err(|error| Error::transport(E::OPERATION, error))?
                .into_parts();
            let body = body.collect(MAX_BODY).await;
            let body = body.map_err(|error| Error::transport(E::OPERATION, error))?;
            Ok(Response::from_parts(head, body))
        };
        self.in_time(E::OPERATION, exchange).await?
    }

    /// The request of a call, addressed and authorized.
    pub(crate) fn request<E: Endpoint>(&self, call: &E) -> Result<Request<Body>, Error> {
        let Some(base) = self.config.endpoints.base(call.service()) else {
            let what = format!("{}: its service is not known here", E::OPERATION);
            return Err(Error::new(ErrorKind::Internal, Reached::No, what));
        };
        let encoded = call.encode(base);
        let mut request = encoded.map_err(|error| Error::encoding(E::OPERATION, error))?;
        self.put_headers(request.headers_mut());
        if call.auth() == Auth::Bearer {
            if let Some(token) = self.config.credentials.token() {
                request
                    .headers_mut()
                    .insert(AUTHORIZATION, token.to_header());
            }
        }
        Ok(request.map(Body::full))
    }

    /// Adds the headers of every request, where the request has none of that name itself.
    pub(crate) fn put_headers(&self, headers: &mut HeaderMap) {
        let mut all = self.config.headers.clone();
        all.insert(USER_AGENT, self.config.user_agent.clone());
        for (name, value) in std::mem::take(headers) {
            if let Some(name) = name {
                all.insert(name, value);
            }
        }
        *headers = all;
    }

    /// Runs `task` for this client.
    pub(crate) fn spawn<F>(self: &Arc<Self>, name: &'static str, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(&*self.runtime, name, task);
    }
}

/// What time a server has by its `Date` header.
fn date_of(headers: &HeaderMap) -> Option<Timestamp> {
    let date = headers.get(DATE)?.to_str().ok()?;
    let date: SystemTime = httpdate::parse_http_date(date).ok()?;
    Timestamp::try_from(date).ok()
}
