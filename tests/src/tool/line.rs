//! The JSON lines of the tool, as a script reads them.

use serde::Deserialize;
use serde_json::value::RawValue;

/// One line: its type, and every field that any type has.
#[derive(Debug, Deserialize)]
pub(super) struct Line<'a> {
    #[serde(rename = "type")]
    pub(super) name: String,
    pub(super) state: Option<String>,
    pub(super) attempt: Option<u32>,
    pub(super) retry_in_ms: Option<u64>,
    #[serde(borrow)]
    pub(super) reason: Option<&'a RawValue>,
    pub(super) link: Option<u64>,
    pub(super) session: Option<String>,
    pub(super) event: Option<String>,
    #[serde(borrow)]
    pub(super) payload: Option<&'a RawValue>,
    pub(super) position: Option<Position>,
    pub(super) recovered: Option<bool>,
    pub(super) origin: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) code: Option<u32>,
}

/// Where an event stands in its channel.
#[derive(Debug, Deserialize)]
pub(super) struct Position {
    pub(super) channel: String,
    pub(super) offset: u64,
    pub(super) epoch: String,
}

/// Why an attempt or a link ended.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(super) struct Reason {
    pub(super) kind: String,
    pub(super) code: Option<u32>,
}

/// What of a message tells it from others.
#[derive(Debug, Deserialize)]
struct Message {
    body: String,
}

impl<'a> Line<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The reason of a state.
    pub(super) fn reason(&self) -> Option<Reason> {
        serde_json::from_str(self.reason?.get()).ok()
    }

    /// By what a publication is known again: a message by its body, as its id is the platform's
    /// choice; anything else by its payload.
    pub(super) fn key(&self) -> Option<String> {
        let payload = self.payload?.get();
        if self.event.as_deref() != Some("chatMessageCreated") {
            return Some(payload.to_owned());
        }
        let message: Message = serde_json::from_str(payload).ok()?;
        Some(message.body)
    }
}
