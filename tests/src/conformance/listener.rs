//! One session of a case, and the one who reads what comes in it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::{sync::watch, task::AbortHandle};
use twin_client::{Delivery, Event, Events, GapReason, LiveEvent, Session, id::SessionId};

use super::account::Account;

/// The event by which it is found out whether a session is joined. It is not accounted for.
pub(super) const PROBE: &str = "conformanceProbe";

/// One session of a case.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) session: Session,
    book: Arc<Book>,
    reader: AbortHandle,
}

/// What is known of it, and word of every change.
#[derive(Debug, Default)]
struct Book {
    account: Mutex<Account>,
    changes: watch::Sender<u64>,
    probed: watch::Sender<bool>,
}

impl Listener {
    pub(super) fn new(session: Session, mut events: Events) -> Self {
        let book = Arc::new(Book::default());
        let writer = book.clone();
        let reader = tokio::spawn(async move {
            while let Some(delivery) = events.next().await {
                writer.enter(&delivery);
            }
        });
        Self {
            session,
            book,
            reader: reader.abort_handle(),
        }
    }

    pub(super) fn id(&self) -> &SessionId {
        self.session.id()
    }

    pub(super) fn account(&self) -> MutexGuard<'_, Account> {
        self.book.account()
    }

    /// Waits until a probe has come.
    pub(super) async fn is_probed(&self) {
        // The sender lives as long as `self`.
        let _ = self.book.probed.subscribe().wait_for(|it| *it).await;
    }

    /// Waits until nothing is outstanding.
    pub(super) async fn is_settled(&self) {
        let mut changes = self.book.changes.subscribe();
        let _ = changes.wait_for(|_| self.account().is_settled()).await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl Book {
    fn enter(&self, delivery: &Delivery) {
        match delivery {
            Delivery::Event(event) if event.name.as_deref() == Some(PROBE) => {
                self.probed.send_replace(true);
            }
            Delivery::Event(event) => self.account().event(key(event), event.recovered),
            Delivery::Gap(gap) if gap.reason == GapReason::ChannelLost => {
                self.account().channel_lost();
            }
            Delivery::Gap(_) => self.account().gap(),
            _ => return,
        }
        self.changes.send_modify(|count| *count += 1);
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// By what an event is known again: a message by its body, as its id is the platform's choice;
/// anything else by its payload.
fn key(event: &LiveEvent) -> &str {
    match &event.event {
        Event::MessageCreated(message) => &message.body,
        _ => event.raw.get(),
    }
}
