//! What happened at the edges of the client, in order.

use std::sync::{Arc, Mutex, PoisonError};

use twin_client::{Delivery, Event, Origin};

/// Cheap to clone; the clones write into the same.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct Journal(Arc<Mutex<Vec<Entry>>>);

#[derive(Debug)]
pub(in crate::sim) enum Entry {
    /// The client has taken the answer to a request.
    Answered { asked: u64 },
    /// A reader has come to the end of its stream.
    End { reader: usize },
    /// A reader was handed something.
    Read { reader: usize, what: Reading },
    /// The client says that it has no connection any more.
    Suspended { asked: u64 },
    /// A connection gave the client its next message.
    Told { conn: u64 },
}

/// What a reader was handed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Reading {
    /// An event: the id of its message, and whether it came from the list.
    Event {
        id: String,
        listed: bool,
        bytes: usize,
    },
    Gap {
        reason: String,
        filled: bool,
    },
}

impl Journal {
    pub(in crate::sim) fn write(&self, entry: Entry) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(entry);
    }

    /// What was written since it was looked at last.
    pub(in crate::sim) fn take(&self) -> Vec<Entry> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Reading {
    /// `None` where it is nothing that a simulated platform can cause.
    pub(in crate::sim) fn of(delivery: &Delivery) -> Option<Self> {
        let event = match delivery {
            Delivery::Event(event) => event,
            Delivery::Gap(gap) => {
                return Some(Self::Gap {
                    reason: gap.reason.as_str().to_owned(),
                    filled: gap.filled,
                });
            }
            _ => return None,
        };
        let id = match &event.event {
            Event::MessageCreated(message) => message.id.as_ref()?.as_str().to_owned(),
            _ => {
                let payload: serde_json::Value = serde_json::from_str(event.raw.get()).ok()?;
                payload["messageId"].as_str()?.to_owned()
            }
        };
        Some(Self::Event {
            id,
            listed: event.origin == Origin::List,
            bytes: event.raw.get().len(),
        })
    }
}
