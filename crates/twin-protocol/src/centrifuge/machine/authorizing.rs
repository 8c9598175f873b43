//! A token is being fetched, before anything is dialled.

use crate::{
    centrifuge::machine::{Next, core::Core},
    link::{EndKind, EndReason, Moment, SocketId, TokenId, TokenInput},
};

#[derive(Clone, Debug)]
pub(super) struct Authorizing {
    pub(super) token: TokenId,
    /// What is dialled then.
    pub(super) socket: SocketId,
    /// When the token must be here.
    pub(super) deadline: Moment,
}

impl Authorizing {
    pub(super) fn hear(&self, core: &mut Core, news: TokenInput) -> Next {
        match news {
            TokenInput::Given(token) => {
                core.tokens.keep(token);
                Next::Dial(self.socket)
            }
            TokenInput::Failed(text) => {
                Next::Retry(EndReason::new(EndKind::NoToken).with_text(text))
            }
            TokenInput::Unauthorized(text) => {
                Next::End(EndReason::new(EndKind::Unauthorized).with_text(text))
            }
        }
    }

    pub(super) fn elapse(&self, now: Moment) -> Next {
        if now < self.deadline {
            return Next::Stay;
        }
        Next::Retry(EndReason::new(EndKind::NoToken).with_text("no token in time"))
    }
}
