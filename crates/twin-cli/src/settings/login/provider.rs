//! The tokens of a login, which are kept again whenever they are renewed.

use std::{
    io::{self, Write as _},
    time::SystemTime,
};

use async_trait::async_trait;
use twin_client::{Iam, StoredTokens, Timestamp, TokenError, TokenProvider, Tokens};

use super::{Account, LoginFile, Renewals};
use crate::blocking::blocking;

/// The tokens of a login. A refresh token is good for one refresh: new tokens are kept before anybody
/// uses them, and of all runs of the program one at a time renews.
#[derive(Debug)]
pub(super) struct Keeping {
    file: LoginFile,
    account: Account,
    stored: StoredTokens,
    renewals: Renewals,
}

impl Keeping {
    pub(super) fn new(
        file: LoginFile,
        account: Account,
        tokens: Tokens,
        renewals: Renewals,
    ) -> Self {
        Self {
            file,
            account,
            stored: StoredTokens::new(tokens),
            renewals,
        }
    }

    /// What is in the file now.
    async fn kept(&self) -> Kept {
        match self.file.clone().read().await {
            Ok(Some(login)) if login.kept.account == self.account => Kept::Ours(login.tokens),
            Ok(_) => Kept::Others,
            Err(_) => Kept::Unreadable,
        }
    }

    async fn keep(&self, renewed: &Tokens) {
        let Err(failure) = self.file.store(&self.account, renewed).await else {
            return;
        };
        let text = format!(
            "twin: {}; this run goes on, but later ones have to log in again\n",
            failure.text
        );
        // Where nobody reads stderr, nobody can be told.
        let _ = blocking(move || io::stderr().write_all(text.as_bytes())).await;
    }
}

/// What is in a file of a login, as one sees it who began with it.
enum Kept {
    /// Another user's login, or one for other addresses, or none any more.
    Others,
    /// The same user's.
    Ours(Tokens),
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
        let newest = match &kept {
            Kept::Ours(kept) if kept.refresh != held.refresh && is_valid(kept) => {
                return Ok(kept.clone());
            }
            Kept::Ours(kept) => kept,
            Kept::Others | Kept::Unreadable => held,
        };
        let renewed = self.stored.renew(Some(newest), iam).await?;
        // What someone else has logged in with stays.
        if !matches!(kept, Kept::Others) {
            self.keep(&renewed).await;
        }
        Ok(renewed)
    }
}

/// Whether the tokens are still good, as far as this machine's clock can tell.
fn is_valid(tokens: &Tokens) -> bool {
    let expires = tokens.expires.as_ref().map(Timestamp::to_system_time);
    expires.is_none_or(|expires| expires > SystemTime::now())
}
