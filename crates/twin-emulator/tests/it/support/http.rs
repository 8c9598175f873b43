//! HTTP by hand: one request a connection.

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use twin_emulator::Emulator;

use super::{CHAT, soon};

/// What the emulator answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    /// The body as JSON; `null` where there is none.
    pub(crate) fn json(&self) -> Value {
        match self.body.as_str() {
            "" => Value::Null,
            body => serde_json::from_str(body).expect("a JSON body"),
        }
    }
}

/// Makes one call. In the headers, `TOKEN` stands for the emulator's own token.
pub(crate) async fn call(
    emulator: &Emulator,
    line: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Reply {
    let addresses = emulator.addresses();
    let address = addresses.http.strip_prefix("http://").unwrap();
    let mut request = format!("{line} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        let value = value.replace("TOKEN", &addresses.token);
        request += &format!("{name}: {value}\r\n");
    }
    if !body.is_empty() {
        request += &format!("Content-Length: {}\r\n", body.len());
    }
    request += "\r\n";
    request += body;
    send(emulator, &request).await
}

/// Sends a request that is written out.
pub(crate) async fn send(emulator: &Emulator, request: &str) -> Reply {
    let address = emulator.addresses().http.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let reply = soon(async {
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).await.unwrap();
        String::from_utf8(reply).unwrap()
    });
    let reply = reply.await;
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Reply {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

/// Starts a session of this id, or of any, through the widget gateway. Its answers come as events.
pub(crate) async fn start_session(emulator: &Emulator, id: Option<&str>, body: &str) -> String {
    let mut draft = json!({"name": "test", "messageBody": body, "returnAnswerAsync": true});
    if let Some(id) = id {
        draft["sessionId"] = id.into();
    }
    let line = format!("POST /api/chats/v1/chats/{CHAT}/sessions?x_widget=1");
    let headers = [("Content-Type", "application/json")];
    let reply = call(emulator, &line, &headers, &draft.to_string()).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply.json()["id"].as_str().unwrap().to_owned()
}
