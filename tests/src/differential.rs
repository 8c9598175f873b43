//! The same words of a server, said to our client and to clients of others: what each makes of them.
//!
//! A script is what a server says, step by step, in the order of what the client does and never by a
//! clock. Every client connects to a server that plays it; what each tells its user is written down in
//! the same few words, and compared. Where another client tells something else, the script says what,
//! and why that is.

mod ours;
mod script;
mod server;
mod told;

pub use self::{
    ours::ours,
    script::{Script, ScriptError},
    server::Played,
    told::Told,
};
