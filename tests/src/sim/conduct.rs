//! How a machine of either link may behave towards the network: one dial at a time, pauses within
//! the contract of the tool, nothing said to a socket that is not open.

use std::time::Duration;

use twin_protocol::link::{Action, LinkState, Output, Report, SocketId};

/// The shortest pause between attempts.
const FLOOR: Duration = Duration::from_millis(500);
/// No pause is longer.
const LONGEST: Duration = Duration::from_secs(20);

#[derive(Debug, Default)]
pub(super) struct Conduct {
    /// The socket that is being dialled or open.
    present: Option<SocketId>,
    open: bool,
    last_socket: u64,
    /// Attempts since the last proof of life.
    attempts: u32,
    /// The attempts of before the last proof.
    proven_after: u32,
    /// When the connection was made, where it has not been proven alive yet.
    made: Option<Duration>,
    proven: bool,
    /// No dial before this.
    not_before: Option<Duration>,
    /// When the present attempt began.
    begun: Option<Duration>,
    /// Whether the user of the link has asked for it to hurry.
    hurried: bool,
    pub(super) state: Option<LinkState>,
}

impl Conduct {
    /// The socket that news may come of.
    pub(super) const fn present(&self) -> Option<SocketId> {
        self.present
    }

    pub(super) const fn is_closed(&self) -> bool {
        matches!(self.state, Some(LinkState::Closed { .. }))
    }

    pub(super) fn opened(&mut self, socket: SocketId) {
        self.open |= self.present == Some(socket);
    }

    /// The user is about to ask for a new connection, without the pauses that failures cost.
    pub(super) const fn hurry(&mut self) {
        self.hurried = true;
    }

    /// All that followed from what the user asked for is heard.
    pub(super) const fn settle(&mut self) {
        self.hurried = false;
    }

    /// The last news of a socket is about to be told.
    pub(super) fn over(&mut self, socket: SocketId) {
        if self.present == Some(socket) {
            self.present = None;
            self.open = false;
        }
    }

    /// The server's greeting is about to be told.
    pub(super) const fn greeted(&mut self, now: Duration) {
        if !self.proven {
            self.made = Some(now);
        }
    }

    /// Proof of life on a connection that was made.
    pub(super) fn life(&mut self) {
        if self.made.take().is_some() {
            self.prove();
        }
    }

    pub(super) fn watch(&mut self, now: Duration, output: &Output) -> Result<(), String> {
        match output {
            Output::Action(Action::Dial(socket) | Action::DialAt { socket, .. }) => {
                self.dial(now, *socket)
            }
            Output::Action(Action::HangUp { socket, .. }) => {
                self.over(*socket);
                if socket.number() > self.last_socket {
                    return Err(format!("{socket:?} was never dialled, and is hung up"));
                }
                Ok(())
            }
            Output::Action(Action::Send(socket, _) | Action::SendBinary(socket, _))
                if !self.open || self.present != Some(*socket) =>
            {
                Err(format!(
                    "something is sent to {socket:?}, which is not open"
                ))
            }
            Output::Report(Report::State(state)) => self.enter(now, state),
            _ => Ok(()),
        }
    }

    fn dial(&mut self, now: Duration, socket: SocketId) -> Result<(), String> {
        if self.is_closed() {
            return Err("a dial after the end".into());
        }
        if let Some(present) = self.present {
            return Err(format!("{socket:?} is dialled beside {present:?}"));
        }
        if socket.number() <= self.last_socket {
            return Err(format!("{socket:?} is dialled again"));
        }
        if self.not_before.is_some_and(|earliest| now < earliest) {
            return Err("a dial before the pause is over".into());
        }
        self.last_socket = socket.number();
        self.present = Some(socket);
        self.open = false;
        Ok(())
    }

    fn enter(&mut self, now: Duration, state: &LinkState) -> Result<(), String> {
        if self.is_closed() {
            return Err(format!("{state:?} after the end"));
        }
        match state {
            LinkState::Closed { .. } => {}
            // What makes the connection may prove it as well.
            LinkState::Connected { attempt }
                if ![self.attempts.max(1), self.proven_after].contains(attempt) =>
            {
                return Err(format!("{state:?}, but it was attempt {}", self.attempts));
            }
            LinkState::Connecting { attempt } => {
                self.prove_by_age(now);
                if std::mem::take(&mut self.hurried) {
                    self.prove();
                    self.not_before = self.begun.map(|begun| begun + FLOOR);
                }
                if self.present.is_some() || self.not_before.is_some_and(|it| now < it) {
                    return Err("an attempt beside another, or before the pause is over".into());
                }
                let paused = matches!(self.state, None | Some(LinkState::Waiting { .. }));
                if !paused && !self.proven {
                    return Err("a reconnect without a pause and without proof of life".into());
                }
                self.proven = false;
                self.made = None;
                self.attempts += 1;
                self.proven_after = 0;
                self.begun = Some(now);
                if *attempt != self.attempts {
                    return Err(format!("{state:?}, but it is attempt {}", self.attempts));
                }
            }
            LinkState::Suspended => {
                if self.present.is_some() {
                    return Err("suspended while a socket is still open".into());
                }
                self.prove_by_age(now);
                self.made = None;
            }
            LinkState::Waiting { retry_in, .. } if std::mem::take(&mut self.hurried) => {
                self.prove();
                if self
                    .begun
                    .is_none_or(|begun| begun + FLOOR != now + *retry_in)
                {
                    return Err(format!("asked to hurry, and a pause of {retry_in:?}"));
                }
                self.made = None;
                self.not_before = Some(now + *retry_in);
            }
            LinkState::Waiting { retry_in, .. } => {
                self.prove_by_age(now);
                if *retry_in < FLOOR || *retry_in > self.bound() {
                    let bound = self.bound();
                    return Err(format!("a pause of {retry_in:?}, allowed are {bound:?}"));
                }
                self.made = None;
                self.not_before = Some(now + *retry_in);
                if self.present.is_some() {
                    return Err("a pause while a socket is still open".into());
                }
            }
            _ => {}
        }
        self.state = Some(state.clone());
        Ok(())
    }

    /// The longest that the pause after the present attempt may be.
    fn bound(&self) -> Duration {
        let doublings = self.attempts.saturating_sub(1);
        let doubled = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
        Duration::from_secs(doubled.into()).min(LONGEST)
    }

    fn prove_by_age(&mut self, now: Duration) {
        if self.made.is_some_and(|made| now - made > self.bound()) {
            self.life();
        }
    }

    fn prove(&mut self) {
        self.proven = true;
        self.proven_after = std::mem::take(&mut self.attempts);
    }
}
