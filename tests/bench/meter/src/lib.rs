//! What every contender of the benchmark has in common: its arguments, its account, its message.

mod account;
mod args;
mod message;
mod process;

pub use self::{
    account::{Account, Idle},
    args::{Args, SESSION},
    message::{Data, Message},
    process::{cpu, resident_kb},
};
