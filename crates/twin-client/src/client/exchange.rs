//! One request on its way, and what comes back.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{
    HeaderMap, Request, Response,
    header::{AUTHORIZATION, DATE, USER_AGENT},
};
use twin_protocol::{api::Endpoint, time::Timestamp};
use twin_transport::{Body, BoxFuture, Reached};

use super::{Shared, retry};
use crate::{
    credentials::AccessToken,
    error::{Error, ErrorKind},
};

/// The longest body of an answer that is taken, in bytes.
const MAX_BODY: usize = 8 << 20;

/// An answer, and what its head says beside.
pub(super) struct Reply {
    pub(super) response: Response<Bytes>,
    /// What time the server has.
    pub(super) date: Option<Timestamp>,
    /// How long it asks to be left alone.
    pub(super) retry_after: Option<Duration>,
}

impl Shared {
    /// The request of `call`, with this token.
    pub(super) fn request<E: Endpoint>(
        &self,
        call: &E,
        token: Option<&AccessToken>,
    ) -> Result<Request<Body>, Error> {
        let Some(base) = self.config.endpoints.base(call.service()) else {
            let what = format!("{}: its service is not known here", E::OPERATION);
            return Err(Error::new(ErrorKind::Internal, Reached::No, what));
        };
        let encoded = call.encode(base);
        let mut request = encoded.map_err(|error| Error::encoding(E::OPERATION, error))?;
        self.put_headers(request.headers_mut());
        if let Some(token) = token {
            request
                .headers_mut()
                .insert(AUTHORIZATION, token.to_header());
        }
        Ok(request.map(Body::full))
    }

    /// Carries `request` of `what` out, once.
    ///
    /// Boxed, with the request already handed over: a call whose futures hold all this by value is of
    /// more than two kilobytes, which are copied on the way and which no allocator has at hand.
    pub(super) fn exchange<'a>(
        &'a self,
        what: &'a str,
        request: Request<Body>,
    ) -> BoxFuture<'a, Result<Reply, Error>> {
        let response = self.http.execute(request);
        Box::pin(async move {
            let response = response.await;
            let (head, body) = response
                .map_err(|error| Error::transport(what, error))?
                .into_parts();
            let body = body.collect(MAX_BODY).await;
            let body = body.map_err(|error| Error::transport(what, error))?;
            let time = time_of(&head.headers);
            let date = time.and_then(|time| Timestamp::try_from(time).ok());
            if let (Some(date), Some(keeper)) = (&date, &self.keeper) {
                keeper.learn(date, self.runtime.now());
            }
            Ok(Reply {
                retry_after: retry::retry_after(&head.headers, time),
                response: Response::from_parts(head, body),
                date,
            })
        })
    }

    /// Adds the headers of every request, where the request has none of that name itself.
    pub(crate) fn put_headers(&self, headers: &mut HeaderMap) {
        headers
            .entry(USER_AGENT)
            .or_insert_with(|| self.config.user_agent.clone());
        for name in self.config.headers.keys() {
            if headers.contains_key(name) {
                continue;
            }
            for value in self.config.headers.get_all(name) {
                headers.append(name, value.clone());
            }
        }
    }
}

/// What time a server has by its `Date` header.
fn time_of(headers: &HeaderMap) -> Option<SystemTime> {
    let date = headers.get(DATE)?.to_str().ok()?;
    httpdate::parse_http_date(date).ok()
}
