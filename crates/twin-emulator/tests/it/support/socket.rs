//! A live connection of a client that knows frames, and nothing of the protocol.

use std::collections::VecDeque;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_websockets::{ClientBuilder, Limits, MaybeTlsStream, Message, WebSocketStream};
use twin_emulator::Emulator;

use super::soon;

/// What came over a live connection.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Close(u16, String),
    /// The end, after a close frame or without one.
    End,
    /// One line of a text frame.
    Line(String),
}

/// A live connection.
pub(crate) struct Socket {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    lines: VecDeque<String>,
    /// How many lines each frame had.
    pub(crate) frames: Vec<usize>,
}

impl Socket {
    /// Dials the emulator's Centrifugo; `query` with its question mark.
    pub(crate) async fn dial(emulator: &Emulator, query: &str) -> Self {
        let address = format!("{}{query}", emulator.addresses().centrifugo);
        let builder = ClientBuilder::new()
            .uri(&address)
            .unwrap()
            .limits(Limits::unlimited());
        let (socket, _) = soon(builder.connect()).await.unwrap();
        Self {
            socket,
            lines: VecDeque::new(),
            frames: Vec::new(),
        }
    }

    pub(crate) async fn send(&mut self, text: &str) {
        soon(self.socket.send(Message::text(text.to_owned())))
            .await
            .unwrap();
    }

    /// What comes next; pings of WebSocket are passed over.
    pub(crate) async fn hear(&mut self) -> Heard {
        loop {
            if let Some(line) = self.lines.pop_front() {
                return Heard::Line(line);
            }
            let message = match soon(self.socket.next()).await {
                None | Some(Err(_)) => return Heard::End,
                Some(Ok(message)) => message,
            };
            if let Some((code, reason)) = message.as_close() {
                return Heard::Close(code.into(), reason.to_owned());
            }
            if let Some(text) = message.as_text() {
                self.lines.extend(text.split('\n').map(str::to_owned));
                self.frames.push(self.lines.len());
            }
        }
    }

    /// The next line, as JSON.
    pub(crate) async fn line(&mut self) -> Value {
        match self.hear().await {
            Heard::Line(line) => serde_json::from_str(&line).unwrap(),
            other => panic!("{other:?} instead of a line"),
        }
    }

    /// Says something and gives the next line.
    pub(crate) async fn ask(&mut self, text: &str) -> Value {
        self.send(text).await;
        self.line().await
    }

    /// The next event: its name and payload.
    pub(crate) async fn event(&mut self) -> (String, Value) {
        let line = self.line().await;
        let data = &line["push"]["pub"]["data"];
        let name = data["event"]
            .as_str()
            .unwrap_or_else(|| panic!("no event: {line}"));
        (name.to_owned(), data["payload"].clone())
    }
}

/// The connect command of the article for these sessions.
pub(crate) fn connect_command(sessions: &[&str]) -> String {
    let settings = json!({"userId": "visitor", "sessions": sessions});
    let data = json!({"application": "widget", "settings": settings});
    json!({"id": 1, "connect": {"name": "js", "data": data}}).to_string()
}
