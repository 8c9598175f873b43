//! Long polling: GETs that bring packets, POSTs that take them.

use std::sync::Arc;

use axum::{
    body,
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use tokio::time;

use super::{
    connection::{Connection, Over, Polled},
    flavour::Flavour,
    heard::Hearing,
    hub::Hub,
    packet::{CLOSE, Packet},
    payload,
    refusal::Refusal,
};

/// The largest body and message that is taken, in bytes.
pub(super) const MAX_BODY: usize = 1_000_000;
/// Python drops a payload of more packets, and says that all is well.
const MAX_PACKETS: usize = 16;

/// The first answer: the open packet, and on a connection that is no WebSocket its sid as a cookie.
pub(super) fn greet(connection: &Connection, base64: bool) -> Result<Response, Refusal> {
    match connection.polled() {
        Polled::Packets(packets) => Ok(with_cookie(
            connection,
            answer(connection, &packets, base64),
        )),
        Polled::Over | Polled::Wait => Err(Refusal::BadRequest),
    }
}

/// A poll: waits until there are packets.
pub(super) async fn give(connection: &Arc<Connection>, base64: bool) -> Result<Response, Refusal> {
    let is_node = connection.behaviour.flavour == Flavour::Node;
    if !connection.begin_poll() && is_node {
        connection.end(Over::Closing);
        return Err(Refusal::Overlap);
    }
    let mut poll = Poll {
        connection,
        is_answered: false,
    };
    let unknown = || Refusal::UnknownSid(connection.sid.clone());
    loop {
        let changed = connection.changed.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        match connection.polled() {
            Polled::Packets(packets) => {
                poll.is_answered = true;
                if packets == [Packet::text(CLOSE)] {
                    connection.end(Over::Gone);
                }
                let answer = answer(connection, &packets, base64);
                return Ok(if is_node {
                    with_cookie(connection, answer)
                } else {
                    answer
                });
            }
            Polled::Over => {
                poll.is_answered = true;
                return Err(unknown());
            }
            Polled::Wait if is_node => changed.await,
            Polled::Wait => {
                // Python ends the whole connection where a poll has nothing to bring for so long.
                let patience = connection.behaviour.ping_timeout();
                if time::timeout(patience, changed).await.is_err() {
                    poll.is_answered = true;
                    connection.end(Over::Gone);
                    return Err(Refusal::BadRequest);
                }
            }
        }
    }
}

/// A post: takes packets in.
pub(super) async fn take(
    hub: &Arc<Hub>,
    connection: &Arc<Connection>,
    request: Request,
) -> Result<Response, Refusal> {
    if connection.over().is_some() {
        return Err(Refusal::UnknownSid(connection.sid.clone()));
    }
    if !connection.begin_post() {
        connection.end(Over::Closing);
        return Err(Refusal::Overlap);
    }
    let flavour = connection.behaviour.flavour;
    let kind = request.headers().get(header::CONTENT_TYPE).cloned();
    let is_binary = kind.is_some_and(|kind| kind == payload::BINARY_TYPE);
    let body = body::to_bytes(request.into_body(), MAX_BODY).await;
    connection.end_post();
    let body = body.map_err(|_| Refusal::BadRequest)?;
    // Node goes by the type, to the letter; Python by the first byte.
    let framed = matches!(body.first(), Some(0 | 1));
    let packets = match flavour {
        Flavour::Node if framed != is_binary => None,
        _ => payload::read(&body, flavour),
    };
    // Whatever becomes of the packets, the answer is the same.
    let said = match flavour {
        Flavour::Node => ([(header::CONTENT_TYPE, "text/html")], "ok").into_response(),
        Flavour::Python => ([(header::CONTENT_TYPE, "text/plain")], "OK").into_response(),
    };
    let mut hearing = Hearing::new(Arc::clone(hub), Arc::clone(connection));
    match packets {
        None if flavour == Flavour::Node => connection.end(Over::Closing),
        None => {}
        Some(packets) if flavour == Flavour::Python && packets.len() > MAX_PACKETS => {}
        Some(packets) => {
            let all_heard = packets.into_iter().all(|packet| hearing.hear(packet));
            if !all_heard && connection.over().is_none() {
                connection.end(Over::Closing);
            }
        }
    }
    Ok(said)
}

/// A poll that waits. Dropped before it is answered, it takes Node's connection with it.
struct Poll<'a> {
    connection: &'a Connection,
    is_answered: bool,
}

impl Drop for Poll<'_> {
    fn drop(&mut self) {
        self.connection.end_poll();
        if !self.is_answered && self.connection.behaviour.flavour == Flavour::Node {
            self.connection.end(Over::Gone);
        }
    }
}

fn answer(connection: &Connection, packets: &[Packet], base64: bool) -> Response {
    let (kind, body) = payload::write(packets, connection.behaviour.flavour, base64);
    (StatusCode::OK, [(header::CONTENT_TYPE, kind)], body).into_response()
}

fn with_cookie(connection: &Connection, mut response: Response) -> Response {
    let rest = match connection.behaviour.flavour {
        Flavour::Node => "Path=/; HttpOnly; SameSite=Strict",
        Flavour::Python => "path=/; SameSite=Lax",
    };
    if let Ok(cookie) = HeaderValue::from_str(&format!("io={}; {rest}", connection.sid)) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
