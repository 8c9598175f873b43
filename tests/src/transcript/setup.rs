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
    /// The second is its address, also when it has been stopped.
    Emulator(Option<Box<Emulator>>, String),
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
                let emulator = Box::new(emulator.expect("the emulator starts"));
                let http = &emulator.addresses().http;
                let host = http.strip_prefix("http://").unwrap_or(http).to_owned();
                Self::Emulator(Some(emulator), host)
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

    /// The platform behind it.
    ///
    /// # Panics
    ///
    /// When it has been stopped.
    pub(super) fn emulator(&self) -> &Emulator {
        match self {
            Self::Emulator(emulator, _) => emulator.as_ref().expect("it has not been stopped"),
            Self::Engine(backed) => &backed.emulator,
        }
    }

    /// Where its live side is: address and port.
    pub(super) fn host(&self) -> String {
        match self {
            Self::Emulator(_, host) => host.clone(),
            Self::Engine(backed) => backed.peer.address().to_string(),
        }
    }

    /// What was done to the recorded server's process.
    pub(super) async fn suffer(&mut self, what: &str) {
        match (self, what) {
            (Self::Emulator(emulator, _), "SIGKILL") => {
                let emulator = emulator.as_ref().expect("it has not been stopped");
                emulator.restart_live().expect("it is its own");
            }
            // It has come back already.
            (Self::Emulator(..), "started again") => {}
            (Self::Emulator(emulator, _), "SIGTERM") => {
                let emulator = emulator.take().expect("it has not been stopped");
                // It ends once its clients have answered, which the transcript does later.
                tokio::spawn(emulator.stop());
            }
            (Self::Engine(backed), "SIGKILL") => backed.peer.kill().await.expect("it dies"),
            (Self::Engine(backed), "started again") => {
                backed.peer.start_again().await.expect("it starts");
            }
            (Self::Engine(backed), "SIGTERM") => {
                backed.peer.terminate().await.expect("it can be told");
            }
            (_, other) => panic!("{other} is not known"),
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
        "channel.namespaces.0.history_size" => settings.history_size = size(value),
        "client.channel_limit" => settings.channel_limit = size(value),
        "client.queue_max_size" => settings.queue_max_size = size(value),
        // Its clients are nobody in particular.
        "client.user_connection_limit" => {}
        // They follow from a history of 0 here.
        "channel.namespaces.0.force_recovery" | "channel.namespaces.0.history_ttl" => {}
        // `joinSession` is what it is there for.
        "rpc.without_namespace.proxy_enabled" => {}
        other => panic!("{other} cannot be set"),
    }
}

fn size(value: &Value) -> usize {
    let size = value.as_u64().and_then(|size| usize::try_from(size).ok());
    size.expect("a size")
}

/// The same as `peers start --set` takes it.
fn argument((key, value): (&String, &Value)) -> String {
    let name = match key.as_str() {
        "rpc.without_namespace.proxy_enabled" => "rpc-proxy".to_owned(),
        key => key.rsplit('.').next().unwrap_or_default().replace('_', "-"),
    };
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
