//! The files that messages carry and that users upload.
//!
//! Bounded: at most [`MAX_FILES`] files are kept, the oldest go. Those of a script lie in memory
//! and have at most [`MAX_FILE_SIZE`] bytes; those that were uploaded lie on disk.

use std::{collections::VecDeque, sync::Arc};

use bytes::Bytes;
use tempfile::TempPath;
use tokio::time::Instant;
use twin_protocol::id::FileId;

use super::{Platform, clock, message::Attachment};

/// How many files are kept.
const MAX_FILES: usize = 1000;
/// The largest file of a script, in bytes.
pub(crate) const MAX_FILE_SIZE: usize = 1024 * 1024;
/// The id of the file that the integration article's samples attach.
const SAMPLE: &str = "bce7d22e-dde6-4427-b391-ebbdfda44de6";

/// A file and what is in it.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) attachment: Attachment,
    pub(crate) content: FileContent,
    /// The SHA-256 of an upload, in hexadecimal.
    pub(crate) sha256: Option<String>,
    /// When it goes by itself.
    pub(crate) expires: Option<Instant>,
}

/// Where the bytes of a file are.
#[derive(Clone, Debug)]
pub(crate) enum FileContent {
    /// On disk, until the last who knows it is gone.
    Disk(Arc<TempPath>),
    Memory(Bytes),
}

/// All files, oldest first.
#[derive(Debug)]
pub(super) struct Files {
    http: String,
    files: VecDeque<File>,
}

impl Files {
    /// The sample's file alone; those to come are served below `http`.
    pub(super) fn new(http: String) -> Self {
        let mut files = Self {
            http,
            files: VecDeque::new(),
        };
        let content = Bytes::from_static(&[0; 1024]);
        let mut attachment = Attachment::new(SAMPLE.into(), "file.png", "image/png", 1024);
        attachment.link = files.link(&attachment);
        files.push(File {
            attachment,
            content: FileContent::Memory(content),
            sha256: None,
            expires: None,
        });
        files
    }

    /// Keeps a file of a script. A file of the same name, type and content is kept once.
    pub(super) fn add(&mut self, name: &str, content_type: &str, content: Bytes) -> Attachment {
        let same = self.files.iter().find(|file| {
            matches!(&file.content, FileContent::Memory(known) if *known == content)
                && file.attachment.name == name
                && file.attachment.content_type == content_type
        });
        if let Some(file) = same {
            return file.attachment.clone();
        }
        let mut attachment = Attachment::new(new_id(), name, content_type, content.len() as u64);
        attachment.link = self.link(&attachment);
        self.push(File {
            attachment: attachment.clone(),
            content: FileContent::Memory(content),
            sha256: None,
            expires: None,
        });
        attachment
    }

    /// Keeps an upload, and gives it as it is known from now on.
    fn keep(&mut self, mut file: File) -> File {
        file.attachment.id = new_id();
        file.attachment.link = self.link(&file.attachment);
        self.push(file.clone());
        file
    }

    pub(super) fn find(&self, id: &str) -> Option<&File> {
        let now = Instant::now();
        self.files
            .iter()
            .find(|file| file.attachment.id.as_str() == id)
            .filter(|file| file.expires.is_none_or(|expires| expires > now))
    }

    fn push(&mut self, file: File) {
        if self.files.len() >= MAX_FILES {
            self.files.pop_front();
        }
        self.files.push_back(file);
    }

    /// Where a file can be downloaded without a token. Of one that is private the address holds
    /// what opens it.
    fn link(&self, attachment: &Attachment) -> String {
        let open = format!("{}/files/{}", self.http, attachment.id);
        if attachment.is_private {
            format!("{open}?signature={}", uuid::Uuid::new_v4().simple())
        } else {
            open
        }
    }
}

fn new_id() -> FileId {
    uuid::Uuid::new_v4().to_string().into()
}

impl Platform {
    /// Keeps an upload, and gives it as it is known from now on.
    pub(crate) fn keep_file(&self, file: File) -> File {
        self.locked().files.keep(file)
    }

    /// Keeps a file of a script.
    pub(crate) fn add_file(&self, name: &str, content_type: &str, content: Bytes) -> Attachment {
        self.locked().files.add(name, content_type, content)
    }

    /// The file of this id.
    pub(crate) fn file(&self, id: &str) -> Option<File> {
        self.locked().files.find(id).cloned()
    }

    /// Which of these files is not there.
    pub(crate) fn missing_file(&self, ids: &[FileId]) -> Option<usize> {
        let state = self.locked();
        ids.iter()
            .position(|id| state.files.find(id.as_str()).is_none())
    }
}

impl Attachment {
    /// A file of this name that anyone may see.
    pub(crate) fn new(id: FileId, name: &str, content_type: &str, size: u64) -> Self {
        Self {
            id,
            name: name.to_owned(),
            content_type: content_type.to_owned(),
            size,
            link: String::new(),
            created_at: clock::now(),
            is_private: false,
            path: String::new(),
            owner: None,
        }
    }
}
