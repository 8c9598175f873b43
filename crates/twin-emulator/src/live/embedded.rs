//! Centrifugo's JSON protocol, as Centrifugo 6.2.2 speaks it with its default configuration and
//! the namespace of the platform.
//!
//! Written from transcripts of a real server and apart from the client's codec, so that a mistake
//! in one cannot hide in the other. Not here: what only other configurations show (publishing and
//! presence of clients, deltas, expiring connections), the Protobuf form, HTTP fallbacks.

mod command;
mod connection;
mod fields;
mod hub;
mod link;
mod outgoing;
mod reply;
mod settings;
mod stream;
mod upgrade;

pub use self::settings::CentrifugoSettings;
pub(crate) use self::{hub::Hub, reply::ErrorReply, upgrade::upgrade};
