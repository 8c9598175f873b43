//! Requests of links that poll: each waits until the server answers it, or is given up.

use std::collections::BTreeMap;

use http::{Method, Response, StatusCode};
use twin_transport::{Body, ErrorKind, Reached};

use super::{
    Links,
    news::{self, Traffic},
    value,
};
use crate::sim::{
    client::{Asked, Event, Link as _, World},
    clock::millis,
    dial::Dial,
    socketio::wire,
};

/// What a link asks for by HTTP.
#[derive(Debug)]
pub(in crate::sim) enum Request {
    /// Packets of a connection, or a new one.
    Get(Option<String>),
    Post(String, Vec<String>),
}

#[derive(Default)]
pub(super) struct Exchanges {
    open: BTreeMap<u64, Open>,
    /// Answers that the client has not taken: whose they are, and their packets.
    untaken: BTreeMap<u64, (String, Vec<String>)>,
}

struct Open {
    asked: Asked,
    session: String,
    is_question: bool,
}

impl Exchanges {
    pub(super) fn are_open(&self) -> bool {
        self.open.values().any(|open| !open.asked.is_given_up())
    }
}

/// Takes a request that is made to the link's server, and gives back any other.
pub(super) fn take_asked(world: &mut World<'_, Links>, asked: Asked) -> Option<Asked> {
    let address = asked.request.uri();
    if !address.path().ends_with("/socket.io/") {
        return Some(asked);
    }
    let exchange = asked.number();
    let session = value(address, "key").unwrap_or_default();
    let sid = value(address, "sid");
    let is_question = asked.request.method() == Method::GET;
    let request = if is_question {
        Request::Get(sid)
    } else {
        let packets = wire::unframe(asked.request.body()).unwrap_or_default();
        Request::Post(sid.unwrap_or_default(), packets)
    };
    let now = world.clock.now;
    // What is asked on a connection that is there goes through.
    let trouble = match request {
        Request::Get(None) => world.link.trouble(now),
        _ if world.link.is_down(now) => Some(Dial::Unreachable),
        _ => None,
    };
    world
        .trace
        .add(now, || format!("?{exchange} > {request:?}"));
    let open = Open {
        asked,
        session: session.clone(),
        is_question,
    };
    world.link.exchanges.open.insert(exchange, open);
    let way = world.clock.latency();
    let (after, traffic) = match trouble {
        None => (way, Traffic::Ask(exchange, session, request)),
        // It is never answered.
        Some(Dial::Silent) => return None,
        Some(Dial::Refused(status)) => {
            let answer = Some((status, Vec::new()));
            (way, Traffic::Answer(exchange, answer))
        }
        Some(Dial::TimedOut) => (millis(5_000), Traffic::Answer(exchange, None)),
        Some(Dial::Unreachable) => (way, Traffic::Answer(exchange, None)),
    };
    world.clock.after(after, Event::Traffic(traffic));
    None
}

/// The answer to a request reaches the client.
pub(super) fn answer(
    world: &mut World<'_, Links>,
    exchange: u64,
    answer: Option<(u16, Vec<String>)>,
) {
    let exchanges = &mut world.link.exchanges;
    let Some(open) = exchanges.open.remove(&exchange) else {
        return;
    };
    let Some((status, packets)) = answer else {
        return open.asked.fail(ErrorKind::Unreachable, Reached::No);
    };
    let body = match open.is_question {
        true => wire::frame(&packets),
        false => "ok".into(),
    };
    let mut response = Response::new(Body::full(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    if open.is_question {
        let untaken = (open.session, packets);
        exchanges.untaken.insert(exchange, untaken);
    }
    open.asked.answer(response);
}

/// The client has taken an answer.
pub(super) fn answered(world: &mut World<'_, Links>, exchange: u64) {
    let Some((session, packets)) = world.link.exchanges.untaken.remove(&exchange) else {
        return;
    };
    let now = world.clock.now;
    world
        .trace
        .add(now, || format!("?{exchange} < {packets:?}"));
    for packet in packets {
        news::tell(world, &session, &packet);
    }
}

/// The server learns of requests that the client waits for no more.
pub(super) fn give_up(world: &mut World<'_, Links>) {
    let mut given_up = Vec::new();
    world.link.exchanges.open.retain(|exchange, open| {
        let stays = !open.asked.is_given_up();
        if !stays && open.is_question {
            given_up.push((*exchange, open.session.clone()));
        }
        stays
    });
    for (exchange, session) in given_up {
        world.link.server(&session).forget_question(exchange);
    }
}
