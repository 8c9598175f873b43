//! Tokens of an earlier login.

use std::time::Duration;

use async_trait::async_trait;

use crate::{
    credentials::{TokenError, TokenProvider, Tokens},
    identity::Iam,
};

/// Tokens of an earlier login, refreshed as long as the platform allows it.
///
/// A refresh token is good for one refresh: whoever stores tokens stores the new ones each time
/// ([`Client::tokens`](crate::Client::tokens)).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StoredTokens {
    /// The tokens to begin with.
    pub tokens: Tokens,
    /// How long a new token shall be valid. Default: as the platform likes.
    pub ttl: Option<Duration>,
}

impl StoredTokens {
    /// These tokens.
    pub fn new(tokens: Tokens) -> Self {
        Self { tokens, ttl: None }
    }
}

#[async_trait]
impl TokenProvider for StoredTokens {
    fn initial(&self) -> Option<Tokens> {
        Some(self.tokens.clone())
    }

    async fn renew(&self, held: Option<&Tokens>, iam: &Iam) -> Result<Tokens, TokenError> {
        iam.refresh(held.unwrap_or(&self.tokens), self.ttl).await
    }
}
