//! Handles of what the platform has many of: lists, and verbs by id. Each verb is a call of
//! [`twin_protocol::api`], which [`Client::call`](crate::Client::call) makes as well.

mod bots;
mod chats;
mod sessions;
mod users;

pub use self::{bots::Bots, chats::Chats, sessions::Sessions, users::Users};
