//! A server that answers honestly: it opens, lets in, answers heartbeats and probes, acknowledges.

use bytes::Bytes;
use twin_protocol::socketio::engine::payload::{self, Piece};

const SHORT: &str =
    r#"0{"sid":"s","upgrades":["websocket"],"pingInterval":1000,"pingTimeout":2000}"#;

/// What the server has to say and has not said.
#[derive(Default)]
pub(super) struct Server {
    by_http: Vec<String>,
    on_socket: Vec<String>,
    has_moved: bool,
}

impl Server {
    /// A socket is dialled: for a connection of its own, or for one that moves.
    pub(super) fn dial(&mut self, sid: Option<&str>) {
        self.on_socket.clear();
        if sid.is_none() {
            self.on_socket = vec![SHORT.to_owned(), "40".to_owned()];
            self.has_moved = true;
        }
    }

    /// A question is asked: of a connection that is to begin, or of one that there is.
    pub(super) fn ask(&mut self, sid: Option<&str>) {
        if sid.is_none() {
            self.by_http = vec![SHORT.to_owned(), "40".to_owned()];
            self.has_moved = false;
        }
    }

    pub(super) fn hear_body(&mut self, body: &Bytes) {
        for piece in payload::decode(body) {
            if let Piece::Text(text) = piece.expect("what is sent can be read") {
                self.hear(&text);
            }
        }
    }

    pub(super) fn hear(&mut self, text: &str) {
        let answer = match text {
            "2probe" => return self.on_socket.push("3probe".to_owned()),
            "5" => {
                self.has_moved = true;
                return self.on_socket.append(&mut self.by_http);
            }
            "2" => "3".to_owned(),
            text => match text
                .strip_prefix("42")
                .and_then(|rest| rest.split_once('['))
            {
                Some((id, _)) if !id.is_empty() => format!("43{id}[]"),
                _ => return,
            },
        };
        if self.has_moved {
            self.on_socket.push(answer);
        } else {
            self.by_http.push(answer);
        }
    }

    /// The answer to the question.
    pub(super) fn body(&mut self) -> Vec<u8> {
        if self.by_http.is_empty() {
            return b"1:6".to_vec();
        }
        let packets = std::mem::take(&mut self.by_http);
        let framed = packets
            .iter()
            .map(|packet| format!("{}:{packet}", packet.encode_utf16().count()));
        framed.collect::<String>().into_bytes()
    }

    pub(super) fn messages(&mut self) -> Vec<String> {
        std::mem::take(&mut self.on_socket)
    }
}
