//! The server's side of one connection, played by the test.

use std::{cell::RefCell, collections::VecDeque};

use serde_json::{Value, json};
use twin_transport::{Message, testing::Peer};

use super::World;

/// A server that speaks Centrifugo's protocol. It answers nothing by itself.
pub(crate) struct Server<'w> {
    world: &'w World,
    pub(crate) peer: Peer,
    commands: RefCell<VecDeque<Value>>,
}

impl<'w> Server<'w> {
    pub(crate) fn new(world: &'w World, peer: Peer) -> Self {
        Self {
            world,
            peer,
            commands: RefCell::default(),
        }
    }

    /// The next command of the client, if there is one. Pongs are none.
    pub(crate) fn command(&self) -> Option<Value> {
        self.world.settle();
        let mut commands = self.commands.borrow_mut();
        while let Some(message) = self.peer.take_received() {
            let Message::Text(text) = message else {
                continue;
            };
            let lines = text
                .as_str()
                .lines()
                .map(|line| serde_json::from_str(line).unwrap());
            commands.extend(lines.filter(|command: &Value| command.get("id").is_some()));
        }
        commands.pop_front()
    }

    /// Answers the connect command with these `subs`, and gives the command.
    pub(crate) fn greet(&self, subs: &Value) -> Value {
        let command = self.command().expect("a connect command");
        assert!(command["connect"].is_object(), "{command}");
        self.say(&json!({"id": command["id"], "connect": {
            "client": "c", "version": "6", "subs": subs, "ping": 25, "pong": true,
        }}));
        command
    }

    /// Answers subscribes and joins as the platform does, until the client has no more.
    pub(crate) fn agree(&self) {
        while let Some(command) = self.command() {
            self.say(&agreement(&command));
        }
        self.world.settle();
    }

    /// Sends a frame.
    pub(crate) fn say(&self, frame: &Value) {
        self.peer.send_text(frame.to_string());
    }

    /// Publishes in a channel, and lets the client take it.
    pub(crate) fn publish(&self, channel: &str, offset: u64, data: &Value) {
        self.say(&json!({"push": {"channel": channel, "pub": {"data": data, "offset": offset}}}));
        self.world.settle();
    }

    /// The code with which the client has closed, and whether its side is gone.
    pub(crate) fn closed_by_client(&self) -> (Option<u16>, bool) {
        self.world.settle();
        let mut code = None;
        while let Some(message) = self.peer.take_received() {
            if let Message::Close(frame) = message {
                code = frame.map(|frame| frame.code);
            }
        }
        (code, self.peer.is_gone())
    }
}

/// What the platform says to a command of a joined session.
pub(crate) fn agreement(command: &Value) -> Value {
    let id = &command["id"];
    if command["subscribe"].is_object() {
        let error = json!({"code": 105, "message": "already subscribed"});
        return json!({"id": id, "error": error});
    }
    assert_eq!(command["rpc"]["method"], "joinSession", "{command}");
    json!({"id": id, "rpc": {"data": {"success": true}}})
}
