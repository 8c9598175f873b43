//! What was published against what was said: every publication of a granted channel is delivered,
//! was delivered before, or is declared missing.

use std::collections::BTreeSet;

use serde_json::Value;

use super::protobuf::{self, Heard};

/// The channels that the recorded server granted on the present connection, and the publications
/// of theirs that are still owed.
#[derive(Debug, Default)]
pub(super) struct Account {
    granted: BTreeSet<String>,
    owed: usize,
    /// Owed to a recovery: the machine has hung up to ask for them again.
    pub(super) left_to_recovery: usize,
}

impl Account {
    /// Reads a message of the server that is about to be handed to the machine.
    pub(super) fn hear(&mut self, message: &str) {
        for line in message.lines() {
            let Ok(value) = serde_json::from_str::<Value>(line) else {
                continue;
            };
            let channel = value.pointer("/push/channel").and_then(Value::as_str);
            if let Some(subs) = value.pointer("/connect/subs").and_then(Value::as_object) {
                self.granted = subs.keys().cloned().collect();
                let lists = subs
                    .values()
                    .filter_map(|sub| sub.get("publications")?.as_array());
                self.owed += lists.map(Vec::len).sum::<usize>();
            } else if value.get("connect").is_some() {
                self.granted.clear();
            } else if let Some(channel) = channel {
                if value.pointer("/push/subscribe").is_some() {
                    self.granted.insert(channel.to_owned());
                } else if value.pointer("/push/unsubscribe").is_some() {
                    self.granted.remove(channel);
                } else if value.pointer("/push/pub").is_some() && self.granted.contains(channel) {
                    self.owed += 1;
                }
            }
        }
    }

    /// The same for one message in Protobuf.
    pub(super) fn hear_protobuf(&mut self, message: &[u8]) {
        match protobuf::heard(message) {
            Heard::Granted(channels, publications) => {
                self.granted = channels.into_iter().collect();
                self.owed += publications;
            }
            Heard::Nothing => {}
            Heard::Publication(channel) => {
                self.owed += usize::from(self.granted.contains(&channel));
            }
            Heard::Subscribed(channel) => {
                self.granted.insert(channel);
            }
            Heard::Unsubscribed(channel) => {
                self.granted.remove(&channel);
            }
        }
    }

    /// An event, or the notice of a duplicate.
    pub(super) fn settle_one(&mut self) {
        self.owed = self.owed.saturating_sub(1);
    }

    /// A gap declares whatever is owed.
    pub(super) fn settle_all(&mut self) {
        self.owed = 0;
    }

    /// The machine has heard the message and said what it had to say. What is still owed is a
    /// finding, unless it hung up to recover.
    pub(super) fn close(&mut self, hung_up: bool) -> usize {
        let owed = std::mem::take(&mut self.owed);
        if hung_up {
            self.left_to_recovery += owed;
            return 0;
        }
        owed
    }
}
