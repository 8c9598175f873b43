//! What can go wrong with an emulator.

use std::{error::Error as StdError, fmt, io, net::SocketAddr, path::Path};

use crate::live::LiveError;

/// Why an emulator, or a bot for it, could not be had, or could not do what it was told to.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    text: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What went wrong, by who can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The address cannot be listened on: it is taken, or not this machine's.
    Address,
    /// The live side did not do what it was told to: it cannot be reached, or refuses.
    Live,
    /// What was asked for cannot be done: there is no such session, say.
    Refused,
    /// The script of a bot cannot be read.
    Script,
    /// A setting makes no sense.
    Setting,
}

impl Error {
    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    pub(crate) fn address(address: SocketAddr, source: io::Error) -> Self {
        let text = format!("cannot listen on {address}");
        Self::new(ErrorKind::Address, text, source)
    }

    pub(crate) fn refused(why: impl fmt::Display) -> Self {
        let (kind, text) = (ErrorKind::Refused, why.to_string());
        Self {
            kind,
            text,
            source: None,
        }
    }

    pub(crate) fn live(error: &LiveError) -> Self {
        let (kind, text) = (ErrorKind::Live, error.to_string());
        Self {
            kind,
            text,
            source: None,
        }
    }

    pub(crate) fn setting(text: &str) -> Self {
        let (kind, text) = (ErrorKind::Setting, text.to_owned());
        Self {
            kind,
            text,
            source: None,
        }
    }

    pub(crate) fn script(path: &Path, source: serde_json::Error) -> Self {
        // Line and column stand in the source's text, and are the very thing to be told.
        let text = format!("{} is no script of a bot: {source}", path.display());
        Self::new(ErrorKind::Script, text, source)
    }

    pub(crate) fn script_file(path: &Path, source: io::Error) -> Self {
        let text = format!("cannot read the script {}", path.display());
        Self::new(ErrorKind::Script, text, source)
    }

    pub(crate) fn script_too_large(path: &Path, limit: u64) -> Self {
        let text = format!("the script {} is larger than {limit} bytes", path.display());
        Self {
            kind: ErrorKind::Script,
            text,
            source: None,
        }
    }

    fn new(kind: ErrorKind, text: String, source: impl StdError + Send + Sync + 'static) -> Self {
        let source = Some(source.into());
        Self { kind, text, source }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}
