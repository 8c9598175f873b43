//! Who the client is to the platform. Secrets print as `<redacted>` and leave no trace in memory.

mod access_token;
mod password;
mod provider;
mod stored;
mod token_error;
mod tokens;

use std::sync::Arc;

pub use self::{
    access_token::{AccessToken, AccessTokenError},
    password::PasswordLogin,
    provider::TokenProvider,
    stored::StoredTokens,
    token_error::TokenError,
    tokens::Tokens,
};

/// Who the client is to the platform.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Credentials {
    /// Nobody: sessions start through the gateway of the web widget, and messages are sent by
    /// whoever knows the session's id.
    #[default]
    Anonymous,
    /// The holder of this token, for as long as it is valid.
    Token(AccessToken),
    /// Whoever this provider has tokens for: [`PasswordLogin`], [`StoredTokens`], or one of your own.
    Provider(Arc<dyn TokenProvider>),
}

impl Credentials {
    /// Whoever `provider` has tokens for.
    ///
    /// ```
    /// use twin_client::{Config, Credentials, PasswordLogin};
    ///
    /// let mut config = Config::default();
    /// config.credentials = Credentials::provider(PasswordLogin::new("me@example.com", "password"));
    /// ```
    pub fn provider(provider: impl TokenProvider) -> Self {
        Self::Provider(Arc::new(provider))
    }

    /// The token that is always the same.
    pub(crate) fn token(&self) -> Option<&AccessToken> {
        match self {
            Self::Token(token) => Some(token),
            _ => None,
        }
    }

    pub(crate) fn is_anonymous(&self) -> bool {
        matches!(self, Self::Anonymous)
    }
}
