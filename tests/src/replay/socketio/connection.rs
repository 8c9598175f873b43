//! The connections of a capture, in the sense of Engine.IO: over which TCP connections they ran.

use std::collections::BTreeMap;

use twin_protocol::socketio::Transport as Mode;

use super::capture::{Line, Told, Transport};

/// What a TCP connection is being used for: the last request that was made on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Use {
    pub(super) transport: Transport,
    pub(super) is_post: bool,
    /// The connection; `None` for one that is to begin.
    pub(super) sid: Option<String>,
}

/// What each TCP connection is being used for, as the capture goes on.
#[derive(Debug, Default)]
pub(super) struct Uses {
    by_conn: BTreeMap<u64, Use>,
}

impl Uses {
    pub(super) fn ask(&mut self, conn: u64, asked: Use) {
        self.by_conn.insert(conn, asked);
    }

    pub(super) fn of(&self, conn: u64) -> Option<&Use> {
        self.by_conn.get(&conn)
    }
}

/// Over what the connection runs that begins with the answer at `at`.
pub(super) fn mode(lines: &[Line], at: usize) -> Mode {
    if lines[at].transport() == Transport::Ws {
        return Mode::WebSocket;
    }
    let Told::Answer { body, .. } = lines[at].told() else {
        return Mode::Polling;
    };
    let body = String::from_utf8_lossy(&body).into_owned();
    let upgrades = lines[at..].iter().any(|line| match line.told() {
        Told::Ask {
            transport: Transport::Ws,
            sid: Some(sid),
            ..
        } => body.contains(&format!("\"{sid}\"")),
        _ => false,
    });
    if upgrades {
        Mode::PollingThenWebSocket
    } else {
        Mode::Polling
    }
}
