//! The files that messages carry.
//!
//! Bounded: at most [`MAX_FILES`] files of at most [`MAX_FILE_SIZE`] bytes are kept; the oldest go.

use std::collections::VecDeque;

use bytes::Bytes;
use twin_protocol::id::FileId;

use super::{clock, message::Attachment};

/// How many files are kept.
const MAX_FILES: usize = 1000;
/// The largest file, in bytes.
pub(crate) const MAX_FILE_SIZE: usize = 1024 * 1024;

/// A file and what is in it.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) attachment: Attachment,
    pub(crate) content: Bytes,
}

/// All files, oldest first.
#[derive(Debug)]
pub(super) struct Files {
    http: String,
    files: VecDeque<File>,
}

impl Files {
    /// No files; those to come are served below `http`.
    pub(super) fn new(http: String) -> Self {
        let files = VecDeque::new();
        Self { http, files }
    }

    /// Keeps a file. A file of the same name, type and content is kept once.
    pub(super) fn add(&mut self, name: &str, content_type: &str, content: Bytes) -> Attachment {
        let same = self.files.iter().find(|file| {
            file.content == content
                && file.attachment.name == name
                && file.attachment.content_type == content_type
        });
        if let Some(file) = same {
            return file.attachment.clone();
        }
        if self.files.len() >= MAX_FILES {
            self.files.pop_front();
        }
        let id = uuid::Uuid::new_v4().to_string();
        let attachment = Attachment {
            name: name.to_owned(),
            content_type: content_type.to_owned(),
            size: content.len() as u64,
            link: format!("{}/files/{id}", self.http),
            created_at: clock::now(),
            id: FileId::from(id),
        };
        self.files.push_back(File {
            attachment: attachment.clone(),
            content,
        });
        attachment
    }

    pub(super) fn find(&self, id: &str) -> Option<&File> {
        self.files
            .iter()
            .find(|file| file.attachment.id.as_str() == id)
    }
}
