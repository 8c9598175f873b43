//! What must hold of everything that a machine says, whatever it was told.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use twin_protocol::{
    id::SessionId,
    link::{
        Action, Command, EmitId, ExchangeId, ExchangeInput, Input, LinkState, Moment, Output,
        Report, SocketId, SocketInput,
    },
    socketio::engine::payload,
};

#[derive(Default)]
pub(super) struct Watch {
    /// Sockets that were dialled and are not over, and whether they are open.
    sockets: BTreeMap<SocketId, bool>,
    last_socket: Option<SocketId>,
    last_exchange: Option<ExchangeId>,
    get: Option<ExchangeId>,
    post: Option<ExchangeId>,
    closed: bool,
    /// Sessions of which the user was not told that they are over.
    wanted: BTreeSet<SessionId>,
    /// Emits without an outcome.
    emits: BTreeSet<EmitId>,
    /// Connections that were let in, and whether the last report but one was a gap.
    let_in: usize,
    gap_before: bool,
    is_let_in: bool,
}

impl Watch {
    pub(super) fn before(&mut self, input: &Input) {
        match input {
            Input::Command(Command::Join(join)) => {
                self.wanted.insert(join.session.clone());
            }
            Input::Command(Command::Emit(emit)) => {
                self.emits.insert(emit.id);
            }
            Input::Exchange(_, ExchangeInput::Progress) => {}
            Input::Exchange(exchange, _) => self.over(*exchange),
            Input::Socket(socket, news) => match news {
                SocketInput::Opened => {
                    if let Some(is_open) = self.sockets.get_mut(socket) {
                        *is_open = true;
                    }
                }
                SocketInput::DialFailed(_) if self.sockets.get(socket) == Some(&true) => {}
                SocketInput::Closed(_)
                | SocketInput::DialFailed(_)
                | SocketInput::Lost(_)
                | SocketInput::Unreadable(_) => {
                    self.sockets.remove(socket);
                }
                _ => {}
            },
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
        assert!(
            !self.closed || self.emits.is_empty(),
            "emits without an outcome"
        );
    }

    fn action(&mut self, action: &Action) {
        match action {
            Action::Abort(exchange) => self.over(*exchange),
            Action::DialAt { socket, .. } => {
                assert!(!self.closed, "a closed link dials");
                assert!(self.sockets.is_empty(), "two sockets at a time");
                assert!(self.last_socket < Some(*socket), "a number comes twice");
                self.last_socket = Some(*socket);
                self.sockets.insert(*socket, false);
            }
            Action::Get { exchange, .. } => {
                assert_eq!(self.get, None, "two questions at a time");
                assert!(!self.closed, "a closed link asks");
                self.new_exchange(*exchange);
                self.get = Some(*exchange);
            }
            Action::HangUp { socket, .. } => {
                self.sockets.remove(socket);
            }
            Action::Post { exchange, body, .. } => {
                assert_eq!(self.post, None, "two messages at a time");
                self.new_exchange(*exchange);
                self.post = Some(*exchange);
                check_body(body);
            }
            Action::Send(socket, text) => {
                assert_eq!(self.sockets.get(socket), Some(&true), "it is not open");
                if text == "5" {
                    let under_way = (self.get, self.post);
                    assert_eq!(under_way, (None, None), "it moves too early");
                }
            }
            Action::SendBinary(socket, bytes) => {
                assert_eq!(self.sockets.get(socket), Some(&true), "it is not open");
                assert_eq!(bytes.first(), Some(&4));
            }
            other => panic!("nothing of this kind is wanted: {other:?}"),
        }
    }

    fn new_exchange(&mut self, exchange: ExchangeId) {
        assert!(self.last_exchange < Some(exchange), "a number comes twice");
        self.last_exchange = Some(exchange);
    }

    fn over(&mut self, exchange: ExchangeId) {
        self.get = self.get.filter(|get| *get != exchange);
        self.post = self.post.filter(|post| *post != exchange);
    }

    fn report(&mut self, report: &Report) {
        let gap_before = std::mem::replace(&mut self.gap_before, false);
        match report {
            Report::Emitted { id, .. } => {
                assert!(self.emits.remove(id), "an outcome comes twice");
            }
            Report::Ended { session, .. } => {
                assert!(self.wanted.remove(session), "a session ends twice");
            }
            Report::Event(event) => {
                assert!(self.is_let_in, "an event before the session is let in");
                let session = event.session.as_ref().expect("it is the link's session");
                assert!(self.wanted.contains(session));
            }
            Report::Gap(_) => self.gap_before = true,
            Report::Joined(session) => {
                assert!(self.wanted.contains(session), "nobody wanted it");
                assert!(self.let_in == 0 || gap_before, "a gap is not declared");
                self.let_in += 1;
                self.is_let_in = true;
            }
            Report::State(state) => {
                assert!(!self.closed, "a closed link has another state");
                match state {
                    LinkState::Closed { .. } => {
                        self.closed = true;
                        self.at_rest();
                    }
                    LinkState::Suspended => {
                        // What is said by HTTP now is the farewell, whenever it is answered.
                        self.post = None;
                        self.at_rest();
                    }
                    LinkState::Waiting { .. } => self.at_rest(),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// Between two connections, and after the last, nothing is under way but a farewell.
    fn at_rest(&mut self) {
        assert!(self.sockets.is_empty(), "a socket is left open");
        assert_eq!(self.get, None, "a question is left open");
        assert!(self.closed || self.post.is_none(), "a message is left open");
        self.is_let_in = false;
    }
}

fn check_body(body: &Bytes) {
    let packets = payload::decode(body);
    let count = packets.inspect(|piece| assert!(piece.is_ok())).count();
    assert!((1..=payload::MOST_PACKETS).contains(&count));
}
