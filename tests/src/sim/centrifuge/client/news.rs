//! What the client's sockets bring, and what the judge learns of it.

use twin_transport::{Error, ErrorKind, Reached, testing::Peer};

use super::Links;
use crate::{
    protobuf,
    sim::{
        centrifuge::{
            line::{Line, Mark},
            network::News,
        },
        client::World,
    },
};

pub(super) fn arrive(world: &mut World<'_, Links>, conn: u64, news: News) {
    let Some(peer) = world.peers.get(&conn) else {
        return;
    };
    let protobuf = world.plan.link.protobuf;
    let untaken = &mut world.link.network.pipe(conn).untaken;
    let garbage = |kind| Error::new(kind, Reached::Yes, "reading in a simulation");
    match news {
        // What is no message of the codec.
        News::Binary => {
            if protobuf {
                peer.send_text("{}");
            } else {
                peer.send_binary(&b"\0\x01"[..]);
            }
            untaken.push_back(Vec::new());
        }
        News::Closed(1006) | News::Lost => peer.lose(),
        News::Closed(code) => peer.close(code, ""),
        News::Frame(lines) => {
            say(peer, protobuf, &lines);
            untaken.push_back(lines);
        }
        News::Progress => peer.send_progress(),
        News::Spoilt(text) => match std::str::from_utf8(text) {
            Ok(text) => {
                peer.send_text(text);
                untaken.push_back(Vec::new());
            }
            Err(_) => peer.fail(garbage(ErrorKind::Protocol)),
        },
        News::Unreadable => peer.fail(garbage(ErrorKind::TooLarge)),
        // Dials are answered where they are.
        News::DialFailed(_) | News::Opened => {}
    }
}

fn say(peer: &Peer, protobuf: bool, lines: &[Line]) {
    let texts = lines.iter().map(|line| line.text.as_str());
    if protobuf {
        peer.send_binary(protobuf::reply_lines(texts));
    } else {
        peer.send_text(texts.collect::<Vec<_>>().join("\n"));
    }
}

/// A connection gives the client its next message.
pub(super) fn told(world: &mut World<'_, Links>, conn: u64) -> Result<(), String> {
    let Some(lines) = world.link.network.pipe(conn).untaken.pop_front() else {
        return Err(format!("{conn} gave what nobody has said"));
    };
    let now = world.clock.now;
    world.trace.add(now, || format!("{conn} < {lines:?}"));
    for line in lines {
        tell(world, conn, line);
    }
    Ok(())
}

/// The judge learns what the client is told.
fn tell(world: &mut World<'_, Links>, conn: u64, line: Line) {
    let judge = &mut world.judge;
    for mark in line.marks {
        match mark {
            Mark::Allowed { ttl } => {
                let renewals = &mut world.link.network.renewals;
                renewals.told(world.clock.now, conn, ttl);
            }
            Mark::Agreed { session, serial } => judge.agreed(&session, serial),
            Mark::Event { session, serial } => judge.told(&session, serial),
            Mark::Forgotten { session, up_to } => judge.forgotten(&session, up_to),
            Mark::Granted { session, base } => judge.granted(&session, base),
            Mark::MayMiss { session, up_to } | Mark::MustTell { session, up_to } => {
                judge.may_miss(&session, up_to);
            }
            Mark::Greeted | Mark::Life | Mark::Recovered { .. } => {}
        }
    }
    if line.text.contains("sessionClosed") {
        let named = |session: &String| line.text.contains(&format!(r#""{session}""#));
        for session in world.sessions().filter(named) {
            world.judge.closed(&session);
        }
    }
}
