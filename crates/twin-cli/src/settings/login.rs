//! What `twin login` keeps: tokens, and whose they are.

mod disk;
mod provider;
mod renewals;
mod turn;

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy as _;
use serde::{Deserialize, Serialize};
use twin_client::{AccessToken, Credentials, Endpoints, ErrorKind, Secret, Tokens};

pub(crate) use self::renewals::Renewals;
use self::{
    provider::Keeping,
    turn::{Stuck, Turn},
};
use crate::{
    blocking::blocking,
    failure::{End, Failure},
    render::plain,
};

/// The file of a login.
#[derive(Clone, Debug)]
pub(crate) struct LoginFile(PathBuf);

/// Whose tokens they are, and for which addresses: they go nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account {
    email: String,
    bot: String,
    chats: String,
    iam: String,
}

/// A login that is kept.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    account: Account,
    /// Which run of an emulator gave the tokens, if one did: no other takes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    token: Secret,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_token: Option<Secret>,
}

/// A login that was read, and where it was.
#[derive(Debug)]
pub(crate) struct KeptLogin {
    file: LoginFile,
    kept: Kept,
    tokens: Tokens,
}

impl Account {
    /// Who logs in at these addresses.
    pub(crate) fn new(email: &str, endpoints: &Endpoints) -> Self {
        Self {
            email: email.to_owned(),
            bot: endpoints.bot.to_string(),
            chats: endpoints.chats.to_string(),
            iam: endpoints.iam.to_string(),
        }
    }
}

impl LoginFile {
    /// This file, or the usual one in the user's own folder of settings.
    pub(crate) fn of(chosen: Option<&Path>) -> Result<Self, End> {
        if let Some(path) = chosen {
            return Ok(Self(path.to_owned()));
        }
        let strategy = etcetera::base_strategy::choose_native_strategy();
        let folder = strategy.map(|folders| folders.config_dir().join("twin"));
        match folder {
            Ok(folder) => Ok(Self(folder.join("login.json"))),
            Err(_) => Err(End::Usage(
                "there is no folder for settings, name a file with --login-file".into(),
            )),
        }
    }

    pub(crate) fn shown(&self) -> String {
        self.0.display().to_string()
    }

    /// The login in the file; `None` where there is no file.
    pub(crate) async fn read(self) -> Result<Option<KeptLogin>, Failure> {
        let what = format!("cannot use the login in {}", self.shown());
        let path = self.0.clone();
        let text = match blocking(move || disk::read(&path)).await {
            Ok(text) => text,
            // `/dev/null` is a usual home of users that are none.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotADirectory | io::ErrorKind::NotFound
                ) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(Failure::of_io(&what, &error)),
        };
        let broken = |why: &str| {
            let text = format!("{what}: {why}; log in again, or remove the file");
            Failure::new(ErrorKind::InvalidInput, text)
        };
        // What serde says of it could repeat a token.
        let kept: Kept = serde_json::from_str(&text).map_err(|_| broken("it is not one"))?;
        let token = AccessToken::try_from(&kept.token).map_err(|why| broken(&why.to_string()))?;
        let mut tokens = Tokens::new(token);
        tokens.refresh = kept.refresh_token.clone();
        Ok(Some(KeptLogin {
            file: self,
            kept,
            tokens,
        }))
    }

    /// Waits until no other run of the program changes the login; none does while the turn is held.
    pub(crate) async fn turn(&self) -> Result<Turn, Failure> {
        Turn::of(&self.0).await.map_err(|Stuck| {
            let text = format!(
                "another run of this program does not end renewing the login in {}",
                self.shown()
            );
            Failure::new(ErrorKind::Io, text).and_try("end it, or try again later")
        })
    }

    /// Keeps the tokens of this account, which that run of an emulator gave if one did, in place of what
    /// was kept.
    pub(crate) async fn store(
        &self,
        account: &Account,
        instance: Option<&str>,
        tokens: &Tokens,
    ) -> Result<(), Failure> {
        let kept = Kept {
            account: account.clone(),
            instance: instance.map(str::to_owned),
            token: tokens.access.secret().clone(),
            refresh_token: tokens.refresh.clone(),
        };
        self.write(&kept).await.map_err(|error| {
            let what = format!("cannot keep the login in {}", self.shown());
            Failure::of_io(&what, &error)
        })
    }

    async fn write(&self, kept: &Kept) -> io::Result<()> {
        let path = self.0.clone();
        let text = serde_json::to_string_pretty(kept)?;
        blocking(move || disk::write(&path, &text)).await
    }
}

impl KeptLogin {
    /// Whether a client that is led to `endpoints` may use it.
    pub(crate) fn is_for(&self, endpoints: &Endpoints) -> bool {
        self.kept.account == Account::new(&self.kept.account.email, endpoints)
    }

    /// Whether it is of another run of an emulator than this one, as far as both are known.
    pub(crate) fn is_of_another(&self, instance: Option<&str>) -> bool {
        let kept = self.kept.instance.as_deref();
        kept.zip(instance).is_some_and(|(kept, now)| kept != now)
    }

    /// Says why it is not used.
    pub(crate) async fn say_that_it_has_ended(&self) {
        let email = plain::line(&self.kept.account.email);
        let text = format!(
            "the login of {email} is of an emulator that has ended; going on with the emulator's own \
             token; `twin login` logs in again"
        );
        warn(&text).await;
    }

    /// Whoever logged in.
    pub(crate) fn credentials(self, renewals: &Renewals) -> Credentials {
        Credentials::provider(Keeping::new(self, renewals.clone()))
    }
}

/// Says on stderr what is not as it should be, though the command goes on.
async fn warn(text: &str) {
    let line = format!("twin: {text}\n");
    // Where nobody reads stderr, nobody can be told.
    let _ = blocking(move || io::stderr().write_all(line.as_bytes())).await;
}
