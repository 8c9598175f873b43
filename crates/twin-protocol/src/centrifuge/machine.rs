//! The state machine of a link over Centrifugo.
//!
//! ```text
//!             Join                 Opened              connect reply
//!   Idle ───────────▶ Dialing ───────────▶ Greeting ───────────▶ Live
//!                      ▲  ▲ │                 │                  │ │
//!                 time │  │ │ failed          │ failed           │ │ planned: another session,
//!                      │  │ ▼                 ▼                  │ │ a channel to win back
//!                      │  │ └─────▶ Waiting ◀─┴──────────────────┘ │
//!                      └──┼────────────┘        lost               │
//!                         └────────────────────────────────────────┘
//!
//!   any ───▶ Closed      Close; an end that forbids to come back; the last session refused
//!   any ───▶ Suspended   Suspend; and from there on by Resume alone
//! ```
//!
//! This file alone assigns the state. What a state does with an input stands in the file of that
//! name, and comes back as a [`Next`]; what outlives a connection (sessions, channels, attempts)
//! stands in [`Core`]. Nothing here reads frames in detail ([`Frames`](super::frames::Frames) does)
//! or knows what an event means.

mod attempts;
mod authorizing;
mod channels;
mod core;
mod delivery;
mod dialing;
mod greeting;
mod live;
mod next;
mod recovery;
mod sessions;
#[cfg(test)]
mod tests;
mod tokens;

use std::time::Duration;

use self::{
    authorizing::Authorizing,
    core::Core,
    dialing::Dialing,
    greeting::Greeting,
    live::Live,
    next::{Next, ended_by_server, follow},
};
use crate::{
    centrifuge::Config,
    link::{
        Action, Command, EmitOutcome, EndKind, EndReason, Input, LinkState, Moment, NotSent,
        Notice, Outbox, Report, SessionEnd, SocketId, SocketInput,
    },
};

/// One link: one connection at a time, again and again, until it is closed.
///
/// It starts idle, dials with the first [`Command::Join`] and goes on until [`Command::Close`], or
/// until the server or the platform forbids to come back; a link without sessions stays up until
/// its owner closes it. After [`LinkState::Closed`] it says nothing more but the end of sessions
/// that are joined then.
#[derive(Clone, Debug)]
pub struct Machine {
    core: Core,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    /// A token is being fetched.
    Authorizing(Authorizing),
    /// For good.
    Closed { reason: EndReason },
    /// A socket is being opened.
    Dialing(Dialing),
    /// The connect command is sent, its reply not here yet.
    Greeting(Greeting),
    /// Nothing to do yet.
    Idle,
    /// Connected.
    Live(Live),
    /// Without a connection until the user wants one.
    Suspended,
    /// In the pause before the next attempt.
    Waiting { until: Moment },
}

impl Machine {
    /// An idle link. `seed` feeds the jitter of its pauses: give every link another one, or they
    /// all come back at once.
    pub fn new(config: Config, seed: u64) -> Self {
        Self {
            core: Core::new(config, seed),
            state: State::Idle,
        }
    }

    /// Tells the machine what happened at `now`, which never goes back. What it has to say to that
    /// is added to `out`.
    pub fn handle(&mut self, now: Moment, input: Input, out: &mut Outbox) {
        let core = &mut self.core;
        let next = match (&mut self.state, input) {
            (_, Input::Command(Command::Emit(emit))) => {
                out.report(Report::Emitted {
                    id: emit.id,
                    outcome: EmitOutcome::NotSent(NotSent::Unsupported),
                });
                Next::Stay
            }
            (State::Closed { reason }, Input::Command(Command::Join(join))) => {
                let end = SessionEnd::LinkClosed(reason.clone());
                out.report(Report::Ended {
                    session: join.session,
                    end,
                });
                Next::Stay
            }
            (State::Closed { .. }, Input::Command(_) | Input::Elapsed) => Next::Stay,
            (_, Input::Command(Command::Respond(respond))) => {
                let id = respond.ack.number();
                out.note(Notice::StaleAck { id });
                Next::Stay
            }

            (_, Input::Command(Command::Close)) => {
                self.hang_up(out);
                Next::End(EndReason::new(EndKind::Asked))
            }
            (State::Suspended, Input::Command(Command::Suspend | Command::ReconnectNow))
            | (State::Authorizing(_) | State::Idle, Input::Command(Command::ReconnectNow)) => {
                Next::Stay
            }
            (_, Input::Command(Command::Suspend)) => {
                self.hang_up(out);
                Next::Suspend
            }
            (_, Input::Command(Command::ReconnectNow)) => {
                self.hang_up(out);
                Next::Hurry
            }
            (State::Suspended, Input::Command(Command::Resume)) => {
                match core.sessions.active().next() {
                    Some(_) => Next::Hurry,
                    None => Next::Rest,
                }
            }
            (_, Input::Command(Command::Resume)) => Next::Stay,
            (State::Live(live), Input::Command(Command::Join(join))) => {
                live.join(core, now, &join, out)
            }
            (State::Idle, Input::Command(Command::Join(join))) => {
                core.add(&join, out);
                Next::Redial
            }
            (_, Input::Command(Command::Join(join))) => {
                core.add(&join, out);
                Next::Stay
            }
            (State::Live(live), Input::Command(Command::Leave(session))) => {
                live.leave(core, &session, out)
            }
            (_, Input::Command(Command::Leave(session))) => {
                core.end_session(&session, SessionEnd::Left, out);
                Next::Stay
            }

            (State::Dialing(dialing), Input::Socket(socket, news)) if socket == dialing.socket => {
                dialing.hear(core, now, news, out)
            }
            (State::Greeting(greeting), Input::Socket(socket, news))
                if socket == greeting.socket =>
            {
                greeting.hear(core, now, news, out)
            }
            (State::Live(live), Input::Socket(socket, news)) if socket == live.socket => {
                live.hear(core, now, news, out)
            }
            (_, Input::Socket(socket, news)) => {
                out.note(Notice::StaleSocket(socket));
                // A dial that succeeded after it was given up would stay open for ever.
                if matches!(news, SocketInput::Opened) {
                    hang_up(socket, out);
                }
                Next::Stay
            }
            (State::Authorizing(authorizing), Input::Token(token, news))
                if token == authorizing.token =>
            {
                authorizing.hear(core, news)
            }
            (State::Live(live), Input::Token(token, news)) => {
                live.hear_token(core, now, token, news, out)
            }
            (_, Input::Token(token, _)) => {
                out.note(Notice::StaleToken(token));
                Next::Stay
            }
            (_, Input::Exchange(exchange, _)) => {
                out.note(Notice::StaleExchange(exchange));
                Next::Stay
            }

            (State::Authorizing(authorizing), Input::Elapsed) => authorizing.elapse(now),
            (State::Dialing(dialing), Input::Elapsed) => dialing.elapse(now, out),
            (State::Greeting(greeting), Input::Elapsed) => greeting.elapse(now, out),
            (State::Live(live), Input::Elapsed) => live.elapse(core, now, out),
            (State::Waiting { until }, Input::Elapsed) if *until <= now => Next::Redial,
            (State::Idle | State::Suspended | State::Waiting { .. }, Input::Elapsed) => Next::Stay,
        };
        self.enter(now, next, out);
    }

    /// When the machine wants an [`Input::Elapsed`]; `None`: it waits for something else.
    pub fn deadline(&self) -> Option<Moment> {
        match &self.state {
            State::Closed { .. } | State::Idle | State::Suspended => None,
            State::Authorizing(authorizing) => Some(authorizing.deadline),
            State::Dialing(dialing) => Some(dialing.deadline),
            State::Greeting(greeting) => Some(greeting.deadline),
            State::Live(live) => live.deadline(&self.core),
            State::Waiting { until } => Some(*until),
        }
    }

    fn enter(&mut self, now: Moment, next: Next, out: &mut Outbox) {
        match next {
            Next::Stay => {}
            Next::Greet(greeting) => self.state = State::Greeting(greeting),
            Next::GoLive(live) => self.state = State::Live(*live),
            Next::Rest => self.state = State::Idle,
            Next::Suspend => {
                self.leave_connection(now);
                out.report(Report::State(LinkState::Suspended));
                self.state = State::Suspended;
            }
            Next::Hurry => {
                let earliest = self.core.attempts.hurry();
                if earliest <= now {
                    return self.enter(now, Next::Redial, out);
                }
                let retry_in = earliest - now;
                let attempt = self.core.attempts.number();
                self.pause(
                    now,
                    (attempt, retry_in),
                    EndReason::new(EndKind::Renewed),
                    out,
                );
            }
            Next::Redial => {
                self.leave_connection(now);
                let (socket, attempt) = self.core.attempts.begin(now);
                out.report(Report::State(LinkState::Connecting { attempt }));
                if !self.core.tokens.is_due() {
                    return self.enter(now, Next::Dial(socket), out);
                }
                self.state = State::Authorizing(Authorizing {
                    token: self.core.tokens.fetch(out),
                    socket,
                    deadline: now + self.core.config.connect_timeout,
                });
            }
            Next::Dial(socket) => {
                out.act(Action::Dial(socket));
                let deadline = now + self.core.config.connect_timeout;
                self.state = State::Dialing(Dialing { socket, deadline });
            }
            Next::Retry(reason) => {
                self.leave_connection(now);
                let pause = self.core.attempts.fail();
                self.pause(now, pause, reason, out);
            }
            Next::End(reason) => {
                self.core.end_all(&reason, out);
                out.report(Report::State(LinkState::Closed {
                    reason: reason.clone(),
                }));
                self.state = State::Closed { reason };
            }
        }
    }

    /// Waits before the next attempt: the number of the one that is over, and how long.
    fn pause(
        &mut self,
        now: Moment,
        (attempt, retry_in): (u32, Duration),
        reason: EndReason,
        out: &mut Outbox,
    ) {
        out.report(Report::State(LinkState::Waiting {
            attempt,
            retry_in,
            reason,
        }));
        let until = now + retry_in;
        self.state = State::Waiting { until };
    }

    /// What a connection leaves behind when it is over.
    fn leave_connection(&mut self, now: Moment) {
        if let State::Live(live) = &self.state {
            live.prove_by_age(&mut self.core, now);
        }
        self.core.forget_connection();
    }

    fn hang_up(&self, out: &mut Outbox) {
        match &self.state {
            State::Dialing(Dialing { socket, .. })
            | State::Greeting(Greeting { socket, .. })
            | State::Live(Live { socket, .. }) => hang_up(*socket, out),
            State::Authorizing(_)
            | State::Closed { .. }
            | State::Idle
            | State::Suspended
            | State::Waiting { .. } => {}
        }
    }
}

/// A clean close of this side's own will.
const GOING_AWAY: u16 = 1000;

fn hang_up(socket: SocketId, out: &mut Outbox) {
    out.act(Action::HangUp {
        socket,
        code: GOING_AWAY,
    });
}
