//! Scripts: what a server says, and what each client tells of it.

use std::{collections::BTreeMap, error::Error, fmt, fs, io, path::Path};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::told::Told;

/// What a server says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// Its file's name, without the ending.
    #[serde(skip)]
    pub name: String,
    /// What it is for.
    pub about: String,
    /// The sessions whose channels it speaks of.
    pub sessions: Vec<String>,
    #[serde(rename = "step")]
    pub(super) steps: Vec<Step>,
    /// What every client tells that is not listed as one that differs.
    pub told: Told,
    /// Clients that tell something else, by name.
    #[serde(default)]
    pub differs: BTreeMap<String, Difference>,
}

/// What a client tells that others do not.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// All that it tells.
    pub told: Told,
    /// Why.
    pub reason: String,
}

/// One thing that the server does.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(super) enum Step {
    /// Ends the connection with a close frame.
    Close { code: u16, reason: String },
    /// Awaits a connection and its connect command, and answers.
    Connect(Connect),
    /// Ends the connection without a word.
    Cut {},
    /// Says these replies in one frame.
    Frame(Vec<Value>),
    /// Awaits a connection and its connect command, and answers with this error.
    Error(Value),
    /// Says this, as it stands.
    Raw(String),
    /// Refuses an upgrade with this status.
    Refuse(u16),
    /// Waits until the client has heard all that was said: until it answers a ping.
    Sync {},
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Connect {
    /// From where on the client asks for what it missed, by channel: `epoch offset`. Other channels
    /// it asks nothing for.
    #[serde(default)]
    pub(super) asks: BTreeMap<String, String>,
    /// The `subs` of the reply.
    #[serde(default)]
    pub(super) subs: Map<String, Value>,
    /// What follows the reply in its frame.
    #[serde(default)]
    pub(super) then: Vec<Value>,
}

/// A script that cannot be had.
#[derive(Debug)]
pub struct ScriptError {
    file: String,
    source: Box<dyn Error + Send + Sync>,
}

impl Script {
    /// Reads all scripts of a folder, by name.
    ///
    /// # Errors
    ///
    /// When one of them cannot be had.
    pub fn read_all(folder: &Path) -> Result<Vec<Self>, ScriptError> {
        let mut scripts = Vec::new();
        let at = |file: &Path| file.display().to_string();
        let failed = |file: String, error: io::Error| ScriptError {
            file,
            source: error.into(),
        };
        let entries = fs::read_dir(folder).map_err(|error| failed(at(folder), error))?;
        for entry in entries {
            let file = entry.map_err(|error| failed(at(folder), error))?.path();
            let text = fs::read_to_string(&file).map_err(|error| failed(at(&file), error))?;
            let mut script: Self = toml::from_str(&text).map_err(|error| ScriptError {
                file: at(&file),
                source: error.into(),
            })?;
            let name = file.file_stem().unwrap_or_default();
            script.name = name.to_string_lossy().into_owned();
            scripts.push(script);
        }
        scripts.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(scripts)
    }

    /// What a client of this name is to tell.
    pub fn expected(&self, client: &str) -> &Told {
        let differs = self.differs.get(client);
        differs.map_or(&self.told, |difference| &difference.told)
    }
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the script {} cannot be had", self.file)
    }
}

impl Error for ScriptError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}
