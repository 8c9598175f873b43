//! The TWIN chat platform on your own machine, for development and tests.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), twin_emulator::Error> {
//! let emulator = twin_emulator::Emulator::start().await?;
//! println!("chats are at {}", emulator.addresses().chats);
//! emulator.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! It is stateful and strict: sessions, messages and their order are real, requests are checked
//! against the specification, and where the platform's behaviour is not known it can be played in
//! more than one way ([`Behaviour`]). Events come over Centrifugo's own protocol, written from
//! transcripts of a real server and apart from this project's client, so that the two judge each
//! other. Or a real Centrifugo carries the events, with the emulator as its backend
//! ([`CentrifugoApi`]).
//!
//! What happens goes one way: a door ([`rest`] for the platform's calls, [`control`] for the
//! emulator's own) changes the [`platform`], which tells what happened to the [`backend`], which
//! publishes it on the [`live`] side. A [`bot`] is another who comes through the platform's door.
#![allow(rustdoc::private_intra_doc_links)]

mod addresses;
mod backend;
mod bot;
mod builder;
mod control;
mod cors;
mod emulator;
mod error;
mod files;
mod live;
mod platform;
mod rest;
mod server;
mod unread;
mod webhook;

pub use self::{
    addresses::Addresses,
    backend::{
        Behaviour, ChannelPlan, EnvelopeForm, Fault, Grant, StartAnswers, UnknownSession,
        WebhookFault,
    },
    bot::Bot,
    builder::Builder,
    control::{Publication, PublicationReceipt, StoredFile},
    emulator::Emulator,
    error::{Error, ErrorKind},
    live::{
        embedded::CentrifugoSettings,
        remote::CentrifugoApi,
        socketio::{Flavour, Kick, SocketIoBehaviour, TellingRefusal},
    },
    webhook::WebhookAttempt,
};
