//! Captures of Socket.IO servers, played to the Socket.IO machine on a virtual clock.
//!
//! The recorded server's side is handed to the machine as it came: answers by HTTP to the question
//! that the machine has asked, messages of sockets to the socket that it has opened. Each connection
//! of the capture, in the sense of Engine.IO, is the machine's next one; where it runs over
//! something else than the last, or where the machine's link is over, it is a new link's first.
//! What the recorded client emitted the machine emits too, so that acknowledgements have somewhere to
//! go. What the machine posts is answered `ok`, which is all that real servers say to it.
//!
//! Every event of the root namespace that reached the recorded client must be delivered, in order,
//! and none twice; every acknowledgement must reach its emit.

mod account;
mod acks;
mod capture;
mod connection;
mod run;

pub use self::{
    capture::{Line, is_capture, parse},
    run::replay,
};
