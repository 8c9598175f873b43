//! The tokens of a login, which are kept again whenever they are renewed.

use std::time::SystemTime;

use async_trait::async_trait;
use twin_client::{Endpoints, Iam, StoredTokens, Timestamp, TokenError, TokenProvider, Tokens};

use super::LoginFile;

/// The tokens of a login. New ones are kept before anybody uses them, as a refresh token is good for
/// one refresh.
#[derive(Debug)]
pub(super) struct Keeping {
    file: LoginFile,
    endpoints: Endpoints,
    stored: StoredTokens,
}

impl Keeping {
    pub(super) fn new(file: LoginFile, endpoints: Endpoints, tokens: Tokens) -> Self {
        Self {
            file,
            endpoints,
            stored: StoredTokens::new(tokens),
        }
    }

    /// Tokens that another run of the program has kept since.
    async fn kept_by_another(&self, held: &Tokens) -> Option<Tokens> {
        let login = self.file.clone().read().await.ok()??;
        (login.tokens.refresh != held.refresh).then_some(login.tokens)
    }
}

#[async_trait]
impl TokenProvider for Keeping {
    fn initial(&self) -> Option<Tokens> {
        self.stored.initial()
    }

    async fn renew(&self, held: Option<&Tokens>, iam: &Iam) -> Result<Tokens, TokenError> {
        let held = held.unwrap_or(&self.stored.tokens);
        let newer = self.kept_by_another(held).await;
        if let Some(newer) = newer.clone().filter(is_valid) {
            return Ok(newer);
        }
        let renewed = match self.stored.renew(newer.as_ref().or(Some(held)), iam).await {
            Ok(renewed) => renewed,
            // Another run may have been quicker by a moment.
            Err(error) => {
                let newer = self.kept_by_another(newer.as_ref().unwrap_or(held)).await;
                return newer.filter(is_valid).ok_or(error);
            }
        };
        if let Err(failure) = self.file.store(&self.endpoints, &renewed).await {
            // The work can go on; the next run will have to log in.
            tracing::warn!("{}", failure.text);
        }
        Ok(renewed)
    }
}

/// Whether the tokens are still good, as far as this machine's clock can tell.
fn is_valid(tokens: &Tokens) -> bool {
    let expires = tokens.expires.as_ref().map(Timestamp::to_system_time);
    expires.is_none_or(|expires| expires > SystemTime::now())
}
