//! A socket is being opened.

use crate::{
    centrifuge::machine::{Next, core::Core, ended_by_server, follow, greeting::Greeting, hang_up},
    link::{
        DialFailure, DialFailureKind, EndKind, EndReason, Moment, Outbox, SocketId, SocketInput,
        advice,
    },
};

#[derive(Clone, Debug)]
pub(super) struct Dialing {
    pub(super) socket: SocketId,
    /// When dial, upgrade and connect reply must be here together.
    pub(super) deadline: Moment,
}

impl Dialing {
    pub(super) fn hear(
        &self,
        core: &mut Core,
        now: Moment,
        news: SocketInput,
        out: &mut Outbox,
    ) -> Next {
        match news {
            SocketInput::Opened => {
                let mut batch = core.batch();
                let (connect_id, recover) = core.greet(&mut batch);
                for action in batch.into_actions(self.socket) {
                    out.act(action);
                }
                Next::Greet(Greeting::new(self, now, connect_id, recover, &core.config))
            }
            SocketInput::DialFailed(failure) => follow(core, advice::dial_failure(failure)),
            SocketInput::Closed(frame) => ended_by_server(core, frame),
            SocketInput::Lost(text) | SocketInput::Unreadable(text) => {
                let failure = DialFailure::new(DialFailureKind::Broken, text);
                follow(core, advice::dial_failure(failure))
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
