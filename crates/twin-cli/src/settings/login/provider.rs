//! The tokens of a login, which are kept again whenever they are renewed.

use std::time::SystemTime;

use async_trait::async_trait;
use twin_client::{Iam, StoredTokens, Timestamp, TokenError, TokenProvider, Tokens};

use super::{Account, KeptLogin, LoginFile, Renewals};

/// The tokens of a login. A refresh token is good for one refresh: new tokens are kept before anybody
/// uses them, and of all runs of the program one at a time renews.
#[derive(Debug)]
pub(super) struct Keeping {
    file: LoginFile,
    account: Account,
    instance: Option<String>,
    stored: StoredTokens,
    renewals: Renewals,
}

impl Keeping {
    pub(super) fn new(login: KeptLogin, renewals: Renewals) -> Self {
        Self {
            file: login.file,
            account: login.kept.account,
            instance: login.kept.instance,
            stored: StoredTokens::new(login.tokens),
            renewals,
        }
    }

    /// What is in the file now.
    async fn kept(&self) -> Kept {
        match self.file.clone().read().await {
            Ok(Some(login)) if login.kept.account == self.account => Kept::Ours(Box::new(login)),
            Ok(_) => Kept::Others,
            Err(_) => Kept::Unreadable,
        }
    }

    async fn keep(&self, instance: Option<&str>, renewed: &Tokens) {
        let stored = self.file.store(&self.account, instance, renewed);
        if let Err(failure) = stored.await {
            let text = format!(
                "{}; this run goes on, but later ones have to log in again",
                failure.text
            );
            super::warn(&text).await;
        }
    }
}

/// What is in a file of a login, as one sees it who began with it.
enum Kept {
    /// Another user's login, or one for other addresses, or none any more.
    Others,
    /// The same user's; perhaps the user has logged in again since.
    Ours(Box<KeptLogin>),
    /// That cannot be told.
    Unreadable,
}

#[async_trait]
impl TokenProvider for Keeping {
    fn initial(&self) -> Option<Tokens> {
        self.stored.initial()
    }

    async fn renew(&self, held: Option<&Tokens>, iam: &Iam) -> Result<Tokens, TokenError> {
        let _renewing = self.renewals.begin();
        let turn = self.file.turn().await;
        let _turn = turn.map_err(|failure| TokenError::passing(failure.text))?;
        let held = held.unwrap_or(&self.stored.tokens);
        let kept = self.kept().await;
        let (newest, instance) = match &kept {
            Kept::Ours(login)
                if login.tokens.refresh != held.refresh && is_valid(&login.tokens) =>
            {
                return Ok(login.tokens.clone());
            }
            Kept::Ours(login) => (&login.tokens, &login.kept.instance),
            Kept::Others | Kept::Unreadable => (held, &self.instance),
        };
        let renewed = self.stored.renew(Some(newest), iam).await?;
        // What someone else has logged in with stays.
        if !matches!(kept, Kept::Others) {
            self.keep(instance.as_deref(), &renewed).await;
        }
        Ok(renewed)
    }
}

/// Whether the tokens are still good, as far as this machine's clock can tell.
fn is_valid(tokens: &Tokens) -> bool {
    let expires = tokens.expires.as_ref().map(Timestamp::to_system_time);
    expires.is_none_or(|expires| expires > SystemTime::now())
}
