//! A socket is being opened.

use crate::{
    link::{
        Action, DialFailure, DialFailureKind, EndKind, EndReason, Moment, Outbox, SocketId,
        SocketInput, advice,
    },
    socketio::machine::{Next, core::Core, ends, hang_up, opening::Opening},
};

#[derive(Clone, Debug)]
pub(super) struct Dialing {
    pub(super) socket: SocketId,
    /// When everything up to the connect packet must be here.
    pub(super) deadline: Moment,
}

impl Dialing {
    pub(super) fn begin(core: &mut Core, deadline: Moment, out: &mut Outbox) -> Self {
        let (socket, query) = core.attempts.next_socket(None);
        out.act(Action::DialAt { socket, query });
        Self { socket, deadline }
    }

    pub(super) fn hear(&self, core: &Core, news: SocketInput) -> Next {
        match news {
            SocketInput::Opened => Next::Open(Opening::on_socket(self.socket, self.deadline)),
            SocketInput::DialFailed(failure) => ends::follow(core, advice::dial_failure(failure)),
            SocketInput::Closed(frame) => Next::Retry(ends::close_frame(core, None, frame)),
            SocketInput::Lost(text) | SocketInput::Unreadable(text) => {
                let failure = DialFailure::new(DialFailureKind::Broken, text);
                ends::follow(core, advice::dial_failure(failure))
            }
            SocketInput::Binary(_) | SocketInput::Progress | SocketInput::Text(_) => Next::Stay,
        }
    }

    pub(super) fn elapse(&self, now: Moment, out: &mut Outbox) -> Next {
        if now < self.deadline {
            return Next::Stay;
        }
        hang_up(self.socket, out);
        Next::Retry(EndReason::new(EndKind::Timeout).with_text("no connection in time"))
    }
}
