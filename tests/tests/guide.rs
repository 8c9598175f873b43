//! The code of the guides, compiled, and run where it needs nothing but an emulator.
//!
//! `cargo xtask tidy` looks that each block of Rust in `docs/guide` and `docs/ru` stands here, in the file
//! of the guide's name.
#![allow(clippy::print_stdout, reason = "guides print")]
#![allow(
    unused_variables,
    reason = "guides leave out what is done with a value"
)]

#[path = "guide/bots.rs"]
mod bots;
#[path = "guide/emulator.rs"]
mod emulator;
#[path = "guide/files.rs"]
mod files;
#[path = "guide/first_chat.rs"]
mod first_chat;
#[path = "guide/identity.rs"]
mod identity;
#[path = "guide/transports.rs"]
mod transports;

use std::error::Error;

use twin_client::{AccessToken, Client, Config, Credentials, Endpoints};
use twin_emulator::Emulator;

type Done = Result<(), Box<dyn Error>>;

/// A client of `emulator`, who may do anything.
fn client(emulator: &Emulator) -> Result<Client, Box<dyn Error>> {
    let mut config = Config::default();
    let addresses = emulator.addresses();
    config.endpoints = Endpoints::emulator(&addresses.http)?;
    config.credentials = Credentials::Token(AccessToken::parse(addresses.token.as_str())?);
    Ok(Client::new(config)?)
}
