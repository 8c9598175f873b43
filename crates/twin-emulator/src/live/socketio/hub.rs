//! All connections, and what is told to them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    connection::{Carrier, Connection, Over},
    flavour::{Flavour, SocketIoBehaviour},
    message::{self, Kind},
    packet::{CLOSE, Packet},
    refusal::Refusal,
    watch,
};
use crate::{backend::Shared, platform::Platform};

/// How many connections there can be.
const MAX_CONNECTIONS: usize = 10_000;

/// All connections.
#[derive(Debug)]
pub(crate) struct Hub {
    shared: Arc<Shared>,
    /// Set once the platform is there: the two know each other.
    platform: Mutex<Weak<Platform>>,
    connections: Mutex<HashMap<String, Arc<Connection>>>,
}

/// An event that is sent by hand.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Emission {
    /// To the clients of which session; `None`: to all.
    pub(crate) session: Option<String>,
    pub(crate) event: String,
    /// Its arguments.
    #[serde(default)]
    pub(crate) arguments: Vec<Box<RawValue>>,
    /// Texts that follow as binary arguments.
    #[serde(default)]
    pub(crate) binary: Vec<String>,
    /// Whether the client is asked to acknowledge it.
    #[serde(default)]
    pub(crate) ack: bool,
}

/// How clients are put out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Kick {
    /// The transport ends, and nothing is said: as in a restart of the server.
    Drop,
    /// The client is told `41`, and the transport ends.
    Hard,
    /// The client is told `41`; the transport stays.
    Soft,
}

impl Hub {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            platform: Mutex::default(),
            connections: Mutex::default(),
        }
    }

    pub(crate) fn set_platform(&self, platform: &Arc<Platform>) {
        *self.platform.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(platform);
    }

    pub(super) fn platform(&self) -> Option<Arc<Platform>> {
        self.platform
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .upgrade()
    }

    pub(super) fn behaviour(&self) -> SocketIoBehaviour {
        self.shared.behaviour().socketio
    }

    /// Whether the key is an open session.
    pub(super) fn knows(&self, key: &str) -> bool {
        self.platform()
            .is_some_and(|platform| platform.is_open(key))
    }

    pub(super) fn open(
        self: &Arc<Self>,
        key: &str,
        behaviour: SocketIoBehaviour,
        carrier: Carrier,
        is_known: bool,
    ) -> Result<Arc<Connection>, Refusal> {
        let mut connections = self.lock();
        if connections.len() >= MAX_CONNECTIONS {
            return Err(Refusal::TooMany);
        }
        let mut sid = uuid::Uuid::new_v4().simple().to_string();
        if behaviour.flavour == Flavour::Node {
            sid.truncate(20);
        }
        let connection = Connection::new(sid.clone(), key, behaviour, carrier, is_known);
        let connection = Arc::new(connection);
        connections.insert(sid, Arc::clone(&connection));
        drop(connections);
        tokio::spawn(watch::watch(Arc::downgrade(self), Arc::clone(&connection)));
        Ok(connection)
    }

    /// The connection of this sid.
    pub(super) fn connection(&self, sid: &str) -> Result<Arc<Connection>, Refusal> {
        let connection = self.lock().get(sid).cloned();
        connection.ok_or_else(|| Refusal::UnknownSid(sid.chars().take(64).collect()))
    }

    /// Forgets a connection.
    pub(super) fn forget(&self, connection: &Connection) {
        self.lock().remove(&connection.sid);
        connection.end(Over::Gone);
    }

    /// Tells the clients of a session of an event.
    pub(super) fn tell(&self, session: &str, event: &str, argument: &str) {
        let name = message::quoted(event);
        for connection in self.of(Some(session)) {
            let flavour = connection.behaviour.flavour;
            let parts = [name.as_str(), argument];
            connection.push_joined(message::write(Kind::Event, None, &parts, &[], flavour));
        }
    }

    /// Sends an event by hand.
    pub(crate) fn emit(&self, emission: &Emission) {
        let name = message::quoted(&emission.event);
        let arguments = emission.arguments.iter().map(|argument| argument.get());
        let parts: Vec<_> = std::iter::once(name.as_str()).chain(arguments).collect();
        let binary: Vec<_> = emission.binary.iter().cloned().map(Bytes::from).collect();
        for connection in self.of(emission.session.as_deref()) {
            let id = emission.ack.then(|| connection.next_ack());
            let flavour = connection.behaviour.flavour;
            connection.push_joined(message::write(Kind::Event, id, &parts, &binary, flavour));
        }
    }

    /// Puts out the clients of a session, or all.
    pub(crate) fn kick(&self, session: Option<&str>, kick: Kick) {
        for connection in self.of(session) {
            let is_node = connection.behaviour.flavour == Flavour::Node;
            if kick != Kick::Drop {
                connection.push([Packet::text("41")]);
                connection.set_joined(false);
            }
            match kick {
                // Python has no soft way: it ends the transport too, by a packet.
                Kick::Soft if is_node => {}
                _ if !is_node && is_on_web_socket(&connection) => {
                    connection.push([Packet::text(CLOSE)]);
                    connection.mute();
                }
                _ => connection.end(Over::Closing),
            }
        }
    }

    /// Tells the clients of a session of an error, in the middle of everything.
    pub(crate) fn error(&self, session: Option<&str>, text: &str) {
        for connection in self.of(session) {
            connection.push([message::error(text, connection.behaviour.flavour)]);
        }
    }

    /// Ends every connection.
    pub(crate) fn shut_down(&self) {
        for connection in self.of(None) {
            connection.end(Over::Closing);
        }
    }

    fn of(&self, session: Option<&str>) -> Vec<Arc<Connection>> {
        let connections = self.lock();
        let wanted = |connection: &&Arc<Connection>| session.is_none_or(|it| it == connection.key);
        connections.values().filter(wanted).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Connection>>> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_on_web_socket(connection: &Connection) -> bool {
    connection.carrier() == Carrier::WebSocket
}
