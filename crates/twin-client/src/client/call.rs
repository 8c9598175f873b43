//! Making REST calls: tokens, retries, time.

use std::{sync::Arc, time::Duration};

use http::Request;
use twin_protocol::{
    api::{Auth, Endpoint},
    time::Timestamp,
};
use twin_transport::{Body, Reached};

use super::{Shared, retry::Retries};
use crate::{
    credentials::TokenError,
    error::{Error, ErrorKind},
};

/// What a call was answered, and what time the server had, where it said so.
type Answer<E> = (<E as Endpoint>::Response, Option<Timestamp>);

impl Shared {
    /// Makes a call.
    pub(crate) async fn call<E: Endpoint>(self: &Arc<Self>, call: E) -> Result<E::Response, Error> {
        self.call_with_date(call)
            .await
            .map(|(response, _)| response)
    }

    /// Makes a call. Says too what time the server has, where it says so.
    pub(crate) async fn call_with_date<E: Endpoint>(
        self: &Arc<Self>,
        call: E,
    ) -> Result<Answer<E>, Error> {
        self.counters.calls.count();
        let answer = self.repeat(&call).await;
        self.noted(E::OPERATION, answer)
    }

    /// Makes a call once, without the client's token.
    pub(crate) async fn call_unauthorized<E: Endpoint>(
        &self,
        call: E,
    ) -> Result<E::Response, Error> {
        self.counters.calls.count();
        let answer = match self.request(&call, None) {
            Ok(request) => self.answer::<E>(request, self.deadline()).await,
            Err(error) => Err(error),
        };
        let answer = self.noted(E::OPERATION, answer);
        answer.map(|(response, _)| response)
    }

    /// Makes a call, again where that is right.
    async fn repeat<E: Endpoint>(self: &Arc<Self>, call: &E) -> Result<Answer<E>, Error> {
        let deadline = self.deadline();
        let policy = &self.config.retry;
        let mut retries = Retries::new(policy, &self.retry_budget, E::IDEMPOTENT, self.seed());
        let mut refused = None;
        let mut reached = Reached::No;
        loop {
            let request = self.authorized(call, refused, deadline).await;
            let (request, serial) = request.map_err(|error| error.after(reached))?;
            let error = match self.answer::<E>(request, deadline).await {
                Ok(answer) => {
                    retries.succeeded();
                    return Ok(answer);
                }
                Err(error) => error.after(reached),
            };
            if error.is_token_expired() && refused.is_none() && serial.is_some() {
                refused = serial;
                continue;
            }
            let time = deadline.saturating_sub(self.runtime.now());
            let Some(pause) = retries.pause_after(&error, time) else {
                return Err(error);
            };
            reached = error.reached();
            self.counters.calls_retried.count();
            tracing::debug!(target: "twin::rest", operation = E::OPERATION, ?pause, "tried again");
            self.runtime.sleep(pause).await;
        }
    }

    /// The request of a call, addressed and authorized, by another token than the one that was
    /// `refused`; and by which, where it can be renewed.
    ///
    /// A platform that answers that the token is expired has not carried the call out: whatever it
    /// is, it can be made again, once.
    pub(crate) async fn authorized<E: Endpoint>(
        self: &Arc<Self>,
        call: &E,
        refused: Option<u64>,
        deadline: Duration,
    ) -> Result<(Request<Body>, Option<u64>), Error> {
        if call.auth() != Auth::Bearer {
            return Ok((self.request(call, None)?, None));
        }
        let Some(keeper) = &self.keeper else {
            let token = self.config.credentials.token();
            return Ok((self.request(call, token)?, None));
        };
        // Boxed: the calls that need none of this would carry the room for it too.
        let bearer = Box::pin(keeper.bearer(self, refused));
        let bearer = self.within(deadline, bearer).await;
        let bearer = bearer.unwrap_or_else(|| {
            let why = "the renewal of the access token goes on";
            Err(Arc::new(TokenError::passing(why)))
        });
        let bearer = bearer.map_err(|error| Error::without_token(E::OPERATION, error))?;
        Ok((
            self.request(call, Some(&bearer.token))?,
            Some(bearer.serial),
        ))
    }

    /// Has the token renewed with which something failed, where it was for that.
    pub(crate) fn renew_after(self: &Arc<Self>, error: &Error, token: u64) {
        if let Some(keeper) = self.keeper.as_ref().filter(|_| error.is_token_expired()) {
            keeper.renew(self, token);
        }
    }

    /// Makes a call once.
    fn answer<E: Endpoint>(
        &self,
        request: Request<Body>,
        deadline: Duration,
    ) -> impl Future<Output = Result<Answer<E>, Error>> + Send {
        // Made before the future that is returned, which would hold the request as well.
        let exchange = self.exchange(E::OPERATION, request);
        async move {
            let Some(reply) = self.within(deadline, exchange).await else {
                let reached = Reached::Unknown;
                return Err(Error::new(ErrorKind::Timeout, reached, E::OPERATION));
            };
            let reply = reply?;
            let status = reply.response.status();
            tracing::debug!(target: "twin::rest", operation = E::OPERATION, %status, "answered");
            match E::decode(reply.response) {
                Ok(response) => Ok((response, reply.date)),
                Err(error) => {
                    let error = Error::answer(E::OPERATION, error);
                    Err(error.with_retry_after(reply.retry_after))
                }
            }
        }
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
        let done = self.within(self.deadline(), exchange).await;
        done.ok_or_else(|| Error::new(ErrorKind::Timeout, Reached::Unknown, operation))
    }

    /// When a call that begins now has to be over.
    pub(crate) fn deadline(&self) -> Duration {
        let now = self.runtime.now();
        now.saturating_add(self.config.call_timeout)
    }

    /// What `future` gives, where it does so before the deadline.
    async fn within<T>(&self, deadline: Duration, future: impl Future<Output = T>) -> Option<T> {
        let time = deadline.saturating_sub(self.runtime.now());
        tokio::select! {
            biased;
            output = future => Some(output),
            () = self.runtime.sleep(time) => None,
        }
    }

    /// Runs `task` for this client.
    pub(crate) fn spawn<F>(self: &Arc<Self>, name: &'static str, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(&*self.runtime, name, task);
    }
}
