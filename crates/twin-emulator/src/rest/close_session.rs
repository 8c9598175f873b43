//! `DELETE /sessions/{sessionId}`: a session ends.

use std::sync::Arc;

use twin_protocol::api::chats::CloseSession;

use super::{Rest, error::Failure};

/// Closes a session; the client is not asked to rate it.
pub(super) async fn close(rest: Arc<Rest>, call: CloseSession) -> Result<(), Failure> {
    Ok(rest
        .platform
        .close(call.session_id.as_str(), call.result, false)?)
}
