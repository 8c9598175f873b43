//! The built program, an emulator for it, and servers that are none.

#[cfg(unix)]
mod gateway;
mod platform;
mod program;
mod server;
#[cfg(unix)]
mod terminal;

#[cfg(unix)]
pub(crate) use self::{
    gateway::{Gateway, Hold},
    program::program,
    terminal::AtTerminal,
};
pub(crate) use self::{
    platform::Platform,
    program::{Ended, Running, Twin},
    server::{Server, nobody},
};
