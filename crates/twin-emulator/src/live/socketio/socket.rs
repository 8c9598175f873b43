//! WebSockets: a connection's only carrier, or the one that takes over from polls.

use std::sync::Arc;

use axum::extract::ws::{CloseFrame, Message, WebSocket};

use super::{
    connection::{Carrier, Connection, Over},
    flavour::Flavour,
    heard::Hearing,
    hub::Hub,
    packet::{Packet, UPGRADE},
};

/// Takes over from polls, once the client has probed the socket.
pub(super) async fn probe(mut socket: WebSocket, hub: Arc<Hub>, connection: Arc<Connection>) {
    while let Some(Ok(message)) = socket.recv().await {
        let Message::Text(text) = message else {
            continue;
        };
        match text.as_str() {
            UPGRADE => return serve(socket, hub, connection).await,
            ping if ping.starts_with('2') => {
                let pong = format!("3{}", &ping[1..]);
                if socket.send(Message::Text(pong.into())).await.is_err() {
                    break;
                }
                connection.set_carrier(Carrier::Probing);
            }
            _ => break,
        }
    }
    // A probe that fails is no harm: the polls go on.
    if connection.carrier() == Carrier::Probing {
        connection.set_carrier(Carrier::Polling);
    }
}

/// Carries a connection until it is over.
pub(super) async fn serve(mut socket: WebSocket, hub: Arc<Hub>, connection: Arc<Connection>) {
    connection.set_carrier(Carrier::WebSocket);
    let mut hearing = Hearing::new(Arc::clone(&hub), Arc::clone(&connection));
    let is_node = connection.behaviour.flavour == Flavour::Node;
    let is_broken = loop {
        let changed = connection.changed.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        if write(&mut socket, &connection).await.is_err() {
            break true;
        }
        if connection.over().is_some() {
            break false;
        }
        let message = tokio::select! {
            message = socket.recv() => message,
            () = changed => continue,
        };
        let packet = match message {
            Some(Ok(Message::Binary(frame))) => match frame.first() {
                Some(4) => Packet::Binary(frame.slice(1..)),
                _ if is_node => break false,
                _ => continue,
            },
            Some(Ok(Message::Text(text))) => match text.strip_prefix("b4") {
                Some(_) if !is_node => continue,
                _ => Packet::text(text.as_str()),
            },
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
            Some(Ok(Message::Close(_)) | Err(_)) | None => break true,
        };
        if !hearing.hear(packet) {
            break false;
        }
    };
    connection.end(Over::Gone);
    if !is_broken {
        let _ = write(&mut socket, &connection).await;
        // Node says nothing more than that it closes, Python that it does so normally.
        let normal = || CloseFrame {
            code: 1000,
            reason: "".into(),
        };
        let _ = socket.send(Message::Close((!is_node).then(normal))).await;
    }
    hub.forget(&connection);
}

/// Sends everything that waits.
async fn write(socket: &mut WebSocket, connection: &Connection) -> Result<(), axum::Error> {
    for packet in connection.take_waiting() {
        socket.send(packet.into_frame()).await?;
    }
    Ok(())
}
