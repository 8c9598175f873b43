//! A socketioxide server at the platform's path, as a peer of our client.
//!
//! It accepts keys that begin with `good`, greets each client with an event of every kind, and emits
//! each line of stdin as a message. Prints `PORT n`; ends with its stdin. Argument: the port (0: a
//! free one).

use std::{env, error::Error, sync::LazyLock};

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};
use socketioxide::{SocketIo, extract::SocketRef, handler::ConnectHandler as _};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::TcpListener,
};

static EVENTS: LazyLock<Vec<(String, Value)>> = LazyLock::new(|| {
    let events = include_str!("../../socketio-events.json");
    serde_json::from_str(events).expect("a list of names and payloads")
});

/// Bytes that the parser is to take for an attachment.
#[derive(Serialize)]
struct File {
    file: Bytes,
}

async fn accept(socket: SocketRef) -> Result<(), &'static str> {
    let query = socket.req_parts().uri.query().unwrap_or_default();
    if query.split('&').any(|pair| pair.starts_with("key=good")) {
        Ok(())
    } else {
        Err("Неизвестный ключ")
    }
}

async fn greet(socket: SocketRef) {
    for (name, payload) in EVENTS.iter() {
        socket.emit(name, payload).expect("a client that listens");
    }
    let file = File {
        file: Bytes::from_static(&[0, 255]),
    };
    let greeted = socket.emit("binary", &(file, "и текст"));
    greeted.expect("a client that listens");
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let port: u16 = env::args().nth(1).ok_or("the port is missing")?.parse()?;
    let (layer, io) = SocketIo::builder()
        .req_path("/operator/socket.io")
        .build_layer();
    io.ns("/", greet.with(accept));

    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("PORT {}", listener.local_addr()?.port());
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().layer(layer)).await });
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(body) = lines.next_line().await? {
        let message = json!({"authorType": "BOT", "body": body});
        io.emit("chatMessageCreatedEmit", &message).await?;
    }
    Ok(())
}
