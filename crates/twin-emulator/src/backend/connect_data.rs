//! The data of a connect: which user comes, for which sessions (facts, 5).

use serde::Deserialize;

use super::answer::ConnectRequest;

/// How many sessions a connect may name.
const MAX_SESSIONS: usize = 1000;

/// Who comes, and for what.
#[derive(Debug, Default)]
pub(super) struct ConnectData {
    pub(super) user: Option<String>,
    pub(super) sessions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    application: String,
    settings: Settings,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Settings {
    #[serde(default)]
    user_id: Option<String>,
    sessions: Vec<String>,
}

impl ConnectData {
    /// Reads what a connect says. One without data comes for nothing; anything else must be as
    /// the article has it.
    pub(super) fn read(request: &ConnectRequest<'_>) -> Result<Self, String> {
        let Some(data) = request.data else {
            return Ok(Self::default());
        };
        if request.name != "js" {
            return Err("`name` is to be `js`".to_owned());
        }
        let wire: Wire = serde_json::from_str(data.get())
            .map_err(|error| format!("bad data of connect: {error}"))?;
        if wire.application != "widget" {
            return Err("`application` is to be `widget`".to_owned());
        }
        if wire.settings.sessions.len() > MAX_SESSIONS {
            return Err(format!("more than {MAX_SESSIONS} sessions"));
        }
        Ok(Self {
            user: wire.settings.user_id,
            sessions: wire.settings.sessions,
        })
    }
}
