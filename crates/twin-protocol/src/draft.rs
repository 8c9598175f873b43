//! Drafts made of plain text, and of files.

use crate::{
    id::FileId,
    model::{DialogReply, MessageDraft},
};

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

impl From<&str> for DialogReply {
    fn from(message: &str) -> Self {
        Self::new(message)
    }
}

impl From<String> for DialogReply {
    fn from(message: String) -> Self {
        Self::new(message)
    }
}
