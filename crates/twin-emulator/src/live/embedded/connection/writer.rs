//! Writes what waits for a client, and at last the close frame.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::{SinkExt, stream::SplitSink};
use tokio::time;

use super::{
    super::{
        link::Link,
        outgoing::{Close, Next},
        settings::CentrifugoSettings,
    },
    Heartbeat,
};

/// How long one write may be blocked before the connection is cut (facts, 2.3: 3009).
const WRITE_TIMEOUT: Duration = Duration::from_secs(1);
/// How long the client has to answer the close frame (facts, 2.4).
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// The most that a close frame carries of its reason.
const REASON_LIMIT: usize = 123;

/// Returns when the connection is to be cut.
pub(super) async fn write(
    mut sink: SplitSink<WebSocket, Message>,
    link: &Link,
    settings: &CentrifugoSettings,
    heartbeat: Heartbeat,
) {
    let mut pings = time::interval(settings.ping_interval);
    pings.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    pings.reset();
    loop {
        let message = tokio::select! {
            next = link.outgoing.next() => match next {
                Next::Frame(frame) => Message::Text(frame),
                Next::Close(close) => return end(sink, close).await,
            },
            _ = pings.tick(), if heartbeat == Heartbeat::Frames => Message::Ping(Vec::new().into()),
        };
        match time::timeout(WRITE_TIMEOUT, sink.send(message)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return,
        }
    }
}

/// Sends the close frame, where this close has one, and waits for the client to answer it: the
/// reader sees that answer and ends the connection sooner.
async fn end(mut sink: SplitSink<WebSocket, Message>, close: Close) {
    let frame = match close.code {
        // Codes that no frame can carry (facts, 2.3).
        3000 => return,
        1005 => None,
        // The reason does not fit: the server's write fails, and no frame comes.
        _ if close.reason.len() > REASON_LIMIT => return,
        code => Some(CloseFrame {
            code,
            reason: close.reason.into(),
        }),
    };
    let sent = time::timeout(WRITE_TIMEOUT, sink.send(Message::Close(frame))).await;
    if matches!(sent, Ok(Ok(()))) {
        time::sleep(CLOSE_TIMEOUT).await;
    }
}
