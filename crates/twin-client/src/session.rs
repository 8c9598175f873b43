//! A session: the handle to write in it, and the stream of what happens in it.

mod delivery;
mod events;
pub(crate) mod gap;
mod history;
mod inbox;
mod membership;
mod outbound;
mod ring;
mod sending;

use std::{
    fmt,
    sync::{Arc, atomic::Ordering},
};

use tokio::sync::oneshot;
use twin_protocol::{
    api::chats::{CloseSession, MarkMessageRead},
    id::{MessageId, SessionId},
    link::{EmitId, EmitOutcome, JoinStart, NotSent, SessionEnd},
    model::MessageDraft,
    socketio,
    time::Timestamp,
};
use twin_transport::Reached;

pub use self::{
    delivery::{Delivery, Gap, LiveEvent, Origin},
    events::Events,
    history::History,
    sending::{LocalId, SendOutcome, Sending},
};
use self::{gap::Memory, membership::Membership, outbound::Outbound};
pub(crate) use self::{
    inbox::Inbox,
    ring::{Parcel, Ring},
};
use crate::{
    Client,
    error::{Error, ErrorKind},
    live::Openings,
};

/// A session of a chat. Cheap to clone; the clones share everything.
///
/// A session that is listened to stays joined as long as one of its handles or its [`Events`] lives,
/// until it is [left](Self::leave) or over.
#[derive(Clone)]
pub struct Session {
    client: Client,
    id: SessionId,
    outbound: Arc<Outbound>,
    membership: Option<Arc<Membership>>,
}

impl Session {
    pub(crate) fn idle(client: Client, id: SessionId) -> Self {
        Self {
            client,
            id,
            outbound: Arc::default(),
            membership: None,
        }
    }

    /// Listens to a session, over a link of `openings` where it needs a new one; `first` is what its
    /// reader is handed first, `started` the date of its start.
    pub(crate) fn listening(
        client: Client,
        openings: &mut Openings,
        id: SessionId,
        started: Option<Timestamp>,
        start: JoinStart,
        first: Vec<LiveEvent>,
    ) -> Result<(Self, Events), Error> {
        let shared = client.shared();
        let memory = shared.config.gap_filling.then(|| {
            let now = shared.runtime.now();
            let started = started.filter(|_| start == JoinStart::First);
            Memory::new(id.clone(), started, now)
        });
        let inbox = Inbox::new(id.clone(), memory, Arc::clone(&shared.counters));
        for event in first {
            inbox.begin_with(event);
        }
        shared.pool.join(openings, &inbox, start)?;
        let membership = Membership::new(Arc::clone(shared), inbox);
        let events = Events::new(Arc::clone(&membership));
        let session = Self {
            membership: Some(membership),
            ..Self::idle(client, id)
        };
        Ok((session, events))
    }

    /// Names the session.
    pub fn id(&self) -> &SessionId {
        &self.id
    }

    /// Sends a message of the client: hands it to a task of the client, which posts it once, after
    /// those that this handle and its clones handed in before.
    ///
    /// At most 1,024 messages of a session wait; a further one is not sent, and its outcome says
    /// so.
    pub fn send(&self, message: impl Into<MessageDraft>) -> Sending {
        self.outbound
            .send(self.client.shared(), &self.id, message.into())
    }

    /// The messages of the session, as the platform lists them. It wants a token.
    pub fn history(&self) -> History {
        History::new(self.client.clone(), self.id.clone())
    }

    /// Tells the platform that the client has read a message. It wants a token; without one, a
    /// session that is listened to over Socket.IO says it over that connection, where the platform
    /// confirms nothing.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the call. Marking a message twice does no harm.
    pub async fn mark_read(&self, message: impl Into<MessageId>) -> Result<(), Error> {
        let message = message.into();
        match self.give_receipt(&message) {
            Some(outcome) => receipt(outcome.await),
            None => self.client.call(MarkMessageRead::new(message)).await,
        }
    }

    /// Tells of a read message over the live connection, where that is the way.
    fn give_receipt(&self, message: &MessageId) -> Option<oneshot::Receiver<EmitOutcome>> {
        let shared = self.client.shared();
        if !shared.config.credentials.is_anonymous() {
            return None;
        }
        let number = shared.messages.fetch_add(1, Ordering::Relaxed) + 1;
        let emit = socketio::mark_read(EmitId::new(number), message);
        shared.pool.emit(&self.id, emit)
    }

    /// Asks the platform to end the session, with what came of it in the chat's own terms. It wants
    /// a token. The events go on until the platform tells that the session is closed.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the call; whether the session ends is then unknown.
    pub async fn close(&self, result: Option<&str>) -> Result<(), Error> {
        let mut call = CloseSession::new(self.id.clone());
        call.result = result.map(str::to_owned);
        self.client.call(call).await
    }

    /// Stops listening: the events end after those that have come already. The session itself goes
    /// on. Nothing where it is not listened to.
    pub fn leave(&self) {
        if let Some(membership) = &self.membership {
            membership.leave();
        }
    }

    /// Completes once the session is no longer listened to, and says why; at once with `None` where
    /// it never was through this handle.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped.
    pub async fn ended(&self) -> Option<SessionEnd> {
        let mut ended = self.membership.as_ref()?.inbox().ended();
        ended.wait_for(Option::is_some).await.ok()?.clone()
    }
}

fn receipt(outcome: Result<EmitOutcome, oneshot::error::RecvError>) -> Result<(), Error> {
    let (kind, reached) = match outcome {
        Ok(EmitOutcome::Acknowledged(_) | EmitOutcome::Sent) => return Ok(()),
        // No other attempt would go better.
        Ok(EmitOutcome::NotSent(NotSent::TooLarge | NotSent::Unsupported)) => {
            (ErrorKind::InvalidInput, Reached::No)
        }
        Ok(EmitOutcome::NotSent(_)) => (ErrorKind::Unreachable, Reached::No),
        _ => (ErrorKind::Unreachable, Reached::Unknown),
    };
    let what = "marking a message as read over the live connection";
    Err(Error::new(kind, reached, what))
}

/// Shows the first eight characters of the session's id.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
