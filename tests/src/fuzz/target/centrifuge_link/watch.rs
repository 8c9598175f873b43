//! What must hold of everything that a machine says, whatever it was told.

use std::collections::{BTreeMap, BTreeSet};

use twin_protocol::{
    id::SessionId,
    link::{
        Action, Command, Gap, Input, LinkEvent, LinkState, Moment, Output, Report, SocketId,
        SocketInput,
    },
};

/// The server takes no longer message from a client.
const LONGEST_MESSAGE: usize = 65_536;

#[derive(Default)]
pub(super) struct Watch {
    /// The socket dialled last, and how far it is.
    socket: Option<(SocketId, Phase)>,
    closed: bool,
    /// Sessions that are listened to.
    wanted: BTreeSet<SessionId>,
    /// Epoch and offset of the last event of a channel.
    last: BTreeMap<String, (String, u64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Dialled,
    Open,
    Over,
}

impl Watch {
    pub(super) fn before(&mut self, input: &Input) {
        match input {
            Input::Command(Command::Join(join)) => {
                self.wanted.insert(join.session.clone());
            }
            Input::Socket(socket, news) => self.news(*socket, news),
            _ => {}
        }
    }

    pub(super) fn output(&mut self, output: &Output) {
        match output {
            Output::Action(action) => self.action(action),
            Output::Report(report) => self.report(report),
            Output::Notice(_) => {}
        }
    }

    pub(super) fn after(&self, deadline: Option<Moment>) {
        assert!(
            !self.closed || deadline.is_none(),
            "a closed link waits for nothing"
        );
    }

    fn news(&mut self, socket: SocketId, news: &SocketInput) {
        let Some((present, phase)) = &mut self.socket else {
            return;
        };
        if *present == socket {
            *phase = match (news, *phase) {
                (SocketInput::Opened, Phase::Dialled) => Phase::Open,
                // An open socket cannot fail to be dialled; the machine need not listen.
                (SocketInput::DialFailed(_), Phase::Open) => Phase::Open,
                (
                    SocketInput::Closed(_)
                    | SocketInput::DialFailed(_)
                    | SocketInput::Lost(_)
                    | SocketInput::Unreadable(_),
                    _,
                ) => Phase::Over,
                (_, phase) => phase,
            };
        }
    }

    fn action(&mut self, action: &Action) {
        match action {
            Action::Dial(socket) => {
                assert!(!self.closed, "a closed link dials");
                let before = self.socket.replace((*socket, Phase::Dialled));
                assert!(
                    before.is_none_or(|(old, _)| old < *socket),
                    "a socket's number comes twice"
                );
            }
            Action::HangUp { socket, .. } => {
                if let Some((present, phase)) = &mut self.socket {
                    if present == socket {
                        *phase = Phase::Over;
                    }
                }
            }
            Action::Send(socket, text) => {
                assert_eq!(
                    self.socket,
                    Some((*socket, Phase::Open)),
                    "what is sent needs a socket"
                );
                assert!(
                    text.len() <= LONGEST_MESSAGE,
                    "{} bytes in one message",
                    text.len()
                );
            }
            _ => {}
        }
    }

    fn report(&mut self, report: &Report) {
        match report {
            Report::Ended { session, .. } => {
                let wanted = self.wanted.remove(session);
                assert!(wanted, "a session ends that nobody listened to");
                // It may come back, and then from any position.
                self.last.clear();
            }
            Report::Event(event) => self.event(event),
            Report::Gap(gap) => self.gap(gap),
            Report::Joined(session) => {
                assert!(
                    self.wanted.contains(session),
                    "a session is joined that nobody wanted"
                );
            }
            Report::State(state) => {
                assert!(!self.closed, "a closed link has another state");
                self.closed = matches!(state, LinkState::Closed { .. });
            }
            _ => {}
        }
    }

    /// An event comes once and in order. It may be of a session that nobody listens to any more.
    fn event(&mut self, event: &LinkEvent) {
        assert!(!self.closed, "a closed link has an event");
        if let Some(position) = &event.position {
            let place = (position.epoch.clone(), position.offset);
            let before = self.last.insert(position.channel.clone(), place);
            let in_order = before
                .is_none_or(|(epoch, offset)| epoch != position.epoch || offset < position.offset);
            assert!(in_order, "an event comes twice or out of order");
        }
    }

    /// After a gap a channel may begin anywhere.
    fn gap(&mut self, gap: &Gap) {
        match &gap.channel {
            Some(channel) => {
                self.last.remove(channel);
            }
            None => self.last.clear(),
        }
    }
}
