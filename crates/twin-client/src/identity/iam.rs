//! The identity service, as providers of tokens ask it.

use std::{sync::Arc, time::Duration};

use twin_protocol::api::{Endpoint, iam::RefreshToken};
use twin_transport::Reached;

use crate::{
    client::Shared,
    credentials::{TokenError, Tokens},
    error::{Error, ErrorKind},
};

/// Makes calls without the client's token, each once: what a [`TokenProvider`](crate::TokenProvider)
/// needs to log in and to refresh.
#[derive(Clone, Debug)]
pub struct Iam(Arc<Shared>);

impl Iam {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    /// Makes a call. It is not authorized, unless by itself; so [`Login`](crate::api::iam::Login) and
    /// [`RefreshToken`] can be made, and what wants a token is refused.
    ///
    /// # Errors
    ///
    /// As [`Client::call`](crate::Client::call).
    ///
    /// # Cancel safety
    ///
    /// As [`Client::call`](crate::Client::call).
    pub async fn call<E: Endpoint>(&self, request: E) -> Result<E::Response, Error> {
        self.0.call_unauthorized(request).await
    }

    /// Gives `held` for new tokens; these have the same refresh token where the platform gives no
    /// other.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call), and where there is no refresh token. Where it is not known whether the
    /// platform has got the request, the refresh token may be used up.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the call: the refresh token may be used up.
    pub async fn refresh(
        &self,
        held: &Tokens,
        ttl: Option<Duration>,
    ) -> Result<Tokens, TokenError> {
        let Some(refresh) = &held.refresh else {
            let what = "refreshing a token without a refresh token";
            let error = Error::new(ErrorKind::Unauthorized, Reached::No, what);
            return Err(error.into());
        };
        let mut call = RefreshToken::new(held.access.secret().clone(), refresh.clone());
        call.ttl = ttl;
        Ok(Tokens::try_from(self.call(call).await?)?)
    }
}
