//! What follows from an input, and from an end of a connection.

use super::{core::Core, greeting::Greeting, live::Live};
use crate::{
    centrifuge::close,
    link::{CloseFrame, EndKind, EndReason, SocketId, advice::Advice},
};

/// What follows from an input, decided by the state that had it.
#[derive(Clone, Debug)]
pub(super) enum Next {
    /// The token is here.
    Dial(SocketId),
    /// The link is over. The socket, if there was one, is hung up.
    End(EndReason),
    /// The connect command is sent.
    Greet(Greeting),
    /// The connect reply is here.
    GoLive(Box<Live>),
    /// The user wants another connection: dial as soon as may be.
    Hurry,
    /// Dial at once: a planned reconnect.
    Redial,
    /// There is nothing to connect for.
    Rest,
    /// The connection is over; pause, then dial.
    Retry(EndReason),
    /// Nothing changes.
    Stay,
    /// The user wants no connection for now.
    Suspend,
}

/// The server ended the connection.
pub(super) fn ended_by_server(core: &mut Core, frame: CloseFrame) -> Next {
    if close::invalidates(&frame) {
        core.channels.invalidate();
    }
    if close::spends_token(&frame) {
        core.tokens.spend();
    }
    follow(core, close::close_frame(frame))
}

/// Follows an advice on coming back.
pub(super) fn follow(core: &mut Core, (advice, reason): (Advice, EndReason)) -> Next {
    match advice {
        Advice::ComeBack => {
            core.attempts.ended_otherwise();
            Next::Retry(reason)
        }
        Advice::ComeBackOnce if core.attempts.stale() => Next::Retry(reason),
        Advice::ComeBackOnce => Next::End(EndReason {
            kind: EndKind::Terminated,
            ..reason
        }),
        Advice::StayAway => Next::End(reason),
    }
}
