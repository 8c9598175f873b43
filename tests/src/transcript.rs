//! The client's side of a recorded transcript, said again to another server, and how that answers.
//!
//! Captures of Centrifugo 6.2.2 are held against the emulator, which has to answer byte for byte, and
//! against the engine peer: where that differs, it is known and has a reason. How lines fall into
//! frames is chance and not compared; nor is what `joinSession` answers, as the recorder's application
//! says yes to anything. Ids of clients and epochs are each server's own.

mod act;
mod compare;
mod setup;
mod socket;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use twin_emulator::Emulator;

use self::{
    compare::Translation,
    setup::Server,
    socket::{Heard, Socket},
};
/// Where two servers differ: the line of the transcript, what stands there and what came instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The line in the file, from 1.
    pub line: usize,
    /// What the recorded server said.
    pub recorded: String,
    /// What this one said; empty where it said nothing.
    pub heard: String,
}

/// One line of a transcript.
#[derive(Deserialize)]
struct Line {
    conn: u32,
    dir: String,
    kind: String,
    data: Box<RawValue>,
}

/// How a transcript was answered.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// The first difference on each connection: what follows it is no longer the same conversation.
    pub differences: Vec<Difference>,
    /// Publications that differed by nothing but saying their epoch.
    pub epochs_said: usize,
}

/// To whom a transcript is said again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listener {
    /// The emulator's own live side.
    Emulator,
    /// The peer on Centrifugo's engine, with the emulator behind it.
    Engine,
}

/// Says a transcript again.
///
/// # Panics
///
/// When the transcript is none, or holds what cannot be played; when the server does not start.
pub async fn hold(transcript: &str, listener: Listener) -> Held {
    let mut stage: Option<Stage> = None;
    for (number, line) in transcript.lines().enumerate() {
        let line: Line = serde_json::from_str(line).expect("a line of a transcript");
        if line.kind == "setup" {
            let setup = serde_json::from_str(line.data.get()).expect("JSON");
            stage = Some(Stage::new(&setup, listener).await);
        } else {
            let stage = stage.as_mut().expect("the first line sets up");
            stage.play(&line, number + 1).await;
        }
    }
    let held = stage.map(|stage| Held {
        epochs_said: stage.translation.epochs_said,
        differences: stage.differences,
    });
    held.unwrap_or_default()
}

/// A server, and the connections of the transcript.
struct Stage {
    server: Server,
    sockets: BTreeMap<u32, Socket>,
    translation: Translation,
    differences: Vec<Difference>,
    /// Connections on which something was different.
    parted: Vec<u32>,
}

impl Stage {
    async fn new(setup: &Value, listener: Listener) -> Self {
        Self {
            server: Server::start(setup, listener).await,
            sockets: BTreeMap::new(),
            translation: Translation::new(listener),
            differences: Vec::new(),
            parted: Vec::new(),
        }
    }

    fn emulator(&self) -> &Emulator {
        self.server.emulator()
    }

    async fn play(&mut self, line: &Line, number: usize) {
        let data: Value = serde_json::from_str(line.data.get()).expect("JSON");
        let text = data.as_str().unwrap_or_default();
        if self.parted.contains(&line.conn) && line.dir != "side" {
            return;
        }
        match (line.dir.as_str(), line.kind.as_str()) {
            ("out", "http") => {
                let target = data["target"].as_str().unwrap_or_default();
                let query = target.find('?').map_or("", |at| &target[at..]);
                let socket = Socket::dial(self.emulator(), query).await;
                self.sockets.insert(line.conn, socket);
            }
            ("out", "text") => {
                let sent = self.translation.here(text);
                self.translation.note_calls(line.conn, &sent);
                if let Some(socket) = self.sockets.get_mut(&line.conn) {
                    socket.send(&sent).await;
                }
            }
            // The library answers the server's close frames itself.
            ("out", "ctl") if data["op"] == "close" && data["code"] == 1000 => {
                if let Some(socket) = self.sockets.get_mut(&line.conn) {
                    socket.close().await;
                }
            }
            ("out", "eof") => drop(self.sockets.remove(&line.conn)),
            ("in", "text") => {
                for recorded in text.split('\n') {
                    let heard = self.hear(line.conn).await;
                    let same = matches!(&heard, Heard::Line(heard)
                        if self.translation.is_same(line.conn, heard, recorded));
                    self.note(same, line.conn, number, recorded, heard);
                }
            }
            ("in", "ctl") => {
                let code = data["code"].as_u64().unwrap_or_default();
                let reason = data["reason"].as_str().unwrap_or_default();
                let recorded = Heard::Close(code, reason.to_owned());
                let heard = self.hear(line.conn).await;
                self.note(
                    heard == recorded,
                    line.conn,
                    number,
                    &recorded.to_string(),
                    heard,
                );
            }
            ("in", "eof") if self.sockets.contains_key(&line.conn) => {
                let heard = self.hear(line.conn).await;
                self.note(heard == Heard::End, line.conn, number, "end", heard);
                self.sockets.remove(&line.conn);
            }
            ("side", "api") => act::call(self.emulator(), &data).await,
            _ => {}
        }
    }

    async fn hear(&mut self, conn: u32) -> Heard {
        match self.sockets.get_mut(&conn) {
            Some(socket) => socket.hear().await,
            None => Heard::End,
        }
    }

    fn note(&mut self, same: bool, conn: u32, line: usize, recorded: &str, heard: Heard) {
        if same || self.parted.contains(&conn) {
            return;
        }
        self.parted.push(conn);
        let (recorded, heard) = (recorded.to_owned(), heard.to_string());
        self.differences.push(Difference {
            line,
            recorded,
            heard,
        });
    }
}
