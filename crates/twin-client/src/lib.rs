//! A client of the TWIN chat platform: sessions, live events, delivery of messages.
//!
//! ```no_run
//! use twin_client::{Client, Config, Delivery, Event, SessionDraft};
//!
//! # #[cfg(feature = "native")]
//! # async fn chat() -> Result<(), twin_client::Error> {
//! let client = Client::new(Config::default())?;
//! let chat = client.chat("0a5be2f5-5a4b-4d0c-8a4b-8f2f3a3f0d57");
//! let (session, mut events) = chat.start(SessionDraft::new("support")).await?;
//! session.send("Hello!").await.sent()?;
//! while let Some(delivery) = events.next().await {
//!     if let Delivery::Event(event) = delivery {
//!         if let Event::MessageCreated(message) = &event.event {
//!             println!("{}", message.body);
//!         }
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! - A [`Client`] holds the addresses, the credentials and the transports; [`Client::call`] makes any
//!   REST call of [`twin_protocol::api`]. Tokens come from a [`TokenProvider`].
//! - A [`Session`] is a handle: [`send`](Session::send), [`history`](Session::history),
//!   [`mark_read`](Session::mark_read), [`close`](Session::close).
//! - [`Events`] is what its one reader is told, in order, with a [`Gap`] wherever something may be
//!   missing.
//! - [`Sessions`], [`Chats`] and [`Users`] are lists that page by themselves, and verbs by id.
//! - [`Files`] are [uploaded](Files::upload) and [downloaded](Files::download), whatever their size.
//! - A [`Bot`] is asked directly, in a [`Dialog`]; with feature `webhook` its answers may come to a
//!   webhook.
//! - Behind them, links carry the sessions: [`Client::links`] tells of their states.
//!
//! Without feature `native` there are no transports inside: [`Client::builder`] takes any
//! implementation of the traits of [`twin_transport`].
//!
//! # Logs
//!
//! `tracing` events come under three targets: `twin::link` (live connections, sessions, gaps),
//! `twin::rest` (calls) and `twin::webhook` (posts that are refused or repeated). No level shows a token, a query string or a body; session ids are shown by
//! their first eight characters.

mod chat;
mod client;
mod config;
mod credentials;
mod dialog;
mod error;
mod files;
mod handles;
mod identity;
mod listing;
mod live;
mod session;
mod stats;
#[cfg(feature = "webhook")]
pub mod webhook;

pub use twin_protocol::{
    api,
    centrifuge::Codec,
    event,
    event::Event,
    id, link,
    link::{EndKind, EndReason, GapReason, LinkState, Position, SessionEnd},
    model,
    model::{DialogDraft, DialogReply, MessageDraft, SessionDraft},
    raw::RawJson,
    secret::Secret,
    socketio::Transport as SocketIoTransport,
    time::Timestamp,
    url::SecretUrl,
};
pub use twin_transport::Reached;

#[cfg(feature = "native")]
pub use self::files::Existing;
pub use self::{
    chat::Chat,
    client::{Client, ClientBuilder},
    config::{
        Config, ConnectionTokens, Endpoints, LinkUrl, LinkUrlError, LiveChannel, LiveChannelError,
        NoToken, RetryPolicy, SlowReaders,
    },
    credentials::{
        AccessToken, AccessTokenError, Credentials, PasswordLogin, StoredTokens, TokenError,
        TokenProvider, Tokens,
    },
    dialog::{Answer, Bot, Dialog},
    error::{Error, ErrorKind, with_causes},
    files::{Download, FileSource, Files, Progress, Upload},
    handles::{Bots, Chats, Sessions, Users},
    identity::{Iam, TokenChanges},
    listing::{ListCall, Listing},
    live::{LinkChange, LinkChanges, Unassigned},
    session::{
        Delivery, Events, Gap, History, LiveEvent, LocalId, Origin, SendOutcome, Sending, Session,
    },
    stats::Stats,
};
