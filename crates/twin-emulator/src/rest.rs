//! The platform's REST calls, one file a subject: below `/api/bot/v1`, `/api/chats/v1` and
//! `/api/iam/v1`.
//!
//! Which call is where is printed from the specification ([`routes`]). What a request must look like says the specification, through the printed checks of
//! twin-protocol; what a call does says the platform. Here is what lies between: tokens, statuses,
//! error bodies.

mod bots;
mod call;
mod chats;
mod dialogs;
mod error;
mod files;
mod form;
mod identity;
mod messages;
mod operators;
mod page;
mod routes;
mod sessions;
mod start_session;
pub(crate) mod wire;

use std::sync::Arc;

use axum::Router;

pub(crate) use self::{
    bots::built_in,
    error::{Failure, method_not_allowed, not_found},
};
use crate::{backend::Shared, bot::Turns, platform::Platform, webhook::Webhook};

/// What the calls work on.
#[derive(Debug)]
pub(crate) struct Rest {
    pub(crate) platform: Arc<Platform>,
    pub(crate) turns: Turns,
    pub(crate) shared: Arc<Shared>,
    pub(crate) webhook: Arc<Webhook>,
}

/// The calls of the bot service.
pub(crate) fn bot(rest: Arc<Rest>) -> Router {
    finish(routes::bot(), rest)
}

/// The calls of the chats service.
pub(crate) fn chats(rest: Arc<Rest>) -> Router {
    finish(routes::chats(), rest)
}

/// The calls of the identity service.
pub(crate) fn iam(rest: Arc<Rest>) -> Router {
    finish(routes::iam(), rest)
}

fn finish(calls: Router<Arc<Rest>>, rest: Arc<Rest>) -> Router {
    calls
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(rest)
}
