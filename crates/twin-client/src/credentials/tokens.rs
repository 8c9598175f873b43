//! A token, what renews it, and until when it is valid.

use twin_protocol::{model::AuthTokens, secret::Secret, time::Timestamp, token};

use crate::credentials::{AccessToken, AccessTokenError};

/// A token, what renews it, and until when it is valid.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Tokens {
    /// Goes with each call.
    pub access: AccessToken,
    /// Is given for new tokens, once. `None` where there is none.
    pub refresh: Option<Secret>,
    /// Until when the access token is valid, by the platform's clock. `None` where it is not known:
    /// then the platform's answer tells when it was too long.
    pub expires: Option<Timestamp>,
}

impl Tokens {
    /// A token alone. Until when it is valid is read from it, where it is a JWT.
    pub fn new(access: AccessToken) -> Self {
        Self {
            expires: token::expiry(access.secret()),
            access,
            refresh: None,
        }
    }

    /// With a refresh token.
    #[must_use]
    pub fn with_refresh(mut self, refresh: impl Into<Secret>) -> Self {
        self.refresh = Some(refresh.into());
        self
    }
}

/// What a login or a refresh answers.
impl TryFrom<AuthTokens> for Tokens {
    type Error = AccessTokenError;

    fn try_from(answer: AuthTokens) -> Result<Self, Self::Error> {
        let access = AccessToken::try_from(&answer.token)?;
        Ok(Self::new(access).with_refresh(answer.refresh_token))
    }
}
