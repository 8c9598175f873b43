//! A server as the recorded one was configured.

use std::time::Duration;

use serde_json::Value;
use twin_emulator::{Bot, CentrifugoSettings, Emulator};

use super::{Listener, act};
use crate::peer::{Backed, PeerKind};

/// The sessions of the captures.
const SESSIONS: [&str; 2] = [
    "bce7d22e-dde6-4427-b391-ebbdfda44de6",
    "7d1f0b7e-3c52-4a7e-9d5e-2b1a6c0f4e11",
];

pub(super) enum Server {
    Emulator(Box<Emulator>),
    Engine(Box<Backed>),
}

impl Server {
    /// Starts it as `setup` says, with the sessions of the captures.
    pub(super) async fn start(setup: &Value, listener: Listener) -> Self {
        let config = setup["config"].as_object().expect("a configuration");
        // A bot that does not greet, so that the streams begin empty.
        let builder = Emulator::builder().bot(Bot::echo());
        let server = match listener {
            Listener::Emulator => {
                let mut settings = CentrifugoSettings::default();
                for (key, value) in config {
                    put(&mut settings, key, value);
                }
                let emulator = builder.centrifugo(settings).start().await;
                Self::Emulator(Box::new(emulator.expect("the emulator starts")))
            }
            Listener::Engine => {
                let settings: Vec<_> = config.iter().map(argument).collect();
                let backed = Backed::start(PeerKind::Engine, &settings, builder).await;
                Self::Engine(Box::new(backed.expect("the engine starts")))
            }
        };
        for session in SESSIONS {
            act::start_session(server.emulator(), session).await;
        }
        server
    }

    pub(super) fn emulator(&self) -> &Emulator {
        match self {
            Self::Emulator(emulator) => emulator,
            Self::Engine(backed) => &backed.emulator,
        }
    }
}

/// A setting of the recorder, for the emulator.
fn put(settings: &mut CentrifugoSettings, key: &str, value: &Value) {
    let text = value.as_str().unwrap_or_default();
    match key {
        "client.ping_interval" => settings.ping_interval = duration(text).expect("a duration"),
        "client.pong_timeout" => settings.pong_timeout = duration(text),
        "client.stale_close_delay" => {
            settings.stale_close_delay = duration(text).expect("a duration");
        }
        "channel.namespaces.0.history_size" => {
            let size = value.as_u64().and_then(|size| usize::try_from(size).ok());
            settings.history_size = size.expect("a size");
        }
        // They follow from a history of 0 here.
        "channel.namespaces.0.force_recovery" | "channel.namespaces.0.history_ttl" => {}
        other => panic!("{other} cannot be set"),
    }
}

/// The same as `peers start --set` takes it.
fn argument((key, value): (&String, &Value)) -> String {
    let name = key.rsplit('.').next().unwrap_or_default().replace('_', "-");
    match value {
        Value::String(text) => format!("{name}={text}"),
        other => format!("{name}={other}"),
    }
}

/// A duration as Go writes it; `None` where it is negative.
fn duration(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(char::is_alphabetic);
    let unit = if text.ends_with("ms") { 1 } else { 1000 };
    let milliseconds = digits.parse::<i64>().expect("a number") * unit;
    u64::try_from(milliseconds).ok().map(Duration::from_millis)
}
