//! What `twin login` keeps: tokens, and the addresses that they are for.

mod provider;

use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy as _;
use serde::{Deserialize, Serialize};
use twin_client::{AccessToken, Credentials, Endpoints, ErrorKind, Secret, Tokens};

use self::provider::Keeping;
use super::files::blocking;
use crate::failure::{End, Failure};

/// No login is longer, in bytes.
const LONGEST: u64 = 256 << 10;

/// The file of a login.
#[derive(Clone, Debug)]
pub(crate) struct LoginFile(PathBuf);

/// A login that is kept. It is for these addresses: its tokens go nowhere else.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    bot: String,
    chats: String,
    iam: String,
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
        let text = match blocking(move || read(&path)).await {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
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

    /// Keeps the tokens for these addresses, in place of what was kept.
    pub(crate) async fn store(
        &self,
        endpoints: &Endpoints,
        tokens: &Tokens,
    ) -> Result<(), Failure> {
        let kept = Kept {
            bot: endpoints.bot.to_string(),
            chats: endpoints.chats.to_string(),
            iam: endpoints.iam.to_string(),
            token: tokens.access.secret().clone(),
            refresh_token: tokens.refresh.clone(),
        };
        self.write(&kept).await.map_err(|error| {
            Failure::of_io(
                &format!("cannot keep the login in {}", self.shown()),
                &error,
            )
        })
    }

    async fn write(&self, kept: &Kept) -> io::Result<()> {
        let path = self.0.clone();
        let text = serde_json::to_string_pretty(kept)?;
        blocking(move || write(&path, &text)).await
    }
}

impl KeptLogin {
    /// Whoever logged in, where the client is led to the addresses of the login.
    pub(crate) fn credentials(self, endpoints: &Endpoints) -> Option<Credentials> {
        let same = self.kept.bot == endpoints.bot.as_str()
            && self.kept.chats == endpoints.chats.as_str()
            && self.kept.iam == endpoints.iam.as_str();
        let endpoints = endpoints.clone();
        same.then(|| Credentials::provider(Keeping::new(self.file, endpoints, self.tokens)))
    }
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    fs::File::open(path)?
        .take(LONGEST)
        .read_to_string(&mut text)?;
    Ok(text)
}

/// Writes the file as a whole: for its owner alone, and never half of it.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    // Made by `tempfile` as mode 0600.
    let mut file = tempfile::Builder::new()
        .prefix(".twin-login-")
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
