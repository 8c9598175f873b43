//! The messages of a session that wait to be posted: one after the other, each once.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering},
};

use tokio::sync::oneshot;
use twin_protocol::{
    api::chats::{SendClientMessage, SendMessage},
    id::SessionId,
    model::{MessageDraft, SentMessage},
};
use twin_transport::Reached;

use crate::{
    client::Shared,
    error::{Error, ErrorKind},
    session::{LocalId, SendOutcome, Sending},
};

/// How many messages may wait.
const WAITING: usize = 1024;

/// The messages of a session on their way out, in order. A task posts them while there are any.
#[derive(Debug, Default)]
pub(super) struct Outbound(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Letter>,
    /// A task is posting.
    posting: bool,
}

#[derive(Debug)]
struct Letter {
    draft: MessageDraft,
    outcome: oneshot::Sender<SendOutcome>,
}

/// The task that posts. Where it is dropped before it is done, as it is when its runtime is shut
/// down or a transport panics, those who wait learn that their messages were not sent.
#[derive(Debug)]
struct Posting {
    outbound: Arc<Outbound>,
    is_done: bool,
}

impl Outbound {
    /// Takes in a message.
    pub(super) fn send(
        self: &Arc<Self>,
        shared: &Arc<Shared>,
        session: &SessionId,
        draft: MessageDraft,
    ) -> Sending {
        let id = LocalId(shared.messages.fetch_add(1, Ordering::Relaxed) + 1);
        let (outcome, sending) = Sending::new(id);
        let mut state = self.lock();
        if state.waiting.len() >= WAITING {
            let what = format!("sending a message while {WAITING} of the session wait");
            let error = Error::new(ErrorKind::InvalidInput, Reached::No, what);
            // The receiver is in `sending`.
            let _ = outcome.send(SendOutcome::NotSent(error));
            return sending;
        }
        state.waiting.push_back(Letter { draft, outcome });
        let idle = !std::mem::replace(&mut state.posting, true);
        drop(state);
        if idle {
            let posting = Posting::new(self);
            let task = posting.run(Arc::clone(shared), session.clone());
            shared.spawn("twin outbound", task);
        }
        sending
    }

    fn next(&self) -> Option<Letter> {
        self.lock().waiting.pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Posting {
    fn new(outbound: &Arc<Outbound>) -> Self {
        Self {
            outbound: Arc::clone(outbound),
            is_done: false,
        }
    }

    async fn run(mut self, shared: Arc<Shared>, session: SessionId) {
        while self.goes_on() {
            let under_way = shared.gate.pass().await;
            // Not before: a task that is dropped at the gate has certainly posted nothing.
            let Some(letter) = self.outbound.next() else {
                continue;
            };
            let outcome = match under_way {
                Some(_) => SendOutcome::from(post(&shared, &session, letter.draft).await),
                None => {
                    let what = "sending a message of a suspended client that nobody can resume";
                    let error = Error::new(ErrorKind::InvalidInput, Reached::No, what);
                    SendOutcome::NotSent(error)
                }
            };
            // Whoever sent it may not want to know.
            let _ = letter.outcome.send(outcome);
            drop(under_way);
        }
    }

    /// Whether a message waits; where none does, the task ends.
    fn goes_on(&mut self) -> bool {
        let mut state = self.outbound.lock();
        state.posting = !state.waiting.is_empty();
        self.is_done = !state.posting;
        state.posting
    }
}

impl Drop for Posting {
    fn drop(&mut self) {
        if self.is_done {
            return;
        }
        let mut state = self.outbound.lock();
        state.posting = false;
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        for letter in waiting {
            let error = Error::new(ErrorKind::Internal, Reached::No, "sending a message");
            // Whoever sent it may not want to know.
            let _ = letter.outcome.send(SendOutcome::NotSent(error));
        }
    }
}

/// Posts a message: as whoever the token says, or as whoever knows the session's id.
async fn post(
    shared: &Arc<Shared>,
    session: &SessionId,
    draft: MessageDraft,
) -> Result<SentMessage, Error> {
    let session = session.clone();
    if shared.config.credentials.is_anonymous() {
        shared.call(SendMessage::new(session, draft)).await
    } else {
        shared.call(SendClientMessage::new(session, draft)).await
    }
}
