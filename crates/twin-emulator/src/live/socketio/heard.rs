//! What clients say, whatever carried it.

use std::sync::Arc;

use bytes::Bytes;

use super::{
    connection::{Connection, Over},
    flavour::Flavour,
    hub::Hub,
    message::{self, Event, Kind, Said},
    packet::{NOOP, Packet},
};

/// What a client says, packet by packet.
pub(super) struct Hearing {
    hub: Arc<Hub>,
    connection: Arc<Connection>,
    /// An event whose binary messages are still to come.
    unfinished: Option<(Event, Vec<Bytes>)>,
}

impl Hearing {
    pub(super) fn new(hub: Arc<Hub>, connection: Arc<Connection>) -> Self {
        Self {
            hub,
            connection,
            unfinished: None,
        }
    }

    /// Takes in a packet. `false` where it ends the connection.
    pub(super) fn hear(&mut self, packet: Packet) -> bool {
        let connection = Arc::clone(&self.connection);
        connection.heard();
        if connection.is_mute() {
            // Python notices only now that the client is long overdue.
            connection.end(Over::Gone);
            return false;
        }
        let is_node = connection.behaviour.flavour == Flavour::Node;
        match packet {
            Packet::Binary(bytes) => self.attach(bytes) || !is_node,
            Packet::Text(text) => match text.split_at_checked(1) {
                Some(("1", "")) => {
                    connection.push([Packet::text(NOOP)]);
                    connection.end(Over::Gone);
                    false
                }
                Some(("2", data)) => {
                    connection.pinged();
                    let data = if is_node { "" } else { data };
                    connection.push([Packet::Text(format!("3{data}"))]);
                    true
                }
                Some(("4", said)) => self.read(said) || !is_node,
                Some(("3" | "5" | "6", _)) => true,
                _ => !is_node,
            },
        }
    }

    fn attach(&mut self, bytes: Bytes) -> bool {
        let Some((event, mut binary)) = self.unfinished.take() else {
            return false;
        };
        binary.push(bytes);
        if binary.len() < event.attachments {
            self.unfinished = Some((event, binary));
        } else {
            self.carry_out(&event);
        }
        true
    }

    fn read(&mut self, said: &str) -> bool {
        let connection = &self.connection;
        let Some(said) = message::read(said) else {
            return false;
        };
        match said {
            Said::Ack => {}
            Said::Connect { namespace } if namespace.is_empty() || namespace == "/" => {
                // A second connect is answered by a second `40`, as both servers do.
                if self.hub.knows(&connection.key) {
                    connection.set_joined(true);
                    connection.push([Packet::text("40")]);
                }
            }
            Said::Connect { namespace } => {
                connection.push([Packet::Text(match connection.behaviour.flavour {
                    Flavour::Node => format!(r#"44{namespace},"Invalid namespace""#),
                    Flavour::Python => format!("40{namespace}"),
                })])
            }
            Said::Disconnect => connection.set_joined(false),
            Said::Event(event) if event.attachments > 0 => {
                self.unfinished = Some((event, Vec::new()))
            }
            Said::Event(event) => self.carry_out(&event),
        }
        true
    }

    /// Carries out an event, and acknowledges it where that is wanted.
    fn carry_out(&self, event: &Event) {
        let is_known = event.name == "chatMessageReadEmit";
        if is_known && self.connection.is_joined() {
            // Assumed (facts, 6): so receipt is confirmed over this channel.
            #[derive(serde::Deserialize)]
            #[serde(rename_all = "camelCase")]
            struct Read {
                message_id: String,
            }
            let argument = event.arguments.first();
            let read = argument.and_then(|it| serde_json::from_str::<Read>(it.get()).ok());
            if let (Some(read), Some(platform)) = (read, self.hub.platform()) {
                // Who marks a message that there is not is told nothing, as there is no answer.
                let _ = platform.mark_read(&read.message_id);
            }
        }
        // Node acknowledges only what somebody handles, Python everything.
        let flavour = self.connection.behaviour.flavour;
        if let Some(id) = event.id.filter(|_| is_known || flavour == Flavour::Python) {
            self.connection
                .push(message::write(Kind::Ack, Some(id), &[], &[], flavour));
        }
    }
}
