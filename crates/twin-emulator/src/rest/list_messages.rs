//! `GET /sessions/{sessionId}/messages`: what was said.

use std::{cmp::Reverse, sync::Arc};

use twin_protocol::{
    api::{Item, Page, chats::ListSessionMessages},
    model::Message,
};

use super::{Rest, error::Failure, wire};

/// How many messages a page has that does not say.
const DEFAULT_LIMIT: u32 = 100;
/// How many messages a page can have.
const MAX_LIMIT: u32 = 1000;

/// Lists messages, the oldest first unless another order is asked for.
pub(super) async fn list(
    rest: Arc<Rest>,
    call: ListSessionMessages,
) -> Result<Page<Message>, Failure> {
    let limit = call.limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
    let session = call.session_id.as_str();
    let mut messages = rest
        .platform
        .messages(session, call.from.as_ref(), call.to.as_ref())?;
    let order: Vec<&str> = call.sort.iter().map(String::as_str).collect();
    match order[..] {
        [] | ["createdAt"] => {}
        ["-createdAt"] => messages.sort_by_key(|message| Reverse(message.created_at.clone())),
        _ => {
            return Err(Failure::field(
                "sort",
                "the emulator sorts by createdAt alone",
            ));
        }
    }
    if call.offset_field.is_some() {
        return Err(Failure::field(
            "offsetField",
            "the emulator does not know it",
        ));
    }
    let offset = match (call.offset, call.page) {
        (Some(offset), _) => offset,
        (None, Some(0)) => return Err(Failure::field("page", "the first page is 1")),
        (None, Some(page)) => u64::from(page - 1) * u64::from(limit),
        (None, None) => 0,
    };
    let count = messages.len() as u64;
    let offset = usize::try_from(offset).unwrap_or(usize::MAX);
    let items = messages.iter().skip(offset).take(limit as usize);
    let items = items.map(|message| Item::new(wire::message(&call.session_id, message)));
    let mut page = Page::new(count, items.collect::<Result<_, _>>()?);
    if call.without_count {
        page.count = None;
    }
    Ok(page)
}
