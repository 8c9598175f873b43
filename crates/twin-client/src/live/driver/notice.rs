//! What a machine noticed, as lines of the log and as counters.

use twin_protocol::link::Notice;

use crate::client::Shared;

/// Logs and counts it. Channels hold ids of sessions, and are not shown.
pub(super) fn log(shared: &Shared, link: u64, notice: &Notice) {
    let counters = &shared.counters;
    match notice {
        Notice::DuplicateDropped { offset, .. } => {
            counters.duplicates_dropped.count();
            tracing::debug!(target: "twin::link", link, offset, "dropped what came before");
        }
        Notice::JoinRetried { session, attempt } => {
            counters.joins_retried.count();
            let session = session.short();
            tracing::debug!(target: "twin::link", link, session, attempt, "joining again");
        }
        Notice::StaleReply { id } => {
            counters.stale_replies.count();
            tracing::debug!(target: "twin::link", link, id, "ignored a reply that nothing awaits");
        }
        Notice::StaleSocket(socket) => {
            let socket = socket.number();
            tracing::debug!(target: "twin::link", link, socket, "ignored news of an old socket");
        }
        Notice::SubscribeRefused { code, .. } => {
            tracing::debug!(target: "twin::link", link, code, "a subscribe was refused");
        }
        Notice::UnknownPush { .. } => {
            tracing::debug!(target: "twin::link", link, "ignored a push that means nothing here");
        }
        Notice::AckOverdue { id } => {
            tracing::debug!(target: "twin::link", link, id, "acknowledged for its user");
        }
        Notice::PassedOver(what) => {
            tracing::debug!(target: "twin::link", link, what, "passed over");
        }
        Notice::StaleAck { id } => {
            counters.stale_replies.count();
            tracing::debug!(target: "twin::link", link, id, "ignored a stale acknowledgement");
        }
        Notice::StaleExchange(exchange) => {
            let exchange = exchange.number();
            tracing::debug!(target: "twin::link", link, exchange, "ignored an old answer");
        }
        Notice::StaleToken(token) => {
            let token = token.number();
            tracing::debug!(target: "twin::link", link, token, "ignored an old token");
        }
        Notice::Upgraded => {
            tracing::debug!(target: "twin::link", link, "went over to a WebSocket");
        }
        Notice::UpgradeFailed(why) => {
            tracing::debug!(target: "twin::link", link, why, "stays on HTTP");
        }
        _ => tracing::debug!(target: "twin::link", link, "noticed something"),
    }
}
