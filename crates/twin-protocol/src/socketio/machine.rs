//! The state machine of a link over Socket.IO.
//!
//! ```text
//!          Join                Opened             open packet          connect packet, an event
//!   Idle ────────▶ Dialing ──────────▶ Opening ───────────▶ Greeting ───────────▶ Live
//!                  ▲  ▲ │ │               │ ▲                  │                    │
//!             time │  │ │ │               │ └ by HTTP, without │ failed             │ lost
//!                  │  │ │ └───────────────┼─── a dial          │                    │
//!                  │  │ ▼ failed          ▼                    ▼                    │
//!                  └─ Waiting ◀───────────┴────────────────────┴────────────────────┘
//!
//!   any ───▶ Closed      Close, Leave; a refusal; a disconnect; an end that forbids to come back
//!   any ───▶ Suspended   Suspend; and from there on by Resume alone
//! ```
//!
//! This file alone assigns the state. What a state does with an input stands in the file of that
//! name, and comes back as a [`Next`]; what outlives a connection (the session, what waits to be
//! sent, attempts) stands in [`Core`]; how packets get through, over HTTP, over a WebSocket, or from
//! the one to the other, in [`wire`]. Nothing here knows what an event means.

mod assembler;
mod attempts;
mod core;
mod delivery;
mod dialing;
mod emits;
mod ends;
mod greeting;
mod incoming;
mod live;
mod next;
mod opening;
mod responses;
#[cfg(test)]
mod tests;
mod wire;

use std::time::Duration;

use self::{
    core::Core, dialing::Dialing, greeting::Greeting, live::Live, next::Next, opening::Opening,
};
use crate::{
    link::{
        Action, Command, EndKind, EndReason, Input, Join, JoinStart, LinkState, Moment, Notice,
        Outbox, Report, SessionEnd, SocketId, SocketInput,
    },
    socketio::{Config, Transport},
};

/// One link of one session: one connection at a time, again and again, until it is closed.
///
/// It starts idle, dials with the first [`Command::Join`] and goes on until [`Command::Close`],
/// until its session is left or over, or until the server refuses it. Another session is refused: a
/// connection is opened with the session's key. After [`LinkState::Closed`] it says nothing more but
/// the end of sessions that are joined and the outcome of emits that are asked for then.
///
/// The channel has no recovery. After every connection but the first a
/// [gap](crate::link::GapReason::NoRecovery) is reported, before that connection's first event.
#[derive(Clone, Debug)]
pub struct Machine {
    core: Core,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    /// For good.
    Closed { reason: EndReason },
    /// A socket is being opened.
    Dialing(Dialing),
    /// The open packet is here; whether the session is let in is not known yet.
    Greeting(Box<Greeting>),
    /// Nothing to do yet.
    Idle,
    /// Connected.
    Live(Box<Live>),
    /// The socket is open, or the first request sent; the open packet is not here yet.
    Opening(Opening),
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
        let next = match input {
            Input::Command(command) => self.obey(now, command, out),
            Input::Elapsed => self.elapse(now, out),
            Input::Token(token, _) => {
                out.note(Notice::StaleToken(token));
                Next::Stay
            }
            Input::Exchange(exchange, news) => {
                let core = &mut self.core;
                match &mut self.state {
                    State::Opening(opening) if opening.waits_for_exchange(exchange) => {
                        opening.hear_exchange(core, now, news, out)
                    }
                    State::Greeting(greeting) if greeting.wire.waits_for_exchange(exchange) => {
                        greeting.hear_exchange(core, now, exchange, news, out)
                    }
                    State::Live(live) if live.wire.waits_for_exchange(exchange) => {
                        live.hear_exchange(core, now, exchange, news, out)
                    }
                    _ => {
                        out.note(Notice::StaleExchange(exchange));
                        Next::Stay
                    }
                }
            }
            Input::Socket(socket, news) => {
                let core = &mut self.core;
                match &mut self.state {
                    State::Dialing(dialing) if socket == dialing.socket => dialing.hear(core, news),
                    State::Opening(opening) if opening.waits_for_socket(socket) => {
                        opening.hear_socket(core, now, news, out)
                    }
                    State::Greeting(greeting) if greeting.wire.waits_for_socket(socket) => {
                        greeting.hear_socket(core, now, socket, news, out)
                    }
                    State::Live(live) if live.wire.waits_for_socket(socket) => {
                        live.hear_socket(core, now, socket, news, out)
                    }
                    _ => {
                        out.note(Notice::StaleSocket(socket));
                        // A dial that succeeded after it was given up would stay open for ever.
                        if matches!(news, SocketInput::Opened) {
                            hang_up(socket, out);
                        }
                        Next::Stay
                    }
                }
            }
        };
        self.enter(now, next, out);
    }

    /// When the machine wants an [`Input::Elapsed`]; `None`: it waits for something else.
    pub fn deadline(&self) -> Option<Moment> {
        let state = match &self.state {
            State::Closed { .. } => return None,
            State::Dialing(dialing) => Some(dialing.deadline),
            State::Greeting(greeting) => Some(greeting.deadline()),
            State::Idle => None,
            State::Live(live) => Some(live.deadline()),
            State::Opening(opening) => Some(opening.deadline),
            State::Suspended => None,
            State::Waiting { until } => Some(*until),
        };
        [state, self.core.emits.deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    fn obey(&mut self, now: Moment, command: Command, out: &mut Outbox) -> Next {
        if let State::Closed { reason } = &self.state {
            self.core.refuse(command, reason, out);
            return Next::Stay;
        }
        match command {
            Command::Close => {
                self.say_goodbye(out);
                Next::End(EndReason::new(EndKind::Asked))
            }
            Command::Join(join) => self.join(&join, out),
            Command::Leave(session) if self.core.session.as_ref() == Some(&session) => {
                self.say_goodbye(out);
                self.core.end_session(SessionEnd::Left, out);
                Next::Finish(EndReason::new(EndKind::Asked))
            }
            Command::Leave(_) => Next::Stay,
            Command::ReconnectNow => self.renew(now, out),
            Command::Suspend if matches!(self.state, State::Suspended) => Next::Stay,
            Command::Suspend => {
                self.say_goodbye(out);
                Next::Suspend
            }
            Command::Resume if !matches!(self.state, State::Suspended) => Next::Stay,
            Command::Resume if self.core.session.is_some() => Next::Hurry,
            Command::Resume => Next::Rest,
            Command::Emit(emit) => {
                let is_live = matches!(self.state, State::Live(_));
                self.core
                    .emits
                    .add(now, emit, is_live, &self.core.config, out);
                if let State::Live(live) = &mut self.state {
                    live.flush(&mut self.core, now, out);
                }
                Next::Stay
            }
            Command::Respond(respond) => {
                match &mut self.state {
                    State::Live(live) => live.respond(&mut self.core, now, &respond, out),
                    _ => out.note(Notice::StaleAck {
                        id: respond.ack.number(),
                    }),
                }
                Next::Stay
            }
        }
    }

    /// The network has changed. What is live is asked for a sign of life: this channel recovers
    /// nothing, so a connection that has survived must not be given up.
    fn renew(&mut self, now: Moment, out: &mut Outbox) -> Next {
        match &mut self.state {
            State::Idle | State::Suspended => return Next::Stay,
            State::Live(live) => {
                live.check(&mut self.core, now, out);
                return Next::Stay;
            }
            State::Dialing(dialing) => hang_up(dialing.socket, out),
            State::Greeting(greeting) => greeting.wire.abandon(out),
            State::Opening(opening) => opening.abandon(out),
            State::Closed { .. } | State::Waiting { .. } => {}
        }
        Next::Hurry
    }

    fn join(&mut self, join: &Join, out: &mut Outbox) -> Next {
        match &self.core.session {
            Some(session) if *session == join.session => Next::Stay,
            Some(_) => {
                let reason = EndReason::new(EndKind::JoinRefused)
                    .with_text("a Socket.IO link carries one session");
                out.report(Report::Ended {
                    session: join.session.clone(),
                    end: SessionEnd::JoinRefused(reason),
                });
                Next::Stay
            }
            None => {
                self.core.session = Some(join.session.clone());
                self.core.hole = join.start == JoinStart::First;
                match self.state {
                    State::Suspended => Next::Stay,
                    _ => Next::Connect,
                }
            }
        }
    }

    fn elapse(&mut self, now: Moment, out: &mut Outbox) -> Next {
        let core = &mut self.core;
        core.emits.elapse(now, out);
        match &mut self.state {
            State::Dialing(dialing) => dialing.elapse(now, out),
            State::Greeting(greeting) => greeting.elapse(core, now, out),
            State::Live(live) => live.elapse(core, now, out),
            State::Opening(opening) => opening.elapse(now, out),
            State::Waiting { until } if *until <= now => Next::Connect,
            State::Closed { .. } | State::Idle | State::Suspended | State::Waiting { .. } => {
                Next::Stay
            }
        }
    }

    fn enter(&mut self, now: Moment, next: Next, out: &mut Outbox) {
        match next {
            Next::Stay => {}
            Next::Open(opening) => self.state = State::Opening(opening),
            Next::Greet(greeting) => self.state = State::Greeting(greeting),
            Next::GoLive(live) => self.state = State::Live(live),
            Next::Rest => self.state = State::Idle,
            Next::Suspend => {
                self.leave_connection(now, out);
                out.report(Report::State(LinkState::Suspended));
                self.state = State::Suspended;
            }
            Next::Hurry => {
                let earliest = self.core.attempts.hurry();
                if earliest <= now {
                    return self.enter(now, Next::Connect, out);
                }
                let pause = (self.core.attempts.number(), earliest - now);
                self.pause(now, pause, EndReason::new(EndKind::Renewed), out);
            }
            Next::Connect => {
                let attempt = self.core.attempts.begin(now);
                out.report(Report::State(LinkState::Connecting { attempt }));
                let deadline = now + self.core.config.connect_timeout;
                self.state = match self.core.config.transport {
                    Transport::WebSocket => {
                        State::Dialing(Dialing::begin(&mut self.core, deadline, out))
                    }
                    Transport::Polling | Transport::PollingThenWebSocket => {
                        State::Opening(Opening::ask(&mut self.core, deadline, out))
                    }
                };
            }
            Next::Retry(reason) => {
                match &self.state {
                    State::Greeting(greeting) => greeting.wire.learn(&mut self.core, now, &reason),
                    State::Live(live) => live.wire.learn(&mut self.core, now, &reason),
                    _ => {}
                }
                self.leave_connection(now, out);
                let pause = self.core.attempts.fail();
                self.pause(now, pause, reason, out);
            }
            Next::End(reason) => {
                self.leave_connection(now, out);
                let end = match reason.kind {
                    EndKind::JoinRefused => SessionEnd::JoinRefused(reason.clone()),
                    _ => SessionEnd::LinkClosed(reason.clone()),
                };
                self.core.end_session(end, out);
                self.close(reason, out);
            }
            Next::Finish(reason) => {
                self.leave_connection(now, out);
                self.close(reason, out);
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

    fn close(&mut self, reason: EndReason, out: &mut Outbox) {
        self.core.emits.close(&reason, out);
        out.report(Report::State(LinkState::Closed {
            reason: reason.clone(),
        }));
        self.state = State::Closed { reason };
    }

    /// What a connection leaves behind when it is over.
    fn leave_connection(&mut self, now: Moment, out: &mut Outbox) {
        if let State::Live(live) = &mut self.state {
            live.end(&mut self.core, now, out);
        }
    }

    /// Tells the server, as far as there is a connection to it, and gives the connection up.
    fn say_goodbye(&mut self, out: &mut Outbox) {
        match &mut self.state {
            State::Dialing(dialing) => hang_up(dialing.socket, out),
            State::Greeting(greeting) => greeting.wire.say_goodbye(&mut self.core, out),
            State::Live(live) => live.wire.say_goodbye(&mut self.core, out),
            State::Opening(opening) => opening.abandon(out),
            State::Closed { .. } | State::Idle | State::Suspended | State::Waiting { .. } => {}
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
