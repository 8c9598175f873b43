//! E-mail and password.

use std::time::Duration;

use async_trait::async_trait;
use twin_protocol::{api::iam::Login, secret::Secret};

use crate::{
    credentials::{TokenError, TokenProvider, Tokens},
    identity::Iam,
};

/// E-mail and password of a user of the platform.
///
/// Tokens are refreshed where that is possible; where the platform refuses the refresh, because the
/// refresh token was used or has expired, the user is logged in anew.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PasswordLogin {
    /// The user's address.
    pub email: String,
    /// The password.
    pub password: Secret,
    /// How long a token shall be valid. Default: as the platform likes.
    pub ttl: Option<Duration>,
    /// The company to log in to, where the user belongs to several. Default: none named.
    pub company_id: Option<i64>,
    /// Tokens of an earlier login, to begin with. Default: none.
    pub tokens: Option<Tokens>,
}

impl PasswordLogin {
    /// The login of this user.
    pub fn new(email: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self {
            email: email.into(),
            password: password.into(),
            ttl: None,
            company_id: None,
            tokens: None,
        }
    }
}

#[async_trait]
impl TokenProvider for PasswordLogin {
    fn initial(&self) -> Option<Tokens> {
        self.tokens.clone()
    }

    async fn renew(&self, held: Option<&Tokens>, iam: &Iam) -> Result<Tokens, TokenError> {
        if let Some(held) = held.filter(|held| held.refresh.is_some()) {
            match iam.refresh(held, self.ttl).await {
                Err(error) if !error.is_passing() => {}
                renewed => return renewed,
            }
        }
        let mut call = Login::new(self.email.clone(), self.password.clone());
        call.ttl = self.ttl;
        call.company_id = self.company_id;
        Ok(Tokens::try_from(iam.call(call).await?)?)
    }
}
