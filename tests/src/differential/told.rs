//! What a client told its user.

use std::{collections::BTreeMap, str::FromStr};

use serde::Deserialize;

/// What a client told its user, in words. The order is that within a channel, and that of the link's
/// own fate; between them it is nobody's promise.
///
/// | line | meaning |
/// | --- | --- |
/// | `up`, `lost`, `down CODE` | the link works; works no more and comes back; does not come back |
/// | `CHANNEL: NAME` | a publication of this name |
/// | `CHANNEL: gap` | publications may be missing here |
/// | `CHANNEL: gone` | the channel is no longer granted |
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Told {
    /// By channel; those of the link under an empty name.
    lines: BTreeMap<String, Vec<String>>,
}

impl Told {
    /// Adds a line.
    pub fn push(&mut self, channel: &str, what: impl Into<String>) {
        let lines = self.lines.entry(channel.to_owned()).or_default();
        lines.push(what.into());
    }

    /// Adds what becomes of the link. It is lost once, however often it is then tried.
    pub fn link(&mut self, what: String) {
        let lines = self.lines.entry(String::new()).or_default();
        if what != "lost" || lines.last().is_some_and(|last| last == "up") {
            lines.push(what);
        }
    }

    /// Whether it is over: the event named `end` has come and the link works, or is down for good.
    pub(super) fn is_over(&self) -> bool {
        let last = |channel: &str| self.lines.get(channel)?.last();
        let has_ended = self
            .lines
            .keys()
            .any(|channel| last(channel).is_some_and(|it| it == "end"));
        let link = last("").map_or("", String::as_str);
        link.starts_with("down") || link == "up" && has_ended
    }
}

/// Reads lines as a program prints them.
impl FromStr for Told {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut told = Self::default();
        for line in text.lines() {
            match line.rsplit_once(": ") {
                Some((channel, what)) => told.push(channel, what),
                None => told.link(line.to_owned()),
            }
        }
        Ok(told)
    }
}
