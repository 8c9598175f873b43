//! A server that answers honestly: it grants every session a channel of its own, says of each
//! subscribe that it is done already, and recovers from any position.

use serde_json::{Value, json};

/// One connection's worth of commands without an answer.
#[derive(Default)]
pub(super) struct Server {
    asked: Vec<Value>,
}

impl Server {
    /// Takes in a message of the client. Each line of it is a command, or a pong.
    pub(super) fn hear(&mut self, text: &str) {
        for line in text.split('\n') {
            let command: Value = serde_json::from_str(line).expect("a client writes JSON");
            assert!(command.is_object(), "a command is an object: {command}");
            if command.get("id").is_some() {
                self.asked.push(command);
            }
        }
    }

    /// The answers to all that was asked, one message each.
    pub(super) fn answers(&mut self) -> Vec<String> {
        let asked = std::mem::take(&mut self.asked);
        asked
            .iter()
            .map(|command| answer(command).to_string())
            .collect()
    }
}

fn answer(command: &Value) -> Value {
    let id = &command["id"];
    if let Some(connect) = command.get("connect") {
        json!({"id": id, "connect": connected(connect)})
    } else if command.get("subscribe").is_some() {
        json!({"id": id, "error": {"code": 105, "message": "already subscribed"}})
    } else if command.get("unsubscribe").is_some() {
        json!({"id": id, "unsubscribe": {}})
    } else {
        json!({"id": id, "rpc": {"data": {"success": true}}})
    }
}

fn connected(connect: &Value) -> Value {
    let mut subs = serde_json::Map::new();
    let sessions = connect["data"]["settings"]["sessions"].as_array();
    for session in sessions.into_iter().flatten().filter_map(Value::as_str) {
        let channel = format!("widget:{session}");
        let mut sub = json!({"recoverable": true, "epoch": "e", "positioned": true});
        if let Some(wanted) = connect["subs"].get(&channel) {
            sub["was_recovering"] = true.into();
            sub["recovered"] = true.into();
            if let Some(offset) = wanted.get("offset") {
                sub["offset"] = offset.clone();
            }
        }
        subs.insert(channel, sub);
    }
    json!({"client": "c", "version": "6.2.2 OSS", "subs": subs, "ping": 25, "pong": true})
}
