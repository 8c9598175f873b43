//! What a state machine wants of the world.

use crate::link::SocketId;

/// Something for the driver to do, in the order given.
///
/// A driver that cannot do it says so with an [`Input`](crate::link::Input); it never drops an
/// action silently.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Open a socket. The answer is `Opened` or `DialFailed` under this id.
    Dial(SocketId),
    /// Close the socket, whatever it is doing, a dial too. No news of it is wanted any more.
    HangUp {
        /// Which socket.
        socket: SocketId,
        /// The code of the close frame, where the socket is open.
        code: u16,
    },
    /// Send one text message. Messages of one socket are sent in the order given.
    Send(SocketId, String),
}
