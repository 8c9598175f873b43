//! The format of captures.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

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
    /// The server sent bytes that are not text.
    Binary,
    /// The server's close frame.
    Close { code: Option<u16>, reason: String },
    /// The client sent this.
    Command(String),
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
            ("in", _) if self.rsv1 => Told::Binary,
            ("in", "binary" | "skipped") => Told::Binary,
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
            ("out", "text") => Told::Command(self.data.as_str().unwrap_or_default().to_owned()),
            _ => Told::Other,
        }
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

/// The connect data of the first captured connect command: the widget's visitor and the sessions.
pub(super) fn first_connect(lines: &[Line]) -> Option<(Option<String>, Vec<String>)> {
    let commands = lines.iter().filter_map(|line| match line.told() {
        Told::Command(text) => Some(text),
        _ => None,
    });
    for command in commands {
        for line in command.lines() {
            let Ok(value) = serde_json::from_str::<Value>(line) else {
                continue;
            };
            let Some(settings) = value.pointer("/connect/data/settings") else {
                continue;
            };
            let user = settings
                .get("userId")
                .and_then(Value::as_str)
                .map(str::to_owned);
            let sessions = settings.get("sessions").and_then(Value::as_array);
            let sessions = sessions.into_iter().flatten().filter_map(Value::as_str);
            return Some((user, sessions.map(str::to_owned).collect()));
        }
    }
    None
}
