//! Where tokens come from.

use std::fmt;

use async_trait::async_trait;

use crate::{
    credentials::{TokenError, Tokens},
    identity::Iam,
};

/// Where a client gets its tokens from. [`PasswordLogin`](crate::PasswordLogin) and
/// [`StoredTokens`](crate::StoredTokens) ask the platform's identity service; one of your own may ask a
/// vault, or a service that keeps tokens for many programs.
///
/// A client asks for one renewal at a time, in a task of its own, whatever the number of calls that
/// wait for it. It asks ahead of the expiry, and when the platform has answered that the token is
/// expired; after a failure not before a pause. What the provider answers is kept until then: it need
/// keep nothing itself.
///
/// ```
/// use async_trait::async_trait;
/// use twin_client::{AccessToken, Iam, TokenError, TokenProvider, Tokens};
///
/// #[derive(Debug)]
/// struct Vault;
///
/// #[async_trait]
/// impl TokenProvider for Vault {
///     async fn renew(&self, _held: Option<&Tokens>, _iam: &Iam) -> Result<Tokens, TokenError> {
///         let text = std::fs::read_to_string("/run/secrets/twin").map_err(TokenError::passing)?;
///         let token = AccessToken::parse(text).map_err(TokenError::refused)?;
///         Ok(Tokens::new(token))
///     }
/// }
/// ```
#[async_trait]
pub trait TokenProvider: fmt::Debug + Send + Sync + 'static {
    /// The tokens to begin with, where there are some already. Default: none, so that the first call
    /// asks for a renewal.
    fn initial(&self) -> Option<Tokens> {
        None
    }

    /// Gets tokens. `held` are those that shall be replaced; `None` where there are none yet. `iam`
    /// makes the calls of the identity service.
    ///
    /// The client gives it twice [`Config::call_timeout`](crate::Config::call_timeout), then drops the
    /// future.
    ///
    /// # Errors
    ///
    /// [`TokenError`] says what a failure means for the calls that wait.
    async fn renew(&self, held: Option<&Tokens>, iam: &Iam) -> Result<Tokens, TokenError>;
}
