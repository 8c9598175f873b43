//! `PATCH /messages/{messageId}/read`: a message was read.

use std::sync::Arc;

use twin_protocol::api::chats::MarkMessageRead;

use super::{Rest, error::Failure};

/// Marks a message as read.
pub(super) async fn mark_read(rest: Arc<Rest>, call: MarkMessageRead) -> Result<(), Failure> {
    Ok(rest.platform.mark_read(call.message_id.as_str())?)
}
