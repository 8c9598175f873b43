//! One live connection: its reader, its writer, its timers, and their common end.

mod commands;
mod reader;
mod timers;
mod writer;

use std::sync::Arc;

use axum::extract::ws::WebSocket;
use futures_util::StreamExt;

use self::commands::Commands;
use super::{hub::Hub, link::Link};
use crate::backend::Backend;

/// How the server asks whether the client lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heartbeat {
    /// By ping frames of WebSocket (capture `ping-frame-mode`).
    Frames,
    /// By pings of the protocol.
    Protocol,
}

/// Holds a link's place with hub and backend; dropped, the link is forgotten.
pub(super) struct Guard {
    hub: Arc<Hub>,
    backend: Arc<Backend>,
    link: Arc<Link>,
}

impl Guard {
    pub(super) fn new(hub: Arc<Hub>, backend: Arc<Backend>, link: Arc<Link>) -> Self {
        Self { hub, backend, link }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.hub.leave(&self.link);
        self.backend.gone(&self.link.client);
    }
}

/// Serves one connection until it ends.
pub(super) async fn serve(socket: WebSocket, guard: Guard, heartbeat: Heartbeat) {
    let Guard { hub, backend, link } = &guard;
    let (sink, stream) = socket.split();
    let commands = Commands::new(hub, backend, link, heartbeat);
    tokio::select! {
        () = reader::read(stream, commands, link, hub.settings.message_size_limit) => {}
        () = writer::write(sink, link, &hub.settings, heartbeat) => {}
        () = timers::watch(link, &hub.settings, heartbeat) => {}
    }
}
