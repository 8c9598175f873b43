//! Drafts made of plain text.

use crate::model::MessageDraft;

impl From<&str> for MessageDraft {
    fn from(body: &str) -> Self {
        Self::new(body)
    }
}

impl From<String> for MessageDraft {
    fn from(body: String) -> Self {
        Self::new(body)
    }
}
