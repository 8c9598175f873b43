//! What answers the client: a script of rules, and the operator's seat beside it.
//!
//! A bot is deterministic: the same messages get the same answers in the same order, without
//! artificial delays.

mod action;
mod dialog;
mod run;
mod script;
mod turn;

use std::{fmt, path::Path, sync::Arc};

use self::script::Script;
pub(crate) use self::{
    action::BotAction,
    run::Run,
    turn::{Turn, Turns},
};
use crate::error::Error;

/// A scripted bot.
///
/// # Scripts
///
/// [`Bot::from_file`] reads a JSON file of rules. For each thing that a client does the first rule
/// that fits is carried out, its actions in order:
///
/// ```json
/// {
///   "rules": [
///     { "on": "start", "do": [{ "message": { "body": "Hello!", "answers": ["Help"] } }] },
///     { "on": { "text": ["help", "?"] }, "do": ["typing", { "message": { "body": "Ask away." } }] },
///     { "on": "any", "with": "operator", "do": [{ "message": { "from": "OPERATOR", "body": "One moment." } }] },
///     { "on": "any", "do": [{ "message": { "body": "You said: {text}", "reply": true } }] }
///   ]
/// }
/// ```
///
/// - `on`: `"start"` (a session begins), `"any"` (a message comes), or `{"text": ..}` (a message of
///   exactly this text, or one of these, comes; case and spaces around do not matter).
/// - `with` (optional): `"bot"` or `"operator"`, where the rule counts only while that one has the
///   session.
/// - `do`: a list of
///   - `"typing"`, or `{"typing": "OPERATOR"}`;
///   - `{"message": {..}}`: `body`, and optionally `from` (`"BOT"`, the default, or `"OPERATOR"`),
///     `answers` (texts), `keyboard` (`{"buttonsInRow": 2, "buttons": [{"text": ".."}]}`), `actions`
///     (`[{"type", "event", "label", "data"}]`), `attachments`
///     (`[{"name", "contentType", "text"}]`: the emulator serves them), `reply` (true: it answers the
///     client's message), `terminal` (true: the last of the conversation);
///   - `{"operator": {"id", "name", "avatar"}}`: an operator takes over;
///   - `"read"`: the operator reads what the client wrote;
///   - `"close"`, or `{"close": {"rating": false}}`: the session ends; by default the client is asked
///     to rate it;
///   - `{"event": {"name", "payload"}}`: any other event, as it stands.
///
/// `{text}` in a body is replaced by what the client wrote.
#[derive(Clone)]
pub struct Bot {
    script: Arc<Script>,
}

impl Bot {
    /// The bot of the demonstration: within a few messages it shows every kind of event.
    ///
    /// | the client writes | what happens |
    /// | --- | --- |
    /// | (starts a session) | typing, a greeting with quick answers and a keyboard |
    /// | `menu` | the keyboard again |
    /// | `picture` | typing, a message with an attachment and an action |
    /// | `reply` | typing, a message that answers the client's |
    /// | `operator` | typing, an operator takes over, types, reads what the client wrote, and writes |
    /// | `bye` | a last message, and the session closes with the wish for a rating |
    /// | anything else | to the bot: an echo; to the operator: read, typing, an answer |
    #[must_use]
    pub fn demo() -> Self {
        Self::built_in(include_str!("bot/demo.json"))
    }

    /// A bot that answers each message with its text.
    #[must_use]
    pub fn echo() -> Self {
        Self::built_in(include_str!("bot/echo.json"))
    }

    /// The bot of a script. Its form stands [above](Self#scripts).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Script`](crate::ErrorKind::Script) if the file cannot be read, is over 1 MiB, or
    /// is no such script; the text names line and column.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let script = Script::read(path.as_ref())?;
        Ok(Self {
            script: Arc::new(script),
        })
    }

    fn built_in(script: &str) -> Self {
        let script = Script::parse(script).expect("the tests read every built-in script");
        Self {
            script: Arc::new(script),
        }
    }

    pub(crate) fn script(&self) -> &Script {
        &self.script
    }
}

impl fmt::Debug for Bot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bot({} rules)", self.script.rules.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_scripts_can_be_read() {
        assert!(!Bot::demo().script.rules.is_empty());
        assert!(!Bot::echo().script.rules.is_empty());
    }
}
