//! What outlives a connection: the session, what waits to be sent, the attempts.

use crate::{
    id::SessionId,
    link::{
        Command, EmitOutcome, EndReason, Gap, GapReason, NotSent, Notice, Outbox, Report,
        SessionEnd,
    },
    socketio::{
        Config,
        machine::{attempts::Attempts, emits::Emits, wire::Pace},
    },
};

#[derive(Clone, Debug)]
pub(super) struct Core {
    pub(super) config: Config,
    pub(super) attempts: Attempts,
    pub(super) emits: Emits,
    pub(super) pace: Pace,
    /// The session, once it is joined and as long as it is listened to.
    pub(super) session: Option<SessionId>,
    /// Whether what was published between the session's start and the first connection is still to
    /// be declared missing.
    pub(super) hole: bool,
    /// Whether a connection was live before: whatever is published between two is missing.
    was_live: bool,
    /// Connections that went live.
    pub(super) connection: u64,
}

impl Core {
    pub(super) fn new(config: Config, seed: u64) -> Self {
        Self {
            attempts: Attempts::new(config.backoff, seed),
            emits: Emits::default(),
            pace: Pace::default(),
            session: None,
            hole: false,
            was_live: false,
            connection: 0,
            config,
        }
    }

    /// The session is let in on another connection: what may be missing before it is declared.
    pub(super) fn go_live(&mut self, out: &mut Outbox) {
        self.connection += 1;
        let missing = if std::mem::replace(&mut self.was_live, true) {
            Some(GapReason::NoRecovery)
        } else {
            self.hole.then_some(GapReason::Start)
        };
        if let Some(reason) = missing {
            out.report(Report::Gap(Gap::new(self.session.clone(), None, reason)));
        }
        if let Some(session) = self.session.clone() {
            out.report(Report::Joined(session));
        }
    }

    /// The session is over; nothing where that was said before.
    pub(super) fn end_session(&mut self, end: SessionEnd, out: &mut Outbox) {
        if let Some(session) = self.session.take() {
            out.report(Report::Ended { session, end });
        }
    }

    /// What a command gets for an answer after the link is closed.
    pub(super) fn refuse(&self, command: Command, reason: &EndReason, out: &mut Outbox) {
        match command {
            Command::Join(join) => out.report(Report::Ended {
                session: join.session,
                end: SessionEnd::LinkClosed(reason.clone()),
            }),
            Command::Emit(emit) => out.report(Report::Emitted {
                id: emit.id,
                outcome: EmitOutcome::NotSent(NotSent::Closed(reason.clone())),
            }),
            Command::Respond(respond) => out.note(Notice::StaleAck {
                id: respond.ack.number(),
            }),
            Command::Close
            | Command::Leave(_)
            | Command::ReconnectNow
            | Command::Resume
            | Command::Suspend => {}
        }
    }
}
