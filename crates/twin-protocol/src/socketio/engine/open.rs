//! The opening words of a server: what the connection is called, and how it is kept alive.

use std::{fmt, time::Duration};

use serde_json::Value;

use crate::wire;

/// The most that is kept as a sid.
const LONGEST_SID: usize = 256;

/// What is taken where a server does not say it: the default of both.
const PING_INTERVAL: Duration = Duration::from_secs(25);
const PING_TIMEOUT: Duration = Duration::from_secs(20);

/// No heartbeat is quicker and none slower, whatever a server says.
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// What an open packet says. Unknown fields are passed over.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Open {
    /// Names the connection in every later request of it, and opens it to whoever knows it. `Debug`
    /// shows its first eight characters.
    pub sid: String,
    /// Whether the connection may move to a WebSocket.
    pub upgrades_to_websocket: bool,
    /// How often the client is to send a heartbeat.
    pub ping_interval: Duration,
    /// How long its answer may take; to some servers something else (`raw-short-timeout`).
    pub ping_timeout: Duration,
}

impl Open {
    /// Reads the data of an open packet. Numbers may be text, as servers were met that write them
    /// so; what is missing or odd is taken to be the default of 25 and 20 seconds.
    ///
    /// # Errors
    ///
    /// When it is not an object, or names no sid: without it nothing can be asked.
    pub fn decode(data: &str) -> Result<Self, OpenError> {
        let value: Value = serde_json::from_str(data)
            .map_err(|error| OpenError(wire::without_contents(&error)))?;
        let sid = match value.get("sid") {
            Some(Value::String(sid)) if !sid.is_empty() && sid.len() <= LONGEST_SID => sid.clone(),
            Some(Value::Number(sid)) => sid.to_string(),
            _ => return Err(OpenError("it names no sid".to_owned())),
        };
        let upgrades = value.get("upgrades").and_then(Value::as_array);
        let time = |key, default| {
            let millis = value.get(key).and_then(millis);
            millis.map_or(default, |millis| millis.clamp(SHORTEST, LONGEST))
        };
        Ok(Self {
            sid,
            upgrades_to_websocket: upgrades
                .is_some_and(|upgrades| upgrades.iter().any(|name| name == "websocket")),
            ping_interval: time("pingInterval", PING_INTERVAL),
            ping_timeout: time("pingTimeout", PING_TIMEOUT),
        })
    }
}

/// Milliseconds, as a number or as text; `None` where they are neither, or none.
fn millis(value: &Value) -> Option<Duration> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse::<f64>().ok()?,
        _ => return None,
    };
    let millis = Duration::try_from_secs_f64(number / 1000.0).ok()?;
    (!millis.is_zero()).then_some(millis)
}

impl fmt::Debug for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short: String = self.sid.chars().take(8).collect();
        f.debug_struct("Open")
            .field("sid", &format_args!("{short:?}.."))
            .field("upgrades_to_websocket", &self.upgrades_to_websocket)
            .field("ping_interval", &self.ping_interval)
            .field("ping_timeout", &self.ping_timeout)
            .finish()
    }
}

/// An open packet that cannot be used. It holds the decoder's words, never the packet's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenError(String);

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an open packet that cannot be read: {}", self.0)
    }
}

impl std::error::Error for OpenError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(data: &str) -> (u128, u128) {
        let open = Open::decode(data).unwrap();
        (
            open.ping_interval.as_millis(),
            open.ping_timeout.as_millis(),
        )
    }

    #[test]
    fn both_servers_open_packets_are_read() {
        let node = r#"{"sid":"mN7DSp7aehbNes4qAAAA","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#;
        let open = Open::decode(node).unwrap();
        assert_eq!(open.sid, "mN7DSp7aehbNes4qAAAA");
        assert!(!open.upgrades_to_websocket);
        assert_eq!(times(node), (25_000, 20_000));
        let py = r#"{"sid":"e0eab3a67bcb4e5893bfe086357d0027","upgrades":["websocket"],"pingTimeout":60000,"pingInterval":25000,"maxPayload":100000}"#;
        assert!(Open::decode(py).unwrap().upgrades_to_websocket);
        assert_eq!(times(py), (25_000, 60_000));
    }

    #[test]
    fn numbers_may_be_text_and_may_be_missing() {
        for (fields, expected) in [
            (r#""pingInterval":"400","pingTimeout":" 800 ""#, (400, 800)),
            (r#""pingInterval":400.5,"pingTimeout":8e2"#, (400, 800)),
            (r#""pingTimeout":null"#, (25_000, 20_000)),
            (r#""pingInterval":0,"pingTimeout":-5"#, (25_000, 20_000)),
            (r#""pingInterval":"x","pingTimeout":[]"#, (25_000, 20_000)),
            (r#""pingInterval":1,"pingTimeout":1e300"#, (100, 20_000)),
            (r#""pingInterval":1e15,"pingTimeout":9"#, (86_400_000, 100)),
        ] {
            let data = format!(r#"{{"sid":"s",{fields}}}"#);
            assert_eq!(times(&data), expected, "{data}");
        }
    }

    #[test]
    fn without_a_sid_there_is_no_connection() {
        for data in [
            "",
            "[]",
            "{}",
            r#"{"sid":""}"#,
            r#"{"sid":null}"#,
            "{\"sid\"",
        ] {
            assert!(Open::decode(data).is_err(), "{data}");
        }
        assert_eq!(Open::decode(r#"{"sid":5}"#).unwrap().sid, "5");
        let long = format!(r#"{{"sid":"{}"}}"#, "s".repeat(LONGEST_SID + 1));
        assert!(Open::decode(&long).is_err());
    }

    #[test]
    fn the_debug_form_shows_eight_characters_of_the_sid() {
        let open = Open::decode(r#"{"sid":"0123456789"}"#).unwrap();
        let shown = format!("{open:?}");
        assert!(shown.contains("01234567") && !shown.contains("012345678"));
    }

    #[test]
    fn only_a_websocket_is_an_upgrade() {
        let open = Open::decode(r#"{"sid":"x","upgrades":["flashsocket"]}"#).unwrap();
        assert!(!open.upgrades_to_websocket);
        let error = Open::decode("{}").unwrap_err();
        assert_eq!(
            error.to_string(),
            "an open packet that cannot be read: it names no sid"
        );
    }
}
