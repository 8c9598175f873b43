//! A connection that knows bytes and frames, and nothing of the protocol.

use std::{collections::VecDeque, fmt, io, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::{
    frame::{self, Oddities, Opcode},
    http::{Answer, Request},
};

/// What does not come in this time does not come: the longest wait in the recordings is shorter.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came over a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Answer(Box<Answer>),
    /// Without a code where the close frame was empty.
    Close(Option<u16>, String),
    End,
    Line(String),
    Nothing,
    Ping(String),
    Pong(String),
    /// Nobody takes the connection.
    Refused,
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(answer) => write!(f, "{answer:?}"),
            Self::Close(None, _) => f.write_str("close"),
            Self::Close(Some(code), reason) => write!(f, "close {code} {reason}"),
            Self::End => f.write_str("end"),
            Self::Line(line) => f.write_str(line),
            Self::Nothing => Ok(()),
            Self::Ping(payload) => write!(f, "ping {payload}"),
            Self::Pong(payload) => write!(f, "pong {payload}"),
            Self::Refused => f.write_str("refused"),
        }
    }
}

pub(super) struct Socket {
    /// `None` where nobody took the connection.
    stream: Option<TcpStream>,
    /// What was read and is no whole frame yet.
    bytes: Vec<u8>,
    /// The part of a message that has come.
    message: Vec<u8>,
    is_upgraded: bool,
    heard: VecDeque<Heard>,
}

impl Socket {
    /// Connects to `host`, an address with its port.
    pub(super) async fn dial(host: &str) -> Self {
        Self {
            stream: TcpStream::connect(host).await.ok(),
            bytes: Vec::new(),
            message: Vec::new(),
            is_upgraded: false,
            heard: VecDeque::new(),
        }
    }

    pub(super) async fn request(&mut self, request: &Request, host: &str) {
        self.write(request.encode(host).as_bytes()).await;
    }

    pub(super) async fn text(&mut self, text: &str, oddities: Oddities) {
        let frame = frame::encode(Opcode::Text, text.as_bytes(), oddities);
        self.write(&frame).await;
    }

    pub(super) async fn ping(&mut self, payload: &str) {
        let frame = frame::encode(Opcode::Ping, payload.as_bytes(), Oddities::default());
        self.write(&frame).await;
    }

    pub(super) async fn close(&mut self, code: Option<u16>, reason: &str) {
        let mut payload = Vec::new();
        if let Some(code) = code {
            payload.extend(code.to_be_bytes());
            payload.extend(reason.as_bytes());
        }
        let frame = frame::encode(Opcode::Close, &payload, Oddities::default());
        self.write(&frame).await;
    }

    pub(super) async fn hear(&mut self) -> Heard {
        loop {
            if let Some(heard) = self.heard.pop_front() {
                return heard;
            }
            if self.understand() {
                continue;
            }
            let Some(stream) = &mut self.stream else {
                return Heard::Refused;
            };
            match timeout(PATIENCE, stream.read_buf(&mut self.bytes)).await {
                Err(_) => return Heard::Nothing,
                Ok(Ok(0) | Err(_)) => return Heard::End,
                Ok(Ok(_)) => {}
            }
        }
    }

    /// Makes something of the bytes that have come, where they are enough.
    fn understand(&mut self) -> bool {
        if !self.is_upgraded {
            let Some(answer) = Answer::take(&mut self.bytes) else {
                return false;
            };
            self.is_upgraded = answer.status == 101;
            self.heard.push_back(Heard::Answer(Box::new(answer)));
            return true;
        }
        let Some(frame) = frame::take(&mut self.bytes) else {
            return false;
        };
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("this is text");
        match frame.opcode {
            Opcode::Close => {
                let code = frame
                    .payload
                    .first_chunk()
                    .map(|code| u16::from_be_bytes(*code));
                let reason = text(frame.payload.get(2..).unwrap_or_default());
                self.heard.push_back(Heard::Close(code, reason));
            }
            Opcode::Ping => self.heard.push_back(Heard::Ping(text(&frame.payload))),
            Opcode::Pong => self.heard.push_back(Heard::Pong(text(&frame.payload))),
            Opcode::Binary | Opcode::Continuation | Opcode::Text => {
                self.message.extend(&frame.payload);
                if frame.is_final {
                    let message = text(&std::mem::take(&mut self.message));
                    let lines = message.split('\n').map(|line| Heard::Line(line.to_owned()));
                    self.heard.extend(lines);
                }
            }
        }
        true
    }

    /// That the server is gone shows in what is heard.
    async fn write(&mut self, bytes: &[u8]) {
        let written: io::Result<()> = match &mut self.stream {
            Some(stream) => stream.write_all(bytes).await,
            None => Ok(()),
        };
        drop(written);
    }
}
