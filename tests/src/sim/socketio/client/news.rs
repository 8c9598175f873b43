//! What is under way between the client and the server, and what the judge learns when the client
//! is told of it.

use serde_json::Value;
use twin_transport::{Error, ErrorKind, Reached};

use super::{Links, exchanges::Request};
use crate::sim::{
    client::{Event, World},
    socketio::{
        server::{Cut, Said},
        wire,
    },
};

/// What the client's end of a socket brings.
#[derive(Debug)]
pub(in crate::sim) enum News {
    Closed(u16),
    Lost,
    Packet(String),
    Unreadable,
}

/// What happens in the network.
#[derive(Debug)]
pub(in crate::sim) enum Traffic {
    /// The answer to a request: its status and packets. `None`: the connection broke.
    Answer(u64, Option<(u16, Vec<String>)>),
    /// A request reaches the server of a session.
    Ask(u64, String, Request),
    Cut(String, Cut),
    Down(u64, News),
    /// The server learns that the client has gone.
    Gone(u64),
    Up(u64, String),
}

/// How far a connection is.
#[derive(Debug, Default)]
pub(super) struct Stage {
    /// Its first event.
    from: u64,
    /// Whether the session is let in.
    is_in: bool,
    /// Who read the session when it was let in last.
    reader: Option<usize>,
}

/// Lets happen what was under way.
pub(super) fn carry(world: &mut World<'_, Links>, traffic: Traffic) {
    let now = world.clock.now;
    match traffic {
        Traffic::Answer(exchange, answer) => super::exchanges::answer(world, exchange, answer),
        Traffic::Ask(exchange, name, request) => match request {
            Request::Get(sid) => {
                let server = world.link.server(&name);
                server.get(now, exchange, sid.as_deref());
            }
            Request::Post(sid, packets) => {
                let server = world.link.server(&name);
                server.post(now, exchange, &sid, &packets);
            }
        },
        Traffic::Cut(name, cut) => world.link.server(&name).cut(&cut),
        Traffic::Down(conn, news) => arrive(world, conn, news),
        Traffic::Gone(conn) => {
            if let Some(name) = world.link.owners.get(&conn).cloned() {
                world.link.server(&name).forget_socket(conn);
            }
        }
        Traffic::Up(conn, text) => {
            if let Some(name) = world.link.owners.get(&conn).cloned() {
                world.link.server(&name).hear(now, conn, &text);
            }
        }
    }
}

/// Sends on what the server has said.
pub(super) fn listen_to_server(world: &mut World<'_, Links>) -> Result<(), String> {
    let names: Vec<_> = world.link.servers.keys().cloned().collect();
    for name in names {
        for said in world.link.server(&name).take_said() {
            match said {
                Said::Answer(exchange, status, packets) => {
                    let answer = Traffic::Answer(exchange, Some((status, packets)));
                    let way = world.clock.latency();
                    world.clock.after(way, Event::Traffic(answer));
                }
                Said::Break(exchange) => {
                    let way = world.clock.latency();
                    let answer = Traffic::Answer(exchange, None);
                    world.clock.after(way, Event::Traffic(answer));
                }
                Said::Close(conn, code) => send_down(world, conn, News::Closed(code)),
                Said::Later(time, cut) => {
                    let cut = Traffic::Cut(name.clone(), cut);
                    world.clock.after(time, Event::Traffic(cut));
                }
                Said::Lose(conn) => send_down(world, conn, News::Lost),
                Said::Text(conn, text) => send_down(world, conn, News::Packet(text)),
                Said::Wrong(what) => return Err(format!("the client breaks the protocol: {what}")),
            }
        }
    }
    Ok(())
}

pub(super) fn send_down(world: &mut World<'_, Links>, conn: u64, news: News) {
    send(world, (conn, false), Traffic::Down(conn, news));
}

pub(super) fn send_up(world: &mut World<'_, Links>, conn: u64, traffic: Traffic) {
    send(world, (conn, true), traffic);
}

/// Pieces of one socket keep their order.
fn send(world: &mut World<'_, Links>, way: (u64, bool), traffic: Traffic) {
    let arrives = world.clock.now + world.clock.latency();
    let last = world.link.arrivals.entry(way).or_default();
    *last = arrives.max(*last);
    world.clock.at(*last, Event::Traffic(traffic));
}

fn arrive(world: &mut World<'_, Links>, conn: u64, news: News) {
    let Some(peer) = world.peers.get(&conn) else {
        return;
    };
    match news {
        News::Closed(1006) | News::Lost => peer.lose(),
        News::Closed(code) => peer.close(code, ""),
        News::Packet(packet) => {
            match wire::bytes(&packet) {
                Some(bytes) => peer.send_binary(bytes),
                None => peer.send_text(packet.clone()),
            }
            let untaken = world.link.untaken.entry(conn).or_default();
            untaken.push_back(packet);
        }
        News::Unreadable => {
            let what = "reading in a simulation";
            peer.fail(Error::new(ErrorKind::TooLarge, Reached::Yes, what));
        }
    }
}

/// A socket gives the client its next packet.
pub(super) fn told(world: &mut World<'_, Links>, conn: u64) -> Result<(), String> {
    let untaken = world.link.untaken.get_mut(&conn);
    let Some(packet) = untaken.and_then(|untaken| untaken.pop_front()) else {
        return Err(format!("{conn} gave what nobody has said"));
    };
    let now = world.clock.now;
    world.trace.add(now, || format!("{conn} < {packet}"));
    if let Some(name) = world.link.owners.get(&conn).cloned() {
        tell(world, &name, &packet);
    }
    Ok(())
}

/// The judge learns what the client is told of a session.
pub(super) fn tell(world: &mut World<'_, Links>, name: &str, packet: &str) {
    let stage = world.link.stages.entry(name.to_owned()).or_default();
    if let Some(open) = packet.strip_prefix('0') {
        let open: Value = serde_json::from_str(open).unwrap_or_default();
        stage.from = open["from"].as_u64().unwrap_or_default();
        stage.is_in = false;
        return;
    }
    let is_event = packet.starts_with("42") || packet.starts_with("45");
    if (is_event || packet == "40") && !std::mem::replace(&mut stage.is_in, true) {
        // What came before it is not owed by this connection.
        let before = stage.from.saturating_sub(1);
        let reader = world.judge.reader(name);
        if std::mem::replace(&mut stage.reader, reader) == reader {
            world.judge.may_miss(name, before);
        } else {
            world.judge.agreed(name, before);
            world.judge.granted(name, before);
        }
    }
    let is_last = is_event && packet.contains("sessionClosed");
    if is_last || packet == "41" || packet.starts_with("44") {
        world.judge.closed(name);
    }
}
