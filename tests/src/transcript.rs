//! The client's side of a recorded transcript, said again to another server, and how that answers.
//!
//! Captures of Centrifugo 6.2.2 are held against the emulator, which has to answer byte for byte, and
//! against the engine peer: where that differs, it is known and has a reason. How lines fall into
//! frames is chance and not compared; nor is what `joinSession` answers, as the recorder's application
//! says yes to anything. Ids of clients and epochs are each server's own. Where the recorder's application
//! refused, the emulator's is told to refuse in the same words.

mod act;
mod compare;
mod frame;
mod http;
mod setup;
mod socket;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use twin_emulator::Emulator;

use self::{
    compare::Translation,
    frame::Oddities,
    http::Answer,
    setup::Server,
    socket::{Heard, Socket},
};

/// The code with which a server ends a connection that is too slow.
const SLOW: u16 = 3008;

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
    #[serde(flatten)]
    oddities: Oddities,
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
    let lines = transcript.lines().map(serde_json::from_str);
    let lines: Vec<Line> = lines
        .collect::<Result<_, _>>()
        .expect("lines of a transcript");
    let (setup, play) = lines.split_first().expect("the first line sets up");
    let mut stage = Stage::new(&setup.json(), listener).await;
    for (at, line) in play.iter().enumerate() {
        if line.dir == "out" && line.kind == "text" {
            stage.prompt(&play[at + 1..]);
        }
        // The first line has number 1, and is not in `play`.
        stage.play(line, at + 2).await;
    }
    Held {
        epochs_said: stage.translation.epochs_said,
        differences: stage.differences,
    }
}

impl Line {
    fn json(&self) -> Value {
        serde_json::from_str(self.data.get()).expect("JSON")
    }
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

    /// Has the application refuse as the recorder's did what is asked of it next: up to what the
    /// client said after that.
    fn prompt(&self, following: &[Line]) {
        let answers = following.iter().take_while(|line| line.dir != "out");
        for answer in answers.filter(|line| line.kind == "proxy") {
            act::prompt(self.emulator(), &answer.json());
        }
    }

    async fn play(&mut self, line: &Line, number: usize) {
        let data = line.json();
        if line.dir == "side" {
            return match line.kind.as_str() {
                "api" => act::call(self.emulator(), &data).await,
                "server" => self.server.suffer(data.as_str().unwrap_or_default()).await,
                _ => {}
            };
        }
        if self.parted.contains(&line.conn) {
            return;
        }
        match line.dir.as_str() {
            "out" => self.say(line, &data).await,
            _ => self.listen(line, &data, number).await,
        }
    }

    async fn say(&mut self, line: &Line, data: &Value) {
        let host = self.server.host();
        if line.kind == "http" {
            let request = serde_json::from_value(data.clone()).expect("a request");
            let mut socket = Socket::dial(&host).await;
            socket.request(&request, &host).await;
            self.sockets.insert(line.conn, socket);
            return;
        }
        let text = data.as_str().unwrap_or_default();
        let Some(socket) = self.sockets.get_mut(&line.conn) else {
            return;
        };
        match (line.kind.as_str(), data["op"].as_str()) {
            ("text", _) => {
                let sent = self.translation.here(text);
                self.translation.note_calls(line.conn, &sent);
                socket.text(&sent, line.oddities).await;
            }
            ("ctl", Some("close")) => {
                let reason = data["reason"].as_str().unwrap_or_default();
                socket.close(code(data), reason).await;
            }
            ("ctl", Some("ping")) => {
                let payload = data["payload"].as_str().unwrap_or_default();
                socket.ping(payload).await;
            }
            ("eof", _) => drop(self.sockets.remove(&line.conn)),
            (kind, op) => panic!("{kind} {op:?} cannot be said"),
        }
    }

    async fn listen(&mut self, line: &Line, data: &Value, number: usize) {
        let recorded = match (line.kind.as_str(), data["op"].as_str()) {
            ("http", _) => Heard::Answer(Box::new(Answer::recorded(data))),
            ("text", _) => {
                let text = data.as_str().unwrap_or_default();
                for recorded in text.split('\n') {
                    self.compare(line.conn, number, Heard::Line(recorded.to_owned()))
                        .await;
                }
                return;
            }
            ("ctl", Some("close")) => {
                let reason = data["reason"].as_str().unwrap_or_default();
                Heard::Close(code(data), reason.to_owned())
            }
            ("ctl", Some("pong")) => {
                Heard::Pong(data["payload"].as_str().unwrap_or_default().to_owned())
            }
            ("eof", _) if data == "refused" => {
                let socket = Socket::dial(&self.server.host()).await;
                self.sockets.insert(line.conn, socket);
                Heard::Refused
            }
            ("eof", _) => Heard::End,
            (kind, op) => panic!("{kind} {op:?} cannot be heard"),
        };
        self.compare(line.conn, number, recorded).await;
    }

    async fn hear(&mut self, conn: u32) -> Heard {
        match self.sockets.get_mut(&conn) {
            Some(socket) => socket.hear().await,
            None => Heard::End,
        }
    }

    async fn compare(&mut self, conn: u32, line: usize, recorded: Heard) {
        if self.parted.contains(&conn) {
            return;
        }
        let mut heard = self.hear(conn).await;
        // What was too much for a slow client may or may not come before the end.
        if recorded == Heard::Close(Some(SLOW), "slow".to_owned()) {
            while matches!(heard, Heard::Line(_)) {
                heard = self.hear(conn).await;
            }
        }
        let same = match (&heard, &recorded) {
            (Heard::Line(heard), Heard::Line(recorded)) => {
                self.translation.is_same(conn, heard, recorded)
            }
            (heard, recorded) => heard == recorded,
        };
        if !same {
            self.parted.push(conn);
            self.differences.push(Difference {
                line,
                recorded: recorded.to_string(),
                heard: heard.to_string(),
            });
        }
    }
}

/// The code of a close frame, where it has one.
fn code(data: &Value) -> Option<u16> {
    data["code"]
        .as_u64()
        .and_then(|code| u16::try_from(code).ok())
}
