//! The rules of a bot, and reading them from JSON.

use std::{fs, io::Read, path::Path};

use serde::Deserialize;

use super::action::BotAction;
use crate::error::Error;

/// The largest script, in bytes.
const MAX_SCRIPT: u64 = 1024 * 1024;

/// The rules of a bot.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    pub(super) rules: Vec<Rule>,
}

/// What to do when.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    on: Trigger,
    #[serde(default)]
    with: Option<Holder>,
    #[serde(rename = "do")]
    actions: Vec<BotAction>,
}

/// What a rule waits for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Trigger {
    Any,
    Start,
    Text(Texts),
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Several(Vec<String>),
}

/// Who has a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Holder {
    Bot,
    Operator,
}

/// What has happened, for rules to fit.
#[derive(Clone, Copy, Debug)]
pub(super) enum Occasion<'a> {
    Message(&'a str),
    Start,
}

impl Script {
    /// Reads a script from a file.
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let mut text = String::new();
        let file = fs::File::open(path).map_err(|error| Error::script_file(path, error))?;
        file.take(MAX_SCRIPT + 1)
            .read_to_string(&mut text)
            .map_err(|error| Error::script_file(path, error))?;
        if text.len() as u64 > MAX_SCRIPT {
            return Err(Error::script_too_large(path, MAX_SCRIPT));
        }
        Self::parse(&text).map_err(|error| Error::script(path, error))
    }

    /// Reads a script.
    pub(super) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// What to do: the actions of the first rule that fits.
    pub(super) fn actions(&self, occasion: Occasion<'_>, holder: Holder) -> &[BotAction] {
        let mut rules = self.rules.iter();
        let fitting = rules.find(|rule| rule.fits(occasion, holder));
        fitting.map_or(&[], |rule| &rule.actions)
    }
}

impl Rule {
    fn fits(&self, occasion: Occasion<'_>, holder: Holder) -> bool {
        if self.with.is_some_and(|with| with != holder) {
            return false;
        }
        match (&self.on, occasion) {
            (Trigger::Any, Occasion::Message(_)) | (Trigger::Start, Occasion::Start) => true,
            (Trigger::Text(Texts::One(wanted)), Occasion::Message(text)) => same(wanted, text),
            (Trigger::Text(Texts::Several(wanted)), Occasion::Message(text)) => {
                wanted.iter().any(|wanted| same(wanted, text))
            }
            _ => false,
        }
    }
}

fn same(wanted: &str, text: &str) -> bool {
    wanted.trim().to_lowercase() == text.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_that_fits_counts() {
        let script = Script::parse(
            r#"{"rules":[
                {"on":"start","do":["typing"]},
                {"on":{"text":["Да","yes"]},"do":["typing","read"]},
                {"on":"any","with":"operator","do":["read","read","read"]},
                {"on":"any","do":[]}
            ]}"#,
        )
        .unwrap();
        for (occasion, holder, count) in [
            (Occasion::Start, Holder::Bot, 1),
            (Occasion::Message(" ДА\n"), Holder::Bot, 2),
            (Occasion::Message("YES"), Holder::Operator, 2),
            (Occasion::Message("no"), Holder::Operator, 3),
            (Occasion::Message("no"), Holder::Bot, 0),
        ] {
            assert_eq!(
                script.actions(occasion, holder).len(),
                count,
                "{occasion:?}"
            );
        }
    }

    #[test]
    fn every_form_of_an_action_is_read() {
        for action in [
            r#""typing""#,
            r#"{"typing":"OPERATOR"}"#,
            r#""read""#,
            r#""close""#,
            r#"{"close":{"rating":false}}"#,
            r#"{"operator":{"id":"389","name":"Anna"}}"#,
            r#"{"event":{"name":"e","payload":[1.0]}}"#,
            r#"{"message":{"body":"b","keyboard":{"buttonsInRow":1,"buttons":[{"text":"t"}]}}}"#,
        ] {
            let read = serde_json::from_str::<BotAction>(action);
            assert!(read.is_ok(), "{action}: {read:?}");
        }
    }

    #[test]
    fn what_is_no_script_is_refused_with_its_place() {
        for (script, expected) in [
            ("", "line 1 column 0"),
            ("{\n\"rules\":[\n{\"on\":\"never\",\"do\":[]}]}", "line 3"),
            ("{\"rules\":[],\n\"more\":1}", "`more`"),
            (
                "{\"rules\":[{\"on\":\"any\",\"do\":[\"dance\"]}]}",
                "`dance`",
            ),
            (
                "{\"rules\":[{\"on\":\"any\",\"do\":[{\"message\":{\"text\":\"x\"}}]}]}",
                "`text`",
            ),
        ] {
            let error = Script::parse(script).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
