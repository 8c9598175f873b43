//! The format of captures.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::Value;
use twin_protocol::centrifuge::Codec;

use super::protobuf;

/// One line of a capture.
#[derive(Clone, Debug, Deserialize)]
pub struct Line {
    /// Where it stands in its file, from 1.
    #[serde(skip)]
    pub(super) number: usize,
    /// Milliseconds since the first line.
    pub(super) t_ms: u64,
    /// The connection; 0 for what happened beside the wire.
    pub(super) conn: u64,
    dir: String,
    kind: String,
    #[serde(default)]
    data: Value,
    /// Compressed: the payload is not text.
    #[serde(default)]
    rsv1: bool,
}

/// What a line tells, as far as a replay looks.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Told {
    /// The server sent bytes that are not text; none where they cannot be had.
    Binary(Vec<u8>),
    /// The server's close frame.
    Close { code: Option<u16>, reason: String },
    /// The client sent this.
    Command(String),
    /// The client sent these bytes.
    CommandBytes(Vec<u8>),
    /// A WebSocket ping or pong of the server.
    Control,
    /// The server's side of TCP ended; how, where that is known.
    Eof(Option<String>),
    /// The server answered the handshake, or a plain request, with this status.
    Status(u16),
    /// The server sent this text.
    Text(String),
    /// Nothing that a replay looks at.
    Other,
}

impl Line {
    /// What it tells.
    pub(super) fn told(&self) -> Told {
        let text = |key: &str| {
            self.data
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let number = |key: &str| self.data.get(key).and_then(Value::as_u64);
        match (self.dir.as_str(), self.kind.as_str()) {
            ("in", "binary") if !self.rsv1 => Told::Binary(self.bytes()),
            ("in", "binary" | "skipped") => Told::Binary(Vec::new()),
            ("in", _) if self.rsv1 => Told::Binary(Vec::new()),
            ("in", "text") => Told::Text(self.data.as_str().unwrap_or_default().to_owned()),
            ("in", "http") => Told::Status(
                number("status")
                    .and_then(|s| s.try_into().ok())
                    .unwrap_or(0),
            ),
            ("in", "ctl") if text("op") == "close" => Told::Close {
                code: number("code").and_then(|code| code.try_into().ok()),
                reason: text("reason").to_owned(),
            },
            ("in", "ctl") => Told::Control,
            ("in", "eof") => Told::Eof(self.data.as_str().map(str::to_owned)),
            ("out", "binary") => Told::CommandBytes(self.bytes()),
            ("out", "text") => Told::Command(self.data.as_str().unwrap_or_default().to_owned()),
            _ => Told::Other,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let text = self.data.as_str().unwrap_or_default();
        STANDARD.decode(text).unwrap_or_default()
    }
}

/// A line that is not what the format promises.
#[derive(Debug)]
pub struct CaptureError {
    pub(super) line: usize,
    pub(super) source: serde_json::Error,
}

impl fmt::Display for CaptureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} is not a line of a capture", self.line)
    }
}

impl std::error::Error for CaptureError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
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

/// The first captured connect command: its codec, the widget's visitor and the sessions.
pub(super) fn first_connect(lines: &[Line]) -> Option<(Codec, Option<String>, Vec<String>)> {
    lines.iter().find_map(|line| match line.told() {
        Told::Command(text) => {
            let mut commands = text
                .lines()
                .filter_map(|line| serde_json::from_str(line).ok());
            let data =
                commands.find_map(|command: Value| command.pointer("/connect/data").cloned());
            settings(&data?).map(|(user, sessions)| (Codec::Json, user, sessions))
        }
        Told::CommandBytes(bytes) => {
            let data = protobuf::connect_data(&bytes)?;
            settings(&data).map(|(user, sessions)| (Codec::Protobuf, user, sessions))
        }
        _ => None,
    })
}

fn settings(data: &Value) -> Option<(Option<String>, Vec<String>)> {
    let settings = data.get("settings")?;
    let user = settings
        .get("userId")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let sessions = settings.get("sessions").and_then(Value::as_array);
    let sessions = sessions.into_iter().flatten().filter_map(Value::as_str);
    Some((user, sessions.map(str::to_owned).collect()))
}
