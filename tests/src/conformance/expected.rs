//! Cases that are known to fail, with reasons. One that passes all the same is an error too.

use std::{collections::BTreeMap, fmt, fs, path::Path};

use serde::Deserialize;

use super::server::Kind;

/// Known failures: by server, by case, the reason.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Expected(BTreeMap<String, BTreeMap<String, String>>);

/// A list of known failures that cannot be read.
#[derive(Debug)]
pub struct ExpectedError(Box<dyn std::error::Error + Send + Sync>);

impl Expected {
    /// Reads `expected-failures.toml` of a folder.
    ///
    /// # Errors
    ///
    /// When it cannot be read or is not what it should be.
    pub fn read(folder: &Path) -> Result<Self, ExpectedError> {
        let text = fs::read_to_string(folder.join("expected-failures.toml"));
        let text = text.map_err(|error| ExpectedError(error.into()))?;
        toml::from_str(&text).map_err(|error| ExpectedError(error.into()))
    }

    /// Why a case is known to fail.
    pub fn reason(&self, server: Kind, case: &str) -> Option<&str> {
        self.0.get(server.as_str())?.get(case).map(String::as_str)
    }

    /// Forgets the failures of other cases than these.
    pub fn retain(&mut self, is_kept: impl Fn(&str) -> bool) {
        for cases in self.0.values_mut() {
            cases.retain(|name, _| is_kept(name));
        }
    }

    /// The cases that are known to fail with a server.
    pub fn of(&self, server: Kind) -> impl Iterator<Item = &str> {
        self.0
            .get(server.as_str())
            .into_iter()
            .flat_map(BTreeMap::keys)
            .map(String::as_str)
    }
}

impl fmt::Display for ExpectedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the list of expected failures cannot be read")
    }
}

impl std::error::Error for ExpectedError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.0)
    }
}
