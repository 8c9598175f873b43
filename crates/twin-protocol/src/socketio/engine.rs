//! Engine.IO, revision 3: the layer below Socket.IO, which carries messages over HTTP or a socket.
//!
//! Packets ([`Packet`]), the opening words of a server ([`Open`]), and the two framings in which
//! packets travel in HTTP bodies ([`payload`]). What the messages mean is not known here.

mod open;
mod packet;
pub mod payload;

pub use self::{
    open::{Open, OpenError},
    packet::{Frame, Packet, PacketError},
};
