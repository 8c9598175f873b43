//! What each server calls its own way: epochs, ids of clients, versions; and the one difference that
//! is in every publication.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::Listener;

/// The names of the recording and those in their place.
pub(super) struct Translation {
    listener: Listener,
    epochs: BTreeMap<String, String>,
    /// Ids of rpc commands, whose answers are the application's.
    calls: HashMap<u32, Vec<u64>>,
    /// Publications that differed by nothing but saying their epoch.
    pub(super) epochs_said: usize,
}

impl Translation {
    pub(super) fn new(listener: Listener) -> Self {
        Self {
            listener,
            epochs: BTreeMap::new(),
            calls: HashMap::new(),
            epochs_said: 0,
        }
    }

    /// What was recorded, with the epochs of here.
    pub(super) fn here(&self, text: &str) -> String {
        let epoch = |epoch: &str| format!(r#""epoch":"{epoch}""#);
        let replaced = |text: String, (there, here): (&String, &String)| {
            text.replace(&epoch(there), &epoch(here))
        };
        self.epochs.iter().fold(text.to_owned(), replaced)
    }

    pub(super) fn note_calls(&mut self, conn: u32, sent: &str) {
        for line in sent.lines() {
            let command: Value = serde_json::from_str(line).unwrap_or_default();
            // The recorded server takes keys in any case.
            let call = command.get("rpc").or(command.get("RPC"));
            let id = command["id"].as_u64().or(command["ID"].as_u64());
            if let (Some(_), Some(id)) = (call, id) {
                self.calls.entry(conn).or_default().push(id);
            }
        }
    }

    /// Whether a line says what was recorded.
    pub(super) fn is_same(&mut self, conn: u32, heard: &str, recorded: &str) -> bool {
        let read = |line: &str| serde_json::from_str::<Value>(line).unwrap_or_default();
        let (heard_json, recorded_json) = (read(heard), read(recorded));
        let id = recorded_json["id"].as_u64().unwrap_or_default();
        let is_call = self
            .calls
            .get(&conn)
            .is_some_and(|calls| calls.contains(&id));
        if recorded_json.get("rpc").is_some() && is_call {
            return heard_json["id"] == id;
        }
        for (channel, there) in epochs(&recorded_json) {
            match epochs(&heard_json).remove(&channel) {
                Some(here) => drop(self.epochs.insert(there, here)),
                None => return false,
            }
        }
        let mut expected = self.here(recorded);
        // The emulator plays the recorded version.
        let own: &[_] = match self.listener {
            Listener::Emulator => &["client"],
            Listener::Engine => &["client", "version"],
        };
        for field in own {
            let name = |json: &Value| json["connect"][field].as_str().map(str::to_owned);
            if let (Some(there), Some(here)) = (name(&recorded_json), name(&heard_json)) {
                expected = expected.replace(&there, &here);
            }
        }
        heard == expected || self.is_same_but_for_the_epoch(heard, &heard_json, &expected)
    }

    /// The engine says with each publication of which epoch it is, which the recorded server does not.
    fn is_same_but_for_the_epoch(&mut self, heard: &str, json: &Value, expected: &str) -> bool {
        let epoch = json["push"]["pub"]["epoch"].as_str();
        let Some(epoch) = epoch.filter(|_| self.listener == Listener::Engine) else {
            return false;
        };
        let same = heard.replace(&format!(r#","epoch":"{epoch}""#), "") == expected;
        self.epochs_said += usize::from(same);
        same
    }
}

/// The epochs of a reply or push, by channel.
fn epochs(reply: &Value) -> HashMap<String, String> {
    let subs = reply["connect"]["subs"].as_object().into_iter().flatten();
    let subs = subs.map(|(channel, sub)| (channel.clone(), sub));
    let pushed = (
        reply["push"]["channel"].to_string(),
        &reply["push"]["subscribe"],
    );
    let subscribed = (String::new(), &reply["subscribe"]);
    subs.chain([pushed, subscribed])
        .filter_map(|(channel, sub)| Some((channel, sub["epoch"].as_str()?.to_owned())))
        .collect()
}
