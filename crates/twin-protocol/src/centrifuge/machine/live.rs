//! Connected: sessions are joined, publications come, pings are answered.
//!
//! What the server says is read in [`live::read`](self::read), the joining of sessions stands in
//! [`live::joins`](self::joins).

mod joins;
mod read;
mod refresh;

use std::{collections::BTreeMap, time::Duration};

use self::refresh::Refresh;

use bytes::Bytes;

use crate::{
    centrifuge::{
        command::{Batch, Request},
        frames::Frames,
        machine::{
            Next, channels::own_channel, core::Core, ended_by_server, hang_up, recovery, sessions,
        },
        reply::ConnectResult,
    },
    id::SessionId,
    link::{
        EndKind, EndReason, Join, LinkState, Moment, Outbox, Report, SessionEnd, SocketId,
        SocketInput,
    },
};

#[derive(Clone, Debug)]
pub(super) struct Live {
    pub(super) socket: SocketId,
    /// Commands that have no reply yet.
    pending: BTreeMap<u32, Pending>,
    connected_at: Moment,
    last_heard: Moment,
    /// When the first and the last session were added of those that came shortly after each other.
    burst: (Moment, Moment),
    /// The interval of the server's pings, where it sends them.
    ping: Option<Duration>,
    /// Whether pings are to be answered.
    pong: bool,
    /// How far the renewal of the token is, where it expires.
    refresh: Option<Refresh>,
    /// Whether there was proof of life on this connection.
    proven: bool,
    /// Whether `connected` was reported.
    announced: bool,
}

/// What a command without a reply was for.
#[derive(Clone, Debug)]
enum Pending {
    Join(SessionId),
    Refresh,
    Subscribe(Box<str>),
    Unsubscribe(Box<str>),
}

impl Live {
    pub(super) fn new(
        core: &Core,
        socket: SocketId,
        now: Moment,
        connect: &ConnectResult<'_>,
    ) -> Self {
        let ping = Duration::from_secs(connect.ping.into());
        Self {
            socket,
            pending: BTreeMap::new(),
            connected_at: now,
            last_heard: now,
            burst: (now, now),
            ping: Some(ping).filter(|ping| !ping.is_zero()),
            pong: connect.pong,
            refresh: Refresh::after(core, now, connect.expiry()),
            proven: false,
            announced: false,
        }
    }

    /// Sends what follows a connect reply, subscribes and joins in one flight, and reads what came
    /// with the reply.
    pub(super) fn begin(
        mut self,
        core: &mut Core,
        now: Moment,
        frames: Frames<'_>,
        message: &Bytes,
        out: &mut Outbox,
    ) -> Next {
        let mut batch = core.batch();
        for name in core.channels.names() {
            // The article tells clients to subscribe to what the connect reply grants. To the
            // server it is subscribed already, and says so with error 105.
            if !recovery::belongs_to_ended(core, &name) {
                let id = core.next_id();
                batch.push(id, Request::Subscribe { channel: &name });
                self.pending.insert(id, Pending::Subscribe(name));
            }
        }
        let sessions: Vec<_> = core
            .sessions
            .active()
            .map(|session| session.id.clone())
            .collect();
        for session in sessions {
            self.ask(core, now, &session, &mut batch);
        }
        match self.read(core, now, frames, message, batch, out) {
            Next::Stay => Next::GoLive(Box::new(self)),
            next => next,
        }
    }

    /// Another session is wanted.
    pub(super) fn join(
        &mut self,
        core: &mut Core,
        now: Moment,
        join: &Join,
        out: &mut Outbox,
    ) -> Next {
        if core.add(join, out) {
            let mut batch = core.batch();
            let (first, last) = self.burst;
            let goes_on = now <= last + core.config.join_burst;
            self.burst = (if goes_on { first } else { now }, now);
            self.ask(core, now, &join.session, &mut batch);
            self.settle(core, batch, out);
        }
        Next::Stay
    }

    /// A session is no longer wanted.
    pub(super) fn leave(&mut self, core: &mut Core, session: &SessionId, out: &mut Outbox) -> Next {
        core.end_session(session, SessionEnd::Left, out);
        let batch = core.batch();
        self.settle(core, batch, out);
        Next::Stay
    }

    pub(super) fn hear(
        &mut self,
        core: &mut Core,
        now: Moment,
        news: SocketInput,
        out: &mut Outbox,
    ) -> Next {
        self.last_heard = now;
        match news {
            SocketInput::Text(message) => match Frames::text(core.config.codec, &message) {
                Ok(frames) => {
                    let batch = core.batch();
                    self.read(core, now, frames, &message, batch, out)
                }
                Err(words) => self.give_up(words, out),
            },
            SocketInput::Binary(message) => match Frames::binary(core.config.codec, &message) {
                Ok(frames) => {
                    let batch = core.batch();
                    self.read(core, now, frames, &message, batch, out)
                }
                Err(words) => self.give_up(words, out),
            },
            SocketInput::Unreadable(text) => self.give_up(&text, out),
            SocketInput::Closed(frame) => ended_by_server(core, frame),
            SocketInput::Lost(text) => Next::Retry(EndReason::new(EndKind::Lost).with_text(text)),
            SocketInput::DialFailed(_) | SocketInput::Opened | SocketInput::Progress => Next::Stay,
        }
    }

    pub(super) fn elapse(&mut self, core: &mut Core, now: Moment, out: &mut Outbox) -> Next {
        if self.silent_at(core).is_some_and(|silent| silent <= now) {
            hang_up(self.socket, out);
            let text = "the server fell silent";
            return Next::Retry(EndReason::new(EndKind::Timeout).with_text(text));
        }
        let mut batch = core.batch();
        self.elapse_refresh(core, now, out);
        let mut replan = self.elapse_joins(core, now, &mut batch, out);
        replan |= taken_until(core).is_some_and(|until| until <= now);
        self.settle(core, batch, out);
        if replan {
            self.replan(core, now, out)
        } else {
            Next::Stay
        }
    }

    pub(super) fn deadline(&self, core: &Core) -> Option<Moment> {
        [
            self.silent_at(core),
            self.refresh.map(Refresh::deadline),
            core.sessions.deadline(),
            taken_until(core),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// When silence becomes a loss. A server that sends no pings may be silent for ever.
    fn silent_at(&self, core: &Core) -> Option<Moment> {
        self.ping
            .map(|ping| self.last_heard + ping + core.config.silence_grace)
    }

    /// Holding a connection for longer than the pause that its loss would cost is proof of life.
    pub(super) fn prove_by_age(&self, core: &mut Core, now: Moment) {
        if self.is_old(core, now) {
            core.attempts.prove();
        }
    }

    fn is_old(&self, core: &Core, now: Moment) -> bool {
        now.since(self.connected_at) > core.attempts.proving_time()
    }

    fn prove(&mut self, core: &mut Core) {
        self.proven = true;
        core.attempts.prove();
    }

    /// Reconnects on purpose: at once where the link has shown that it is alive, else after a
    /// pause, so that a server which brings this about each time is not called in a loop.
    fn replan(&self, core: &Core, now: Moment, out: &mut Outbox) -> Next {
        hang_up(self.socket, out);
        if self.proven || self.is_old(core, now) {
            Next::Redial
        } else {
            Next::Retry(EndReason::new(EndKind::Planned))
        }
    }

    fn give_up(&self, what: &str, out: &mut Outbox) -> Next {
        hang_up(self.socket, out);
        Next::Retry(EndReason::new(EndKind::Protocol).with_text(what))
    }

    /// Sends what is to be sent, and says that the link is connected once everything is joined.
    fn settle(&mut self, core: &mut Core, mut batch: Batch, out: &mut Outbox) {
        for channel in std::mem::take(&mut core.farewells) {
            // Not given by the present connection, or wanted again: there is nothing to end.
            if !recovery::belongs_to_ended(core, &channel) {
                continue;
            }
            let id = core.next_id();
            batch.push(id, Request::Unsubscribe { channel: &channel });
            self.pending.insert(id, Pending::Unsubscribe(channel));
        }
        for action in batch.into_actions(self.socket) {
            out.act(action);
        }
        // A server that never answers must not make this grow with every retry.
        while self.pending.len() > core.config.max_channels * 4 {
            self.pending.pop_first();
        }
        if !self.announced && core.sessions.all_agreed() {
            self.announced = true;
            let attempt = core.attempts.number();
            out.report(Report::State(LinkState::Connected { attempt }));
        }
    }

    /// A session whose own channel is gone waits for another, if it has been taken up again.
    fn await_channel(core: &mut Core, now: Moment, channel: &str) {
        let channel_by = Some(now + core.config.grant_wait);
        let named = core
            .sessions
            .active_mut()
            .find(|session| own_channel(&session.id) == channel);
        // Where the platform has not agreed yet, its answer starts the wait.
        if let Some(session) =
            named.filter(|session| matches!(session.join, sessions::Join::Agreed { .. }))
        {
            session.join = sessions::Join::Agreed { channel_by };
        }
    }
}

/// When a channel that was taken away is won back by a reconnect.
fn taken_until(core: &Core) -> Option<Moment> {
    core.channels
        .first_taken()
        .map(|taken| taken + core.config.grant_wait)
}
