//! The format of captures of Socket.IO.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;

use crate::replay::CaptureError;

/// One line of a capture.
#[derive(Clone, Debug, Deserialize)]
pub struct Line {
    /// Where it stands in its file, from 1.
    #[serde(skip)]
    pub(super) number: usize,
    /// Milliseconds since the first line.
    pub(super) t_ms: u64,
    /// The TCP connection.
    pub(super) conn: u64,
    dir: String,
    transport: Transport,
    kind: String,
    #[serde(default)]
    data: Value,
}

/// Over what a line went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Transport {
    /// Plain HTTP.
    Poll,
    /// A WebSocket, its handshake included.
    Ws,
}

/// What a line tells, as far as a replay looks.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Told {
    /// The server's answer by HTTP, or to a handshake.
    Answer {
        status: u16,
        body: Bytes,
        /// The recorder's own reading of the packets in it; `None` stands for bytes.
        packets: Vec<Option<String>>,
    },
    /// The client asked by HTTP, or began a handshake.
    Ask {
        transport: Transport,
        is_post: bool,
        key: Option<String>,
        sid: Option<String>,
        body: Bytes,
    },
    /// The server sent a message of bytes.
    Binary(Bytes),
    /// The server's close frame.
    Close { code: Option<u16>, reason: String },
    /// A WebSocket ping or pong of the server.
    Control,
    /// The server's side of TCP ended.
    Eof,
    /// Nothing that a replay looks at.
    Other,
    /// The client sent this text.
    Said(String),
    /// The client sent these bytes.
    SaidBinary(Bytes),
    /// The server sent this text.
    Text(String),
}

impl Line {
    pub(super) fn transport(&self) -> Transport {
        self.transport
    }

    /// What it tells.
    pub(super) fn told(&self) -> Told {
        let text = |key: &str| self.data.get(key).and_then(Value::as_str);
        let number = |key: &str| self.data.get(key).and_then(Value::as_u64);
        let whole = || self.data.as_str().unwrap_or_default();
        match (self.dir.as_str(), self.kind.as_str()) {
            ("in", "http") => Told::Answer {
                status: number("status")
                    .and_then(|s| s.try_into().ok())
                    .unwrap_or(0),
                body: self.body(),
                packets: self.packets(),
            },
            ("out", "http") => {
                let (key, sid) = parameters(text("target").unwrap_or_default());
                Told::Ask {
                    transport: self.transport,
                    is_post: text("method") != Some("GET"),
                    key,
                    sid,
                    body: self.body(),
                }
            }
            ("in", "text") => Told::Text(whole().to_owned()),
            ("out", "text") => Told::Said(whole().to_owned()),
            ("in", "binary") => Told::Binary(decode(whole())),
            ("out", "binary") => Told::SaidBinary(decode(whole())),
            ("in", "ctl") if text("op") == Some("close") => Told::Close {
                code: number("code").and_then(|code| code.try_into().ok()),
                reason: text("reason").unwrap_or_default().to_owned(),
            },
            ("in", "ctl") => Told::Control,
            ("in", "eof") => Told::Eof,
            _ => Told::Other,
        }
    }

    fn packets(&self) -> Vec<Option<String>> {
        let packets = self.data.get("packets").and_then(Value::as_array);
        let packets = packets.into_iter().flatten();
        packets.map(|one| one.as_str().map(str::to_owned)).collect()
    }

    fn body(&self) -> Bytes {
        let text = |key: &str| self.data.get(key).and_then(Value::as_str);
        match (text("body"), text("body_b64")) {
            (Some(body), _) => Bytes::copy_from_slice(body.as_bytes()),
            (None, Some(body)) => decode(body),
            (None, None) => Bytes::new(),
        }
    }
}

fn decode(base64: &str) -> Bytes {
    STANDARD.decode(base64).unwrap_or_default().into()
}

/// The session's key and the connection's sid.
fn parameters(target: &str) -> (Option<String>, Option<String>) {
    let Ok(uri) = target.parse::<http::Uri>() else {
        return (None, None);
    };
    let mut found = (None, None);
    for pair in uri.query().unwrap_or_default().split('&') {
        match pair.split_once('=') {
            Some(("key", value)) => found.0 = Some(value.to_owned()),
            Some(("sid", value)) => found.1 = Some(value.to_owned()),
            _ => {}
        }
    }
    found
}

/// Whether the text is a capture of Socket.IO: its lines say over which transport they went.
pub fn is_capture(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty());
    first
        .and_then(|line| serde_json::from_str::<Value>(line).ok())
        .is_some_and(|line| line.get("transport").is_some())
}

/// Reads a capture.
///
/// # Errors
///
/// When a line is not JSON of the right shape.
pub fn parse(text: &str) -> Result<Vec<Line>, CaptureError> {
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            let number = index + 1;
            serde_json::from_str::<Line>(line)
                .map(|line| Line { number, ..line })
                .map_err(|source| CaptureError {
                    line: number,
                    source,
                })
        })
        .collect()
}
