//! A connection that knows frames, and nothing of the protocol.

use std::{collections::VecDeque, fmt, time::Duration};

use futures_util::{SinkExt as _, StreamExt as _};
use http::Request;
use tokio::time::timeout;
use twin_emulator::Emulator;
use twin_transport::{
    CloseFrame, FastWebSocketConnector, Incoming, Message, Network, WebSocket,
    WebSocketConnector as _,
};

/// What does not come in this time does not come: the longest wait in the recordings is shorter.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came over a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Close(u64, String),
    End,
    Line(String),
    Nothing,
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Close(code, reason) => write!(f, "close {code} {reason}"),
            Self::End => f.write_str("end"),
            Self::Line(line) => f.write_str(line),
            Self::Nothing => Ok(()),
        }
    }
}

pub(super) struct Socket {
    socket: Box<dyn WebSocket>,
    lines: VecDeque<String>,
}

impl Socket {
    pub(super) async fn dial(emulator: &Emulator, query: &str) -> Self {
        let address = format!("{}{query}", emulator.addresses().centrifugo);
        let request = Request::get(address).body(()).expect("an address");
        let network = Network::with_platform_roots().expect("TLS is there");
        let connector = FastWebSocketConnector::new(&network);
        let socket = connector
            .connect(request)
            .await
            .expect("the server upgrades");
        let lines = VecDeque::new();
        Self { socket, lines }
    }

    /// Sends a text. That the server is gone shows in what is heard.
    pub(super) async fn send(&mut self, text: &str) {
        let _ = self
            .socket
            .send(Message::Text(text.to_owned().into()))
            .await;
    }

    pub(super) async fn close(&mut self) {
        let frame = CloseFrame {
            code: 1000,
            reason: String::new(),
        };
        let _ = self.socket.send(Message::Close(Some(frame))).await;
    }

    pub(super) async fn hear(&mut self) -> Heard {
        loop {
            if let Some(line) = self.lines.pop_front() {
                return Heard::Line(line);
            }
            match timeout(PATIENCE, self.socket.next()).await {
                Err(_) => return Heard::Nothing,
                Ok(None | Some(Err(_))) => return Heard::End,
                Ok(Some(Ok(Incoming::Message(Message::Close(frame))))) => {
                    return match frame {
                        Some(frame) => Heard::Close(frame.code.into(), frame.reason),
                        None => Heard::End,
                    };
                }
                Ok(Some(Ok(Incoming::Message(Message::Text(text))))) => {
                    self.lines
                        .extend(text.as_str().split('\n').map(str::to_owned));
                }
                Ok(Some(Ok(_))) => {}
            }
        }
    }
}
