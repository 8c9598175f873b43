//! The platform's REST calls: one file a call, below `/api/chats/v1`.
//!
//! What a request must look like says the specification, through the printed checks of
//! twin-protocol; what a call does says the platform. Here is what lies between: tokens, statuses,
//! error bodies.

mod call;
mod close_session;
mod error;
mod list_messages;
mod mark_read;
mod post_message;
mod start_session;
mod wire;

use std::sync::Arc;

use axum::{
    Router,
    routing::{MethodFilter, on},
};
use http::request::Parts;
use twin_protocol::api::{
    Endpoint,
    chats::{
        CloseSession, ContinueSession, ListSessionMessages, MarkMessageRead, SendClientMessage,
        SendMessage, StartSession,
    },
};

use self::call::call;
pub(crate) use self::error::{Failure, method_not_allowed, not_found};
use crate::{backend::Shared, bot::Turns, platform::Platform};

/// What the calls work on.
#[derive(Debug)]
pub(crate) struct Rest {
    pub(crate) platform: Arc<Platform>,
    pub(crate) turns: Turns,
    pub(crate) shared: Arc<Shared>,
}

/// The calls of the chats service.
pub(crate) fn chats(rest: Arc<Rest>) -> Router {
    Router::new()
        .route(
            StartSession::PATH,
            on(MethodFilter::POST, call(start_session::start, is_widget))
                .on(MethodFilter::PUT, call(start_session::resume, never)),
        )
        .route(
            SendMessage::PATH,
            on(MethodFilter::POST, call(post_message::post, never))
                .on(MethodFilter::GET, call(list_messages::list, never)),
        )
        .route(
            SendClientMessage::PATH,
            on(
                MethodFilter::POST,
                call(post_message::post_as_client, never),
            ),
        )
        .route(
            MarkMessageRead::PATH,
            on(MethodFilter::PATCH, call(mark_read::mark_read, never)),
        )
        .route(
            CloseSession::PATH,
            on(MethodFilter::DELETE, call(close_session::close, never)),
        )
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(rest)
}

/// The widget gateway lets anyone start a session.
fn is_widget(parts: &Parts) -> bool {
    let query = parts.uri.query().unwrap_or_default();
    query
        .split('&')
        .any(|pair| matches!(pair, "x_widget=1" | "x_widget=true"))
}

fn never(_: &Parts) -> bool {
    false
}

// The two calls at each of these paths are told apart by their method alone.
const _: () = {
    assert!(same(StartSession::PATH, ContinueSession::PATH));
    assert!(same(SendMessage::PATH, ListSessionMessages::PATH));
};

const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}
