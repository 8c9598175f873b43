//! The state machine of a link, whichever channel it speaks.

use twin_protocol::{
    centrifuge,
    link::{Input, Moment, Outbox},
    socketio,
};

use super::route::Route;
use crate::client::Shared;

/// The state machine of a link.
pub(super) enum Machine {
    Centrifugo(Box<centrifuge::Machine>),
    SocketIo(Box<socketio::Machine>),
}

impl Machine {
    /// The machine for a link that leads there.
    pub(super) fn new(shared: &Shared, route: &Route) -> Self {
        let chosen = &shared.config;
        match route {
            Route::Centrifugo => {
                let mut config = centrifuge::Config::default();
                config.backoff = chosen.backoff;
                config.codec = chosen.spoken();
                config.connect_timeout = chosen.connect_timeout;
                config.grant_wait = chosen.grant_wait;
                config.tokens = chosen.connection_tokens.is_some();
                config.user_id = chosen.user_id.clone();
                Self::Centrifugo(Box::new(centrifuge::Machine::new(config, shared.seed())))
            }
            Route::SocketIo(_) => {
                let mut config = socketio::Config::default();
                config.backoff = chosen.backoff;
                config.connect_timeout = chosen.connect_timeout;
                config.transport = chosen.socketio_transport;
                Self::SocketIo(Box::new(socketio::Machine::new(config, shared.seed())))
            }
        }
    }

    pub(super) fn handle(&mut self, now: Moment, input: Input, out: &mut Outbox) {
        match self {
            Self::Centrifugo(machine) => machine.handle(now, input, out),
            Self::SocketIo(machine) => machine.handle(now, input, out),
        }
    }

    pub(super) fn deadline(&self) -> Option<Moment> {
        match self {
            Self::Centrifugo(machine) => machine.deadline(),
            Self::SocketIo(machine) => machine.deadline(),
        }
    }
}
