//! What happens to the links of a client over Socket.IO, each of which carries one session.

use std::time::Duration;

use fastrand::Rng;

use crate::sim::{
    client::{self, Acts},
    clock::{TROUBLE, millis},
    dial::Dial,
    socketio::plan::Settings,
    wish::Wish,
};

/// What is done to a session's link, or to all of them.
#[derive(Clone, Debug)]
pub(in crate::sim) enum Act {
    /// The server ends the connection by a close frame, or by a close packet.
    Close(usize, u16),
    /// For a while whoever wants a connection is treated so.
    Dials(Dial, Duration),
    /// The server says that the session is over, which is for good.
    Disconnect(usize),
    /// Something that no client can read.
    Garbage(usize),
    /// The connection carries nothing any more, and neither side is told.
    Hole(usize),
    /// The present connection breaks.
    Kill(usize),
    Publish(usize, u64),
    /// The connection breaks, and from now on the server lets the session in no more.
    Refuse(usize),
    /// The server is gone for a while.
    Restart(Duration),
    /// The session's last event.
    SessionClosed(usize),
    /// Nothing is read from the connections for a while.
    Stall(Duration),
}

/// The settings of a run, and what happens in it.
pub(super) fn draw(random: &mut Rng) -> (Settings, Acts<Act>) {
    let mut settings = Settings::draw(random);
    settings.messages = random.bool();
    settings.attachments &= !settings.messages;
    settings.user_acks = false;
    settings.stale_news = false;
    settings.lag = Duration::ZERO;
    let sessions = random.usize(1..=3);
    let mut acts = Vec::new();
    for session in 0..sessions {
        let wish = if random.u8(0..3) == 0 {
            Wish::JoinFresh(session, random.u64(0..4))
        } else {
            let said = Act::Publish(session, random.u64(0..4));
            acts.push((Duration::ZERO, client::Act::Link(said)));
            Wish::JoinNow(session)
        };
        let latest = if random.bool() { 100 } else { 60_000 };
        let at = millis(random.u64(0..=latest));
        acts.push((at, client::Act::Ask(wish)));
    }
    for _ in 0..random.usize(3..=40) {
        let at = millis(random.u64(0..TROUBLE.as_millis() as u64));
        acts.push((at, draw_act(sessions, random)));
    }
    acts.sort_by_key(|(at, _)| *at);
    (settings, acts)
}

fn draw_act(sessions: usize, random: &mut Rng) -> client::Act<Act> {
    let session = random.usize(0..sessions);
    let secs = |random: &mut Rng, most: u64| millis(random.u64(100..=most * 1000));
    client::Act::Link(match random.u16(0..200) {
        0..80 => Act::Publish(session, random.u64(1..=9)),
        80..108 => Act::Kill(session),
        108..120 => Act::Close(session, [1000, 1001, 1006, 1011, 3000][random.usize(0..5)]),
        120..132 => Act::Hole(session),
        132..142 => Act::Dials(Dial::draw(random), secs(random, 60)),
        142..150 => Act::Restart(secs(random, 20)),
        150..156 => Act::Stall(secs(random, 30)),
        156..164 => Act::Garbage(session),
        164 => Act::Refuse(session),
        165 => Act::Disconnect(session),
        166 if random.u8(0..4) == 0 => Act::Dials(Dial::Refused(401), secs(random, 60)),
        167 => Act::SessionClosed(session),
        168..178 => return client::Act::Suspend(secs(random, 90)),
        178..184 => return client::Act::Ask(Wish::Leave(session)),
        184..190 => return client::Act::Ask(Wish::JoinNow(session)),
        190..192 => return client::Act::Ask(Wish::Suspend),
        192..194 => return client::Act::Ask(Wish::Resume),
        194..198 => return client::Act::Ask(Wish::Renew),
        _ => Act::Publish(session, 1),
    })
}

impl Act {
    /// Whose link it is about.
    pub(super) const fn session(&self) -> Option<usize> {
        match self {
            Self::Close(session, _)
            | Self::Disconnect(session)
            | Self::Garbage(session)
            | Self::Hole(session)
            | Self::Kill(session)
            | Self::Publish(session, _)
            | Self::Refuse(session)
            | Self::SessionClosed(session) => Some(*session),
            Self::Dials(..) | Self::Restart(_) | Self::Stall(_) => None,
        }
    }
}
