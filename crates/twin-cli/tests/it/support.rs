//! The built program, an emulator for it, and servers that are none.

mod platform;
mod program;
mod server;

#[cfg(unix)]
pub(crate) use self::program::program;
pub(crate) use self::{
    platform::Platform,
    program::{Ended, Running, Twin},
    server::{Server, nobody},
};
