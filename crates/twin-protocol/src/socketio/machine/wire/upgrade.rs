//! The move of a connection from HTTP to a WebSocket.
//!
//! ```text
//!           Opened           3probe             question and message answered
//!   Dialing ──────▶ Probing ───────▶ Draining ───────────────────────────────▶ on the socket
//!      │               │                │
//!      └───────────────┴────────────────┴── failed, or not in time ──▶ None: stays on HTTP
//! ```
//!
//! While it drains nothing new is asked or sent by HTTP; only when the last answer has been read is
//! `5` sent. Sent earlier, it costs what the answer would have brought (`raw-early-upgrade`). From
//! it on everything comes over the socket, in order (`drip-upgrade`).

use crate::{
    link::{Action, Moment, Notice, Outbox, SocketId, SocketInput},
    socketio::{
        engine::{Frame, Packet},
        machine::{
            core::Core,
            hang_up,
            wire::{Heard, polling::Polling},
        },
    },
};

#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Upgrade {
    /// The socket is being opened.
    Dialing(Moving),
    /// The socket is proven; what is under way by HTTP comes to rest.
    Draining(Moving),
    /// Not wanted, not offered, or failed.
    #[default]
    None,
    /// The socket is open; whether it leads to the same server is being tried.
    Probing(Moving),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Moving {
    socket: SocketId,
    /// After it the connection stays on HTTP.
    until: Moment,
}

impl Upgrade {
    pub(super) fn socket(self) -> Option<SocketId> {
        self.moving().map(|moving| moving.socket)
    }

    pub(super) fn deadline(self) -> Option<Moment> {
        self.moving().map(|moving| moving.until)
    }

    pub(super) const fn is_draining(self) -> bool {
        matches!(self, Self::Draining(_))
    }

    const fn moving(self) -> Option<Moving> {
        match self {
            Self::Dialing(moving) | Self::Draining(moving) | Self::Probing(moving) => Some(moving),
            Self::None => None,
        }
    }
}

impl Polling {
    pub(super) fn begin_upgrade(
        &mut self,
        core: &mut Core,
        now: Moment,
        sid: &str,
        out: &mut Outbox,
    ) {
        let (socket, query) = core.attempts.next_socket(Some(sid));
        out.act(Action::DialAt { socket, query });
        self.upgrade = Upgrade::Dialing(Moving {
            socket,
            until: now + core.config.upgrade_timeout,
        });
    }

    pub(super) fn upgrades_to(&self, socket: SocketId) -> bool {
        self.upgrade.socket() == Some(socket)
    }

    /// The socket that the connection moves to, once nothing is under way by HTTP.
    pub(super) fn may_move(&self) -> Option<SocketId> {
        (self.upgrade.is_draining() && self.is_idle())
            .then(|| self.upgrade.socket())
            .flatten()
    }

    /// News of the socket that the connection is to move to.
    pub(super) fn hear_upgrade(&mut self, news: SocketInput, out: &mut Outbox) -> Heard {
        let Some(moving) = self.upgrade.moving() else {
            return Heard::Nothing;
        };
        match news {
            SocketInput::Opened => {
                if matches!(self.upgrade, Upgrade::Dialing(_)) {
                    self.upgrade = Upgrade::Probing(moving);
                    super::send(moving.socket, vec![Frame::probe()], out);
                }
                Heard::Nothing
            }
            SocketInput::Text(frame) => {
                let text = simdutf8::basic::from_utf8(&frame).map(Packet::decode_text);
                if !matches!(text, Ok(Ok(Packet::Pong("probe")))) {
                    // No server speaks here before it is told to; if one does, it is heard.
                    return Heard::Text(frame);
                }
                if matches!(self.upgrade, Upgrade::Probing(_)) {
                    self.upgrade = Upgrade::Draining(moving);
                }
                Heard::Nothing
            }
            SocketInput::Binary(frame) => Heard::Binary(frame),
            SocketInput::Closed(_) => self.fail_upgrade("the server closed the socket", out),
            SocketInput::DialFailed(failure) if matches!(self.upgrade, Upgrade::Dialing(_)) => {
                self.fail_upgrade(&failure.text, out)
            }
            SocketInput::Lost(text) => self.fail_upgrade(&text, out),
            SocketInput::Unreadable(text) => {
                hang_up(moving.socket, out);
                self.fail_upgrade(&text, out)
            }
            // An open socket cannot fail to be dialled.
            SocketInput::DialFailed(_) | SocketInput::Progress => Heard::Nothing,
        }
    }

    pub(super) fn elapse_upgrade(&mut self, now: Moment, out: &mut Outbox) {
        if let Some(moving) = self.upgrade.moving() {
            if moving.until <= now {
                hang_up(moving.socket, out);
                self.fail_upgrade("it took too long", out);
            }
        }
    }

    /// The connection stays on HTTP, none the worse (`raw-upgrade-timeout`).
    fn fail_upgrade(&mut self, why: &str, out: &mut Outbox) -> Heard {
        self.upgrade = Upgrade::None;
        out.note(Notice::UpgradeFailed(why.to_owned()));
        Heard::Nothing
    }
}
