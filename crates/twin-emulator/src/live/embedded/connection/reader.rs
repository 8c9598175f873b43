//! Reads a client's frames and has their commands handled, one at a time.

use std::{error::Error, future, time::Duration};

use axum::extract::ws::{Message, WebSocket};
use futures_util::{StreamExt, stream::SplitStream};
use tokio::time;
use tungstenite::error::Error as SocketError;

use super::{
    super::{command, link::Link, outgoing::Close},
    commands::{Commands, Flow},
};

/// How long a client whose connect was refused is still listened to (capture
/// `connect-error-temporary`).
const UNUSABLE: Duration = Duration::from_secs(5);

/// Returns when the connection is to be cut.
pub(super) async fn read(
    mut stream: SplitStream<WebSocket>,
    mut commands: Commands<'_>,
    link: &Link,
    message_size_limit: usize,
) {
    while let Some(message) = stream.next().await {
        let frame = match &message {
            Ok(Message::Text(text)) => text.as_bytes(),
            // Either kind of frame will do (facts, 1.6).
            Ok(Message::Binary(bytes)) => bytes,
            // The library answers pings and close frames.
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_)) => continue,
            Err(error) => match violation(error) {
                None => return,
                Some(close) => {
                    link.close(close);
                    // Nothing can be read any more; the writer ends the connection.
                    return future::pending().await;
                }
            },
        };
        // A link that is closing reads on, for the client's answer, but obeys no more.
        if link.outgoing.is_closing() {
            continue;
        }
        if frame.len() > message_size_limit {
            link.close(Close::new(1009, ""));
            continue;
        }
        let Ok(frame) = std::str::from_utf8(frame) else {
            link.close(Close::bad_request());
            continue;
        };
        for line in command::lines(frame) {
            match commands.handle(line).await {
                Flow::Close(close) => {
                    link.close(close);
                    break;
                }
                Flow::Continue => {}
                Flow::Unusable => {
                    let rest = async { while stream.next().await.is_some() {} };
                    // Reading to the end or for five seconds: the same end.
                    let _ = time::timeout(UNUSABLE, rest).await;
                    return;
                }
            }
        }
    }
}

/// The close for what is no WebSocket, or `None` where the connection is simply gone.
fn violation(error: &axum::Error) -> Option<Close> {
    let error = error.source()?.downcast_ref::<SocketError>()?;
    match error {
        SocketError::Capacity(_) => Some(Close::new(1009, "")),
        // A client that vanishes without a close frame violates the protocol, too.
        SocketError::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake) => {
            None
        }
        SocketError::Protocol(_) => Some(Close::new(1002, "protocol error")),
        SocketError::Utf8(_) => Some(Close::bad_request()),
        _ => None,
    }
}
