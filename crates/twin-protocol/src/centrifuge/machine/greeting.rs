//! The connect command is sent; its reply is not here yet.

use bytes::Bytes;

use crate::{
    centrifuge::{
        Config, close,
        frames::Frames,
        machine::{
            Next, core::Core, dialing::Dialing, ended_by_server, follow, hang_up, live::Live,
            recovery,
        },
        reply::{Answer, Incoming, Push, PushKind},
    },
    link::{CloseFrame, EndKind, EndReason, Moment, Notice, Outbox, SocketId, SocketInput},
};

/// The server could not send what it had queued for us. In this state that is its connect reply,
/// with what it recovered.
const SLOW: u16 = 3008;

/// How many times the usual the reply may take while its bytes keep coming.
const DRIP_FACTOR: u32 = 6;

#[derive(Clone, Debug)]
pub(super) struct Greeting {
    pub(super) socket: SocketId,
    /// When the reply must be here.
    pub(super) deadline: Moment,
    /// No sign of life moves the deadline past this.
    last_deadline: Moment,
    connect_id: u32,
    /// Whether recovery was asked for.
    recover: bool,
}

impl Greeting {
    pub(super) fn new(
        dialing: &Dialing,
        now: Moment,
        connect_id: u32,
        recover: bool,
        config: &Config,
    ) -> Self {
        Self {
            socket: dialing.socket,
            deadline: dialing.deadline,
            last_deadline: now + config.connect_timeout.saturating_mul(DRIP_FACTOR),
            connect_id,
            recover,
        }
    }

    pub(super) fn hear(
        &mut self,
        core: &mut Core,
        now: Moment,
        news: SocketInput,
        out: &mut Outbox,
    ) -> Next {
        match news {
            SocketInput::Text(message) => match Frames::text(core.config.codec, &message) {
                Ok(frames) => self.read(core, now, frames, &message, out),
                Err(words) => self.spoil(core, words, out),
            },
            SocketInput::Binary(message) => match Frames::binary(core.config.codec, &message) {
                Ok(frames) => self.read(core, now, frames, &message, out),
                Err(words) => self.spoil(core, words, out),
            },
            SocketInput::Unreadable(text) => self.spoil(core, &text, out),
            SocketInput::Closed(frame) => {
                if frame.code == Some(SLOW) {
                    core.attempts.spoil();
                }
                ended_by_server(core, frame)
            }
            SocketInput::Lost(text) => Next::Retry(EndReason::new(EndKind::Lost).with_text(text)),
            SocketInput::Progress => {
                // A long reply that drips in is no silence.
                let later = now + core.config.connect_timeout;
                self.deadline = self.deadline.max(later.min(self.last_deadline));
                Next::Stay
            }
            SocketInput::DialFailed(_) | SocketInput::Opened => Next::Stay,
        }
    }

    pub(super) fn elapse(&self, now: Moment, out: &mut Outbox) -> Next {
        if now < self.deadline {
            return Next::Stay;
        }
        hang_up(self.socket, out);
        Next::Retry(EndReason::new(EndKind::Timeout).with_text("no connect reply in time"))
    }

    /// Reads up to the connect reply; what follows it in the same message is the live state's.
    fn read(
        &self,
        core: &mut Core,
        now: Moment,
        mut frames: Frames<'_>,
        message: &Bytes,
        out: &mut Outbox,
    ) -> Next {
        while let Some(frame) = frames.next() {
            match frame {
                Err(error) => return self.spoil(core, &error.into_words(), out),
                Ok(Incoming::Reply { id, answer }) if id == self.connect_id => match answer {
                    Ok(Answer::Connect(connect)) => {
                        if connect.subs.len() > core.config.max_channels {
                            return self.spoil(core, "more channels than may be kept", out);
                        }
                        core.attempts.connected();
                        let live = Live::new(core, self.socket, now, &connect);
                        recovery::adopt(core, connect.subs, self.recover, message, out);
                        return live.begin(core, now, frames, message, out);
                    }
                    Ok(_) => return self.spoil(core, "a connect reply without a result", out),
                    Err(error) => {
                        hang_up(self.socket, out);
                        if close::is_expired(&error) {
                            core.tokens.spend();
                        }
                        let judged = close::connect_error(error, core.tokens.wanted);
                        return follow(core, judged);
                    }
                },
                Ok(Incoming::Reply { id, .. }) => out.note(Notice::StaleReply { id }),
                Ok(Incoming::Push(Push {
                    kind: PushKind::Disconnect(disconnect),
                    ..
                })) => {
                    hang_up(self.socket, out);
                    let code = Some(disconnect.code);
                    let reason = disconnect.reason;
                    return ended_by_server(core, CloseFrame { code, reason });
                }
                // Nothing is granted yet, so no other push can mean anything, and a ping before the
                // connect reply must not be answered.
                Ok(Incoming::Push(push)) => {
                    let channel = push.channel.into_owned();
                    out.note(Notice::UnknownPush { channel });
                }
                Ok(Incoming::Ping) => {}
            }
        }
        Next::Stay
    }

    /// What came cannot be read: perhaps because of what it recovers.
    fn spoil(&self, core: &mut Core, what: &str, out: &mut Outbox) -> Next {
        core.attempts.spoil();
        hang_up(self.socket, out);
        Next::Retry(EndReason::new(EndKind::Protocol).with_text(what))
    }
}
