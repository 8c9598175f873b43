//! What can be set of a server, under one name for all of them.
//!
//! A name is the flag of the engine's program, and stands here beside the place of the same thing
//! in Centrifugo's configuration.

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value};

/// Names, and the keys they have in Centrifugo's configuration. `*` stands for each namespace.
const NAMES: [(&str, &[&str]); 20] = [
    ("api-key", &["http_api.key"]),
    ("channel-limit", &["client.channel_limit"]),
    (
        "channel-position-check-delay",
        &["client.channel_position_check_delay"],
    ),
    ("expired-close-delay", &["client.expired_close_delay"]),
    ("force-recovery", &["channel.namespaces.*.force_recovery"]),
    (
        "history-meta-ttl",
        &["channel.namespaces.*.history_meta_ttl"],
    ),
    ("history-size", &["channel.namespaces.*.history_size"]),
    ("history-ttl", &["channel.namespaces.*.history_ttl"]),
    ("log-level", &["log.level"]),
    ("message-size-limit", &["websocket.message_size_limit"]),
    ("namespaces", &[]),
    ("ping-interval", &["client.ping_interval"]),
    ("pong-timeout", &["client.pong_timeout"]),
    (
        "presence-update-interval",
        &["client.presence_update_interval"],
    ),
    (
        "proxy-timeout",
        &[
            "client.proxy.connect.timeout",
            "rpc.proxy.timeout",
            "channel.proxy.subscribe.timeout",
        ],
    ),
    ("queue-max-size", &["client.queue_max_size"]),
    ("recovery-limit", &["client.recovery_max_publication_limit"]),
    ("rpc-proxy", &["rpc.without_namespace.proxy_enabled"]),
    ("stale-close-delay", &["client.stale_close_delay"]),
    ("user-connection-limit", &["client.user_connection_limit"]),
];

/// A name of the table and its value.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    name: &'static str,
    keys: &'static [&'static str],
    value: String,
}

impl Setting {
    /// Reads `NAME=VALUE`.
    ///
    /// # Errors
    ///
    /// When there is no such name, or no value; the error names those that there are.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let (name, value) = text.split_once('=').context("a setting is NAME=VALUE")?;
        let Some((name, keys)) = NAMES.iter().find(|(known, _)| *known == name) else {
            let names = NAMES.map(|(name, _)| name).join(", ");
            bail!("no such setting; there are {names}");
        };
        let value = value.to_owned();
        Ok(Self { name, keys, value })
    }

    /// The flag of the engine's program.
    pub(super) fn flag(&self) -> String {
        format!("--{}={}", self.name, self.value)
    }

    /// The argument that gives this setting to `peers start`.
    pub(super) fn argument(&self) -> String {
        format!("--set={}={}", self.name, self.value)
    }

    /// Names of the namespaces, where this is the setting of them.
    pub(super) fn namespaces(&self) -> Option<Vec<&str>> {
        (self.name == "namespaces").then(|| self.value.split(',').collect())
    }

    /// Puts it into a configuration of Centrifugo.
    pub(super) fn put(&self, config: &mut Value) {
        for key in self.keys {
            let steps: Vec<_> = key.split('.').collect();
            put(config, &steps, &self.json());
        }
    }

    /// Numbers and truth values are what they are; everything else is text.
    fn json(&self) -> Value {
        match serde_json::from_str(&self.value) {
            Ok(value @ (Value::Bool(_) | Value::Number(_))) => value,
            _ => Value::String(self.value.clone()),
        }
    }
}

fn put(tree: &mut Value, steps: &[&str], value: &Value) {
    match (steps, tree) {
        ([], tree) => *tree = value.clone(),
        (["*", rest @ ..], Value::Array(items)) => {
            for item in items {
                put(item, rest, value);
            }
        }
        ([step, rest @ ..], tree) => {
            if !tree.is_object() {
                *tree = Value::Object(Map::new());
            }
            put(&mut tree[*step], rest, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_setting_is_a_flag_and_keys_of_the_configuration() {
        let mut config = json!({"channel": {"namespaces": [{"name": "a"}, {"name": "b"}]}});
        for text in ["history-size=2", "ping-interval=1s", "rpc-proxy=false"] {
            Setting::parse(text).unwrap().put(&mut config);
        }
        let expected = json!({
            "channel": {"namespaces": [
                {"name": "a", "history_size": 2},
                {"name": "b", "history_size": 2},
            ]},
            "client": {"ping_interval": "1s"},
            "rpc": {"without_namespace": {"proxy_enabled": false}},
        });
        assert_eq!(config, expected);
        let setting = Setting::parse("history-size=2").unwrap();
        assert_eq!(setting.flag(), "--history-size=2");
    }

    #[test]
    fn an_unknown_setting_is_refused_with_the_known_ones() {
        let error = Setting::parse("histroy-size=2").unwrap_err();
        assert!(error.to_string().contains("history-size"), "{error}");
        assert!(Setting::parse("history-size").is_err());
    }

    #[test]
    fn every_setting_is_a_flag_of_the_engine() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../tests/peers/centrifuge/config.go"
        );
        let source = std::fs::read_to_string(path).unwrap();
        for (name, _) in NAMES {
            assert!(source.contains(&format!("\"{name}\", ")), "{name}");
        }
    }
}
