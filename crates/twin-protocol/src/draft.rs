//! Drafts made of plain text, and of files.

use crate::{id::FileId, model::MessageDraft};

impl MessageDraft {
    /// The same with one more file, which was uploaded before.
    #[must_use]
    pub fn with_attachment(mut self, file: impl Into<FileId>) -> Self {
        self.attachments.push(file.into());
        self
    }
}

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
